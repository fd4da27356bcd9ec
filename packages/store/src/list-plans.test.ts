/**
 * Lists stay quick however much there is: SQLite itself is asked, for each list and each combination of filters, how it would
 * answer what the read model asks. Nothing may be gone through from end to end, and no order made by sorting what an index
 * could give in order.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { attention, attentionItems } from './read-model/attention-queries.ts';
import { attentionTargets } from './read-model/attention-targets.ts';
import { countAll } from './read-model/control-queries.ts';
import { listEffects } from './read-model/effect-list.ts';
import { eventDetail } from './read-model/event-detail.ts';
import { listEvents } from './read-model/event-list.ts';
import { listWaits } from './read-model/list-queries.ts';
import { Needs } from './read-model/needs.ts';
import { overviewOf } from './read-model/overview-queries.ts';
import { listQuarantine } from './read-model/quarantine-queries.ts';
import { readContext } from './read-model/read-context.ts';
import type { ReadContext } from './read-model/read-context.ts';
import { listSagas } from './read-model/saga-list.ts';
import { sagaDetail } from './read-model/saga-queries.ts';
import { listSchedules } from './read-model/schedule-queries.ts';
import { timeline } from './read-model/timeline.ts';
import type { EffectQuery, EventQuery, SagaQuery } from './read-port.ts';
import { AskedDatabase } from './testing/asked-database.ts';

const ROWS = 400;

let asked: AskedDatabase;
let context: ReadContext;

beforeEach(() => {
  asked = new AskedDatabase(`
    INSERT INTO names (id, name) VALUES (1, ''), (2, 'order'), (3, 'order.placed'), (4, 'app'), (5, 'r1'), (6, 'r2'),
      (7, 'payment.charge'), (8, 'other'), (9, 'stock');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO commits SELECT i, 1, 1, i, i * 1000000, x'00', i, i, i, i, i, 0, 0, 0 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at, key,
      correlation_id, blocked_by, undo, blocked_at)
    SELECT i, iif(i % 7 = 0, 8, 1), iif(i % 3 = 0, 9, 2), 1, 4, iif(i % 2 = 0, 5, 6), 1, (i % 5 > 0) + (i % 5 > 1),
      CASE i % 5 WHEN 0 THEN 'running' WHEN 1 THEN 'blocked' WHEN 2 THEN 'failed' ELSE 'completed' END, i * 1000000,
      i * 1000000, 'key-' || i, 'key-' || i,
      iif(i % 5 = 1, '{"code":"effect.in_doubt","message":"m","effect":"payment.charge","step":"s","commandId":"ab"}', NULL),
      '[]', iif(i % 5 = 1, i * 1000000, NULL) FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO events (seq, stream, tenant, type, received_at, target, id, source, subject, correlation_id, causation_id, data)
    SELECT i, 1, iif(i % 7 = 0, 8, 1), 3, i * 1000000, i, 'e' || i, 's', 'order/key-' || i, 'key-' || i,
      iif(i % 2 = 0, 'e' || (i - 1), NULL), 'null' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO work_items (id, tenant, instance_id, app, effect, state, due_at, attempts, doubtful, outcome, created_at,
      command_id, digest, kind, step, input)
    SELECT i, iif(i % 7 = 0, 8, 1), i, 4, 7, iif(i % 5 = 1, 'held', iif(i % 5 = 0, 'pending', 'settled')), i, 1, 0,
      iif(i % 5 > 1, iif(i % 5 = 2, 'failed', 'succeeded'), NULL), i * 1000000, CAST(i AS BLOB), x'00', 'effect', 's', '{}'
    FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO transitions (commit_no, instance_id, version, seq, saga, recorded_at, gas_limit, gas_used, release, sandbox,
      state_hash, seed, decision, state)
    SELECT i, i, 1, i, 2, i, 1, 1, 5, 1, x'00', 's', '{"items":[{"step":"s"}]}', '{}' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO quarantine (tenant, at, origin, code, reason, context)
    SELECT iif(i % 7 = 0, 8, 1), i, 'runner', 'program.failed', 'r', '{"saga":"order"}' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO waits (id, tenant, instance_id, state, opened_at, command_id, token_hash, step, name)
    SELECT i, iif(i % 7 = 0, 8, 1), i, iif(i % 8 = 0, 'open', 'completed'), i, x'00', CAST(i AS BLOB), 's', 'ready' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO schedules (id, tenant, instance_id, due_at, kind, name)
    SELECT i, iif(i % 7 = 0, 8, 1), i, i, 'timer', 'later' FROM n;
    INSERT INTO run_counts SELECT tenant, count(*), 0, 0, 0, 0, 0, 0 FROM instances GROUP BY tenant;
  `);
  context = readContext(asked.db);
});
afterEach(() => asked.close());

/** Small whatever there is, or looked at only so far. */
const SMALL =
  /\b(names|releases|activations|keys|cron_triggers|checkpoints|run_counts|asked|looked|stretch|live|open|blocked_groups|quarantine_groups)\b/;
