/**
 * What the rest of this repository needs of the restaurant. The app itself is `order.ts`, which the release is built
 * from.
 *
 * @module
 */
import { dirname } from 'node:path';
import { createRequire } from 'node:module';

export type { CallRecord } from './outside/call-record.ts';
export { callRecordSchema, wasDone } from './outside/call-record.ts';
export type { OutsideOptions, OutsideProcess } from './start-outside.ts';
export { spawnOutside } from './start-outside.ts';

/** The folder that holds `holdfast.release.yaml`; in a checkout, also for who runs from a bundle. */
export function restaurantProjectDir(): string {
  return dirname(createRequire(import.meta.url).resolve('@holdfast/restaurant/package.json'));
}
