/**
 * The desk where workers join and lease commands (R5.2, R12.1).
 *
 * 1. A try is started, and its start synced, only for a worker that has asked for it and has room; then it is handed to
 *    that worker and to nobody else (I4).
 * 2. A lease that is not renewed within the ack wait ends: its try is lost, and in doubt. A result that comes after is
 *    refused; one that was recorded already is answered as such, and changes nothing.
 * 3. A lease outlives the server: after a start, tries of workers go on for another ack wait before they count as lost.
 * 4. A command that certainly never reached its worker is given to another at once, without doubt: where nobody read the
 *    answer, and where a worker that joins again or leaves does not know of it.
 * 5. A worker takes only commands of the tenant that its key belongs to, unless the key is an admin's (I5), and only with
 *    the key that it joined with does it settle one.
 *
 * Crash between a start and its delivery: the worker, when it joins again, does not know of the try (4).
 *
 * @module
 */
import {
  CONTROL_TYPES,
  DEFAULT_WORKER_GROUP,
  type EffectCall,
  type EffectResult,
  HoldfastError,
  type HeldCommand,
  MICROS_PER_MILLI,
  type Millis,
} from '@holdfast/core';
import type { AttemptRow, StoreOp, WorkItemRow } from '@holdfast/store';
import type { ActiveItem } from '../active-item.ts';
import type { Actor } from '../api.ts';
import { controlFact } from '../control-fact.ts';
import type { EffectWorker } from '../effect-worker.ts';
import type { Fact } from '../fact.ts';
import type { Log } from '../log.ts';
import type { OutboxRelay } from '../outbox-relay.ts';
import type { Placement } from '../placement.ts';
import type { LoadedEffect } from '../releases/loaded-release.ts';
import { LEASE_GRACE_MS } from '../try-starter.ts';
import { CommandResults } from './command-results.ts';
import type { JoinedWorker } from './joined-worker.ts';
import { LeasePoll } from './lease-poll.ts';
import { LeaseTable, tryText } from './lease-table.ts';
import type {
  JoinedWorker as Joined,
  JoinRequest,
  LeasedCall,
  WorkerApi,
  WorkerCaller,
  WorkerView,
} from './worker-api.ts';
import { WorkerRoster, type WorkerRosterDeps } from './worker-roster.ts';

export interface WorkerOptions {
  /** Whether this process makes calls itself. Default true. */
  readonly local: boolean;
  /** How long a lease holds without being renewed, in milliseconds. Default 30 s. */
  readonly ackWait: Millis;
}

export const DEFAULT_WORKER_OPTIONS: WorkerOptions = { local: true, ackWait: 30_000 };

/** Beats in an ack wait: two may be lost on the way. */
const BEATS = 3;
const LOCAL = 'local';

export interface WorkerDeskDeps extends WorkerRosterDeps {
  readonly options: WorkerOptions;
  readonly relay: () => OutboxRelay;
  readonly worker: () => EffectWorker;
  readonly log: Log;
  readonly failed: (error: unknown) => void;
  /** Writes the record of an act into a batch. */
  readonly record: (act: Fact, into: StoreOp[]) => void;
}

export class WorkerDesk implements Placement, WorkerApi {
  readonly #deps: WorkerDeskDeps;
  readonly #roster: WorkerRoster;
  /** Who has room, longest waiting first. */
  readonly #asking = new Map<LeasePoll, JoinedWorker>();
  readonly #leases = new LeaseTable();
  readonly #results: CommandResults;
  #draining = false;
  #stopSweep: (() => void) | null = null;

  constructor(deps: WorkerDeskDeps) {
    this.#deps = deps;
    this.#roster = new WorkerRoster(deps);
    const { store, worker } = deps;
    this.#results = new CommandResults({ store, worker, leases: this.#leases });
  }

  get active(): boolean {
    return this.#asking.size > 0 || !this.#deps.options.local;
  }

  get exhausted(): boolean {
    return this.#asking.size === 0 && !this.#deps.options.local;
  }

  get ackWait(): Millis {
    return this.#deps.options.ackWait;
  }

  /** A server that makes calls itself leaves them to workers that have room. */
  take(item: ActiveItem): boolean {
    const { settings } = item.effect;
    // Into our own broker: that is here.
    if (settings.provider.kind === 'mqtt') return true;
    const group = settings.group ?? DEFAULT_WORKER_GROUP;
    for (const [poll, worker] of this.#asking) {
      if (!worker.takes(item.row, group)) continue;
      poll.reserve(item);
      if (!poll.hasRoom) this.#asking.delete(poll);
      item.worker = worker.id;
      worker.inFlight += 1;
      this.#leases.add({ item, worker: worker.id, poll, latest: null });
      return true;
    }
    return this.#deps.options.local && group === DEFAULT_WORKER_GROUP;
  }