/** Of indexes that hold just what is asked for, up to a bound. */
const BOUNDED = /SCAN (schedules USING (COVERING )?INDEX schedules_due|\(subquery|constant row)/i;

/** What in the plans of all that was asked would grow with the data. */
function faults(): readonly string[] {
  const found = new Set<string>();
  for (const sql of new Set(asked.statements)) {
    // The end of a table, by its own order.
    if (/order by \S+ desc limit 1(\.0)?$/i.test(sql)) continue;
    if (!/^\s*(select|with)/i.test(sql)) continue;
    for (const detail of asked.planOf(sql)) {
      const isScan = detail.startsWith('SCAN') && !SMALL.test(detail) && !BOUNDED.test(detail);
      if (isScan) found.add(`${detail}: ${sql}`);
    }
  }
  return [...found];
}

/** Every combination of these filters. */
function combinations<T extends object>(filters: T): readonly Partial<T>[] {
  return Object.entries(filters).reduce<Partial<T>[]>(
    (all, [name, value]) => [...all, ...all.map((one) => ({ ...one, [name]: value as unknown }))],
    [{}],
  );
}

const TIME = '1970-01-01T00:01:00Z';
const LATER = '1970-01-01T00:06:00Z';

test('a scan would be found', () => {
  asked.db.prepare("SELECT id FROM instances WHERE key LIKE '%7'").all();
  expect(faults()).toHaveLength(1);
});

test('counts of a tenant look at what goes on, not at what has ended before it', () => {
  const { instances } = countAll(context, '');
  expect(instances['running']).toBeGreaterThan(0);
  expect(asked.plans(/FROM instances/)).toContain(
    'SEARCH instances USING INDEX instances_live (tenant=?)',
  );
});

describe('no list goes through a table, whatever the filters', () => {
  const sagaFilters: Required<Omit<SagaQuery, 'limit' | 'cursor' | 'search'>> = {
    saga: 'order',
    status: ['blocked', 'failed', 'retrying'],
    key: 'key-1',
    since: TIME,
    until: LATER,
    release: 'r1',
  };
  test('sagas', () => {
    const all = combinations(sagaFilters);
    expect(all).toHaveLength(64);
    for (const query of all) {
      const first = listSagas(context, '', { ...query, limit: 3 });
      expect(first.items.length).toBeGreaterThan(0);
      const cursor = first.next === null ? {} : { cursor: first.next };
      listSagas(context, '', { ...query, limit: 3, ...cursor });
      expect(faults()).toEqual([]);
      asked.forget();
    }
  });

  test('sagas: every combination answers as going through all of them would', () => {
    interface Row {
      readonly id: number;
      readonly saga: string;
      readonly status: string;
      readonly key: string;
      readonly at: number;
      readonly release: string;
    }
    const rows = asked.db
      .prepare(
        `SELECT i.id, s.name AS saga, i.status, i.key, i.started_at / 1000000 AS at, r.name AS release FROM instances i
         JOIN names s ON s.id = i.saga JOIN names r ON r.id = i.release WHERE i.tenant = 1 ORDER BY i.id DESC`,
      )
      .all() as Row[];
    for (const query of combinations(sagaFilters)) {
      const wanted = rows.filter(
        (row) =>
          (query.saga === undefined || row.saga === query.saga) &&
          (query.status === undefined || query.status.some((one) => one === row.status)) &&
          (query.key === undefined || row.key.startsWith(query.key)) &&
          (query.since === undefined || row.at >= 60) &&
          (query.until === undefined || row.at <= 360) &&
          (query.release === undefined || row.release === query.release),
      );
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = listSagas(context, '', {
          ...query,
          limit: 7,
          ...(cursor === undefined ? {} : { cursor }),
        });
        found.push(...page.items.map(({ key }) => key));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(found).toEqual(wanted.map(({ key }) => key));
    }
  });

  test('events', () => {
    const filters: Partial<EventQuery> = {
      type: 'order.placed',
      correlationId: 'key-101',
      stream: 'AGGREGATE_EVENTS',
      after: 5,
      from: TIME,
      to: LATER,
      text: 'key-1',
    };
    for (const query of combinations(filters)) {
      for (const order of ['asc', 'desc'] as const)
        expect(listEvents(context, '', { ...query, order, limit: 3 }).items.length).toBeGreaterThan(
          0,
        );
      expect(faults()).toEqual([]);
      asked.forget();
    }
    listEvents(context, '', { stream: 'CONTROL_EVENTS' });
    expect(faults()).toEqual([]);
  });

  test('effects', () => {
    const statuses: readonly EffectQuery['status'][] = [
      undefined,
      ['held'],
      ['pending', 'failed'],
      ['succeeded'],
      ['unknown'],
    ];
    for (const query of combinations({ effect: 'payment.charge', saga: 'order', since: TIME }))
      for (const status of statuses) {
        listEffects(context, '', {
          ...query,
          limit: 3,
          ...(status === undefined ? {} : { status }),
        });
        expect(faults()).toEqual([]);
        asked.forget();
      }
  });

  test('waits, schedules and the quarantine', () => {
    for (const state of [undefined, 'open', 'completed']) {
      for (const saga of [undefined, 'order']) {
        const query = {
          ...(state === undefined ? {} : { state }),
          ...(saga === undefined ? {} : { saga }),
        };
        expect(listWaits(context, '', { ...query, limit: 3 }).items).toHaveLength(3);
      }
    }
    for (const kind of ['timer', 'wait', 'cron'] as const)
      listSchedules(context, '', { kind, limit: 3 });
    for (const state of ['open', 'redriven', 'all'] as const)
      listQuarantine(context, '', { state, limit: 3 });
    expect(faults()).toEqual([]);
  });

  test('what needs a person, the overview, and one of each', () => {
    const { groups } = attention(context, '');
    expect(groups.map(({ kind }) => kind).toSorted()).toEqual([
      'doubtful',
      'doubtful',
      'doubtful',
      'doubtful',
      'quarantine',
    ]);
    for (const { id } of groups) {
      expect(attentionItems(context, '', id, { limit: 3 }).items).toHaveLength(3);
      const first = attentionTargets(context, '', id, { after: null, limit: 3 });
      expect(first.targets).toHaveLength(3);
      const [one, , last] = first.targets;
      const after = last?.place ?? null;
      expect(attentionTargets(context, '', id, { after, limit: 3 }).left).toBe(first.left - 3);
      const named = { items: [one?.item ?? ''] };
      expect(attentionTargets(context, '', id, named).targets).toHaveLength(1);
    }
    overviewOf(context, '');
    expect(new Needs(context, { monotonic: () => 0 }).read().groups).toHaveLength(10);
    eventDetail(context, '', 2);
    sagaDetail(context, { tenant: '', saga: 'order', key: 'key-1' });
    timeline(context, { tenant: '', saga: 'order', key: 'key-1' });
    expect(faults()).toEqual([]);
  });
});

test('what caused an event, and what it caused, are found both ways', () => {
  expect(eventDetail(context, '', 2)).toMatchObject({
    cause: { kind: 'event', seq: 1, id: 'e1' },
    consequences: {
      items: [{ kind: 'effect', effect: 'payment.charge', key: 'key-2', status: 'failed' }],
      more: false,
    },
  });
  expect(eventDetail(context, '', 1)?.consequences.items).toMatchObject([
    { kind: 'effect', key: 'key-1', status: 'held', outcomeSeq: null },
    { kind: 'event', seq: 2, type: 'order.placed' },
  ]);
  expect(eventDetail(context, '', 1)?.cause).toBeNull();
});
