/** Must show 10, in short; in full: `npm run drill release`. */
import { expect, test } from 'vitest';
import { runReleaseDrill } from '../drills/release.ts';

const LIMIT_MS = 300_000;

test(
  'a changed release takes over the orders that it decides alike, back and forth under load, and none is lost',
  { timeout: LIMIT_MS },
  async () => {
    const report = await runReleaseDrill({ orders: 60 });
    expect(report.faults).toEqual([]);
    expect(report.dryRun).toEqual({ moved: 20, stayed: 40 });
    expect(report.activated).toEqual(report.dryRun);
    expect(report.movedUnderLoad).toBeGreaterThan(0);
  },
);
