/** Must show 7, in short and without its figures of time and memory; in full: `npm run drill noisy`. */
import { expect, test } from 'vitest';
import { runNoisyDrill } from '../drills/noisy.ts';

const LIMIT_MS = 600_000;

test(
  'sagas that throw, loop and allocate hold up nobody, and a mended release takes up all they were sent',
  { timeout: LIMIT_MS },
  async () => {
    const report = await runNoisyDrill({ seconds: 2, perSecond: 50 });
    expect(report.faults).toEqual([]);
    expect(report.beside.done).toBe(100);
    expect(report.mended).toBe(300);
  },
);
