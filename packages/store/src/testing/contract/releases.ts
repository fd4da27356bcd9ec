import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import { instanceRow, RELEASE, START } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function releasesContract(bench: ContractBench): void {
  const { commit, refusal } = bench;

  describe('releases and keys', () => {
    const other = 'ab'.repeat(32);
    const activation = (digest: string) => ({
      op: 'release.activate' as const,
      app: 'restaurant',
      digest,
      act: 'activated' as const,
      at: bench.at,
      by: 'local',
      reason: null,
    });
    const pointer = async () =>
      (await bench.store.releases()).map(({ digest, active, previous }) => ({
        digest,
        active,
        previous,
      }));
    const since = async () =>
      (await bench.store.releases()).map(({ digest, activeSince }) => [digest, activeSince]);

    test('activation swaps the pointer and remembers the way back', async () => {
      const register = (digest: string) =>
        commit({
          op: 'release.register',
          digest,
          app: 'restaurant',
          manifest: `{"d":"${digest}"}`,
          at: bench.at,
          by: 'local',
        });
      const activate = (digest: string, when = bench.at) =>
        commit({ ...activation(digest), at: when });
      await register(RELEASE);
      await register(RELEASE);
      await register(other);
      expect(await pointer()).toEqual([
        { digest: RELEASE, active: false, previous: false },
        { digest: other, active: false, previous: false },
      ]);
      await activate(RELEASE);
      await activate(other);
      expect(await pointer()).toEqual([
        { digest: RELEASE, active: false, previous: true },
        { digest: other, active: true, previous: false },
      ]);
      const when = bench.at + 7;
      await activate(RELEASE, when);
      expect(await pointer()).toEqual([
        { digest: RELEASE, active: true, previous: false },
        { digest: other, active: false, previous: true },
      ]);
      expect(await since()).toEqual([
        [RELEASE, when],
        [other, null],
      ]);
      expect(await refusal({ ...activation(RELEASE), app: 'other' })).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(await refusal(activation('cd'.repeat(32)))).toBeInstanceOf(StoreAssertionError);
    });

    test('an activation counts as rehearsed once that is on record', async () => {
      const rehearsed = async () =>
        (await bench.store.releases()).map(({ digest, rehearsed }) => [digest, rehearsed]);
      for (const digest of [RELEASE, other]) {
        await commit({
          op: 'release.register',
          digest,
          app: 'restaurant',
          manifest: '{}',
          at: bench.at,
          by: 'local',
        });
        await commit(activation(digest));
      }
      // Nothing could be in flight before the first.
      expect(await rehearsed()).toEqual([
        [RELEASE, true],
        [other, false],
      ]);
      const outcome = { at: bench.at, moved: 2, stayed: 1, ended: 0 };
      await commit({ op: 'release.rehearsed', digest: other, ...outcome });
      expect(await rehearsed()).toEqual([
        [RELEASE, true],
        [other, true],
      ]);
      await commit(activation(RELEASE));
      expect(await rehearsed()).toEqual([
        [RELEASE, false],
        [other, true],
      ]);
      const unknown = { op: 'release.rehearsed' as const, digest: 'cd'.repeat(32), ...outcome };
      expect(await refusal(unknown)).toBeInstanceOf(StoreAssertionError);
    });

    test('what is pinned elsewhere is found page by page, across tenants', async () => {
      const pinned = (id: number, tenant: string, more: object = {}) => ({
        op: 'instance.create' as const,
        row: { ...instanceRow(id), tenant, key: `k${id}`, version: 0, ...more },
      });
      await commit(
        pinned(1, ''),
        pinned(2, 'a'),
        pinned(3, '', { release: other }),
        pinned(4, '', { app: 'elsewhere' }),
        pinned(5, 'a'),
        pinned(6, '', { status: 'completed' }),
        pinned(7, '', { status: 'blocked', blockedBy: '{}' }),
      );
      const app = instanceRow(1).app;
      const found: number[] = [];
      let after: string | null = null;
      let pages = 0;
      do {
        const page = await bench.store.pinnedElsewhere({ app, release: other, after, limit: 2 });
        found.push(...page.instances.map(({ id }) => id));
        after = page.next;
        pages += 1;
      } while (after !== null && pages < 10);
      expect(found.toSorted((a, b) => a - b)).toEqual([1, 2, 5, 7]);
      expect(pages).toBeGreaterThan(2);
      const { instances } = await bench.store.pinnedElsewhere({
        app,
        release: 'never seen',
        after: null,
        limit: 100,
      });
      expect(instances.find(({ id }) => id === 3)).toMatchObject({
        tenant: '',
        key: 'k3',
        run: 1,
        release: other,
      });
    });

    test('keys are kept as given and revoked once', async () => {
      const row = {
        id: 'k1',
        name: 'device',
        hash: 'ef'.repeat(32),
        tenant: 'a',
        scopes: ['publish', 'subscribe'],
        topics: ['a/#'],
        types: null,
        createdAt: START,
        expiresAt: START + 1,
        revokedAt: null,
      };
      await commit({ op: 'key.create', row });
      expect(await refusal({ op: 'key.create', row: { ...row, id: 'k2' } })).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(await bench.store.keys()).toEqual([row]);
      await commit({ op: 'key.revoke', id: 'k1', at: START + 5 });
      expect(await refusal({ op: 'key.revoke', id: 'k1', at: START + 6 })).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(await bench.store.keys()).toEqual([{ ...row, revokedAt: START + 5 }]);
    });
  });
}
