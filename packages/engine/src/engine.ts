/**
 * The engine: journal-writer, saga-runner, outbox-relay, effect-worker, scheduler and releases around one store, in the
 * one thread that writes. It knows no protocol: facts come in by `EngineApi`, calls go out by `EffectExecutor`.
 *
 * Here are its surface, its start and its end. `EngineParts` has it put together.
 *
 * @module
 */
import type {
  Activated,
  ControlType,
  JsonObject,
  IncomingEvent,
  JsonText,
  Rehearsal,
  ReleaseBundle,
  ReleaseDigest,
  Seq,
  TenantId,
} from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type {
  BrokerOp,
  BrokerSnapshot,
  KeyRow,
  QuarantineRow,
  ReleaseRow,
  SessionRow,
} from '@holdfast/store';
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
import type { ChangesTold } from './change-watch.ts';
import type { KeyDesk } from './key-desk.ts';
import { controlFact } from './control-fact.ts';
import type { EngineMetricsSnapshot } from './engine-metrics.ts';
import type { EngineOptions } from './engine-options.ts';
import { EngineParts } from './engine-parts.ts';
import { type Recovered, recover } from './recovery.ts';
import type { PlaceAnswer, PlaceRequest } from './step-places.ts';
import type {
  JoinedWorker,
  JoinRequest,
  LeasedCall,
  WorkerCaller,
  WorkerView,
} from './workers/worker-api.ts';
import type { WorkerDesk } from './workers/worker-desk.ts';

const DRAIN_LOOK_MS = 10;
const LOST_BUNDLE =
  'the bundle of this release is not on the disk: instances on it block when they next decide; register it again';

