import { expect, test } from 'vitest';
import { startOps } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function walContract(bench: ContractBench): void {
  const { commit, reopen } = bench;

  test('the log can be moved while the store is used, and loses nothing', async () => {
    await commit(...startOps({ seq: 1, instance: 1, item: 1 }));
    expect(bench.store.walUsed()).toBeGreaterThan(0);
    await bench.store.checkpointWal('passive');
    expect(bench.store.walUsed()).toBe(0);
    await commit(...startOps({ seq: 2, instance: 2, item: 2 }));
    expect((await bench.store.checkpointWal('truncate')).walBytes).toBe(0);
    await reopen();
    expect((await bench.store.readEvents([1, 2])).length).toBe(2);
  });
}