  /** Its start is synced. */
  handOver(item: ActiveItem, call: EffectCall): void {
    const lease = this.#leases.ofItem(item);
    const { leaseUntil } = item;
    if (lease === undefined || lease.poll === null || leaseUntil === null) return;
    this.#asking.delete(lease.poll);
    const latest = this.#deps.clock.monotonic() + call.timeout + LEASE_GRACE_MS;
    this.#leases.add({ ...lease, latest });
    if (!lease.poll.deliver(item, { call, leaseUntil })) this.#deps.worker().undelivered(item);
  }

  ended(item: ActiveItem): void {
    const lease = this.#leases.ofItem(item);
    if (lease === undefined) return;
    this.#leases.remove(lease);
    const worker = this.#roster.get(lease.worker);
    if (worker !== undefined) worker.inFlight -= 1;
    lease.poll?.drop(item);
  }

  /** Workers that had joined when the last run ended are expected back. */
  async restore(): Promise<void> {
    await this.#roster.restore();
    this.#sweepLater();
  }

  /** A try that was a worker's when the last run ended: it has another ack wait to say so (invariant 3). */
  adopt(row: WorkItemRow, effect: LoadedEffect, attempt: AttemptRow & { worker: string }): void {
    const now = this.#deps.time.now();
    const monotonic = this.#deps.clock.monotonic();
    const until = now + this.ackWait * MICROS_PER_MILLI;
    const lostAt = monotonic + this.ackWait;
    const { worker, mode } = attempt;
    const item = this.#deps.relay().adopt(row, effect, { worker, mode, until, lostAt });
    const since = (now - attempt.at) / MICROS_PER_MILLI;
    const longest = effect.settings.timeout + LEASE_GRACE_MS - since;
    const latest = monotonic + Math.max(longest, this.ackWait);
    this.#leases.add({ item, worker, poll: null, latest });
    const owner = this.#roster.get(worker);
    if (owner !== undefined) owner.inFlight += 1;
    this.#deps.worker().watch();
  }

  async joinWorker(request: JoinRequest, caller: WorkerCaller): Promise<Joined> {
    this.#refuseDraining();
    const { name, group, holding } = request;
    const id = await this.#roster.idFor(request, caller);
    const before = this.#roster.get(id);
    if (before !== undefined) this.#abandon(before);
    const worker = await this.#roster.join(id, request, caller);
    const lost = this.#renew(id, holding);
    this.#giveBack(id, holding);
    worker.inFlight = this.#leases.of(id).length;
    this.#roster.keep(worker);
    this.#sweepLater();
    this.#deps.log.info({ worker: id, name, group, tenants: worker.tenants }, 'worker joined');
    const beatEvery = Math.ceil(this.ackWait / BEATS);
    return { id, ackWait: this.ackWait, beatEvery, tenants: worker.tenants, lost };
  }

  async beatWorker(
    id: string,
    holding: readonly HeldCommand[],
    caller: WorkerCaller,
  ): Promise<Pick<Joined, 'lost' | 'tenants'>> {
    const { tenants } = this.#roster.heard(id, caller);
    return { lost: this.#renew(id, holding), tenants };
  }

  async leaseCommands(
    id: string,
    ask: { readonly poll: number; readonly max: number; readonly wait: Millis },
    caller: WorkerCaller,
  ): Promise<readonly LeasedCall[]> {
    const worker = this.#roster.heard(id, caller);
    this.#refuseDraining();
    const { poll: last } = worker;
    if (last?.no === ask.poll) {
      // The answer was lost on its way. What has been settled since is not handed out again.
      const calls = await last.answer;
      return calls.filter(({ call }) => this.#leases.running(id, call) !== undefined);
    }
    this.#abandon(worker);
    const room = worker.state === 'draining' ? 0 : Math.min(ask.max, worker.room);
    const poll = new LeasePoll(ask.poll, room);
    worker.poll = poll;
    const cancel = this.#deps.clock.after(ask.wait, () => {
      this.#asking.delete(poll);
      poll.giveUp();
    });
    if (poll.hasRoom) {
      this.#asking.set(poll, worker);
      this.#deps.relay().offer();
    }
    const calls = await poll.answer;
    cancel();
    return calls;
  }

  async abandonLease(id: string, no: number): Promise<void> {
    const worker = this.#roster.get(id);
    if (worker?.poll?.no === no) this.#abandon(worker);
  }

  async completeCommand(
    id: string,
    which: HeldCommand,
    result: EffectResult,
    caller: WorkerCaller,
  ): Promise<{ readonly duplicate: boolean }> {
    const worker = this.#roster.get(id);
    const isIts = await this.#roster.isIts(id, caller);
    if (worker !== undefined && isIts) this.#roster.saw(worker);
    return this.#results.take(id, which, result, { ...caller, isIts });
  }

