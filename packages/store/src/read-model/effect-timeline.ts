/** What happened to one effect, as the timeline of its run tells it, however long that is. */
import type { TimelineEntry } from '@holdfast/core';
import { and, eq } from 'drizzle-orm';

import { workItems } from '../schema.ts';
import type { ReadContext } from './read-context.ts';
import { attemptEntries, eventEntry, inOrder, itemEntry } from './timeline-entries.ts';
import { eventsOf, readAttempts, toStoryItem } from './timeline-story.ts';

/** The newest; how many there were is said by its number of attempts. */
const SHOWN_TRIES = 200;

/** Asked for, each try, its outcome. The decision that asked is not named: the run's timeline has it. */
export function effectTimeline(
  context: ReadContext,
  record: typeof workItems.$inferSelect,
): TimelineEntry[] {
  const item = toStoryItem(context, record);
  const story = {
    items: new Map([[item.id, item]]),
    attempts: readAttempts(context, [item], { from: null, to: null, most: 2 * SHOWN_TRIES }),
    itemByOutcome: new Map(item.outcomeSeq === null ? [] : [[item.outcomeSeq, item]]),
    waitOfStep: new Map<string, never>(),
    transitionOfEvent: new Map<number, never>(),
    transitionOfItem: new Map<string, never>(),
  };
  const outcome = item.outcomeSeq === null ? [] : eventsOf(context, [item.outcomeSeq]);
  return inOrder([
    itemEntry(item, undoneBy(context, record), null),
    ...attemptEntries(story),
    ...outcome.map((event) => eventEntry(event, story)),
  ]);
}

/** The effect that it undoes, or its step where that cannot be found. */
function undoneBy(
  { db, names }: ReadContext,
  { undoes, instanceId }: typeof workItems.$inferSelect,
): string | null {
  if (undoes === null) return null;
  const found = db
    .select({ effect: workItems.effect })
    .from(workItems)
    .where(and(eq(workItems.instanceId, instanceId), eq(workItems.step, undoes)))
    .get();
  return found === undefined ? undoes : names.nameOf(found.effect);
}
