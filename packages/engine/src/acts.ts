/**
 * Operators' acts on instances: cancel and redrive. Each is an event of the journal, with who and why.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { HoldfastError, WORKFLOW_TYPES } from '@holdfast/core';
import type { EffectError } from '@holdfast/core';
import type { Store, StoreOp, WorkItemRow } from '@holdfast/store';
import { addressee } from './addressing.ts';
import type { Actor, InstanceAddress } from './api.ts';
import { quiet } from './disposition-units.ts';
import type { EngineFacts } from './engine-facts.ts';
import { Fact } from './fact.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { Unit } from './journal-writer.ts';
import type { Delivery, LiveInstance } from './live-instance.ts';
import type { ActiveItem } from './active-item.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import type { RecordedTime } from './recorded-time.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import type { SagaRunner } from './saga-runner.ts';

/** Parked events read at a time. */
const PARKED_BATCH = 1000;

export interface ActsDeps {
  readonly store: Store;
  readonly cache: InstanceCache;
  readonly registry: ReleaseRegistry;
  readonly runner: SagaRunner;
  readonly relay: OutboxRelay;
  readonly facts: EngineFacts;
  readonly time: RecordedTime;
  readonly enter: (fact: Fact) => void;
  readonly submit: (unit: Unit) => void;
  /** Resolves after the sync that covers the unit. */
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
}

export class Acts {
  readonly #deps: ActsDeps;

  constructor(deps: ActsDeps) {
    this.#deps = deps;
  }

