import type { ScheduleRow } from '@holdfast/store';
import { quiet } from './disposition-units.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Fact, FactQueue } from './fact.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { Unit } from './journal-writer.ts';
import type { Waits } from './waits.ts';

export interface DueSchedulesDeps {
  readonly cache: InstanceCache;
  readonly facts: EngineFacts;
  readonly queue: FactQueue;
  readonly waits: Waits;
  /** Sends a fact on its way. */
  readonly enter: (fact: Fact) => void;
  /** Resolves after the sync that covers the unit. */
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
}

/** What becomes of a schedule that is due: its firing is journaled and the schedule removed in one commit (I8). */
export class DueSchedules {
  readonly #deps: DueSchedulesDeps;

  constructor(deps: DueSchedulesDeps) {
    this.#deps = deps;
  }

  /** Resolves after that commit. */
  async fire(schedule: ScheduleRow): Promise<void> {
    const { cache, facts, waits, enter } = this.#deps;
    const instance = await cache.whenLoaded(schedule.tenant, schedule.saga, schedule.key);
    const { promise, resolve } = Promise.withResolvers<void>();
    const current = instance.schedules.get(schedule.name);
    if (schedule.kind === 'wait') {
      if (!waits.expire(instance, schedule, resolve)) await this.#writeEnd(schedule);
      else await promise;
      return;
    }
    const isCurrent = current?.id === schedule.id;
    // As it was set, where it was set by this process.
    const set = isCurrent ? current : schedule;
    if (isCurrent) instance.schedules.delete(schedule.name);
    enter(facts.timerFired(set, instance.row, resolve));
    await promise;
  }

  /** What ended the wait may still be on its way. It goes first: a wait that is open keeps its schedule (I8). */
  #writeEnd({ id }: ScheduleRow): Promise<void> {
    const { queue, commit } = this.#deps;
    return commit(
      quiet((into) => {
        queue.writeAll(into);
        into.push({ op: 'schedule.remove', id });
      }),
    );
  }
}
