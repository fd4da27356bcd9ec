import type { EffectResult } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { caller } from './testing/programs.ts';
import { until } from './testing/until.ts';

const BACKLOG = 1500;
const CONCURRENCY = 128;

let bench: EngineBench;
afterEach(() => bench.end());

test('after an outage a large backlog is let through a few at a time, and all of it gets through', async () => {
  const down: EffectResult = { kind: 'not_done', error: { code: 'connect', message: 'refused' } };
  let isDown = true;
  let running = 0;
  let through = 0;
  let most = 0;
  /** How many more ran at one time than had got through since the upstream was back. */
  let ahead = 0;
  bench = new EngineBench({
    programs: { caller },
    sagas: [{ name: 'caller', on: ['call'] }],
    effects: [
      {
        name: 'pay',
        concurrency: CONCURRENCY,
        concurrencyPerTenant: CONCURRENCY,
        retry: { attempts: 3, backoff: 1, max: 1, factor: 1 },
        upstream: {
          name: 'bank',
          breaker: { window: 20, failureRate: 0.5, cooldown: 200, maxCooldown: 200 },
        },
      },
    ],
    // Less than the backlog: most of it waits in the store.
    relay: { inFlight: 1000, waiting: 500 },
    execute: async () => {
      if (isDown) return down;
      running += 1;
      most = Math.max(most, running);
      if (through < CONCURRENCY) ahead = Math.max(ahead, running - through);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      through += 1;
      return { kind: 'succeeded', output: '1' };
    },
  });
  await bench.start();
  await Promise.all(
    Array.from({ length: BACKLOG }, (_, i) =>
      bench.engine.ingest({ event: bench.event('call', { id: `o-${i}` }) }),
    ),
  );
  // Those that had left before it opened are back.
  for (;;) {
    const { upstreams, effectsInFlight } = await bench.engine.status();
    if (upstreams[0]?.state === 'open' && effectsInFlight === 0) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(bench.calls.length).toBeLessThan(BACKLOG);
  isDown = false;
  await until(() => through === BACKLOG);
  // One probe alone; then with each that gets through one more than before.
  expect(ahead).toBe(1);
  expect(most).toBe(CONCURRENCY);
  expect(new Set(bench.calls.map(({ key }) => key)).size).toBe(BACKLOG);
});
