/**
 * The parts of the engine, put together: which part tells which, and of what. They know each other in circles (the relay
 * starts what the worker makes, whose outcome enters by the intake, for a transition that enters the relay): each is made
 * with those before it, and reaches those after it through functions.
 *
 * @module
 */
import { type EffectOutcomeKind, HoldfastError, instanceText, type Seq } from '@holdfast/core';
import type { WorkItemRow } from '@holdfast/store';
import { Backlogs, DEFAULT_BACKLOG_LIMITS } from './backlogs.ts';
import { ClockKeeper } from './clock-keeper.ts';
import { Consumers } from './consumers.ts';
import { CronTriggers } from './cron/cron-triggers.ts';
import { quiet } from './disposition-units.ts';
import { DueSchedules } from './due-schedules.ts';
import { EffectWorker } from './effect-worker.ts';
import { EndWaiters } from './end-waiters.ts';
import { EngineFacts } from './engine-facts.ts';
import { EngineMetrics } from './engine-metrics.ts';
import type { EngineOptions } from './engine-options.ts';
import { type Fact, FactQueue } from './fact.ts';
import { FactRouter } from './fact-router.ts';
import { Holds } from './holds.ts';
import { InstanceCache } from './instance-cache.ts';
import { Intake, unroutedUnit } from './intake.ts';
import { JournalWriter, type Unit } from './journal-writer.ts';
import { ChangeWatch } from './change-watch.ts';
import { Listeners } from './listeners.ts';
import { instanceFields, type Log, SILENT } from './log.ts';
import { Numbering } from './numbering.ts';
import { OperatorDesks } from './operator-desks.ts';
import { DEFAULT_RELAY_LIMITS, OutboxRelay } from './outbox-relay.ts';
import { RecordedTime } from './recorded-time.ts';
import { Redelivery } from './redelivery.ts';
import { ReleaseDesk } from './releases/release-desk.ts';
import { ReleaseFiles } from './releases/release-files.ts';
import { ReleaseRegistry } from './releases/registry.ts';
import { RoomKeeper } from './room-keeper.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { SagaRunner } from './saga-runner.ts';
import { Scheduler } from './scheduler.ts';
import { StepPlaces } from './step-places.ts';
import { SuspectGate } from './suspect-gate.ts';
import { Tracer } from './tracing/tracer.ts';
import type { TransitionUnit } from './transition-unit.ts';
import { WalKeeper } from './wal-keeper.ts';
import { DEFAULT_WORKER_OPTIONS, WorkerDesk } from './workers/worker-desk.ts';

/** Longest sleep of the scheduler between looks. */
const RECHECK_MS = 30_000;
const DEFAULT_MAX_DELIVER = 3;
/** Longest time between looks for leases that have ended. */
const LEASE_SWEEP_MS = 5000;

export class EngineParts {
  readonly #options: EngineOptions;
  /** Something broke that must not: the engine cannot be trusted to go on. */
  readonly #failed: (error: unknown) => void;
  /** Last position that the journal had when this run of the engine began. */
  readonly #startedAt: Seq;
  readonly #maxDeliver: number;
  readonly #submit: (unit: Unit) => void;
  readonly log: Log;
  readonly committed = new Listeners<[lastSeq: Seq]>();
  readonly noRoom = new Listeners<[error: HoldfastError]>();
  readonly changes: ChangeWatch;
  readonly consumers = new Consumers();
  readonly time: RecordedTime;
  readonly numbering: Numbering;
  readonly metrics: EngineMetrics;
  readonly tracer: Tracer | null;
  readonly made: EngineFacts;
  readonly room: RoomKeeper;
  readonly wal: WalKeeper;
  readonly facts: FactQueue;
  readonly writer: JournalWriter;
  readonly registry: ReleaseRegistry;
  readonly cache: InstanceCache;
  readonly waiters: EndWaiters;
  readonly workers: WorkerDesk;
  readonly relay: OutboxRelay;
  readonly worker: EffectWorker;
  readonly crons: CronTriggers;
  readonly scheduler: Scheduler;
  readonly gate: SuspectGate;
  readonly runner: SagaRunner;
  readonly router: FactRouter;
  readonly redelivery: Redelivery;
  readonly backlogs: Backlogs;
  readonly intake: Intake;
  readonly holds: Holds;
  readonly desks: OperatorDesks;
  readonly due: DueSchedules;
  readonly releases: ReleaseDesk;
  readonly clockKeeper: ClockKeeper;
  readonly places: StepPlaces;
  #toldSeq: Seq = 0;

