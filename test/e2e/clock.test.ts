/** I8 by a real process whose clock is set, in short; in full: `npm run drill clock`. */
import { expect, test } from 'vitest';
import { clockDrillFaults, runClockDrill } from '../drills/clock.ts';
import { missingTools } from '../support/tools.ts';

const LIMIT_MS = 600_000;
/** One of each act. */
const ROUNDS = 6;

test(
  'timers, waits, sleeps and cron triggers fire once and never early while the clock leaps, goes back and crawls',
  { timeout: LIMIT_MS },
  async (context) => {
    const missing = missingTools('gcc');
    if (missing !== null) return context.skip(missing);
    if (process.platform !== 'linux') return context.skip('LD_PRELOAD is of Linux');
    const report = await runClockDrill({ rounds: ROUNDS, seed: 1 });
    expect(clockDrillFaults(report, ROUNDS)).toEqual([]);
  },
);
