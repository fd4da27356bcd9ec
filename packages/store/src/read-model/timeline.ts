/**
 * The story of one run in true order, whole or a part of it.
 *
 * The time of the commit orders, which never goes back. What one commit holds is told decision by decision, and within a
 * decision by what causes what: a try's end, the event it became, the decision on that event, what it asked for, the tries
 * that started. An event that was parked stands where it came in, and its decision where it was taken up.
 *
 * A part is some decisions in a row, and all that stands between the first of them and the first after them: parts that
 * follow each other tell everything once.
 */
import type { Timeline } from '@holdfast/core';

import type { TimelineSpan } from '../read-port.ts';
import type { ReadContext } from './read-context.ts';
import { findInstance } from './saga-queries.ts';
import type { Address } from './saga-queries.ts';
import {
  attemptEntries,
  eventEntry,
  inOrder,
  itemEntries,
  logEntries,
  statusEntries,
  transitionEntries,
  waitEntries,
} from './timeline-entries.ts';
import type { Ordered } from './timeline-entries.ts';
import { loadStory } from './timeline-story.ts';
import type { Bound, Story } from './timeline-story.ts';

/** The story of the current run, or of run `of.run`; null where there is no such instance. */
export function timeline(
  context: ReadContext,
  of: Address,
  span: TimelineSpan = {},
): Timeline | null {
  const instance = findInstance(context, of);
  if (instance === null) return null;
  const story = loadStory(context, instance, span);
  const told = [
    ...story.transitions.flatMap(transitionEntries),
    ...story.events.map((event) => eventEntry(event, story)),
    ...itemEntries(story),
    ...attemptEntries(story),
    ...waitEntries(story),
    ...logEntries(story),
    ...statusEntries(instance),
  ];
  return {
    saga: of.saga,
    key: of.key,
    run: instance.run,
    status: instance.status,
    entries: inOrder(told.filter((entry) => isWithin(entry, story))),
    earlier: story.from?.version ?? null,
  };
}

function isWithin(entry: Ordered, { from, to }: Story): boolean {
  return (from === null || !isBefore(entry, from)) && (to === null || isBefore(entry, to));
}

/** Whether it stands before all that belongs to a decision. */
function isBefore({ at, group }: Ordered, decision: Bound): boolean {
  return at < decision.at || (at === decision.at && group < decision.version);
}