  constructor(options: EngineOptions, failed: (error: unknown) => void) {
    this.#options = options;
    this.#failed = failed;
    const { store, sandbox, clock, tracing } = options;
    this.#startedAt = store.counters.seq;
    this.#maxDeliver = options.maxDeliver ?? DEFAULT_MAX_DELIVER;
    this.log = options.log ?? SILENT;
    this.time = new RecordedTime(clock, store.counters.at, options.clockJumps ?? null);
    this.numbering = new Numbering(store.counters);
    this.metrics = new EngineMetrics(clock, this.time, this.#startedAt);
    this.tracer = tracing === undefined ? null : new Tracer(tracing, this.time);
    this.made = new EngineFacts(this.time, this.#settled, this.tracer);
    this.changes = new ChangeWatch(clock);
    this.room = this.#makeRoomKeeper();
    this.wal = this.#makeWalKeeper();
    this.facts = new FactQueue(this.numbering, (fact) => this.#owe(fact));
    this.writer = this.#makeWriter();
    this.#submit = this.writer.submit.bind(this.writer);
    this.registry = new ReleaseRegistry(new ReleaseFiles(options.releasesDir), sandbox);
    this.places = new StepPlaces({ store, sandbox, registry: this.registry });
    this.cache = new InstanceCache(store, {
      loaded: (instance) => this.runner.advance(instance),
      failed,
    });
    this.waiters = new EndWaiters(clock, this.cache);
    this.workers = this.#makeWorkerDesk();
    this.relay = this.#makeRelay();
    this.worker = this.#makeWorker();
    this.crons = this.#makeCronTriggers();
    this.scheduler = this.#makeScheduler();
    this.gate = new SuspectGate(sandbox, ({ saga, seq, count }) =>
      this.intake.commit({
        build: (into) => void into.push({ op: 'delivery.count', saga, seq, count }),
      }),
    );
    const runnerDeps = this.#runnerDeps();
    this.runner = new SagaRunner(runnerDeps, this.cache);
    this.router = new FactRouter(runnerDeps, (tenant, saga, key, delivery) =>
      this.runner.deliver(tenant, saga, key, delivery),
    );
    this.redelivery = this.#makeRedelivery();
    this.backlogs = this.#makeBacklogs();
    this.intake = this.#makeIntake();
    const { cache, relay, runner, log } = this;
    this.holds = new Holds({ cache, relay, runner, log });
    this.desks = this.#makeDesks();
    this.due = this.#makeDueSchedules();
    this.releases = this.#makeReleaseDesk();
    this.releases.onActivated((app) => this.relay.activated(app));
    this.clockKeeper = this.#makeClockKeeper();
  }

  /** Events on their way through the sandbox. */
  get undecided(): number {
    return this.router.routing + this.runner.deciding;
  }

  /** Whether something is under way in this process that a stop waits for. */
  get isBusy(): boolean {
    return this.relay.ownCount > 0 || this.writer.depth > 0 || this.undecided > 0;
  }

  get #recheckMs(): number {
    return this.#options.recheckMs ?? RECHECK_MS;
  }

  #makeRoomKeeper(): RoomKeeper {
    const { disk = null, store, clock } = this.#options;
    return new RoomKeeper({
      disk,
      store,
      clock,
      log: this.log,
      closed: (error) => {
        this.intake.hold(error);
        this.scheduler.hold();
        this.noRoom.tell(error);
      },
      stalled: (error) => this.intake.stalled(error),
      opened: () => {
        this.intake.goOn();
        this.scheduler.goOn();
        this.relay.goOn();
      },
      widened: () => this.relay.goOn(),
      failed: this.#failed,
    });
  }

  #makeWalKeeper(): WalKeeper {
    const { store, clock, moveWal } = this.#options;
    return new WalKeeper({
      store,
      clock,
      // The log stays where it is: nothing is lost, and it is tried again.
      failed: (error) =>
        error instanceof HoldfastError && error.code === 'store.full'
          ? this.room.noRoom(error)
          : this.#failed(error),
      ...(moveWal === undefined ? {} : { elsewhere: moveWal }),
    });
  }

