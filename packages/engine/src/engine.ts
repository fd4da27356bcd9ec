/**
 * The engine: journal-writer, saga-runner, outbox-relay, effect-worker, scheduler and releases around one store, in the
 * one thread that writes. It knows no protocol: facts come in by `EngineApi`, calls go out by `EffectExecutor`.
 *
 * @module
 */
import type {
  Clock,
  EffectExecutor,
  JsonText,
  Random,
  ReleaseBundle,
  ReleaseDigest,
  Seq,
} from '@holdfast/core';
import { HoldfastError, instanceText } from '@holdfast/core';
import type {
  BrokerOp,
  BrokerSnapshot,
  KeyRow,
  QuarantineRow,
  ReleaseRow,
  ScheduleRow,
  Store,
} from '@holdfast/store';
import { Acts } from './acts.ts';
import type {
  Actor,
  EngineAdjustments,
  EngineApi,
  EngineStatus,
  IngestAnswer,
  IngestRequest,
  InstanceAddress,
  SagaEnd,
  WaitAddress,
} from './api.ts';
import { type BacklogLimits, Backlogs, DEFAULT_BACKLOG_LIMITS } from './backlogs.ts';
import { Consumers } from './consumers.ts';
import { controlFact } from './control-fact.ts';
import { quiet } from './disposition-units.ts';
import { EffectWorker } from './effect-worker.ts';
import { EndWaiters } from './end-waiters.ts';
import { EngineFacts } from './engine-facts.ts';
import { type Fact, FactQueue } from './fact.ts';
import { FactRouter } from './fact-router.ts';
import { Holds } from './holds.ts';
import { InstanceCache } from './instance-cache.ts';
import { Intake, unroutedUnit } from './intake.ts';
import { JournalWriter, type Unit } from './journal-writer.ts';
import { isEnded } from './live-instance.ts';
import { type Log, SILENT } from './log.ts';
import { Numbering } from './numbering.ts';
import { DEFAULT_RELAY_LIMITS, OutboxRelay, type RelayLimits } from './outbox-relay.ts';
import { RecordedTime } from './recorded-time.ts';
import { type Recovered, recover } from './recovery.ts';
import { ReleaseDesk } from './releases/release-desk.ts';
import { ReleaseFiles } from './releases/release-files.ts';
import { ReleaseRegistry } from './releases/registry.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { type DiskRoomPort, RoomKeeper } from './room-keeper.ts';
import { SagaRunner } from './saga-runner.ts';
import type { Sandbox } from './sandbox-port.ts';
import { Scheduler } from './scheduler.ts';
import type { TransitionUnit } from './transition-unit.ts';
import { WalKeeper } from './wal-keeper.ts';
import { Waits } from './waits.ts';

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
  /** Longest sleep of the scheduler between looks, in milliseconds. Default 30 s. */
  readonly recheckMs?: number;
  /** The disk that the store is on. Default: nobody asks it, and a want of room shows when a commit meets it. */
  readonly disk?: DiskRoomPort;
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
  readonly #scheduler: Scheduler;
  readonly #runner: SagaRunner;
  readonly #router: FactRouter;
  readonly #intake: Intake;
  readonly #waits: Waits;
  readonly #acts: Acts;
  readonly #holds: Holds;
  readonly #waiters: EndWaiters;
  readonly #made: EngineFacts;
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
    this.#time = new RecordedTime(clock, store.counters.at);
    this.#numbering = new Numbering(store.counters);
    this.#made = new EngineFacts(this.#time);
    this.#waiters = new EndWaiters(clock);
    this.#room = new RoomKeeper({
      disk: options.disk ?? null,
      store,
      clock,
      log: this.#log,
      closed: (error) => this.#closeForRoom(error),
      stalled: (error) => this.#intake.stalled(error),
      opened: () => this.#openAgain(),
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
    this.#relay = new OutboxRelay({
      store,
      time: this.#time,
      clock,
      epoch: store.counters.epoch,
      limits: options.relay ?? DEFAULT_RELAY_LIMITS,
      submit,
      tries: () => this.#room.tries,
      run: (item) => this.#worker.run(item),
      pastWindow: (item) => this.#worker.pastWindow(item),
      log: this.#log,
      effectOf: (row) => this.#registry.effectOfApp(row.app, row.effect),
      activeEffect: (app, effect) => this.#registry.active(app)?.effects.get(effect),
      failed: this.#break,
    });
    this.#worker = new EffectWorker({
      executor: options.executor,
      relay: () => this.#relay,
      time: this.#time,
      clock,
      random: options.random,
      tokenKey: options.tokenKey,
      submit,
      outcome: (outcome) => this.#intake.enter(this.#made.outcome(outcome)),
      hold: (item, error, ops) => void this.#holds.hold(item, error, ops).catch(this.#break),
      retrying: (item) => void this.#holds.retrying(item).catch(this.#break),
    });
    this.#scheduler = new Scheduler({
      store,
      time: this.#time,
      clock,
      fire: (schedule) => this.#fire(schedule),
      failed: this.#break,
      ...(options.recheckMs === undefined ? {} : { recheckMs: options.recheckMs }),
    });
    const runnerDeps = this.#runnerDeps(submit);
    this.#runner = new SagaRunner(runnerDeps, this.#cache);
    this.#router = new FactRouter(runnerDeps, (tenant, saga, key, delivery) =>
      this.#runner.deliver(tenant, saga, key, delivery),
    );
    this.#backlogs = new Backlogs({
      store,
      consumers: this.#consumers,
      registry: this.#registry,
      limits: options.backlog ?? DEFAULT_BACKLOG_LIMITS,
      give: (fact, saga) => this.#router.give(fact, saga),
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
    this.#holds = new Holds({ cache: this.#cache, relay: this.#relay, runner: this.#runner });
    this.#acts = new Acts({
      ...shared,
      sandbox,
      log: this.#log,
      runner: this.#runner,
      relay: this.#relay,
      time: this.#time,
      writeThrough: (fact, into) => this.#facts.writeThrough(fact, into),
      commit,
    });
    this.#desk = new ReleaseDesk({
      registry: this.#registry,
      facts: this.#facts,
      time: this.#time,
      swapping: () => this.#consumers.followSoon(),
      commit,
    });
    this.#desk.onActivated((app) => this.#relay.activated(app));
  }

  /** Recovers what the disk holds. Nothing may be ingested before it resolves. */
  async start(): Promise<Recovered> {
    this.#room.start();
    this.#registry.restore(await this.#store.releases());
    this.#desk.restore(await this.#store.releases());
    return recover({
      store: this.#store,
      registry: this.#registry,
      backlogs: this.#backlogs,
      cache: this.#cache,
      relay: this.#relay,
      worker: this.#worker,
      scheduler: this.#scheduler,
      acts: this.#acts,
      holds: this.#holds,
      log: this.#log,
    });
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

  registerRelease(
    bundle: ReleaseBundle,
    actor: Actor,
  ): Promise<{ digest: ReleaseDigest; app: string; isNew: boolean }> {
    return this.#act(() => this.#desk.register(bundle, actor));
  }

  activateRelease(
    digest: ReleaseDigest,
    actor: Actor,
  ): Promise<{ app: string; previous: ReleaseDigest | null }> {
    return this.#act(() => this.#desk.activate(digest, actor));
  }

  rollbackRelease(app: string, actor: Actor): Promise<{ digest: ReleaseDigest }> {
    return this.#act(() => this.#desk.rollback(app, actor));
  }

  releases(): Promise<readonly ReleaseRow[]> {
    return this.#store.releases();
  }

  keys(): Promise<readonly KeyRow[]> {
    return this.#store.keys();
  }

  async createKey(row: KeyRow): Promise<void> {
    const build: Unit['build'] = (into) => void into.push({ op: 'key.create', row });
    await this.#act(() => this.#intake.commit({ build }));
  }

  async revokeKey(id: string): Promise<void> {
    const known = (await this.#store.keys()).some((key) => key.id === id && key.revokedAt === null);
    if (!known) throw new HoldfastError('not_found', `there is no key ${id} in force`);
    const build: Unit['build'] = (into, at) => void into.push({ op: 'key.revoke', id, at });
    await this.#act(() => this.#intake.commit({ build }));
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

  status(): Promise<EngineStatus> {
    this.#room.look();
    const active = this.#registry.activeReleases;
    const { epoch, timeline } = this.#store.counters;
    return Promise.resolve({
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
    });
  }

  async noteAct(
    type: string,
    what: Readonly<Record<string, unknown>>,
    actor: Actor,
  ): Promise<void> {
    const act = { type, subject: 'server', source: 'server', actor, what, ops: [] } as const;
    const fact = controlFact(this.#time, act);
    this.#facts.add(fact);
    await this.#intake.commit({ build: (into) => this.#facts.writeThrough(fact, into) });
  }

  adjust({ relayInFlight }: EngineAdjustments): Promise<void> {
    if (relayInFlight !== undefined) this.#relay.resize(relayInFlight);
    return Promise.resolve();
  }

  async drain(timeout: number): Promise<{ inFlight: number }> {
    this.#draining = true;
    this.#intake.close(
      new HoldfastError('draining', 'the server is draining and takes no new work'),
    );
    this.#relay.drain();
    this.#backlogs.stop();
    this.#scheduler.stop();
    this.#waiters.giveUp();
    const { clock } = this.#options;
    const until = clock.monotonic() + timeout;
    while (this.#busy() && clock.monotonic() < until) {
      await new Promise<void>((resolve) => void clock.after(DRAIN_LOOK_MS, resolve));
    }
    await this.#writer.idle();
    // Those who move the log for us end before we do.
    this.#wal.stop();
    return { inFlight: this.#relay.runningCount };
  }

  /** Stops at once, as a crash would: no timer fires and nothing is started any more. What is committed stays. */
  halt(): void {
    this.#relay.drain();
    this.#backlogs.stop();
    this.#scheduler.stop();
    this.#worker.stop();
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
    return this.#relay.runningCount > 0 || this.#writer.depth > 0 || this.#undecided() > 0;
  }

  #runnerDeps(submit: RunnerDeps['submit']): RunnerDeps {
    const { sandbox, tokenKey } = this.#options;
    return {
      registry: this.#registry,
      numbering: this.#numbering,
      tokenKey,
      sandbox,
      facts: this.#facts,
      consumers: this.#consumers,
      time: this.#time,
      log: this.#log,
      submit,
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
        caused: (fact) => this.#router.caused(fact),
        committed: (unit) => this.#transitionCommitted(unit),
        failed: () => undefined,
      },
    };
  }

  #transitionCommitted(unit: TransitionUnit): void {
    const { row } = unit.parts;
    const { end } = unit;
    if (end !== null) this.#waiters.tell(instanceText(row.tenant, row.saga, row.key), end);
    for (const line of unit.parts.planned.decision.logs) {
      const { tenant, saga, key, correlationId, traceparent } = row;
      this.#log[line.level](
        { tenant, saga, key, correlationId, traceparent, data: line.data },
        line.message,
      );
    }
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
      if (!this.#waits.expire(instance, schedule, resolve)) await this.#removeSchedule(schedule);
      else await promise;
      return;
    }
    if (isCurrent) instance.schedules.delete(schedule.name);
    this.#intake.enter(this.#made.timerFired(schedule, instance.row, resolve));
    await promise;
  }

  #removeSchedule(schedule: ScheduleRow): Promise<void> {
    return this.#intake.commit(
      quiet((into) => void into.push({ op: 'schedule.remove', id: schedule.id })),
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
