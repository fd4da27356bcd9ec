import {
  focusManager,
  InfiniteQueryObserver,
  QueryClient,
  QueryObserver,
} from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CALM_MS, PAUSE_MS, Refresher, REST_FACTOR, SETTLE_MS } from './refresher.ts';

const CHANGES_EVERY_MS = 250;
const meta = { topics: ['sagas'] } as const;
let queries: QueryClient;
let refresher: Refresher;
let asked = 0;
let open = 0;
let mostOpen = 0;
const ends: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.mount();
  refresher = new Refresher(queries);
  asked = 0;
  open = 0;
  mostOpen = 0;
});
afterEach(() => {
  refresher.stop();
  for (const end of ends.splice(0)) end();
  queries.clear();
  queries.unmount();
  focusManager.setFocused(undefined);
  vi.useRealTimers();
});

const asks = (tookMs: number) => async (): Promise<number> => {
  asked += 1;
  open += 1;
  mostOpen = Math.max(mostOpen, open);
  await new Promise((resolve) => setTimeout(resolve, tookMs));
  open -= 1;
  return asked;
};

/** A question that is on the screen, answered once. */
async function show(tookMs = 0): Promise<QueryObserver<number>> {
  const observer = new QueryObserver<number>(queries, {
    queryKey: ['sagas', ends.length],
    queryFn: asks(tookMs),
    meta,
    staleTime: Infinity,
  });
  ends.push(observer.subscribe(() => undefined));
  await vi.advanceTimersByTimeAsync(tookMs + 10 * PAUSE_MS);
  asked = 0;
  return observer;
}

async function changesGoOn(millis: number): Promise<void> {
  for (let passed = 0; passed < millis; passed += CHANGES_EVERY_MS) {
    refresher.mark(['sagas', 'events']);
    await vi.advanceTimersByTimeAsync(CHANGES_EVERY_MS);
  }
}

test('a change is asked for once it has settled, and nothing after it', async () => {
  await show();
  refresher.mark(['sagas']);
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(SETTLE_MS);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(1);
});

test('what has no topic of the change is not asked', async () => {
  await show();
  refresher.mark(['effects', 'keys']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(0);
});

test('while changes go on it is asked about once a second, and once after the last', async () => {
  await show();
  await changesGoOn(20_000);
  expect(asked).toBeGreaterThanOrEqual(15);
  expect(asked).toBeLessThanOrEqual(20);
  const before = asked;
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(before + 1);
});

test('an answer that takes longer than the changes is waited for, and comes', async () => {
  const took = 3_000;
  const observer = await show(took);
  await changesGoOn(60_000);
  expect(mostOpen).toBe(1);
  expect(asked).toBeLessThanOrEqual(60_000 / ((1 + REST_FACTOR) * took) + 1);
  expect(observer.getCurrentResult().data).toBeGreaterThan(1);
});

test('what changes while an answer is on its way is asked for after it', async () => {
  await show(500);
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(SETTLE_MS + 100);
  expect(open).toBe(1);
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(2);
});

/**
 * A list on the screen, so many pages of it read.
 *
 * @returns asks for one more
 */
async function showList(pages: number, tookMs = 0): Promise<() => void> {
  const observer = new InfiniteQueryObserver(queries, {
    queryKey: ['sagas', 'list'],
    queryFn: asks(tookMs),
    initialPageParam: 0,
    getNextPageParam: (_, all) => (all.length <= pages ? all.length : null),
    meta,
    staleTime: Infinity,
  });
  ends.push(observer.subscribe(() => undefined));
  await vi.advanceTimersByTimeAsync(100 + tookMs);
  for (let page = 1; page < pages; page += 1) {
    void observer.fetchNextPage();
    await vi.advanceTimersByTimeAsync(100 + tookMs);
  }
  expect(observer.getCurrentResult().data?.pages).toHaveLength(pages);
  asked = 0;
  return () => void observer.fetchNextPage();
}

test('what has changed is asked for again when another page took the place of the answer', async () => {
  const askMore = await showList(1, 500);
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(SETTLE_MS + 100);
  expect(open).toBe(1);
  askMore();
  await vi.advanceTimersByTimeAsync(60_000);
  // The answer that was given up, the other page, and both pages.
  expect(asked).toBe(4);
});

test('a list of some pages is asked as many times less often', async () => {
  const pages = 3;
  await showList(pages);
  await changesGoOn(3 * pages * PAUSE_MS);
  // One request a page.
  expect(asked).toBeGreaterThanOrEqual(2 * pages);
  expect(asked).toBeLessThanOrEqual(4 * pages);
});

test('a list that somebody has scrolled far into is not asked', async () => {
  await showList(10);
  await changesGoOn(30_000);
  expect(asked).toBe(0);
});

test('what follows another answer is asked with its changes, and seldom without', async () => {
  let version = 1;
  const leader = new QueryObserver(queries, {
    queryKey: ['sagas', 'one'],
    queryFn: () => Promise.resolve({ version }),
    meta,
    staleTime: Infinity,
  });
  const follower = new QueryObserver(queries, {
    queryKey: ['sagas', 'timeline'],
    queryFn: asks(0),
    meta: { ...meta, follows: ['sagas', 'one'] },
    staleTime: Infinity,
  });
  ends.push(
    leader.subscribe(() => undefined),
    follower.subscribe(() => undefined),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  asked = 0;
  // Others go on.
  await changesGoOn(10 * CALM_MS);
  expect(asked).toBeGreaterThanOrEqual(9);
  expect(asked).toBeLessThanOrEqual(11);
  await vi.advanceTimersByTimeAsync(60_000);
  asked = 0;
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(CALM_MS);
  asked = 0;
  version = 2;
  refresher.mark(['sagas']);
  await vi.advanceTimersByTimeAsync(PAUSE_MS + 3 * SETTLE_MS);
  expect(leader.getCurrentResult().data).toEqual({ version: 2 });
  expect(asked).toBe(1);
});

test('what nobody looks at is not asked, and known to be stale', async () => {
  const observer = await show();
  focusManager.setFocused(false);
  await changesGoOn(5_000);
  expect(asked).toBe(0);
  expect(observer.getCurrentQuery().state.isInvalidated).toBe(true);
  focusManager.setFocused(true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked).toBe(1);
  for (const end of ends.splice(0)) end();
  await changesGoOn(5_000);
  expect(asked).toBe(1);
});
