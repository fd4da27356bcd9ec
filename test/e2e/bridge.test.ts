/** Must show 9, in short; in full: `npm run drill bridge`. */
import { expect, test } from 'vitest';
import { bridgeDrillFaults, runBridgeDrill } from '../drills/bridge.ts';
import { missingTools } from '../support/tools.ts';

/** A minute on a machine that has little else to do. */
const LIMIT_MS = 600_000;

test(
  'readings at a joined Mosquitto survive the kills of either side',
  { timeout: LIMIT_MS },
  async (context) => {
    const missing = missingTools('mosquitto');
    if (missing !== null) context.skip(missing);
    const report = await runBridgeDrill({ kills: 6 });
    expect(bridgeDrillFaults(report)).toEqual([]);
    expect(report.kills).toEqual({ holdfast: 2, 'mosquitto killed': 2, 'mosquitto stopped': 2 });
    expect(report.journaled).toBeGreaterThanOrEqual(600);
  },
);