  #makeWriter(): JournalWriter {
    const { store, defer } = this.#options;
    return new JournalWriter({
      store,
      time: this.time,
      closing: (into) => this.consumers.close(into, this.numbering.lastSeq),
      after: ({ lastSeq }, ops) => {
        this.changes.committed(ops, lastSeq);
        this.#afterCommit(lastSeq);
      },
      meter: this.metrics,
      fatal: this.#failed,
      noRoom: (error, retry) => this.room.stalled(error, retry),
      ...(defer === undefined ? {} : { defer }),
    });
  }

  #makeWorkerDesk(): WorkerDesk {
    const { store, clock, workers = DEFAULT_WORKER_OPTIONS } = this.#options;
    return new WorkerDesk({
      options: workers,
      store,
      relay: () => this.relay,
      worker: () => this.worker,
      time: this.time,
      clock,
      commit: (unit) => this.intake.commit(unit),
      log: this.log,
      failed: this.#failed,
      record: (act, into) => this.facts.writeCaused(act, into),
    });
  }

  #makeRelay(): OutboxRelay {
    const { store, clock, relay = DEFAULT_RELAY_LIMITS } = this.#options;
    return new OutboxRelay({
      store,
      placement: this.workers,
      time: this.time,
      clock,
      epoch: store.counters.epoch,
      limits: relay,
      submit: this.#submit,
      tries: () => this.room.tries,
      run: (item) => this.worker.run(item),
      pastWindow: (item) => this.worker.pastWindow(item),
      log: this.log,
      metrics: this.metrics,
      effectOf: (row) => this.registry.effectOfApp(row.app, row.effect),
      activeEffect: (app, effect) => this.registry.active(app)?.effects.get(effect),
      failed: this.#failed,
    });
  }

  #makeWorker(): EffectWorker {
    const { executor, clock, random, tokenKey } = this.#options;
    return new EffectWorker({
      executor,
      sweepEvery: Math.min(LEASE_SWEEP_MS, this.workers.ackWait / 2),
      handOver: (item, call) => this.workers.handOver(item, call),
      relay: () => this.relay,
      time: this.time,
      clock,
      random,
      tokenKey,
      submit: this.#submit,
      log: this.log,
      metrics: this.metrics,
      tracer: this.tracer,
      outcome: (outcome) => this.intake.enter(this.made.outcome(outcome)),
      hold: (item, error, ops) => void this.holds.hold(item, error, ops).catch(this.#failed),
      retrying: (item) => void this.holds.retrying(item).catch(this.#failed),
    });
  }

  #makeCronTriggers(): CronTriggers {
    return new CronTriggers({
      time: this.time,
      log: this.log,
      tracer: this.tracer,
      enter: (fact) => this.intake.enter(fact),
      journal: (fact) => {
        this.facts.add(fact);
        this.#submit(quiet((into) => this.facts.writeThrough(fact, into)));
      },
      recheckMs: this.#recheckMs,
    });
  }

  #makeScheduler(): Scheduler {
    const { store, clock } = this.#options;
    return new Scheduler({
      store,
      time: this.time,
      clock,
      fire: (schedule) => this.due.fire(schedule),
      metrics: this.metrics,
      crons: this.crons,
      failed: this.#failed,
      recheckMs: this.#recheckMs,
    });
  }

  #runnerDeps(): RunnerDeps {
    const { facts, consumers, relay, scheduler, tracer } = this;
    const submit = this.#submit;
    return {
      registry: this.registry,
      numbering: this.numbering,
      tokenKey: this.#options.tokenKey,
      sandbox: this.gate,
      facts,
      consumers,
      time: this.time,
      log: this.log,
      tracer,
      metrics: this.metrics,
      maxDeliver: this.#maxDeliver,
      submit,
      pinOf: (tenant, saga, key) => this.cache.pinOf(tenant, saga, key),
      unrouted: (fact) => submit(unroutedUnit(facts, fact)),
      childRefused: (parent, start, reason) => this.made.childRefused(parent, start, reason),
      enter: (fact) => this.intake.enter(fact),
      leave: (fact, saga) => this.backlogs.leave(fact, saga),
      fatal: this.#failed,
      transition: {
        facts,
        consumers,
        relay,
        scheduler,
        tracer,
        caused: (fact) => this.router.caused(fact),
        committed: (unit) => this.#transitionCommitted(unit),
        failed: () => undefined,
      },
    };
  }

  #makeRedelivery(): Redelivery {
    return new Redelivery({
      store: this.#options.store,
      router: this.router,
      consumers: this.consumers,
      gate: this.gate,
      log: this.log,
      maxDeliver: this.#maxDeliver,
      commit: (unit) => this.intake.commit(unit),
      failed: this.#failed,
    });
  }

  #makeBacklogs(): Backlogs {
    const { store, backlog = DEFAULT_BACKLOG_LIMITS } = this.#options;
    return new Backlogs({
      store,
      consumers: this.consumers,
      registry: this.registry,
      limits: backlog,
      give: (fact, saga) => {
        if (fact.seq <= this.#startedAt) this.metrics.redelivered(saga, 'recovery');
        this.redelivery.give(fact, saga);
      },
      failed: this.#failed,
    });
  }

  #makeIntake(): Intake {
    const { store, clock } = this.#options;
    return new Intake({
      store,
      registry: this.registry,
      facts: this.facts,
      router: this.router,
      undecided: () => this.undecided,
      time: this.time,
      clock,
      waiters: this.waiters,
      tracer: this.tracer,
      submit: this.#submit,
    });
  }

  #makeDesks(): OperatorDesks {
    const { intake, facts } = this;
    const { store, sandbox } = this.#options;
    return new OperatorDesks({
      store,
      sandbox,
      cache: this.cache,
      registry: this.registry,
      relay: this.relay,
      runner: this.runner,
      numbering: this.numbering,
      facts: this.made,
      time: this.time,
      log: this.log,
      ingest: (event) => intake.ingest({ event }),
      enter: (fact) => intake.enter(fact),
      journal: (record) => intake.journal(record),
      writeThrough: (fact, into) => facts.writeThrough(fact, into),
      commit: (unit) => intake.commit(unit),
      record: (record) => intake.record(record),
      failed: this.#failed,
    });
  }

  #makeDueSchedules(): DueSchedules {
    return new DueSchedules({
      cache: this.cache,
      facts: this.made,
      queue: this.facts,
      waits: this.desks.waits,
      enter: (fact) => this.intake.enter(fact),
      commit: (unit) => this.intake.commit(unit),
    });
  }

  #makeReleaseDesk(): ReleaseDesk {
    const { store, sandbox, clock, defer = (run) => void setImmediate(run) } = this.#options;
    return new ReleaseDesk({
      store,
      sandbox,
      cache: this.cache,
      runner: this.runner,
      registry: this.registry,
      time: this.time,
      log: this.log,
      clock,
      turn: () => new Promise((resolve) => defer(resolve)),
      failed: this.#failed,
      swapping: () => this.consumers.followSoon(),
      triggers: (app, triggers) => this.crons.swap(app, triggers),
      record: (record) => this.intake.record(record),
    });
  }

  #makeClockKeeper(): ClockKeeper {
    return new ClockKeeper({
      store: this.#options.store,
      time: this.time,
      crons: this.crons,
      scheduler: this.scheduler,
      log: this.log,
      submit: this.#submit,
      record: (record) => this.intake.record(record),
    });
  }

  readonly #settled = (row: WorkItemRow, kind: EffectOutcomeKind): void => {
    this.metrics.settled(row, kind);
    this.relay.settled(row);
  };

  /** The fact has taken its position. */
  #owe(fact: Fact): void {
    const { tenant } = fact.event;
    for (const saga of fact.consumers) {
      if (fact.left.includes(saga)) this.backlogs.written(fact, saga);
      else if (fact.isAhead) this.consumers.oweAhead(saga, tenant, fact.seq);
      else this.consumers.owe(saga, tenant, fact.seq);
    }
  }

  #transitionCommitted(unit: TransitionUnit): void {
    const { row, opens, planned } = unit.parts;
    const { end } = unit;
    const endedAs = planned.decision.ending?.as ?? null;
    this.metrics.transition(row.saga, row.updatedAt, opens, endedAs);
    this.tracer?.decided(unit.parts);
    if (end !== null) this.waiters.tell(instanceText(row.tenant, row.saga, row.key), end);
    for (const line of planned.decision.logs)
      this.log[line.level]({ ...instanceFields(row), data: line.data }, line.message);
  }

  #afterCommit(lastSeq: Seq): void {
    this.facts.tellCommitted();
    this.wal.committed();
    this.room.committed();
    if (lastSeq === this.#toldSeq) return;
    this.#toldSeq = lastSeq;
    this.backlogs.committed(lastSeq);
    this.committed.tell(lastSeq);
  }
}
