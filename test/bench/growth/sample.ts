/** What the server itself wrote of one run, or of one event that nobody took: the model that copies are made from. */
import { DatabaseSync } from 'node:sqlite';
import { derivedEventId } from '@holdfast/core';
import type { JournalEvent } from '@holdfast/core';
import type { InstanceRow, ScheduleRow, Store, TransitionRow, WorkItemRow } from '@holdfast/store';
import { z } from 'zod';
import { sha256 } from '../../../packages/engine/src/sha256.ts';

/** A run with all that is on record of it. */
export interface SampleRun {
  readonly instance: InstanceRow;
  readonly transitions: readonly TransitionRow[];
  /** Those it decided on, one for each transition, then the one that says how it ended, if it has. */
  readonly events: readonly JournalEvent[];
  readonly items: readonly WorkItemRow[];
  readonly schedules: readonly ScheduleRow[];
}

const execution = z.object({ gasLimit: z.number(), gasUsed: z.number(), sandbox: z.string() });

/** What a decision took to make. */
export type Execution = z.infer<typeof execution>;

/**
 * What only the tables tell of a run's transitions, in order. To be called before the store is opened: that is another
 * SQLite in the same process, and when one of the two closes the file the other loses its locks.
 */
export function readExecutions(database: string, saga: string, key: string): readonly Execution[] {
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    return db
      .prepare(
        `SELECT t.gas_limit AS gasLimit, t.gas_used AS gasUsed, s.name AS sandbox
         FROM transitions t JOIN names s ON s.id = t.sandbox JOIN instances i ON i.id = t.instance_id
         JOIN names n ON n.id = i.saga WHERE n.name = ? AND i.key = ? ORDER BY t.version`,
      )
      .all(saga, key)
      .map((row) => execution.parse(row));
  } finally {
    db.close();
  }
}

/**
 * Reads a run of the tenant that is empty.
 *
 * @throws Error when there is none, or it has more to it than copies are made of
 */
export async function readSampleRun(
  store: Store,
  saga: string,
  key: string,
  executions: readonly Execution[],
): Promise<SampleRun> {
  const [loaded] = await store.loadInstances([{ tenant: '', saga, key }]);
  if (loaded === undefined || loaded === null) throw new Error(`there is no ${saga}/${key}`);
  const { row: instance, schedules, openWaits } = loaded;
  if (openWaits.length > 0) throw new Error(`${saga}/${key} has waits, which are not copied`);
  const { id, release } = instance;
  const decisions = await store.decisionsOf(id, 0, instance.version);
  const transitions = decisions.map((decision, at) => {
    const made = executions[at];
    if (made === undefined) throw new Error(`${saga}/${key} has more decisions than executions`);
    return { ...decision, ...made, instanceId: id, release, stateHash: sha256(decision.state) };
  });
  const last = decisions.at(-1)?.seq ?? 0;
  const events = await store.readEvents([...decisions.map(({ seq }) => seq), last + 1]);
  const ended = derivedEventId.ended(sha256, instance);
  const own = events.filter((event) => event.seq <= last || event.id === ended);
  return { instance, transitions, events: own, items: await store.itemsOf(id), schedules };
}
