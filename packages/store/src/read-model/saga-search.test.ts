/** Instances by their search fields: what is found, in which order, page by page; and by which index, however many there are. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { InstanceRow, StoreOp } from '../port.ts';
import type { ReadModel, SagaQuery } from '../read-port.ts';
import { AskedDatabase } from '../testing/asked-database.ts';
import { ReadBench } from '../testing/read-bench.ts';
import {
  eventOp,
  instanceRow,
  journalEvent,
  RELEASE,
  transitionOp,
  transitionRow,
} from '../testing/store-fixtures.ts';
import { readContext } from './read-context.ts';
import { listSagas } from './saga-list.ts';

describe('a search', () => {
  let bench: ReadBench;
  let model: ReadModel;
  let seq = 0;

  beforeEach(async () => {
    bench = await ReadBench.open();
    ({ model } = bench);
    seq = 0;
  });
  afterEach(() => bench.close());

  const commit = (...ops: readonly StoreOp[]) => bench.commit(...ops);
  const searchOp = (
    row: Pick<InstanceRow, 'id' | 'tenant' | 'saga'>,
    values: Record<string, string>,
    lastRun: number | null = null,
  ): StoreOp => ({
    op: 'search.set',
    instanceId: row.id,
    tenant: row.tenant,
    saga: row.saga,
    values,
    lastRun,
  });
  /** Opens an instance, decided once, found by these values. */
  const open = async (
    id: number,
    values: Record<string, string>,
    over: Partial<InstanceRow> = {},
    lastRun: number | null = null,
  ): Promise<void> => {
    const row = instanceRow(id, over);
    seq += 1;
    await commit(
      eventOp(journalEvent(seq, { tenant: row.tenant })),
      { op: 'instance.create', row },
      transitionOp(transitionRow(id, 1, seq), { saga: row.saga, status: 'waiting' }),
      searchOp(row, values, lastRun),
    );
  };
  const found = async (query: SagaQuery, tenant = ''): Promise<string[]> => {
    const keys: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await model.sagas(tenant, { ...query, ...(cursor !== undefined && { cursor }) });
      keys.push(...page.items.map(({ saga, key }) => `${saga}/${key}`));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return keys;
  };

  test('finds whole values, newest first, of one tenant, in one saga or in all that have the field', async () => {
    await open(1, { customer: 'ada' }, { key: 'a' });
    await open(2, { customer: 'adam' }, { key: 'b' });
    await open(3, { customer: 'ada' }, { key: 'c' });
    await open(4, { customer: 'ada' }, { key: 'd', tenant: 'other' });
    await open(5, { customer: 'ada' }, { key: 'e', saga: 'refund' });
    await open(6, { person: 'ada' }, { key: 'f' });
    for (const limit of [1, 2, 50]) {
      expect(await found({ search: ['customer:ada'], limit })).toEqual([
        'refund/e',
        'order/c',
        'order/a',
      ]);
    }
    expect(await found({ search: ['customer:ada'], saga: 'order' })).toEqual([
      'order/c',
      'order/a',
    ]);
    expect(await found({ search: ['customer:ada'] }, 'other')).toEqual(['order/d']);
    expect(await found({ search: ['customer:ada'] }, 'nobody')).toEqual([]);
    expect(await found({ search: ['customer:ad'] })).toEqual([]);
    expect(await found({ search: ['nothing:ada'] })).toEqual([]);
    expect(await found({ search: ['customer:ada'], saga: 'unheard' })).toEqual([]);
  });

  test('finds the beginning of values in order of value, and colons, stars and accents as they are', async () => {
    await open(1, { customer: 'ada' }, { key: 'a' });
    await open(2, { customer: 'adé' }, { key: 'b' });
    await open(3, { customer: 'ad' }, { key: 'c', saga: 'refund' });
    await open(4, { customer: 'ada' }, { key: 'd' });
    await open(5, { customer: 'bob:home*' }, { key: 'e' });
    for (const limit of [1, 2, 50]) {
      expect(await found({ search: ['customer:ad*'], limit })).toEqual([
        'refund/c',
        'order/a',
        'order/d',
        'order/b',
      ]);
    }
    expect(await found({ search: ['customer:bob:*'] })).toEqual(['order/e']);
    expect(await found({ search: ['customer:bob:home\\*'] })).toEqual(['order/e']);
    expect(await found({ search: ['customer:*'], saga: 'refund' })).toEqual(['refund/c']);
  });

  test('holds all terms and filters together, whichever is walked', async () => {
    for (let id = 1; id <= 30; id++) {
      const values = { customer: 'ada', room: `r${id % 3}`, courier: id === 7 ? 'c1' : 'c2' };
      await open(id, values, { key: `k${id}` });
    }
    await commit({
      op: 'instance.status',
      instanceId: 7,
      status: 'blocked',
      blockedBy: '{"code":"x","message":"m"}',
      at: bench.at,
    });
    expect(await found({ search: ['customer:ada', 'courier:c1'] })).toEqual(['order/k7']);
    expect(await found({ search: ['courier:c1', 'customer:ada', 'room:r1'] })).toEqual([
      'order/k7',
    ]);
    expect(await found({ search: ['courier:c1', 'room:r2'] })).toEqual([]);
    expect(await found({ search: ['customer:a*', 'room:r0'], key: 'k2' })).toEqual([
      'order/k27',
      'order/k24',
      'order/k21',
    ]);
    expect(await found({ search: ['customer:ada'], status: ['blocked'], limit: 1 })).toEqual([
      'order/k7',
    ]);
    expect(await found({ search: ['customer:ada', 'room:r1'], limit: 2 })).toHaveLength(10);
  });

  test('follows what decisions say: changed, taken away, and left to the present run', async () => {
    await open(1, { customer: 'ada', room: 'r1' }, { key: 'a' });
    const row = instanceRow(1);
    await commit(searchOp(row, { customer: 'bob' }));
    expect(await found({ search: ['customer:ada'] })).toEqual([]);
    expect(await found({ search: ['room:r1'] })).toEqual([]);
    expect(await found({ search: ['customer:bob'] })).toEqual(['order/a']);
    expect((await model.saga('', 'order', 'a'))?.search).toEqual([
      { field: 'customer', value: 'bob' },
    ]);
    await open(2, { customer: 'bob' }, { key: 'a', run: 2 }, 1);
    const { items } = await model.sagas('', { search: ['customer:bob'] });
    expect(items).toMatchObject([{ key: 'a', run: 2 }]);
    expect((await model.saga('', 'order', 'a', 1))?.search).toEqual([]);
  });

  test('is written with its transition or not at all', async () => {
    await open(1, { customer: 'ada' }, { key: 'a' });
    const row = instanceRow(1);
    const torn = commit(
      searchOp(row, { customer: 'bob' }),
      // Not the version that is next.
      transitionOp(transitionRow(1, 5, 1)),
    );
    await expect(torn).rejects.toThrow('is not at version 4');
    expect(await found({ search: ['customer:ada'] })).toEqual(['order/a']);
    expect(await found({ search: ['customer:bob'] })).toEqual([]);
  });

  test('refuses what is no term, and a cursor of another list', async () => {
    await open(1, { customer: 'ada' });
    await open(2, { customer: 'ada' });
    const { next } = await model.sagas('', { limit: 1 });
    for (const query of [
      { search: ['customer'] },
      { search: ['customer:ada'], cursor: next ?? '' },
      { search: ['customer:ada'], cursor: 'made up' },
    ]) {
      await expect(model.sagas('', query)).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });

  test('fields are listed by the sagas of active releases that name them', async () => {
    const manifest = {
      effects: [],
      sagas: [
        { name: 'refund', on: [], search: ['who'] },
        { name: 'order', on: [], search: ['courier', 'customer'] },
        { name: 'plain', on: [] },
      ],
    };
    const text = JSON.stringify(manifest);
    await commit({
      op: 'release.register',
      digest: RELEASE,
      app: 'shop',
      manifest: text,
      at: bench.at,
      by: 'k',
    });
    expect(await model.sagaFields()).toEqual([]);
    await commit({
      op: 'release.activate',
      act: 'activated',
      app: 'shop',
      digest: RELEASE,
      at: bench.at,
      by: 'k',
      reason: null,
    });
    expect(await model.sagaFields()).toEqual([
      { saga: 'order', fields: ['courier', 'customer'] },
      { saga: 'refund', fields: ['who'] },
    ]);
  });
});

