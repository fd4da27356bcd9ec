/** Must show 6, in short; in full: `npm run drill workers`. */
import { expect, test } from 'vitest';
import { runWorkersDrill, workersDrillFaults } from '../drills/workers.ts';

/** A minute on a machine that has little else to do: lost calls wait out their lease, doubtful ones their backoff. */
const LIMIT_MS = 600_000;

test(
  'workers and their server are killed and restarted under load: no command is lost, none made twice but in doubt',
  { timeout: LIMIT_MS },
  async () => {
    const report = await runWorkersDrill({ cycles: 6 });
    expect(workersDrillFaults(report)).toEqual([]);
    expect(report.underWayAtKills).toHaveLength(3);
    expect(report).toMatchObject({ drains: 1, serverRestarts: 1, serverKills: 1 });
  },
);
