/** Must show 4, in short; in full: `npm run drill power`. */
import { expect, test } from 'vitest';
import { powerDrillFaults, runPowerDrill } from '../drills/power.ts';
import { missingTools } from '../support/tools.ts';

const LIMIT_MS = 600_000;

test(
  'what was acknowledged before the power is cut is there after it, wherever the cut falls',
  { timeout: LIMIT_MS },
  async (context) => {
    const missing = missingTools('gcc');
    if (missing !== null) return context.skip(missing);
    const options = { cuts: 40, seed: 7, bursts: 3, fullStarts: 1 };
    const report = await runPowerDrill(options);
    expect(powerDrillFaults(report, options)).toEqual([]);
    expect(report.cuts).toBe(40);
  },
);

test(
  'a server that acknowledges before its syncs is found out',
  { timeout: LIMIT_MS },
  async (context) => {
    const missing = missingTools('gcc');
    if (missing !== null) return context.skip(missing);
    const options = { cuts: 40, seed: 7, bursts: 2, fullStarts: 0 };
    const report = await runPowerDrill({ ...options, mutant: 'synchronous-normal' });
    expect(report.cutsToFirstFault).not.toBeNull();
  },
);
