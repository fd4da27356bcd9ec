/** Must show 5, in short; in full: `npm run drill full`. */
import { expect, test } from 'vitest';
import { fullDrillFaults, runFullDrill } from '../drills/full.ts';
import { smallDiskUnable } from '../drills/full/small-disk.ts';

const LIMIT_MS = 600_000;

test(
  'a disk that fills up: nothing acknowledged is lost, reading answers, and room brings work back in the same process',
  { timeout: LIMIT_MS },
  async (context) => {
    const unable = smallDiskUnable();
    if (unable !== null) return context.skip(unable);
    const options = { ordersEach: 60, floods: 3 };
    const report = await runFullDrill(options);
    expect(fullDrillFaults(report, options)).toEqual([]);
    expect(report.floods).toEqual({ foreign: 1, greedy: 1, load: 1 });
  },
);
