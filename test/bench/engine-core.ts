/**
 * Orders of three effects through the engine and the store in one thread: what journal, transitions and outbox cost.
 * Left out: sandbox (programs run inline), threads, sockets, effect calls (answered at once).
 *
 * Run by hand: `node test/bench/engine-core.ts [orders] [in flight]`.
 */
import { EngineBench } from '../../packages/engine/src/testing/engine-bench.ts';
import type { InlineProgram } from '../../packages/engine/src/testing/inline-sandbox.ts';

const STEPS = ['reserve', 'charge', 'dispatch'];
const orders = Number(process.argv[2] ?? 5000);
const inFlight = Number(process.argv[3] ?? 256);

const order: InlineProgram = {
  key: (data) => (data as { orderId: string }).orderId,
  decide: (state) => {
    const done = (state as { n: number } | null)?.n ?? -1;
    const step = STEPS[done + 1];
    const next = { n: done + 1 };
    if (step === undefined)
      return { state: next, decision: { ending: { as: 'completed', result: next } } };
    return {
      state: next,
      decision: { items: [{ step, effect: step, input: { orderId: 'o', amount: 42 } }] },
    };
  },
};

const bench = new EngineBench({
  programs: { order },
  sagas: [{ name: 'order', on: ['order.placed'] }],
  effects: STEPS.map((name) => ({ name, concurrency: 256, concurrencyPerTenant: 256 })),
});
const engine = await bench.start();
let next = 0;
const latencies: number[] = [];
const started = performance.now();
await Promise.all(
  Array.from({ length: inFlight }, async () => {
    while (next < orders) {
      const orderId = `o-${next++}`;
      const at = performance.now();
      const event = bench.event('order.placed', { orderId, amount: 42, note: 'y'.repeat(200) });
      await engine.ingest({ event, wait: { timeout: 60_000 } });
      latencies.push(performance.now() - at);
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share: number): string =>
  (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
process.stdout.write(
  `${(orders / seconds).toFixed(0)} orders/s, ${((seconds / orders) * 1e6).toFixed(0)} us an order, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`,
);
await bench.end();