describe('with many instances', () => {
  const INSTANCES = 20_000;
  const TENANT = 1;
  let asked: AskedDatabase;

  beforeEach(() => {
    asked =
      new AskedDatabase(`INSERT INTO names (id, name) VALUES (1, ''), (2, 'order'), (3, 'status'), (4, 'customer'), (5, 'app');
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${INSTANCES})
      INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at, key, undo)
      SELECT i, ${TENANT}, 2, 1, 5, 5, 1, 0, 'waiting', 1, 1, 'k' || i, '[]' FROM n;
      INSERT INTO search_fields (instance_id, name, tenant, saga, value)
      SELECT id, 3, tenant, saga, CASE WHEN id % 100 = 0 THEN 'late' ELSE 'open' END FROM instances
      UNION ALL SELECT id, 4, tenant, saga, 'c' || (id % 1000) FROM instances;
      ANALYZE`);
  });
  afterEach(() => asked.close());

  test.each([
    ['a value that many have', { search: ['status:open'] }],
    ['the beginning of one', { search: ['customer:c1*'] }],
    ['two terms', { search: ['status:open', 'customer:c7'] }],
    [
      'a term within a saga and a status',
      { search: ['status:late'], saga: 'order', status: ['waiting' as const] },
    ],
  ])('%s is answered from the index, without a sort or a look at every row', (_what, query) => {
    const page = listSagas(readContext(asked.db), '', { ...query, limit: 5 });
    expect(page.items).toHaveLength(5);
    const next = listSagas(readContext(asked.db), '', {
      ...query,
      limit: 5,
      cursor: page.next ?? '',
    });
    expect(next.items).toHaveLength(5);
    const plan = asked.plans(/search_fields|instances/);
    expect(plan.some((detail) => detail.includes('search_fields_value'))).toBe(true);
    expect(
      plan.filter((detail) => /TEMP B-TREE|^SCAN (search_fields|instances|f|later)\b/.test(detail)),
    ).toEqual([]);
  });

  test('terms that each have many and together none end in a short page with a cursor, not in a walk of all', () => {
    asked.db.exec("UPDATE search_fields SET value = 'bulk' WHERE name = 4");
    const context = readContext(asked.db);
    const page = listSagas(context, '', {
      search: ['status:open', 'customer:bulk'],
      key: 'k1',
      status: ['blocked'],
    });
    expect(page.items).toEqual([]);
    expect(page.next).not.toBeNull();
    let [cursor, calls] = [page.next, 0];
    while (cursor !== null && calls < 10) {
      cursor = listSagas(context, '', {
        search: ['status:open', 'customer:bulk'],
        key: 'k1',
        status: ['blocked'],
        cursor,
      }).next;
      calls += 1;
    }
    expect(cursor).toBeNull();
  });
});
