/**
 * What keeps the page true without reload: a stream of changes that marks queries as stale, by topic.
 *
 * Invariants:
 * 1. A query that names the topics it depends on, in `meta.topics`, is asked again when one of them changes, at most
 *    once per `SETTLE_MS`, and only while it is on the screen.
 * 2. When the stream comes back after a break, everything on the screen is asked again: what was missed is unknown.
 *
 * @module
 */
import type { QueryClient } from '@tanstack/react-query';
import type { EventResource } from '@holdfast/core';
import { call } from './pending.ts';
import { api, isNotFound } from './client.ts';

/** What can change, as `GET /v1/changes` names it. */
export type Topic =
  | 'sagas'
  | 'events'
  | 'effects'
  | 'waits'
  | 'schedules'
  | 'quarantine'
  | 'releases'
  | 'keys';

export type LiveState = 'connecting' | 'live' | 'broken';

/** Changes within this time are one. */
const SETTLE_MS = 250;
const RETRY_MS = 2_000;
/** What an event may have changed, where only the journal can be watched. */
const TOPICS_OF_STREAM: Readonly<Record<EventResource['stream'], readonly Topic[]>> = {
  AGGREGATE_EVENTS: ['events', 'sagas', 'effects', 'waits', 'schedules'],
  WORKFLOW_EVENTS: ['events', 'sagas', 'effects', 'waits', 'schedules', 'quarantine'],
  CONTROL_EVENTS: ['events', 'sagas', 'effects', 'waits', 'quarantine', 'releases', 'keys'],
};

/** Watches until `signal` aborts. */
export async function watchChanges(
  queries: QueryClient,
  onState: (state: LiveState) => void,
  signal: AbortSignal,
): Promise<void> {
  const stale = new Set<Topic>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const mark = (topics: readonly Topic[]): void => {
    for (const topic of topics) stale.add(topic);
    timer ??= setTimeout(() => {
      timer = undefined;
      const topicsNow = new Set(stale);
      stale.clear();
      void queries.invalidateQueries({
        predicate: ({ meta }) => meta?.topics?.some((topic) => topicsNow.has(topic)) === true,
      });
    }, SETTLE_MS);
  };
  let broke = false;
  while (!signal.aborted) {
    onState(broke ? 'broken' : 'connecting');
    try {
      await connection(
        mark,
        () => {
          onState('live');
          if (broke) void queries.invalidateQueries();
        },
        signal,
      );
    } catch (error) {
      if (isAborted(signal)) return;
      if (!(error instanceof Error)) throw error;
    }
    broke = true;
    if (!isAborted(signal)) onState('broken');
    await pause(RETRY_MS, signal);
  }
  clearTimeout(timer);
}

/** A function, so that the compiler does not take the answer for unchanged across an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** One stretch of watching. Ends, or throws, when it breaks. */
async function connection(
  mark: (topics: readonly Topic[]) => void,
  onOpen: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (await hasChanges(signal)) {
    await fromChanges(mark, onOpen, signal);
    return;
  }
  const tail = api().events.tail({ signal });
  onOpen();
  for await (const event of tail) mark(TOPICS_OF_STREAM[event.stream]);
}

/** Until every server has `/v1/changes`: asked for by its description, since a stream cannot be probed. */
async function hasChanges(signal: AbortSignal): Promise<boolean> {
  try {
    const description = await call<{ paths?: Record<string, unknown> }>('/openapi.json', {
      signal,
    });
    return description.paths?.['/v1/changes'] !== undefined;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function fromChanges(
  mark: (topics: readonly Topic[]) => void,
  onOpen: () => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource('/v1/changes');
    const end = (): void => {
      source.close();
      resolve();
    };
    source.addEventListener('open', onOpen);
    source.addEventListener('error', end);
    source.addEventListener('changes', ({ data }: MessageEvent<string>) => {
      mark((JSON.parse(data) as { readonly topics: readonly Topic[] }).topics);
    });
    signal.addEventListener('abort', end, { once: true });
  });
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
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
