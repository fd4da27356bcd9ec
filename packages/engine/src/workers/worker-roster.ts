/**
 * Who has joined, as memory and records have it.
 *
 * 1. Workers that had joined when the last run ended are expected back: `away`, until they join again.
 * 2. A worker is who it says only with the key that it joined with.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { type Clock, HoldfastError, type Json, type Millis } from '@holdfast/core';
import type { Store, StoreOp } from '@holdfast/store';
import type { Unit } from '../journal-writer.ts';
import type { RecordedTime } from '../recorded-time.ts';
import { JoinedWorker, type WorkerTerms } from './joined-worker.ts';
import type { JoinRequest, WorkerCaller } from './worker-api.ts';
import { WorkerRecords, type WorkerStep } from './worker-records.ts';

export interface WorkerRosterDeps {
  readonly store: Store;
  readonly time: RecordedTime;
  readonly clock: Clock;
  /** Resolves after the sync that covers the unit. */
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
}

export class WorkerRoster {
  readonly #deps: WorkerRosterDeps;
  readonly #records: WorkerRecords;
  readonly #workers = new Map<string, JoinedWorker>();

  constructor(deps: WorkerRosterDeps) {
    this.#deps = deps;
    this.#records = new WorkerRecords(deps.store, deps.commit);
  }

  get all(): readonly JoinedWorker[] {
    return [...this.#workers.values()];
  }

  get isEmpty(): boolean {
    return this.#workers.size === 0;
  }

  get(id: string): JoinedWorker | undefined {
    return this.#workers.get(id);
  }

  /** @throws HoldfastError `worker.unknown` */
  need(id: string): JoinedWorker {
    return this.#workers.get(id) ?? unknown(id);
  }

  /** The worker that calls, which is alive. @throws HoldfastError `worker.unknown` unless it has joined with this key */
  heard(id: string, { keyId }: WorkerCaller): JoinedWorker {
    const worker = this.#workers.get(id);
    if (worker === undefined || worker.keyId !== keyId || worker.state === 'away')
      return unknown(id);
    this.saw(worker);
    return worker;
  }

  /** Whether the worker, which may be gone by now, joined with this key. */
  async isIts(id: string, { keyId }: WorkerCaller): Promise<boolean> {
    const worker = this.#workers.get(id);
    if (worker !== undefined) return worker.keyId === keyId;
    const steps = await this.#deps.store.workerEvents(id);
    return steps.findLast(({ kind }) => kind === 'joined')?.by === keyId;
  }

  saw(worker: JoinedWorker): void {
    worker.seen = this.#deps.clock.monotonic();
    worker.seenAt = this.#deps.time.now();
  }

  /** Those that have been silent for longer than that. */
  silentFor(wait: Millis): readonly JoinedWorker[] {
    const now = this.#deps.clock.monotonic();
    return this.all.filter((worker) => now - worker.seen > wait);
  }

  /** At start. */
  async restore(): Promise<void> {
    const { store } = this.#deps;
    for (const { worker: id, kind } of await store.openWorkers()) {
      const steps = await store.workerEvents(id);
      const joined = steps.findLast((step) => step.kind === 'joined');
      if (joined === undefined) continue;
      this.#records.known(id, kind);
      const { name, by: keyId, at: joinedAt } = joined;
      const terms = JSON.parse(joined.detail) as WorkerTerms;
      this.keep(await this.#remembered({ id, name, keyId, joinedAt, terms, state: 'away' }));
    }
  }

  /** The id that the worker goes on under, where it may, or a new one. */
  async idFor(request: JoinRequest, caller: WorkerCaller): Promise<string> {
    return (await this.#returning(request, caller)) ?? `w_${randomBytes(10).toString('hex')}`;
  }

  /** Records that it joins. It is in the roster once it is kept. */
  async join(id: string, request: JoinRequest, caller: WorkerCaller): Promise<JoinedWorker> {
    const { name, group, concurrency, tenants, effects } = request;
    const { keyId, tenant } = caller;
    const terms = { group, concurrency, tenants, effects, tenant };
    const joinedAt = this.#deps.time.now();
    const worker = await this.#remembered({ id, name, keyId, joinedAt, terms, state: 'joined' });
    await this.record(worker, 'joined', keyId, { ...terms, tenants: [...tenants] });
    return worker;
  }

  keep(worker: JoinedWorker): void {
    this.#workers.set(worker.id, worker);
  }

  forget({ id }: JoinedWorker): void {
    this.#workers.delete(id);
  }

  /** Resolves after the sync. */
  record(
    { id, name }: JoinedWorker,
    kind: WorkerStep['kind'],
    by: string,
    detail: Json,
    alongside?: (into: StoreOp[]) => void,
  ): Promise<void> {
    return this.#records.write({ worker: id, name, kind, by, detail }, alongside);
  }

  /** The id it asks to go on under, where it may: with the same name and key, and without having left. */
  async #returning(
    { id, name }: JoinRequest,
    { keyId }: WorkerCaller,
  ): Promise<string | undefined> {
    if (id === undefined) return undefined;
    const steps = await this.#deps.store.workerEvents(id);
    const joined = steps.findLast((step) => step.kind === 'joined');
    const isIts = joined?.name === name && joined.by === keyId && steps.at(-1)?.kind !== 'left';
    return isIts ? id : undefined;
  }

  async #remembered(
    init: Omit<ConstructorParameters<typeof JoinedWorker>[0], 'placement' | 'seen' | 'seenAt'>,
  ): Promise<JoinedWorker> {
    const placement = await this.#placementOf(init.name);
    const { clock, time } = this.#deps;
    return new JoinedWorker({ ...init, placement, seen: clock.monotonic(), seenAt: time.now() });
  }

  async #placementOf(name: string): Promise<readonly string[] | null> {
    const placed = await this.#deps.store.lastPlacement(name);
    if (placed === null) return null;
    return (JSON.parse(placed.detail) as { tenants: readonly string[] | null }).tenants;
  }
}

function unknown(id: string): never {
  throw new HoldfastError('worker.unknown', `no worker ${id} has joined`, {
    hint: 'Join again, with the same id and what is under way.',
  });
}
