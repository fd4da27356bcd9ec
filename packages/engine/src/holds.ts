/**
 * What becomes of an instance whose effects do not get a plain answer: blocked at one that is held for a person, or
 * `retrying`.
 *
 * 1. An item is held, and its instance blocked, in one commit; so long as an item is held, its instance is blocked.
 * 2. Both happen between two decisions: one that is under way would go over the instance's status.
 *
 * @module
 */
import type { EffectError, JsonText } from '@holdfast/core';
import type { StoreOp, WorkItemRow } from '@holdfast/store';
import type { ActiveItem } from './active-item.ts';
import { quiet } from './disposition-units.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { LiveInstance } from './live-instance.ts';
import { instanceFields, type Log } from './log.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import type { SagaRunner } from './saga-runner.ts';

/** What blocks an instance at a held item, as JSON text. */
export function heldBy(item: WorkItemRow, why: string): JsonText {
  return JSON.stringify({
    code: 'effect.in_doubt',
    message: `${item.effect} may or may not have happened: ${why}`,
    step: item.step,
    effect: item.effect,
    commandId: item.commandId,
    itemId: item.id,
  });
}

export interface HoldsDeps {
  readonly cache: InstanceCache;
  readonly relay: OutboxRelay;
  readonly runner: SagaRunner;
  readonly log: Log;
}

export class Holds {
  readonly #deps: HoldsDeps;

  constructor(deps: HoldsDeps) {
    this.#deps = deps;
  }

  /** Keeps an item for a person, and blocks its instance at it. */
  async hold(item: ActiveItem, error: EffectError, ops: readonly StoreOp[]): Promise<void> {
    const { row } = item;
    const instance = await this.#deps.cache.whenLoaded(row.tenant, row.saga, row.key);
    this.#deps.relay.hold(item);
    instance.betweenDecisions(() => this.#holdNow(instance, item, error, ops));
  }

  /** Blocks the instance of an item that is held in the store, unless it is. */
  async blockAt(row: WorkItemRow): Promise<void> {
    const instance = await this.#deps.cache.whenLoaded(row.tenant, row.saga, row.key);
    const block = this.#block(instance, row, 'nobody has said yet whether it did');
    if (block === null) return;
    const unit = quiet((into, at) => void into.push({ ...block, at }));
    this.#deps.runner.submit(instance, unit);
  }

  #holdNow(
    instance: LiveInstance,
    item: ActiveItem,
    error: EffectError,
    ops: readonly StoreOp[],
  ): void {
    const { row, attempts, firstAttemptAt } = item;
    const { recorded } = item;
    item.recorded = null;
    if (instance.row?.id === row.instanceId) {
      const held = { ...row, attempts, firstAttemptAt, doubtful: true, state: 'held' as const };
      instance.held.set(row.id, held);
    }
    const block = this.#block(instance, row, error.message);
    const { step, effect, commandId } = row;
    this.#deps.log.warn(
      { ...instanceFields(row), step, effect, commandId, code: error.code },
      'instance blocked: nobody knows whether its effect happened',
    );
    this.#deps.runner.submit(instance, {
      ...quiet((into, at) => {
        into.push(...ops, { op: 'item.hold', itemId: row.id, doubtful: true });
        if (block !== null) into.push({ ...block, at });
      }),
      committed: () => recorded?.(),
    });
  }

  /** In memory; answers what says so in the store. Null when it is blocked already, or the item's run is over. */
  #block(
    instance: LiveInstance,
    item: WorkItemRow,
    why: string,
  ): Omit<Extract<StoreOp, { op: 'instance.status' }>, 'at'> | null {
    const { row } = instance;
    if (row === null || row.id !== item.instanceId || instance.ended || row.status === 'blocked')
      return null;
    row.status = 'blocked';
    row.blockedBy = heldBy(item, why);
    return {
      op: 'instance.status',
      instanceId: row.id,
      status: 'blocked',
      blockedBy: row.blockedBy,
    };
  }

  /** Says that an effect of the instance is being tried again. */
  async retrying(item: ActiveItem): Promise<void> {
    const { row } = item;
    const instance = await this.#deps.cache.whenLoaded(row.tenant, row.saga, row.key);
    const current = instance.row;
    if (current === null || current.id !== row.instanceId || current.status !== 'running') return;
    current.status = 'retrying';
    this.#deps.runner.submit(
      instance,
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
}
