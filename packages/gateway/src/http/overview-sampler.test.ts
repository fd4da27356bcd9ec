import { expect, test } from 'vitest';
import type { ReadModel } from '@holdfast/store';
import { OverviewSampler } from './overview-sampler.ts';

const MOST_TENANTS = 16;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

function sampled(runTotals: ReadModel['runTotals'], now: () => number): OverviewSampler {
  return new OverviewSampler({
    engine: { onCommitted: () => () => undefined },
    readModel: {
      overview: () =>
        Promise.resolve({
          runs: {
            accepted: 0,
            completed: 0,
            compensated: 0,
            failed: 0,
            cancelled: 0,
            inProgress: 0,
            needsYou: 0,
          },
          quarantine: 0,
          outbox: { depth: 0, held: 0, oldestAt: null },
          schedules: { pending: 0, firstDueAt: null },
          disk: { freeBytes: 1, dataBytes: 1, walBytes: 1 },
        }),
      runTotals,
    } satisfies Pick<ReadModel, 'overview' | 'runTotals'>,
    clock: { now, monotonic: () => 0, after: () => () => undefined },
    log: silent,
  });
}

test('when the first count fails, the series begins with the next one', async () => {
  let fails = true;
  const sampler = sampled(
    async () => {
      if (fails) throw new Error('the disk is away');
      return new Map([['', { accepted: 7, ended: 0 }]]);
    },
    () => 15_000_000_000,
  );
  await expect(sampler.series('', 1)).rejects.toThrow('the disk is away');
  fails = false;
  expect((await sampler.series('', 1)).series.accepted).toEqual([0]);
  sampler.close();
});

test('of more tenants than are kept, the one not asked for longest is forgotten', async () => {
  let accepted = 0;
  const sampler = sampled(
    async () => new Map([['t0', { accepted, ended: 0 }]]),
    () => now,
  );
  let now = 1_000 * 15_000_000;
  const begun = async (tenant: string): Promise<number> => {
    const { series } = await sampler.series(tenant, 1);
    return series.accepted.reduce((sum, one) => sum + one, 0);
  };
  for (let n = 0; n < MOST_TENANTS; n++) await begun(`t${n}`);
  accepted = 5;
  now += 15_000_000;
  expect(await begun('t0')).toBe(5);
  // One more: of the others the first goes, and `t0`, asked for just now, keeps what it knows.
  await begun('another');
  expect(await begun('t0')).toBe(5);
  sampler.close();
});
