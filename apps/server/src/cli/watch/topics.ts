/**
 * Which changes make it worth drawing a view again, by command. A view that is not named here is drawn again at any.
 *
 * @module
 */
import type { ChangeTopic } from '@holdfast/core';

/** As the stream of changes names them. A view may name too much, and never too little. */
export const TOPICS: Readonly<Record<string, readonly ChangeTopic[]>> = {
  'sagas list': ['sagas'],
  'waits list': ['waits', 'sagas'],
  'effects list': ['effects'],
  'outbox list': ['effects'],
  'quarantine list': ['quarantine'],
  // Cron triggers come and go with releases.
  'schedules list': ['schedules', 'waits', 'releases'],
  'attention list': ['sagas', 'effects', 'quarantine'],
  'attention show': ['sagas', 'effects', 'quarantine'],
};

export function topicsOf(path: string): readonly ChangeTopic[] | undefined {
  return TOPICS[path];
}
