import { type JournalEvent, type Micros, MICROS_PER_MILLI } from '@holdfast/core';
import type { ReleaseRow } from '@holdfast/store';
import type { ReleaseRegistry } from './registry.ts';

/** What comes while a swap is being synced still goes the old way: nearly always for less than this. */
const SYNC: Micros = 1000 * MICROS_PER_MILLI;

/** The last swap of an app's release, as one of its sagas sees it that takes other types of events since. */
export class Swap {
  readonly at: Micros;
  /** Types that the saga took before. */
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;

  constructor(at: Micros, before: ReadonlySet<string>, after: ReadonlySet<string>) {
    this.at = at;
    this.before = before;
    this.after = after;
  }

  /**
   * Whether the saga took the event when it came. One of a type that was dropped, and that came as the swap was synced,
   * counts as taken: then it is on record that nobody takes it any more.
   */
  takes({ type, receivedAt }: Pick<JournalEvent, 'type' | 'receivedAt'>): boolean {
    if (receivedAt <= this.at) return this.before.has(type);
    return this.after.has(type) || receivedAt <= this.at + SYNC;
  }
}

/** By saga, those that take other types than before the last swap. */
export function swapsOf(
  releases: readonly ReleaseRow[],
  registry: Pick<ReleaseRegistry, 'load'>,
): ReadonlyMap<string, Swap> {
  const swaps = new Map<string, Swap>();
  for (const { app, digest, activeSince } of releases) {
    const previous = releases.find((row) => row.app === app && row.previous);
    if (activeSince === null || previous === undefined) continue;
    const before = registry.load(previous.digest).sagas;
    for (const [name, { on }] of registry.load(digest).sagas) {
      const taken = before.get(name)?.on;
      if (taken === undefined || isSame(taken, on)) continue;
      swaps.set(name, new Swap(activeSince, new Set(taken), new Set(on)));
    }
  }
  return swaps;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((type) => b.includes(type));
}
