/**
 * `npm run bench -- --syncs`: the same loads on the disk as it is, and with syncs that take longer, as those of other disks
 * do. Every fsync, fdatasync and sync_file_range of the server is held up by a preloaded library
 * (`test/support/preload/slow-sync.c`), in the thread that makes it; the loads and their order are the same for each disk,
 * with fewer orders where they take long.
 */
import type { HoldfastServer } from '../support/holdfast-server.ts';
import { buildPreload } from '../support/preload.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { missingTools } from '../support/tools.ts';
import { benchServer, ingest, INGEST_CLIENTS, orders, say, table } from './bench-support.ts';
import type { LoadResult } from './load/percentiles.ts';

/** What a sync takes longer, in milliseconds; 0 is the disk as it is. */
const DELAYS_MS = [0, 2, 10, 30] as const;

interface Load {
  readonly name: string;
  /** Units of work for a bare disk, and for one with that delay. */
  readonly counts: Readonly<Record<(typeof DELAYS_MS)[number], number>>;
  readonly run: (server: HoldfastServer, count: number) => Promise<LoadResult>;
}

const atWidth = (inFlight: number, counts: Load['counts']): Load => ({
  name: `function effects, ${inFlight} in flight`,
  counts,
  run: (server, count) => orders(server, 'bench.function', Math.max(count, inFlight), inFlight),
});
const ALONE = atWidth(1, { 0: 400, 2: 300, 10: 120, 30: 60 });
const LOADS: readonly Load[] = [
  ALONE,
  atWidth(64, { 0: 6000, 2: 5000, 10: 3000, 30: 1600 }),
  atWidth(256, { 0: 10_000, 2: 10_000, 10: 8000, 30: 5000 }),
  {
    name: 'MQTT ingest, QoS 1',
    counts: { 0: 40_000, 2: 40_000, 10: 24_000, 30: 16_000 },
    run: (server, count) => ingest(server, Math.ceil(count / INGEST_CLIENTS)),
  },
];
const WARM_UP = { orders: 1500, inFlight: 64, publishes: 500 };

/** @param scale for a quicker run @throws Error where the library cannot be made, or does not hold up syncs */
export async function measureSyncs(scale: (count: number) => number): Promise<void> {
  const missing = missingTools('gcc');
  if (missing !== null) throw new Error(`--syncs needs a C compiler: ${missing}`);
  using folder = new TempFolder('bench');
  const library = buildPreload('slow-sync', folder);
  const byDelay = new Map<number, ReadonlyMap<Load, LoadResult>>();
  for (const delay of DELAYS_MS) byDelay.set(delay, await measureDisk(delay, library, scale));
  const of = (delay: number, load: Load): LoadResult => {
    const result = byDelay.get(delay)?.get(load);
    if (result === undefined) throw new Error(`not measured: ${load.name}, ${delay} ms`);
    return result;
  };
  checkHeldUp(DELAYS_MS.map((delay) => ({ delay, alone: of(delay, ALONE).p50 })));
  say(
    '\nThree-effect orders over HTTP, held until they end, and durable ingest, by what a sync takes longer:\n',
  );
  const rows = LOADS.flatMap((load) =>
    DELAYS_MS.map((delay) => {
      const result = of(delay, load);
      const bare = of(0, load);
      return [
        load.name,
        delay === 0 ? 'bare disk' : `+${delay} ms`,
        result.perSecond.toFixed(0),
        (result.perSecond / bare.perSecond).toFixed(2),
        result.p50.toFixed(2),
        (result.p50 / bare.p50).toFixed(2),
        result.p99.toFixed(2),
        String(result.errors),
      ];
    }),
  );
  const head = ['work', 'syncs', 'per second', 'to bare', 'p50 ms', 'to bare', 'p99 ms', 'failed'];
  say(table(head, rows));
}

async function measureDisk(
  delay: (typeof DELAYS_MS)[number],
  library: string,
  scale: (count: number) => number,
): Promise<ReadonlyMap<Load, LoadResult>> {
  const slow = {
    LD_PRELOAD: library,
    HOLDFAST_TEST_SYNC_DELAY_US: String(delay * 1000),
  };
  await using server = await benchServer({ env: delay === 0 ? {} : slow });
  await orders(server, 'bench.function', scale(WARM_UP.orders), WARM_UP.inFlight);
  await ingest(server, scale(WARM_UP.publishes));
  const results = new Map<Load, LoadResult>();
  for (const load of LOADS) results.set(load, await load.run(server, scale(load.counts[delay])));
  return results;
}

/** An order that runs alone waits for several syncs, one after the other: a library that is not there would show here. */
function checkHeldUp(disks: readonly { readonly delay: number; readonly alone: number }[]): void {
  for (const { delay, alone } of disks)
    if (alone < delay)
      throw new Error(
        `an order alone took ${alone} ms with syncs of ${delay} ms: they were not held up`,
      );
}