export class Engine implements EngineApi {
  readonly #options: EngineOptions;
  readonly #parts: EngineParts;
  #draining = false;
  #fatal = false;
  #closing = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#parts = new EngineParts(options, this.#break);
  }

  /** Recovers what the disk holds. Nothing may be ingested before it resolves. */
  async start(): Promise<Recovered> {
    const { store } = this.#options;
    const { room, clockKeeper, crons, registry, releases, log } = this.#parts;
    room.start();
    await clockKeeper.start();
    await crons.restore(store);
    const rows = await store.releases();
    registry.restore(rows);
    for (const release of registry.lost) log.error({ release }, LOST_BUNDLE);
    releases.restore(rows);
    const recovered = await recover(store, this.#parts);
    releases.resume(rows);
    return recovered;
  }

  ingest(request: IngestRequest): Promise<IngestAnswer> {
    return this.#parts.intake.ingest(request);
  }

  async broker(ops: readonly BrokerOp[]): Promise<void> {
    this.#parts.intake.needRoom();
    await this.#parts.intake.commitOps(ops);
  }

  brokerSnapshot(): Promise<BrokerSnapshot> {
    return this.#options.store.broker();
  }

  async quarantine(
    entry: Omit<QuarantineRow, 'id' | 'at'>,
    broker: readonly BrokerOp[] = [],
  ): Promise<number> {
    this.#parts.intake.needRoom();
    return this.#parts.desks.quarantine.keep(entry, broker);
  }

  completeWait(address: WaitAddress, payload: JsonText, actor: Actor): Promise<void> {
    return this.#act(() =>
      this.#parts.desks.waits.end(address, { as: 'completed', payload }, actor),
    );
  }

  failWait(address: WaitAddress, message: string, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.waits.end(address, { as: 'failed', message }, actor));
  }

  awaitEnd(address: InstanceAddress, timeout: number): Promise<SagaEnd | null> {
    return this.#parts.waiters.ofInstance(address, timeout);
  }

  cancel(address: InstanceAddress, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.acts.cancel(address, actor));
  }

  redrive(address: InstanceAddress, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.acts.redrive(address, actor));
  }

  restart(address: InstanceAddress, request: RestartRequest, actor: Actor): Promise<RestartAnswer> {
    return this.#act(() => this.#parts.desks.restarts.restart(address, request, actor));
  }

  resolveEffect(address: EffectAddress, how: EffectResolution, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.resolver.resolve(address, how, actor));
  }

  redriveQuarantine(
    address: QuarantineAddress,
    messages: readonly IncomingEvent[] | null,
    actor: Actor,
  ): Promise<Seq> {
    return this.#act(() => this.#parts.desks.quarantine.redrive(address, messages, actor));
  }

  discardQuarantine(address: QuarantineAddress, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.quarantine.discard(address, actor));
  }

  reprocess(request: ReprocessRequest, actor: Actor): Promise<ReprocessAnswer> {
    return this.#act(() => this.#parts.desks.reprocessor.reprocess(request, actor));
  }

  placeSteps(request: PlaceRequest): Promise<PlaceAnswer> {
    return this.#parts.places.find(request);
  }

  consumers(tenant: TenantId): Promise<readonly ConsumerStatus[]> {
    return Promise.resolve(this.#parts.consumers.status(tenant));
  }

  registerRelease(
    bundle: ReleaseBundle,
    actor: Actor,
  ): Promise<{ digest: ReleaseDigest; app: string; isNew: boolean }> {
    return this.#act(() => this.#parts.releases.register(bundle, actor));
  }

  activateRelease(digest: ReleaseDigest, actor: Actor, options?: SwapOptions): Promise<Activated> {
    return this.#act(() => this.#parts.releases.activate(digest, actor, options));
  }

  rollbackRelease(app: string, actor: Actor, options?: SwapOptions): Promise<Activated> {
    return this.#act(() => this.#parts.releases.rollback(app, actor, options));
  }

  rehearseRelease(target: RehearsalTarget, options?: SwapOptions): Promise<Activated> {
    return this.#parts.releases.rehearse(target, options);
  }

  rehearsal(digest: ReleaseDigest, query?: RehearsalQuery): Promise<Rehearsal | null> {
    return this.#parts.releases.rehearsal(digest, query);
  }

  releases(): Promise<readonly ReleaseRow[]> {
    return this.#options.store.releases();
  }

  keys(): Promise<readonly KeyRow[]> {
    return this.#options.store.keys();
  }

  createKey(row: KeyRow, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.keys.create(row, actor));
  }

  revokeKey(id: string, actor: Actor): Promise<void> {
    return this.#act(() => this.#parts.desks.keys.revoke(id, actor));
  }

  sessions(): Promise<readonly SessionRow[]> {
    return this.#parts.desks.keys.sessions();
  }

  openSession(...args: Parameters<KeyDesk['openSession']>): Promise<void> {
    return this.#act(() => this.#parts.desks.keys.openSession(...args));
  }

  endSession(...args: Parameters<KeyDesk['endSession']>): Promise<void> {
    return this.#act(() => this.#parts.desks.keys.endSession(...args));
  }

  seenSession(...args: Parameters<KeyDesk['seenSession']>): Promise<void> {
    return this.#act(() => this.#parts.desks.keys.seenSession(...args));
  }

  joinWorker(request: JoinRequest, caller: WorkerCaller): Promise<JoinedWorker> {
    return this.#parts.workers.joinWorker(request, caller);
  }

  beatWorker(
    ...args: Parameters<WorkerDesk['beatWorker']>
  ): Promise<Pick<JoinedWorker, 'lost' | 'tenants'>> {
    return this.#parts.workers.beatWorker(...args);
  }

  leaseCommands(...args: Parameters<WorkerDesk['leaseCommands']>): Promise<readonly LeasedCall[]> {
    return this.#parts.workers.leaseCommands(...args);
  }

  abandonLease(id: string, poll: number): Promise<void> {
    return this.#parts.workers.abandonLease(id, poll);
  }

  completeCommand(
    ...args: Parameters<WorkerDesk['completeCommand']>
  ): Promise<{ readonly duplicate: boolean }> {
    return this.#parts.workers.completeCommand(...args);
  }

  drainWorker(...args: Parameters<WorkerDesk['drainWorker']>): Promise<void> {
    return this.#parts.workers.drainWorker(...args);
  }

  leaveWorker(...args: Parameters<WorkerDesk['leaveWorker']>): Promise<void> {
    return this.#parts.workers.leaveWorker(...args);
  }

  placeWorker(id: string, tenants: readonly string[] | null, actor: Actor): Promise<WorkerView> {
    return this.#parts.workers.placeWorker(id, tenants, actor);
  }

  workers(): Promise<readonly WorkerView[]> {
    return this.#parts.workers.workers();
  }

  onCommitted(listener: (lastSeq: Seq) => void): () => void {
    return this.#parts.committed.add(listener);
  }

  onChanged(listener: (told: ChangesTold) => void): () => void {
    return this.#parts.changes.add(listener);
  }

  onNoRoom(listener: (error: HoldfastError) => void): () => void {
    return this.#parts.noRoom.add(listener);
  }

  onActivated(listener: (app: string, digest: ReleaseDigest) => void): () => void {
    return this.#parts.releases.onActivated(listener);
  }

  confirmClock(actor: Actor): Promise<ClockConfirmed> {
    return this.#act(() => this.#parts.clockKeeper.confirm(actor));
  }

  async status(): Promise<EngineStatus> {
    const { room, registry, writer, numbering, cache, relay, clockKeeper } = this.#parts;
    room.look();
    const active = registry.activeReleases;
    const { epoch, timeline } = this.#options.store.counters;
    return {
      writable: !writer.broken && room.isOpen,
      noRoom: !room.isOpen,
      draining: this.#draining,
      lastSeq: numbering.lastSeq,
      epoch,
      timeline,
      liveInstances: cache.size,
      effectsInFlight: relay.runningCount,
      upstreams: relay.upstreams,
      sagas: active.flatMap(({ digest, manifest }) =>
        manifest.sagas.map(({ name }) => ({ saga: name, app: manifest.app, release: digest })),
      ),
      effects: active.flatMap(({ manifest }) => manifest.effects.map(({ name }) => name)),
      clockHeld: await clockKeeper.status(),
    };
  }

  recordAct(type: ControlType, what: JsonObject, actor: Actor, subject = 'server'): Promise<void> {
    const { time, intake } = this.#parts;
    const act = { tenant: '', type, subject, source: 'server', actor, what } as const;
    return intake.record(controlFact(time, act));
  }

  adjust({ relayInFlight }: EngineAdjustments): Promise<void> {
    if (relayInFlight !== undefined) this.#parts.relay.resize(relayInFlight);
    return Promise.resolve();
  }

  metrics(): Promise<EngineMetricsSnapshot> {
    const { relay, cache, writer, numbering, metrics, consumers, undecided } = this.#parts;
    const now = {
      upstreams: relay.upstreams,
      effectsInFlight: relay.runningCount,
      instancesInMemory: cache.size,
      commitQueue: writer.depth,
      undecided,
      walUsed: this.#options.store.walUsed(),
      lastSeq: numbering.lastSeq,
    };
    return Promise.resolve(metrics.snapshot(now, consumers.lag()));
  }

  async drain(timeout: number): Promise<{ inFlight: number }> {
    const { intake, relay, workers, writer, waiters, wal } = this.#parts;
    this.#draining = true;
    intake.close(new HoldfastError('draining', 'the server is draining and takes no new work'));
    workers.drain();
    relay.drain();
    this.#stopGivingWork();
    waiters.giveUp();
    const { clock } = this.#options;
    const until = clock.monotonic() + timeout;
    while (this.#parts.isBusy && clock.monotonic() < until) {
      await new Promise<void>((resolve) => void clock.after(DRAIN_LOOK_MS, resolve));
    }
    await writer.idle();
    // Those who move the log for us end before we do.
    wal.stop();
    return { inFlight: relay.ownCount };
  }

  /** Stops at once, as a crash would: no timer fires and nothing is started any more. What is committed stays. */
  halt(): void {
    const { relay, worker, workers, wal, room } = this.#parts;
    relay.drain();
    this.#stopGivingWork();
    worker.stop();
    workers.stop();
    wal.stop();
    room.stop();
  }

  /** After `drain`. Outstanding calls are left to be found in doubt at the next start. */
  async close(): Promise<void> {
    this.halt();
    this.#closing = true;
    await this.#options.sandbox.close();
    await this.#options.store.close();
  }

  /** Nothing that stands in the store is given to anybody any more. */
  #stopGivingWork(): void {
    const { backlogs, scheduler, desks, releases } = this.#parts;
    backlogs.stop();
    scheduler.stop();
    desks.reprocessor.stop();
    releases.stop();
  }

  /** A person's act: needs room, and does not wait for it. */
  async #act<T>(act: () => Promise<T>): Promise<T> {
    this.#parts.intake.needRoom();
    return this.#parts.intake.unlessStalled(act());
  }

  readonly #break = (error: unknown): void => {
    if (this.#fatal || (this.#closing && isCutShort(error))) return;
    this.#fatal = true;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.halt();
    this.#parts.intake.fail(cause);
    this.#options.fatal(cause);
  };
}

/** A decision that the end of the sandbox cut short: nothing of it is written, and the next start makes it again. */
function isCutShort(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'draining';
}
