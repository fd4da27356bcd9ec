/**
 * What keeps the page true without reload: a stream of changes that marks queries as stale, by topic.
 *
 * Invariants:
 * 1. A query that names the topics it depends on, in `meta.topics`, is asked again when one of them changes, at its own
 *    pace (refresher.ts), and only while it is on the screen. Lists that are scrolled far into stand still (long-lists.ts).
 * 2. When the stream comes back after a break, everything on the screen is asked again: what was missed is unknown.
 * 3. The stream is of the tenant that is chosen when the watching begins: a switch of tenant begins it anew.
 *
 * @module
 */
import type { Query, QueryClient } from '@tanstack/react-query';
import { isLongList } from '../lib/long-lists.ts';
import { api } from './client.ts';
import { Refresher } from './refresher.ts';

export type LiveState = 'connecting' | 'live' | 'broken';

/** After a failure that the client does not mend by itself. */
const RETRY_MS = 2_000;

/** Watches until `signal` aborts. */
export async function watchChanges(
  queries: QueryClient,
  onState: (state: LiveState) => void,
  signal: AbortSignal,
): Promise<void> {
  const refresher = new Refresher(queries);
  let broke = false;
  const onConnection = (connected: boolean): void => {
    onState(connected ? 'live' : 'broken');
    if (connected && broke) askAllAgain(queries);
    broke = !connected;
  };
  onState('connecting');
  while (!isAborted(signal)) {
    try {
      for await (const { topics } of api().changes({ signal, onConnection }))
        refresher.mark(topics);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!isAborted(signal)) onConnection(false);
    }
    await pause(RETRY_MS, signal);
  }
  refresher.stop();
}

/** What is on the screen is asked now, the rest when it is shown; long lists only once their reader goes back to the newest. */
function askAllAgain(queries: QueryClient): void {
  const isLong = ({ state }: Query): boolean => isLongList(state.data);
  void queries.invalidateQueries({ predicate: (query) => !isLong(query) });
  void queries.invalidateQueries({ predicate: isLong, refetchType: 'none' });
}

/** A function, so that the compiler does not take the answer for unchanged across an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, millis);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