  async drainWorker(
    id: string,
    holding: readonly HeldCommand[] | null,
    caller: WorkerCaller,
  ): Promise<void> {
    const worker = this.#roster.heard(id, caller);
    this.#abandon(worker);
    if (holding !== null) this.#giveBack(id, holding);
    if (worker.state === 'draining') return;
    worker.state = 'draining';
    await this.#roster.record(worker, 'draining', caller.keyId, {});
    this.#deps.log.info({ worker: id, name: worker.name }, 'worker drains');
  }

  async leaveWorker(
    id: string,
    holding: readonly HeldCommand[],
    caller: WorkerCaller,
  ): Promise<void> {
    const worker = this.#roster.heard(id, caller);
    this.#abandon(worker);
    this.#roster.forget(worker);
    this.#giveBack(id, holding);
    const left = holding.length;
    await this.#roster.record(worker, 'left', caller.keyId, { unfinished: left });
    this.#deps.log.info({ worker: id, name: worker.name, unfinished: left }, 'worker left');
  }

  async placeWorker(
    id: string,
    tenants: readonly string[] | null,
    actor: Actor,
  ): Promise<WorkerView> {
    const worker = this.#roster.need(id);
    const { by, reason } = actor;
    const placed = { tenants: tenants === null ? null : [...tenants] };
    const before = worker.placement === null ? null : [...worker.placement];
    const act = controlFact(this.#deps.time, {
      tenant: '',
      type: CONTROL_TYPES.workerPlaced,
      subject: `worker/${id}`,
      source: 'operator',
      actor,
      what: { worker: worker.name, before: { tenants: before }, after: placed },
    });
    await this.#roster.record(worker, 'placed', by, { ...placed, reason }, (into) =>
      this.#deps.record(act, into),
    );
    worker.placement = tenants;
    this.#deps.log.info({ worker: id, name: worker.name, tenants, by }, 'worker placed');
    this.#deps.relay().offer();
    return worker.view();
  }

  async workers(): Promise<readonly WorkerView[]> {
    return this.#roster.all.map((worker) => worker.view());
  }

  /** Nothing more is leased; what is under way goes on without this process. */
  drain(): void {
    this.#draining = true;
    for (const worker of this.#roster.all) this.#abandon(worker);
    this.stop();
  }

  stop(): void {
    this.#stopSweep?.();
    this.#stopSweep = null;
  }

  #refuseDraining(): void {
    if (this.#draining)
      throw new HoldfastError('draining', 'the server is draining and hands out no commands');
  }

  /** Answers what is not, or no longer, the worker's. */
  #renew(id: string, holding: readonly HeldCommand[]): readonly HeldCommand[] {
    const { time, clock } = this.#deps;
    const [now, monotonic] = [time.now(), clock.monotonic()];
    return holding.filter((which) => {
      const lease = this.#leases.running(id, which);
      if (lease === undefined) return !this.#results.isSyncing(which);
      // Not of one whose start is being synced: that has no end yet.
      if (lease.latest === null) return false;
      const left = Math.min(this.ackWait, lease.latest - monotonic);
      lease.item.lostAt = monotonic + left;
      lease.item.leaseUntil = now + Math.round(left * MICROS_PER_MILLI);
      return false;
    });
  }

  /** What is leased to the worker and not among what it holds never reached it (invariant 4). */
  #giveBack(id: string, holding: readonly HeldCommand[]): void {
    const held = new Set(holding.map(tryText));
    for (const { item } of this.#leases.of(id)) {
      const { attempts: attempt, row } = item;
      if (!held.has(tryText({ commandId: row.commandId, attempt })))
        this.#deps.worker().undelivered(item);
    }
  }

  #abandon(worker: JoinedWorker): void {
    const { poll } = worker;
    if (poll === null) return;
    this.#asking.delete(poll);
    for (const item of poll.abandon()) this.#deps.worker().undelivered(item);
    if (!poll.answered) worker.poll = null;
  }

  /** Who has been silent for longer than the ack wait is lost; its leases end by themselves. */
  #sweepLater(): void {
    if (this.#draining || this.#roster.isEmpty) return;
    const { clock } = this.#deps;
    this.#stopSweep ??= clock.after(Math.ceil(this.ackWait / 2), () => {
      this.#stopSweep = null;
      for (const worker of this.#roster.silentFor(this.ackWait)) this.#lose(worker);
      this.#sweepLater();
    });
  }

  #lose(worker: JoinedWorker): void {
    const { id, name, inFlight } = worker;
    this.#abandon(worker);
    this.#roster.forget(worker);
    this.#deps.log.warn({ worker: id, name, inFlight }, 'worker lost');
    this.#roster.record(worker, 'lost', LOCAL, { inFlight }).catch(this.#deps.failed);
  }
}
