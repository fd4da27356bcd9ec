/**
 * When it is worth asking the server again: what its stream of changes says, which is coalesced to at most four a second and
 * silent while nothing happens.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeTopic } from '@holdfast/core';
import { clientOf } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { findTarget } from '../target.ts';

/** Between two tries to reach a server that is away. */
const AWAY_MS = 1000;
/** What no change tells of (a breaker that opened, a worker that joined, the disk) is seen after this time. */
const SILENT_MS = 5000;

export interface Followed {
  readonly signal: AbortSignal;
  /** What the view shows; undefined for a bit of everything. */
  readonly topics: readonly ChangeTopic[] | undefined;
  readonly changed: () => void;
}

/** Calls back whenever something of the topics may have changed, until stopped. */
export async function onChanges(
  context: CliContext,
  { signal, topics, changed }: Followed,
): Promise<void> {
  const silent = setInterval(changed, SILENT_MS);
  try {
    while (!signal.aborted) {
      const broken = new AbortController();
      try {
        // Found anew after each break: a server may start again on another port.
        const changes = clientOf(findTarget(context)).changes({
          signal: AbortSignal.any([signal, broken.signal]),
          onConnection: (stands) => (stands ? changed() : broken.abort()),
        });
        for await (const told of changes)
          if (topics === undefined || told.topics.some((topic) => topics.includes(topic)))
            changed();
      } catch {
        // Whoever is called back asks the same server, and tells what is wrong with it.
      }
      changed();
      await sleep(AWAY_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    clearInterval(silent);
  }
}