  /**
   * Asks a live instance to stop and undo. A blocked one is unblocked by it: what was parked follows the cancellation.
   *
   * @throws HoldfastError `not_found`, `conflict` when it has ended
   */
  async cancel(address: InstanceAddress, actor: Actor): Promise<void> {
    const { instance, row } = await this.#live(address);
    const wasBlocked = row.status === 'blocked';
    if (wasBlocked && row.version === 0) {
      throw new HoldfastError(
        'conflict',
        `${instance.saga}/${instance.key} is blocked before its first decision: there is nothing to undo`,
        {
          hint: 'mend its program and redrive it',
        },
      );
    }
    if (wasBlocked) await this.#unblock(instance, []);
    const { promise, resolve } = Promise.withResolvers<void>();
    const fact = this.#deps.facts.act(
      row,
      WORKFLOW_TYPES.cancelAsked,
      actor,
      randomUUID(),
      resolve,
    );
    this.#deps.enter(fact);
    if (wasBlocked) await this.unpark(instance, fact);
    await promise;
  }

  /**
   * Lets a blocked instance go on: a failed program decides its event again, a held effect is called again with the
   * same key, a failed undo is asked for again. One that was cancelled while an effect of it was held, and so waits for
   * that to be settled before it undoes anything, goes on with that.
   *
   * @throws HoldfastError `not_found`, `conflict` when it is not blocked
   */
  async redrive(address: InstanceAddress, actor: Actor): Promise<void> {
    const { instance, row } = await this.#live(address);
    if (row.status !== 'blocked') {
      const held = await this.#letGo(instance);
      if (held > 0) return;
      throw new HoldfastError(
        'conflict',
        `${instance.saga}/${instance.key} is ${row.status}, not blocked`,
      );
    }
    const undoFailed =
      row.blockedBy !== null && (JSON.parse(row.blockedBy) as { code: string }).code === 'undo';
    const held = (await this.#deps.store.itemsOf(row.id)).filter((item) => item.state === 'held');
    await this.#unblock(instance, held);
    const fact = undoFailed
      ? this.#deps.facts.act(row, WORKFLOW_TYPES.redriveAsked, actor, randomUUID(), () => undefined)
      : null;
    if (fact !== null) this.#deps.enter(fact);
    for (const item of held)
      this.#deps.relay.release({ ...item, state: 'pending', dueAt: this.#deps.time.now() });
    // What was held while it was blocked, and not yet in the store when that was read.
    await this.#letGo(instance);
    await this.unpark(instance, fact);
  }

  /** Keeps an item for a person, and blocks its instance at it. */
  async hold(item: ActiveItem, error: EffectError, ops: readonly StoreOp[]): Promise<void> {
    const { row } = item;
    const instance = await this.#deps.cache.whenLoaded(row.tenant, row.saga, row.key);
    this.#deps.relay.forget(item);
    const current = instance.row;
    const blocks =
      current !== null &&
      current.id === row.instanceId &&
      !instance.ended &&
      current.status !== 'blocked';
    const blockedBy = JSON.stringify({
      code: 'effect.in_doubt',
      message: `${row.effect} may or may not have happened: ${error.message}`,
      step: row.step,
      commandId: row.commandId,
      itemId: row.id,
    });
    if (blocks) {
      current.status = 'blocked';
      current.blockedBy = blockedBy;
    }
    this.#deps.submit(
      quiet((into, at) => {
        into.push(...ops, { op: 'item.hold', itemId: row.id, doubtful: true });
        if (blocks)
          into.push({
            op: 'instance.status',
            instanceId: row.instanceId,
            status: 'blocked',
            blockedBy,
            at,
          });
      }),
    );
  }

  /** Says that an effect of the instance is being tried again. */
  async retrying(item: ActiveItem): Promise<void> {
    const { row } = item;
    const instance = await this.#deps.cache.whenLoaded(row.tenant, row.saga, row.key);
    const current = instance.row;
    if (current === null || current.id !== row.instanceId || current.status !== 'running') return;
    current.status = 'retrying';
    this.#deps.submit(
      quiet((into, at) => {
        into.push({
          op: 'instance.status',
          instanceId: row.instanceId,
          status: 'retrying',
          blockedBy: null,
          at,
        });
      }),
    );
  }

  /** Takes up the parked events of an instance that is not blocked: after `act`, before anything newer. */
  async unpark(instance: LiveInstance, act: Fact | null): Promise<void> {
    const { row } = instance;
    if (row === null) return;
    instance.mode = 'unparking';
    const parked: Delivery[] = [];
    for (;;) {
      const seqs = await this.#deps.store.parked(row.id, PARKED_BATCH);
      const events = await this.#deps.store.readEvents(seqs.slice(parked.length));
      for (const event of events)
        parked.push(this.#parkedDelivery(Fact.journaled(event, row.id), instance));
      if (seqs.length < PARKED_BATCH || events.length === 0) break;
    }
    const behind =
      act === null ? 0 : instance.mailbox.findIndex((delivery) => delivery.fact === act) + 1;
    instance.mailbox.splice(behind, 0, ...parked);
    instance.mode = 'idle';
    this.#deps.runner.advance(instance);
  }

  #parkedDelivery(fact: Fact, instance: LiveInstance): Delivery {
    const base = { fact, speculative: null, tries: 0, parked: true };
    if (fact.event.stream === 'WORKFLOW_EVENTS') {
      const to = addressee(fact.event);
      if (to.to === 'instance')
        return { ...base, kind: to.kind, step: to.step, run: to.run, opens: null };
    }
    const app = instance.row?.app ?? '';
    const release = instance.row?.release ?? '';
    return { ...base, kind: 'event', step: null, run: null, opens: { app, release, parent: null } };
  }

  /** Has the held effects of an instance that is not blocked called again. Answers how many there were. */
  async #letGo({ row }: LiveInstance): Promise<number> {
    if (row === null || row.status === 'blocked') return 0;
    const items = await this.#deps.store.itemsOf(row.id);
    const held = items.filter((item) => item.state === 'held');
    if (held.length === 0) return 0;
    const dueAt = this.#deps.time.now();
    await this.#deps.commit({
      build: (into) => {
        for (const { id, doubtful } of held)
          into.push({ op: 'item.retry', itemId: id, dueAt, doubtful });
      },
    });
    for (const item of held) this.#deps.relay.release({ ...item, state: 'pending', dueAt });
    return held.length;
  }

  async #unblock(instance: LiveInstance, held: readonly WorkItemRow[]): Promise<void> {
    const { row } = instance;
    if (row === null) return;
    // Newer events wait behind the parked ones from this moment on.
    instance.mode = 'unparking';
    row.status = 'running';
    row.blockedBy = null;
    const dueAt = this.#deps.time.now();
    await this.#deps.commit({
      build: (into, at) => {
        into.push({
          op: 'instance.status',
          instanceId: row.id,
          status: 'running',
          blockedBy: null,
          at,
        });
        for (const item of held)
          into.push({ op: 'item.retry', itemId: item.id, dueAt, doubtful: item.doubtful });
      },
    });
  }

  async #live({
    tenant,
    saga,
    key,
  }: InstanceAddress): Promise<{ instance: LiveInstance; row: NonNullable<LiveInstance['row']> }> {
    const instance = await this.#deps.cache.whenLoaded(tenant, saga, key);
    const { row } = instance;
    if (row === null) {
      this.#deps.cache.release(instance);
      throw new HoldfastError('not_found', `there is no instance ${key} of saga ${saga}`);
    }
    if (instance.ended)
      throw new HoldfastError('conflict', `${saga}/${key} has ${row.status} already`);
    return { instance, row };
  }
}
