/**
 * Waits: completed, failed or expired, once.
 *
 * Completing and expiring race. The instance in memory is the judge: whoever takes the open wait out of it first has
 * won, and the close is committed with its event; the loser is told that the wait is closed (DESIGN, Decided).
 *
 * @module
 */
import { CONTROL_TYPES, HoldfastError, type JsonText } from '@holdfast/core';
import type { ScheduleRow, WaitRow } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import { instanceSubject } from './addressing.ts';
import type { Actor, WaitAddress } from './api.ts';
import { waitScheduleName } from './decided.ts';
import type { Fact } from './fact.ts';
import type { LiveInstance } from './live-instance.ts';
import { sha256 } from './sha256.ts';

export type WaitsDeps = Pick<
  ActDeps,
  'store' | 'cache' | 'registry' | 'facts' | 'enter' | 'journal' | 'commit'
>;

export class Waits {
  readonly #deps: WaitsDeps;

  constructor(deps: WaitsDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves after the commit.
   *
   * @throws HoldfastError `not_found`, `wait.closed`, `request.invalid`
   */
  async end(
    address: WaitAddress,
    how: { as: 'completed'; payload: JsonText } | { as: 'failed'; message: string },
    actor: Actor,
  ): Promise<void> {
    const { wait, instance } = await this.#find(address);
    // Whoever is quick can end a wait whose opening is not yet in the store, and its end could be written first.
    if (instance.uncommitted > 0) await this.#deps.commit({ build: () => undefined });
    const row = instance.row;
    if (row === null || row.id !== wait.instanceId || instance.waits.get(wait.name)?.id !== wait.id)
      throw closed(wait);
    if (how.as === 'completed') {
      const faults = this.#deps.registry.load(row.release).waitFaults(wait.definition, how.payload);
      if (faults.length > 0) {
        throw new HoldfastError(
          'request.invalid',
          `the payload does not fit the wait ${wait.name}`,
          { faults },
        );
      }
    }
    const scheduleId = takeOut(instance, wait);
    const data = how.as === 'completed' ? how.payload : JSON.stringify({ message: how.message });
    const { promise, resolve } = Promise.withResolvers<void>();
    // Whoever has the token is the outside party that is waited for; who names the wait acts in its stead.
    if (!('token' in address)) this.#deps.journal(this.#record(wait, how, actor));
    this.#deps.enter(
      this.#deps.facts.waitEnded(
        wait,
        row,
        { as: how.as, data, scheduleId, by: actor.by },
        resolve,
      ),
    );
    await promise;
  }

  /** A payload may be large or private: the event that ends the wait has it. */
  #record(wait: WaitRow, how: { as: 'completed' | 'failed' }, actor: Actor): Fact {
    const { tenant, saga, key, run, name, step } = wait;
    const type = how.as === 'completed' ? CONTROL_TYPES.waitCompleted : CONTROL_TYPES.waitFailed;
    const what = {
      saga,
      key,
      run,
      wait: name,
      step,
      before: { state: 'open' },
      after: { state: how.as },
    };
    return this.#deps.facts.control({ tenant, type, subject: instanceSubject(wait), what }, actor);
  }

  /** The timeout of a wait has come. Answers false when the wait had ended already. */
  expire(instance: LiveInstance, schedule: ScheduleRow, done: () => void): boolean {
    const { row } = instance;
    const name = schedule.name.slice(waitScheduleName('').length);
    const wait = instance.waits.get(name);
    if (
      row === null ||
      wait === undefined ||
      instance.schedules.get(schedule.name)?.id !== schedule.id
    )
      return false;
    takeOut(instance, wait);
    const how = { as: 'expired', data: 'null', scheduleId: schedule.id, by: null } as const;
    this.#deps.enter(this.#deps.facts.waitEnded(wait, row, how, done));
    return true;
  }

  async #find(address: WaitAddress): Promise<{ wait: WaitRow; instance: LiveInstance }> {
    const { store, cache } = this.#deps;
    if ('token' in address) {
      const wait = await store.findWait({ tokenHash: sha256(address.token) });
      if (wait === null) throw new HoldfastError('not_found', 'no wait has this token');
      const instance = await cache.whenLoaded(wait.tenant, wait.saga, wait.key);
      // A name used again in the run has the same token: the open wait is meant.
      const open = instance.waits.get(wait.name);
      return { wait: open?.tokenHash === wait.tokenHash ? open : wait, instance };
    }
    const { tenant, saga, key, name } = address;
    const instance = await cache.whenLoaded(tenant, saga, key);
    if (instance.row === null) {
      cache.release(instance);
      throw new HoldfastError('not_found', `there is no instance ${key} of saga ${saga}`);
    }
    const wait =
      instance.waits.get(name) ?? (await store.findWait({ instanceId: instance.row.id, name }));
    if (wait === null) {
      throw new HoldfastError('not_found', `instance ${saga}/${key} has no wait ${name}`, {
        hint: `its status is ${instance.row.status}; see holdfast sagas show ${saga} ${key}`,
      });
    }
    return { wait, instance };
  }
}

function takeOut(instance: LiveInstance, wait: WaitRow): number | null {
  const name = waitScheduleName(wait.name);
  const scheduleId = instance.schedules.get(name)?.id ?? null;
  instance.waits.delete(wait.name);
  instance.schedules.delete(name);
  return scheduleId;
}

function closed(wait: WaitRow): HoldfastError {
  return new HoldfastError(
    'wait.closed',
    `the wait ${wait.name} of ${wait.saga}/${wait.key} has ended already`,
  );
}
