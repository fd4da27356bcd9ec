/**
 * The test kit: runs sagas without a server, with vitest, node:test or anything else. The runtime is the sandbox's.
 *
 * @module
 */
export type { ExploreReport } from './explore.ts';
export { explore } from './explore.ts';
export type { Explored, ExploreOptions, Mishaps, Model } from './explore-options.ts';
export { models } from './explore-options.ts';
export type { Expected, Happening } from './given.ts';
export {
  asks,
  cancelled,
  completed,
  ends,
  failed,
  given,
  happened,
  passed,
  publishes,
  sleeps,
  started,
  startsChild,
  succeeded,
  unknown,
  waitFailed,
  waits,
} from './given.ts';
export type { Definition, InstanceOptions, SentEvent, Status } from './instance.ts';
export { Instance } from './instance.ts';
export type { CallRef } from './play.ts';
export { Play, play } from './play.ts';
