/** Must show 3, in short; in full: `npm run drill kill`. */
import { expect, test } from 'vitest';
import { killDrillFaults, runKillDrill } from '../drills/kill.ts';

/** Half a minute on a machine that has little else to do: commands that were in doubt wait out their backoff. */
const LIMIT_MS = 600_000;

test(
  'orders over HTTP and MQTT survive SIGKILLs that land on unacknowledged requests',
  { timeout: LIMIT_MS },
  async () => {
    const report = await runKillDrill({ orders: 240, kills: 3 });
    expect(killDrillFaults(report)).toEqual([]);
    expect(report.unacknowledged).toHaveLength(3);
    expect(report.acknowledged).toBeGreaterThanOrEqual(240);
  },
);
