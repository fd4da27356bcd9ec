/** What an operator looks for in grown data, written through the store's port as the engine would have written it. */
import { openStore } from '@holdfast/store';
import type { Store, StoreOp } from '@holdfast/store';
import { systemClock } from '../../../apps/server/src/threads/system-clock.ts';

const BATCH = 1000;
const MOVE_EVERY = 32;
const REASONS = ['program.failed', 'program.gas', 'effect.in_doubt', 'undo'];

/** How many customers the runs are shared out among. */
export const CUSTOMERS = 100_000;
export const CITIES: readonly string[] = Array.from({ length: 50 }, (_, n) => `city-${n}`);
/** Prime to the number of customers: neighbours are no customer's runs. */
const STRIDE = 61_803;

export const customerOf = (n: number): string =>
  `customer-${String((n * STRIDE) % CUSTOMERS).padStart(6, '0')}`;

/** Blocks the newest runs that sleep. */
export async function blockRuns(dataDir: string, count: number): Promise<void> {
  await inBatches(dataDir, count, (n, { last, at }) => ({
    op: 'instance.status',
    instanceId: last - n,
    status: 'blocked',
    blockedBy: JSON.stringify({
      code: REASONS[n % REASONS.length],
      message: 'blocked for the benchmark',
      step: 'sleep#1',
    }),
    at,
  }));
}

/** Gives each run a customer and a city. The newest `sleepers` runs are of that saga. */
export async function giveSearchFields(
  dataDir: string,
  { sleepers }: { readonly sleepers: number },
): Promise<void> {
  await inBatches(dataDir, 'all', (n, { last }) => ({
    op: 'search.set',
    instanceId: last - n,
    tenant: '',
    saga: n < sleepers ? 'sleeper' : 'function-order',
    values: { customer: customerOf(n), city: CITIES[n % CITIES.length] ?? '' },
    lastRun: null,
  }));
}

/** One op each for the newest runs, counted from the newest. */
async function inBatches(
  dataDir: string,
  count: number | 'all',
  opOf: (n: number, at: { readonly last: number; readonly at: number }) => StoreOp,
): Promise<void> {
  const store: Store = await openStore({ dir: dataDir, clock: systemClock, create: false });
  const last = store.counters.instance;
  const all = count === 'all' ? last : Math.min(count, last);
  let commits = 0;
  for (let from = 0; from < all; from += BATCH) {
    const at = Math.max(store.counters.at, systemClock.now());
    const ops = Array.from({ length: Math.min(BATCH, all - from) }, (_, n) =>
      opOf(from + n, { last, at }),
    );
    await store.commit({ at, ops });
    commits += 1;
    if (commits % MOVE_EVERY === 0) await store.checkpointWal('passive');
  }
  await store.checkpointWal('truncate');
  await store.close();
}
