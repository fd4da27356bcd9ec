import { describe, expect, test } from 'vitest';
import type { KeyRow, SessionRow } from '../../port.ts';
import { START } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function sessionsContract(bench: ContractBench): void {
  const { commit, reopen } = bench;

  const key = (id: string): KeyRow => ({
    id,
    name: `${id}-name`,
    hash: Buffer.alloc(32, id).toString('hex'),
    tenant: '',
    scopes: ['view'],
    topics: null,
    types: null,
    createdAt: START,
    expiresAt: null,
    revokedAt: null,
  });
  const session = (id: string, keyId: string): SessionRow => ({
    id,
    hash: Buffer.alloc(32, `${id} of ${keyId}`).toString('hex'),
    keyId,
    openedAt: START,
    seenAt: START,
    expiresAt: START + 100,
  });
  const ids = async (): Promise<string[]> => (await bench.store.sessions()).map(({ id }) => id);

  describe('sessions', () => {
    test('one that is open is there after a restart, as it was last seen', async () => {
      await commit({ op: 'key.create', row: key('a') });
      await commit({ op: 'session.open', row: session('s1', 'a') });
      await commit({ op: 'session.seen', id: 's1', at: START + 7 });
      await commit({ op: 'session.seen', id: 's1', at: START + 3 });
      await reopen();
      expect(await bench.store.sessions()).toEqual([{ ...session('s1', 'a'), seenAt: START + 7 }]);
    });

    test('one that has ended is gone, and nothing brings it back', async () => {
      await commit({ op: 'key.create', row: key('a') });
      await commit({ op: 'session.open', row: session('s1', 'a') });
      await commit({ op: 'session.open', row: session('s2', 'a') });
      await commit({ op: 'session.end', id: 's1' });
      await commit({ op: 'session.end', id: 's1' }, { op: 'session.seen', id: 's1', at: START });
      await reopen();
      expect(await ids()).toEqual(['s2']);
    });

    test('those of a key end in the commit that revokes it, and none is opened after', async () => {
      await commit({ op: 'key.create', row: key('a') }, { op: 'key.create', row: key('b') });
      for (const [id, of] of [
        ['s1', 'a'],
        ['s2', 'b'],
        ['s3', 'a'],
      ] as const)
        await commit({ op: 'session.open', row: session(id, of) });
      await commit({ op: 'key.revoke', id: 'a', at: START + 1 });
      await commit({ op: 'session.open', row: session('s4', 'a') });
      await reopen();
      expect(await ids()).toEqual(['s2']);
    });
  });
}
