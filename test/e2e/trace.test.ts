/** Must show 4; in full: `npm run drill trace`. */
import { expect, test } from 'vitest';
import { runTraceDrill, traceDrillFaults } from '../drills/trace.ts';
import { missingTools } from '../support/tools.ts';

/** With what else is acknowledged four times as many. */
const EVENTS_EACH = 1000;

test('each of thousands of acknowledgements is written after the sync that covers it', async (context) => {
  const missing = missingTools('strace');
  if (missing !== null) return context.skip(missing);
  const report = await runTraceDrill({ eventsEach: EVENTS_EACH });
  expect(traceDrillFaults(report, EVENTS_EACH)).toEqual([]);
  expect(report.marks.size).toBe(4 * EVENTS_EACH);
});

test('a disk that says "synced" and is not is seen', async (context) => {
  const missing = missingTools('strace', 'gcc');
  if (missing !== null) return context.skip(missing);
  const report = await runTraceDrill({ eventsEach: 100, lateSync: true });
  const kinds = new Set(
    report.violations.map((line) => /(HTTP 2xx|PUBACK|PUBREC) for/.exec(line)?.[1]),
  );
  expect(kinds).toEqual(new Set(['HTTP 2xx', 'PUBACK', 'PUBREC']));
});
