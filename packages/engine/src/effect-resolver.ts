/**
 * A person settles a held effect with what they found out (I4, `hold`).
 *
 * 1. The outcome is journaled as the item's own, in the commit that settles it and that holds the record of the act (I3).
 * 2. The instance goes on once nothing of it is held; until then the outcome is parked like any event (I9).
 *
 * @module
 */
import { CONTROL_TYPES, HoldfastError, type JsonText, unreachable } from '@holdfast/core';
import type { WorkItemRow } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import { refuseTwice } from './acts.ts';
import { instanceSubject } from './addressing.ts';
import type { Actor, EffectAddress, EffectResolution } from './api.ts';
import type { EngineFacts } from './engine-facts.ts';
import { heldBy } from './holds.ts';
import type { LiveInstance } from './live-instance.ts';

export interface EffectResolverDeps extends ActDeps {
  /** Takes up the parked events of an instance that was unblocked. */
  readonly unpark: (instance: LiveInstance) => Promise<void>;
}

export class EffectResolver {
  readonly #deps: EffectResolverDeps;

  constructor(deps: EffectResolverDeps) {
    this.#deps = deps;
  }

  /**
   * @throws HoldfastError `not_found`, `conflict` when it is not held, `request.invalid` when the output does not fit the
   *   effect's schema
   */
  async resolve(
    { tenant, commandId }: EffectAddress,
    how: EffectResolution,
    actor: Actor,
  ): Promise<void> {
    const row = await this.#deps.store.itemByCommand(commandId);
    if (row === null || row.tenant !== tenant)
      throw new HoldfastError('not_found', `there is no effect ${commandId}`, {
        hint: 'find it: holdfast effects list',
      });
    if (how.as === 'succeeded') this.#checkOutput(row, how.output);
    const instance = await this.#deps.cache.whenLoaded(row.tenant, row.saga, row.key);
    refuseTwice(instance);
    const held = instance.held.get(row.id);
    if (held === undefined) {
      this.#deps.cache.release(instance);
      throw new HoldfastError(
        'conflict',
        `${row.effect} of ${instanceSubject(row)} is ${row.state}, not held for a person`,
        { hint: 'those that wait for a person: holdfast effects list --state held' },
      );
    }
    await this.#settle(instance, held, how, actor);
  }

  #checkOutput(row: WorkItemRow, output: JsonText): void {
    const effect = this.#deps.registry.effectOfApp(row.app, row.effect);
    const faults = effect?.output.faultsOfText(output) ?? [];
    const [first] = faults;
    if (first === undefined) return;
    throw new HoldfastError(
      'request.invalid',
      `this is no output of ${row.effect}: ${first.at} ${first.message}`,
      { faults: faults.map(({ at, message }) => ({ at: `/output${at}`, message })) },
    );
  }

  async #settle(
    instance: LiveInstance,
    held: WorkItemRow,
    how: EffectResolution,
    actor: Actor,
  ): Promise<void> {
    const { relay, time, facts } = this.#deps;
    instance.held.delete(held.id);
    const record = facts.control(
      {
        tenant: held.tenant,
        type: CONTROL_TYPES.effectResolved,
        subject: instanceSubject(held),
        what: {
          ...saidOf(how),
          commandId: held.commandId,
          effect: held.effect,
          step: held.step,
          before: { state: 'held', outcome: null },
          after:
            how.as === 'retry'
              ? { state: 'pending', outcome: null }
              : { state: 'settled', outcome: how.as },
        },
      },
      actor,
    );
    const outcome = outcomeOf(held, how, actor);
    const settling = outcome === null ? null : facts.outcome(outcome);
    const goesOn = this.#unblockInMemory(instance, held);
    this.#deps.journal(record);
    if (settling !== null) this.#deps.enter(settling);
    const dueAt = time.now();
    await this.#deps.commit({
      build: (into, at) => {
        this.#deps.writeThrough(record, into);
        if (settling !== null) this.#deps.writeThrough(settling, into);
        else {
          const { id: itemId, doubtful, spared } = held;
          into.push({ op: 'item.retry', itemId, dueAt, doubtful, spared });
        }
        const row = instance.row;
        // As it is by now: another of its effects may have been held meanwhile.
        if (row?.id !== held.instanceId || goesOn === null) return;
        const { status, blockedBy } = row;
        if (goesOn && status === 'blocked') return;
        const op = 'instance.status';
        into.push({ op, instanceId: row.id, status: goesOn ? 'running' : status, blockedBy, at });
      },
    });
    if (settling === null) relay.release({ ...held, state: 'pending', dueAt });
    if (goesOn === true) await this.#deps.unpark(instance);
  }

  /**
   * Answers whether the instance goes on: false when another effect of it is held, null when what blocks it is not a held
   * effect, and nothing about it changes.
   */
  #unblockInMemory(instance: LiveInstance, held: WorkItemRow): boolean | null {
    const { row } = instance;
    if (row === null || row.id !== held.instanceId || row.status !== 'blocked') return null;
    const { code } = JSON.parse(row.blockedBy ?? '{"code":""}') as { code: string };
    if (code !== 'effect.in_doubt') return null;
    const [next] = instance.held.values();
    if (next !== undefined) {
      row.blockedBy = heldBy(next, 'nobody has said yet whether it did');
      return false;
    }
    instance.mode = 'unparking';
    row.status = 'running';
    row.blockedBy = null;
    return true;
  }
}

/** What the audit says was found out. An output may be large or private: the outcome's event has it. */
function saidOf(how: EffectResolution): Record<string, unknown> {
  return { as: how.as };
}

function outcomeOf(
  row: WorkItemRow,
  how: EffectResolution,
  { reason }: Actor,
): Parameters<EngineFacts['outcome']>[0] | null {
  switch (how.as) {
    case 'succeeded':
      return { row, kind: 'succeeded', data: how.output, attemptEnd: null, recorded: null };
    case 'failed': {
      const error = { code: 'operator', message: reason ?? 'an operator says that it failed' };
      return { row, kind: 'failed', data: JSON.stringify(error), attemptEnd: null, recorded: null };
    }
    case 'retry':
      return null;
    default:
      return unreachable(how);
  }
}
