/**
 * The engine: journal-writer, saga-runner, outbox-relay, effect-worker, scheduler and releases around one store, in the
 * one thread that writes. It knows no protocol: facts come in by `EngineApi`, calls go out by `EffectExecutor`.
 *
 * @module
 */
import type {
  Activated,
  Clock,
  ControlType,
  EffectExecutor,
  EffectOutcomeKind,
  JsonObject,
  IncomingEvent,
  JsonText,
  Random,
  Rehearsal,
  ReleaseBundle,
  ReleaseDigest,
  Seq,
  TenantId,
} from '@holdfast/core';
import { CONTROL_TYPES, flowFields, HoldfastError, instanceText } from '@holdfast/core';
import type {
  BrokerOp,
  BrokerSnapshot,
  KeyRow,
  QuarantineRow,
  ReleaseRow,
  ScheduleRow,
  Store,
  StoreOp,
  WorkItemRow,
} from '@holdfast/store';
import { Acts } from './acts.ts';
import type {
  Actor,
  ConsumerStatus,
  EffectAddress,
  EffectResolution,
  EngineAdjustments,
  ClockConfirmed,
  EngineApi,
  EngineStatus,
  IngestAnswer,
  IngestRequest,
  InstanceAddress,
  QuarantineAddress,
  ReprocessAnswer,
  ReprocessRequest,
  RestartAnswer,
  RestartRequest,
  RehearsalQuery,
  RehearsalTarget,
  SagaEnd,
  SwapOptions,
  WaitAddress,
} from './api.ts';
import { type BacklogLimits, Backlogs, DEFAULT_BACKLOG_LIMITS } from './backlogs.ts';
import { ClockKeeper } from './clock-keeper.ts';
import { Consumers } from './consumers.ts';
import { controlFact } from './control-fact.ts';
import { CronTriggers } from './cron/cron-triggers.ts';
import { quiet } from './disposition-units.ts';
import { EffectResolver } from './effect-resolver.ts';
import { EffectWorker } from './effect-worker.ts';
import { EndWaiters } from './end-waiters.ts';
import { EngineFacts } from './engine-facts.ts';
import { EngineMetrics, type EngineMetricsSnapshot } from './engine-metrics.ts';
import { type Fact, FactQueue } from './fact.ts';
import { FactRouter } from './fact-router.ts';
import { Holds } from './holds.ts';
import { InstanceCache } from './instance-cache.ts';
import { Intake, unroutedUnit } from './intake.ts';
import { JournalWriter } from './journal-writer.ts';
import { isEnded } from './live-instance.ts';
import { instanceFields, type Log, SILENT } from './log.ts';
import { Numbering } from './numbering.ts';
import { DEFAULT_RELAY_LIMITS, OutboxRelay, type RelayLimits } from './outbox-relay.ts';
import { QuarantineDesk } from './quarantine-desk.ts';
import { type JumpLimits, RecordedTime } from './recorded-time.ts';
import { type Recovered, recover } from './recovery.ts';
import { Redelivery } from './redelivery.ts';
import { ReleaseDesk } from './releases/release-desk.ts';
import { ReleaseFiles } from './releases/release-files.ts';
import { ReleaseRegistry } from './releases/registry.ts';
import { Reprocessor } from './reprocessor.ts';
import { Restarts } from './restarts.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { type DiskRoomPort, RoomKeeper } from './room-keeper.ts';
import { SagaRunner } from './saga-runner.ts';
import type { Sandbox } from './sandbox-port.ts';
import { Scheduler } from './scheduler.ts';
import { SuspectGate } from './suspect-gate.ts';
import { Tracer, type TracingOptions } from './tracing/tracer.ts';
import type { TransitionUnit } from './transition-unit.ts';
import { WalKeeper } from './wal-keeper.ts';
import { Waits } from './waits.ts';
import type {
  JoinedWorker,
  JoinRequest,
  LeasedCall,
  WorkerCaller,
  WorkerView,
} from './workers/worker-api.ts';
import { DEFAULT_WORKER_OPTIONS, WorkerDesk, type WorkerOptions } from './workers/worker-desk.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly executor: EffectExecutor;
  readonly clock: Clock;
  readonly random: Random;
  /** Folder of releases, `<data-dir>/releases`. */
  readonly releasesDir: string;
  /** Secret that wait tokens are made with, at least 32 bytes. Changing it ends all tokens. */
  readonly tokenKey: Buffer;
  readonly log?: Log;
  readonly relay?: RelayLimits;
  /** How much a consumer is given before the rest is left to the journal. */
  readonly backlog?: BacklogLimits;
  /** Whether this process makes calls itself, and how it deals with workers. */
  readonly workers?: WorkerOptions;
  /** Longest sleep of the scheduler between looks, in milliseconds. Default 30 s. */
  readonly recheckMs?: number;
  /** Which forward leaps of wall time are held for a person. Default: none. */
  readonly clockJumps?: JumpLimits;
  /**
   * Most times that an event is given to its saga where what keeps it from being decided is the host: a sandbox that had
   * to be ended, a process that ended. Default 3, minimum 1. A saga's own `tries` count where its program fails.
   */
  readonly maxDeliver?: number;
  /** The disk that the store is on. Default: nobody asks it, and a want of room shows when a commit meets it. */
  readonly disk?: DiskRoomPort;
  /** Whom to tell of spans, and of how many. Default: nobody traces. */
  readonly tracing?: TracingOptions;
  /** Has another thread move the write-ahead log. Default: the writer moves it. */
  readonly moveWal?: () => Promise<void>;
  /** The engine can no longer be trusted or cannot write: end the process, acknowledge nothing (I1). Called once. */
  readonly fatal: (error: Error) => void;
  /** Runs a function soon; for simulation. Default `setImmediate`. */
  readonly defer?: (run: () => void) => void;
}

