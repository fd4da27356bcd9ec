/**
 * When it is worth asking the server again.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { findTarget } from '../target.ts';

/** Between two tries to reach a server that is away. */
const AWAY_MS = 1000;
/** What no event tells of (a worker that joined, a message put into quarantine) is seen after this time. */
const SILENT_MS = 5000;

/**
 * Calls back whenever something may have changed, until stopped. The one place that knows how that is learnt: each event
 * of the journal now.
 */
export async function onChanges(
  context: CliContext,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  const silent = setInterval(changed, SILENT_MS);
  try {
    while (!signal.aborted) {
      try {
        // Found anew each time: a server may start again on another port.
        const events = clientOf(findTarget(context)).events.tail({ signal });
        for await (const _event of events) changed();
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
