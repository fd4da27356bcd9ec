/** A payment service in every mood, in short; in full: `npm run drill peer`. */
import { expect, test } from 'vitest';
import { MOODS, runPeerDrill } from '../drills/peer.ts';

const LIMIT_MS = 600_000;

test(
  'whatever the payment service does, each order is charged once, and the kitchen beside it waits for nothing',
  { timeout: LIMIT_MS },
  async () => {
    const report = await runPeerDrill({ ordersEach: 30 });
    expect(report.faults).toEqual([]);
    expect(Object.keys(report.moods)).toEqual([...MOODS]);
  },
);