export class Engine implements EngineApi {
  readonly #options: EngineOptions;
  readonly #store: Store;
  readonly #log: Log;
  readonly #time: RecordedTime;
  readonly #numbering: Numbering;
  readonly #writer: JournalWriter;
  readonly #consumers = new Consumers();
  readonly #backlogs: Backlogs;
  readonly #facts: FactQueue;
  readonly #cache: InstanceCache;
  readonly #registry: ReleaseRegistry;
  readonly #desk: ReleaseDesk;
  readonly #relay: OutboxRelay;
  readonly #worker: EffectWorker;
  readonly #workers: WorkerDesk;
  readonly #scheduler: Scheduler;
  readonly #crons: CronTriggers;
  readonly #clockKeeper: ClockKeeper;
  readonly #runner: SagaRunner;
  readonly #router: FactRouter;
  readonly #intake: Intake;
  readonly #waits: Waits;
  readonly #acts: Acts;
  readonly #restarts: Restarts;
  readonly #resolver: EffectResolver;
  readonly #quarantine: QuarantineDesk;
  readonly #reprocessor: Reprocessor;
  readonly #gate: SuspectGate;
  readonly #redelivery: Redelivery;
  readonly #holds: Holds;
  readonly #waiters: EndWaiters;
  readonly #made: EngineFacts;
  readonly #tracer: Tracer | null;
  readonly #metrics: EngineMetrics;
  readonly #wal: WalKeeper;
  readonly #room: RoomKeeper;
  readonly #committedListeners = new Set<(lastSeq: Seq) => void>();
  readonly #noRoomListeners = new Set<(error: HoldfastError) => void>();
  #toldSeq = 0;
  #draining = false;
  #fatal = false;
  #closing = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { store, sandbox, clock } = options;
    this.#store = store;
    this.#log = options.log ?? SILENT;
    this.#time = new RecordedTime(clock, store.counters.at, options.clockJumps ?? null);
    this.#numbering = new Numbering(store.counters);
    const startedAt = store.counters.seq;
    this.#metrics = new EngineMetrics(clock, this.#time, startedAt);
    const { tracing } = options;
    this.#tracer = tracing === undefined ? null : new Tracer(tracing, this.#time);
    const settled = (row: WorkItemRow, kind: EffectOutcomeKind): void => {
      this.#metrics.settled(row, kind);
      this.#relay.settled(row);
    };
    this.#made = new EngineFacts(this.#time, settled, this.#tracer);
    this.#waiters = new EndWaiters(clock);
    this.#room = new RoomKeeper({
      disk: options.disk ?? null,
      store,
      clock,
      log: this.#log,
      closed: (error) => this.#closeForRoom(error),
      stalled: (error) => this.#intake.stalled(error),
      opened: () => this.#openAgain(),
      widened: () => this.#relay.goOn(),
      failed: this.#break,
    });
    this.#wal = new WalKeeper({
      store,
      clock,
      // The log stays where it is: nothing is lost, and it is tried again.
      failed: (error) =>
        error instanceof HoldfastError && error.code === 'store.full'
          ? this.#room.noRoom(error)
          : this.#break(error),
      ...(options.moveWal === undefined ? {} : { elsewhere: options.moveWal }),
    });
    this.#facts = new FactQueue(this.#numbering, (fact) => this.#owe(fact));
    this.#writer = new JournalWriter({
      store,
      time: this.#time,
      closing: (into) => this.#consumers.close(into, this.#numbering.lastSeq),
      after: ({ lastSeq }) => this.#committed(lastSeq),
      meter: this.#metrics,
      fatal: this.#break,
      noRoom: (error, retry) => this.#room.stalled(error, retry),
      ...(options.defer === undefined ? {} : { defer: options.defer }),
    });
    const submit = this.#writer.submit.bind(this.#writer);
    this.#registry = new ReleaseRegistry(new ReleaseFiles(options.releasesDir), sandbox);
    this.#cache = new InstanceCache(store, {
      loaded: (instance) => this.#runner.advance(instance),
      failed: this.#break,
    });
    this.#workers = new WorkerDesk({
      options: options.workers ?? DEFAULT_WORKER_OPTIONS,
      store,
      relay: () => this.#relay,
      worker: () => this.#worker,
      time: this.#time,
      clock,
      commit: (unit) => this.#intake.commit(unit),
      log: this.#log,
      failed: this.#break,
    });
    this.#relay = new OutboxRelay({
      store,
      placement: this.#workers,
      time: this.#time,
      clock,
      epoch: store.counters.epoch,
      limits: options.relay ?? DEFAULT_RELAY_LIMITS,
      submit,
      tries: () => this.#room.tries,
      run: (item) => this.#worker.run(item),
      pastWindow: (item) => this.#worker.pastWindow(item),
      log: this.#log,
      metrics: this.#metrics,
      effectOf: (row) => this.#registry.effectOfApp(row.app, row.effect),
      activeEffect: (app, effect) => this.#registry.active(app)?.effects.get(effect),
      failed: this.#break,
    });
    this.#worker = new EffectWorker({
      executor: options.executor,
      sweepEvery: Math.min(LEASE_SWEEP_MS, this.#workers.ackWait / 2),
      handOver: (item, call) => this.#workers.handOver(item, call),
      relay: () => this.#relay,
      time: this.#time,
      clock,
      random: options.random,
      tokenKey: options.tokenKey,
      submit,
      log: this.#log,
      metrics: this.#metrics,
      tracer: this.#tracer,
      outcome: (outcome) => this.#intake.enter(this.#made.outcome(outcome)),
      hold: (item, error, ops) => void this.#holds.hold(item, error, ops).catch(this.#break),
      retrying: (item) => void this.#holds.retrying(item).catch(this.#break),
    });
    const recheckMs = options.recheckMs ?? RECHECK_MS;
    this.#crons = new CronTriggers({
      time: this.#time,
      log: this.#log,
      tracer: this.#tracer,
      enter: (fact) => this.#intake.enter(fact),
      journal: (fact) => {
        this.#facts.add(fact);
        submit(quiet((into) => this.#facts.writeThrough(fact, into)));
      },
      recheckMs,
    });
    this.#scheduler = new Scheduler({
      store,
      time: this.#time,
      clock,
      fire: (schedule) => this.#fire(schedule),
      metrics: this.#metrics,
      crons: this.#crons,
      failed: this.#break,
      recheckMs,
    });
    this.#gate = new SuspectGate(sandbox, ({ saga, seq, count }) =>
      this.#intake.commit({
        build: (into) => void into.push({ op: 'delivery.count', saga, seq, count }),
      }),
    );
    const runnerDeps = this.#runnerDeps(submit);
    this.#runner = new SagaRunner(runnerDeps, this.#cache);
    this.#router = new FactRouter(runnerDeps, (tenant, saga, key, delivery) =>
      this.#runner.deliver(tenant, saga, key, delivery),
    );
    this.#redelivery = new Redelivery({
      store,
      router: this.#router,
      consumers: this.#consumers,
      gate: this.#gate,
      log: this.#log,
      maxDeliver: options.maxDeliver ?? DEFAULT_MAX_DELIVER,
      commit: (unit) => this.#intake.commit(unit),
      failed: this.#break,
    });
    this.#backlogs = new Backlogs({
      store,
      consumers: this.#consumers,
      registry: this.#registry,
      limits: options.backlog ?? DEFAULT_BACKLOG_LIMITS,
      give: (fact, saga) => {
        if (fact.seq <= startedAt) this.#metrics.redelivered(saga, 'recovery');
        this.#redelivery.give(fact, saga);
      },
      failed: this.#break,
    });
    this.#intake = new Intake({
      store,
      registry: this.#registry,
      facts: this.#facts,
      router: this.#router,
      undecided: () => this.#undecided(),
      time: this.#time,
      clock,
      waiters: this.#waiters,
      tracer: this.#tracer,
      awaitEnd: (address, timeout) => this.awaitEnd(address, timeout),
      submit,
    });
    const enter = this.#intake.enter.bind(this.#intake);
    const commit = this.#intake.commit.bind(this.#intake);
    const shared = {
      store,
      cache: this.#cache,
      registry: this.#registry,
      facts: this.#made,
      enter,
    };
    this.#waits = new Waits({ ...shared, commit });
    this.#holds = new Holds({
      cache: this.#cache,
      relay: this.#relay,
      runner: this.#runner,
      log: this.#log,
    });
    const acting = {
      ...shared,
      commit,
      journal: this.#intake.journal.bind(this.#intake),
      writeThrough: this.#facts.writeThrough.bind(this.#facts),
      relay: this.#relay,
      time: this.#time,
      log: this.#log,
    };
    this.#acts = new Acts({ ...acting, sandbox, runner: this.#runner });
    this.#restarts = new Restarts(acting);
    this.#resolver = new EffectResolver({
      ...acting,
      unpark: (instance) => this.#acts.unpark(instance, null),
    });
    this.#quarantine = new QuarantineDesk({
      ...acting,
      ingest: (event) => this.#intake.ingest({ event }),
    });
    this.#reprocessor = new Reprocessor({
      ...acting,
      numbering: this.#numbering,
      failed: this.#break,
    });
    const defer = options.defer ?? ((run: () => void) => void setImmediate(run));
    this.#desk = new ReleaseDesk({
      store,
      sandbox,
      cache: this.#cache,
      runner: this.#runner,
      registry: this.#registry,
      facts: this.#facts,
      time: this.#time,
      log: this.#log,
      clock,
      turn: () => new Promise((resolve) => defer(resolve)),
      failed: this.#break,
      swapping: () => this.#consumers.followSoon(),
      triggers: (app, triggers) => this.#crons.swap(app, triggers),
      commit,
    });
    this.#clockKeeper = new ClockKeeper({
      store,
      time: this.#time,
      facts: this.#facts,
      crons: this.#crons,
      scheduler: this.#scheduler,
      log: this.#log,
      submit,
      commit,
    });
    this.#desk.onActivated((app) => this.#relay.activated(app));
  }

  /** Recovers what the disk holds. Nothing may be ingested before it resolves. */
  async start(): Promise<Recovered> {
    this.#room.start();
    await this.#clockKeeper.start();
    await this.#crons.restore(this.#store);
    const releases = await this.#store.releases();
    this.#registry.restore(releases);
    for (const release of this.#registry.lost) this.#log.error({ release }, LOST_BUNDLE);
    this.#desk.restore(releases);
    const recovered = await recover({
      store: this.#store,
      registry: this.#registry,
      backlogs: this.#backlogs,
      cache: this.#cache,
      relay: this.#relay,
      worker: this.#worker,
      scheduler: this.#scheduler,
      acts: this.#acts,
      reprocessor: this.#reprocessor,
      desk: this.#workers,
      holds: this.#holds,
      log: this.#log,
      gate: this.#gate,
      redelivery: this.#redelivery,
    });
    this.#desk.resume(releases);
    return recovered;
  }

  ingest(request: IngestRequest): Promise<IngestAnswer> {
    return this.#intake.ingest(request);
  }

  async broker(ops: readonly BrokerOp[]): Promise<void> {
    this.#intake.needRoom();
    await this.#intake.commitOps(ops);
  }

  brokerSnapshot(): Promise<BrokerSnapshot> {
    return this.#store.broker();
  }

  async quarantine(
    entry: Omit<QuarantineRow, 'id' | 'at'>,
    broker: readonly BrokerOp[] = [],
  ): Promise<number> {
    this.#intake.needRoom();
    const id = this.#numbering.nextQuarantine();
    await this.#intake.commit({
      build: (into, at) =>
        void into.push({ op: 'quarantine', row: { ...entry, id, at } }, ...broker),
    });
    const { tenant, origin, code } = entry;
    this.#log.warn({ ...flowFields({ tenant }), origin, code, quarantineId: id }, 'quarantined');
    return id;
  }

  completeWait(address: WaitAddress, payload: JsonText, actor: Actor): Promise<void> {
    return this.#act(() => this.#waits.end(address, { as: 'completed', payload }, actor));
  }

  failWait(address: WaitAddress, message: string, actor: Actor): Promise<void> {
    return this.#act(() => this.#waits.end(address, { as: 'failed', message }, actor));
  }

  async awaitEnd({ tenant, saga, key }: InstanceAddress, timeout: number): Promise<SagaEnd | null> {
    const instance = await this.#cache.whenLoaded(tenant, saga, key);
    const { row } = instance;
    if (row === null) {
      this.#cache.release(instance);
      return null;
    }
    if (isEnded(row.status) && instance.uncommitted === 0) {
      const { run, status, version, release, result, failure } = row;
      this.#cache.release(instance);
      return { saga, key, run, status, version, release, result, failure };
    }
    return this.#waiters.wait(instanceText(tenant, saga, key), timeout);
  }

  cancel(address: InstanceAddress, actor: Actor): Promise<void> {
    return this.#act(() => this.#acts.cancel(address, actor));
  }

  redrive(address: InstanceAddress, actor: Actor): Promise<void> {
    return this.#act(() => this.#acts.redrive(address, actor));
  }

  restart(address: InstanceAddress, request: RestartRequest, actor: Actor): Promise<RestartAnswer> {
    return this.#act(() => this.#restarts.restart(address, request, actor));
  }

  resolveEffect(address: EffectAddress, how: EffectResolution, actor: Actor): Promise<void> {
    return this.#act(() => this.#resolver.resolve(address, how, actor));
  }

  redriveQuarantine(
    address: QuarantineAddress,
    messages: readonly IncomingEvent[] | null,
    actor: Actor,
  ): Promise<Seq> {
    return this.#act(() => this.#quarantine.redrive(address, messages, actor));
  }

  discardQuarantine(address: QuarantineAddress, actor: Actor): Promise<void> {
    return this.#act(() => this.#quarantine.discard(address, actor));
  }

  reprocess(request: ReprocessRequest, actor: Actor): Promise<ReprocessAnswer> {
    return this.#act(() => this.#reprocessor.reprocess(request, actor));
  }

  consumers(tenant: TenantId): Promise<readonly ConsumerStatus[]> {
    return Promise.resolve(this.#consumers.status(tenant));
  }

  registerRelease(
    bundle: ReleaseBundle,
    actor: Actor,
  ): Promise<{ digest: ReleaseDigest; app: string; isNew: boolean }> {
    return this.#act(() => this.#desk.register(bundle, actor));
  }

  activateRelease(digest: ReleaseDigest, actor: Actor, options?: SwapOptions): Promise<Activated> {
    return this.#act(() => this.#desk.activate(digest, actor, options));
  }

  rollbackRelease(app: string, actor: Actor, options?: SwapOptions): Promise<Activated> {
    return this.#act(() => this.#desk.rollback(app, actor, options));
  }

  rehearseRelease(target: RehearsalTarget, options?: SwapOptions): Promise<Activated> {
    return this.#desk.rehearse(target, options);
  }

  rehearsal(digest: ReleaseDigest, query?: RehearsalQuery): Promise<Rehearsal | null> {
    return this.#desk.rehearsal(digest, query);
  }

  releases(): Promise<readonly ReleaseRow[]> {
    return this.#store.releases();
  }

  keys(): Promise<readonly KeyRow[]> {
    return this.#store.keys();
  }

  async createKey(row: KeyRow, actor: Actor): Promise<void> {
    const { name, scopes } = row;
    await this.#act(() =>
      this.#actOnKey(row, CONTROL_TYPES.keyCreated, { name, scopes }, actor, (into) => {
        into.push({ op: 'key.create', row });
      }),
    );
  }

  async revokeKey(id: string, actor: Actor): Promise<void> {
    const known = (await this.#store.keys()).find((key) => key.id === id && key.revokedAt === null);
    if (known === undefined) throw new HoldfastError('not_found', `there is no key ${id} in force`);
    const { name } = known;
    await this.#act(() =>
      this.#actOnKey(known, CONTROL_TYPES.keyRevoked, { name }, actor, (into, { event }) => {
        into.push({ op: 'key.revoke', id, at: event.receivedAt });
      }),
    );
  }

  async #actOnKey(
    { id, tenant }: KeyRow,
    type: ControlType,
    what: Record<string, unknown>,
    actor: Actor,
    extra: (into: StoreOp[], fact: Fact) => void,
  ): Promise<void> {
    const act = this.#made.control({ tenant, type, subject: `key/${id}`, what }, actor, extra);
    this.#intake.journal(act);
    await this.#intake.commit({ build: (into) => this.#facts.writeThrough(act, into) });
  }

  joinWorker(request: JoinRequest, caller: WorkerCaller): Promise<JoinedWorker> {
    return this.#workers.joinWorker(request, caller);
  }

  beatWorker(
    ...args: Parameters<WorkerDesk['beatWorker']>
  ): Promise<Pick<JoinedWorker, 'lost' | 'tenants'>> {
    return this.#workers.beatWorker(...args);
  }

  leaseCommands(...args: Parameters<WorkerDesk['leaseCommands']>): Promise<readonly LeasedCall[]> {
    return this.#workers.leaseCommands(...args);
  }

  abandonLease(id: string, poll: number): Promise<void> {
    return this.#workers.abandonLease(id, poll);
  }

  completeCommand(
    ...args: Parameters<WorkerDesk['completeCommand']>
  ): Promise<{ readonly duplicate: boolean }> {
    return this.#workers.completeCommand(...args);
  }

  drainWorker(...args: Parameters<WorkerDesk['drainWorker']>): Promise<void> {
    return this.#workers.drainWorker(...args);
  }

  leaveWorker(...args: Parameters<WorkerDesk['leaveWorker']>): Promise<void> {
    return this.#workers.leaveWorker(...args);
  }

  placeWorker(id: string, tenants: readonly string[] | null, actor: Actor): Promise<WorkerView> {
    return this.#workers.placeWorker(id, tenants, actor);
  }

  workers(): Promise<readonly WorkerView[]> {
    return this.#workers.workers();
  }

  onCommitted(listener: (lastSeq: Seq) => void): () => void {
    this.#committedListeners.add(listener);
    return () => this.#committedListeners.delete(listener);
  }

  onNoRoom(listener: (error: HoldfastError) => void): () => void {
    this.#noRoomListeners.add(listener);
    return () => this.#noRoomListeners.delete(listener);
  }

  onActivated(listener: (app: string, digest: ReleaseDigest) => void): () => void {
    return this.#desk.onActivated(listener);
  }

  confirmClock(actor: Actor): Promise<ClockConfirmed> {
    return this.#act(() => this.#clockKeeper.confirm(actor));
  }

  async status(): Promise<EngineStatus> {
    this.#room.look();
    const active = this.#registry.activeReleases;
    const { epoch, timeline } = this.#store.counters;
    return {
      writable: !this.#writer.broken && this.#room.isOpen,
      noRoom: !this.#room.isOpen,
      draining: this.#draining,
      lastSeq: this.#numbering.lastSeq,
      epoch,
      timeline,
      liveInstances: this.#cache.size,
      effectsInFlight: this.#relay.runningCount,
      upstreams: this.#relay.upstreams,
      sagas: active.flatMap(({ digest, manifest }) =>
        manifest.sagas.map(({ name }) => ({ saga: name, app: manifest.app, release: digest })),
      ),
      effects: active.flatMap(({ manifest }) => manifest.effects.map(({ name }) => name)),
      clockHeld: await this.#clockKeeper.status(),
    };
  }

  async recordAct(type: ControlType, what: JsonObject, actor: Actor): Promise<void> {
    const act = { tenant: '', type, subject: 'server', source: 'server', actor, what } as const;
    const fact = controlFact(this.#time, act);
    this.#facts.add(fact);
    await this.#intake.commit({ build: (into) => this.#facts.writeThrough(fact, into) });
  }

  adjust({ relayInFlight }: EngineAdjustments): Promise<void> {
    if (relayInFlight !== undefined) this.#relay.resize(relayInFlight);
    return Promise.resolve();
  }

  metrics(): Promise<EngineMetricsSnapshot> {
    const now = {
      upstreams: this.#relay.upstreams,
      effectsInFlight: this.#relay.runningCount,
      instancesInMemory: this.#cache.size,
      commitQueue: this.#writer.depth,
      undecided: this.#undecided(),
      walUsed: this.#store.walUsed(),
      lastSeq: this.#numbering.lastSeq,
    };
    return Promise.resolve(this.#metrics.snapshot(now, this.#consumers.lag()));
  }

  async drain(timeout: number): Promise<{ inFlight: number }> {
    this.#draining = true;
    this.#intake.close(
      new HoldfastError('draining', 'the server is draining and takes no new work'),
    );
    this.#workers.drain();
    this.#relay.drain();
    this.#backlogs.stop();
    this.#scheduler.stop();
    this.#reprocessor.stop();
    this.#desk.stop();
    this.#waiters.giveUp();
    const { clock } = this.#options;
    const until = clock.monotonic() + timeout;
    while (this.#busy() && clock.monotonic() < until) {
      await new Promise<void>((resolve) => void clock.after(DRAIN_LOOK_MS, resolve));
    }
    await this.#writer.idle();
    // Those who move the log for us end before we do.
    this.#wal.stop();
    return { inFlight: this.#relay.ownCount };
  }

  /** Stops at once, as a crash would: no timer fires and nothing is started any more. What is committed stays. */
  halt(): void {
    this.#desk.stop();
    this.#relay.drain();
    this.#backlogs.stop();
    this.#scheduler.stop();
    this.#reprocessor.stop();
    this.#worker.stop();
    this.#workers.stop();
    this.#wal.stop();
    this.#room.stop();
  }

  /** After `drain`. Outstanding calls are left to be found in doubt at the next start. */
  async close(): Promise<void> {
    this.halt();
    this.#closing = true;
    await this.#options.sandbox.close();
    await this.#store.close();
  }

  /** The fact has taken its position. */
  #owe(fact: Fact): void {
    const { tenant } = fact.event;
    for (const saga of fact.consumers) {
      if (fact.left.includes(saga)) this.#backlogs.written(fact, saga);
      else if (fact.isAhead) this.#consumers.oweAhead(saga, tenant, fact.seq);
      else this.#consumers.owe(saga, tenant, fact.seq);
    }
  }

  /** A person's act: needs room, and does not wait for it. */
  async #act<T>(act: () => Promise<T>): Promise<T> {
    this.#intake.needRoom();
    return this.#intake.unlessStalled(act());
  }

  #closeForRoom(error: HoldfastError): void {
    this.#intake.hold(error);
    this.#scheduler.hold();
    for (const listener of this.#noRoomListeners) listener(error);
  }

  #openAgain(): void {
    this.#intake.goOn();
    this.#scheduler.goOn();
    this.#relay.goOn();
  }

  #undecided(): number {
    return this.#router.routing + this.#runner.deciding;
  }

  #busy(): boolean {
    return this.#relay.ownCount > 0 || this.#writer.depth > 0 || this.#undecided() > 0;
  }

  #runnerDeps(submit: RunnerDeps['submit']): RunnerDeps {
    const { tokenKey } = this.#options;
    return {
      registry: this.#registry,
      numbering: this.#numbering,
      tokenKey,
      sandbox: this.#gate,
      facts: this.#facts,
      consumers: this.#consumers,
      time: this.#time,
      log: this.#log,
      tracer: this.#tracer,
      metrics: this.#metrics,
      maxDeliver: this.#options.maxDeliver ?? DEFAULT_MAX_DELIVER,
      submit,
      pinOf: (tenant, saga, key) => this.#cache.pinOf(tenant, saga, key),
      unrouted: (fact) => submit(unroutedUnit(this.#facts, fact)),
      childRefused: (parent, start, reason) => this.#made.childRefused(parent, start, reason),
      enter: (fact) => this.#intake.enter(fact),
      leave: (fact, saga) => this.#backlogs.leave(fact, saga),
      fatal: this.#break,
      transition: {
        facts: this.#facts,
        consumers: this.#consumers,
        relay: this.#relay,
        scheduler: this.#scheduler,
        tracer: this.#tracer,
        caused: (fact) => this.#router.caused(fact),
        committed: (unit) => this.#transitionCommitted(unit),
        failed: () => undefined,
      },
    };
  }

  #transitionCommitted(unit: TransitionUnit): void {
    const { row, opens, planned } = unit.parts;
    const { end } = unit;
    const endedAs = planned.decision.ending?.as ?? null;
    this.#metrics.transition(row.saga, row.updatedAt, opens, endedAs);
    this.#tracer?.decided(unit.parts);
    if (end !== null) this.#waiters.tell(instanceText(row.tenant, row.saga, row.key), end);
    for (const line of planned.decision.logs)
      this.#log[line.level]({ ...instanceFields(row), data: line.data }, line.message);
  }

  #committed(lastSeq: Seq): void {
    this.#facts.tellCommitted();
    this.#wal.committed();
    this.#room.committed();
    if (lastSeq === this.#toldSeq) return;
    this.#toldSeq = lastSeq;
    this.#backlogs.committed(lastSeq);
    for (const listener of this.#committedListeners) listener(lastSeq);
  }

  /** A schedule is due: its firing is journaled and its schedule removed in one commit (I8). */
  async #fire(schedule: ScheduleRow): Promise<void> {
    const instance = await this.#cache.whenLoaded(schedule.tenant, schedule.saga, schedule.key);
    const { promise, resolve } = Promise.withResolvers<void>();
    const isCurrent = instance.schedules.get(schedule.name)?.id === schedule.id;
    if (schedule.kind === 'wait') {
      if (!this.#waits.expire(instance, schedule, resolve)) await this.#writeEnd(schedule);
      else await promise;
      return;
    }
    // As it was set, where it was set by this process.
    const set = isCurrent ? (instance.schedules.get(schedule.name) ?? schedule) : schedule;
    if (isCurrent) instance.schedules.delete(schedule.name);
    this.#intake.enter(this.#made.timerFired(set, instance.row, resolve));
    await promise;
  }

  /** What ended the wait may still be on its way. It goes first: a wait that is open keeps its schedule (I8). */
  #writeEnd(schedule: ScheduleRow): Promise<void> {
    return this.#intake.commit(
      quiet((into) => {
        this.#facts.writeAll(into);
        into.push({ op: 'schedule.remove', id: schedule.id });
      }),
    );
  }

  readonly #break = (error: unknown): void => {
    if (this.#fatal || (this.#closing && isCutShort(error))) return;
    this.#fatal = true;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.halt();
    this.#intake.fail(cause);
    this.#options.fatal(cause);
  };
}

/** A decision that the end of the sandbox cut short: nothing of it is written, and the next start makes it again. */
function isCutShort(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'draining';
}

const DRAIN_LOOK_MS = 10;
/** Longest sleep of the scheduler between looks. */
const RECHECK_MS = 30_000;
const DEFAULT_MAX_DELIVER = 3;
const LOST_BUNDLE =
  'the bundle of this release is not on the disk: instances on it block when they next decide; register it again';
/** Longest time between looks for leases that have ended. */
const LEASE_SWEEP_MS = 5000;
