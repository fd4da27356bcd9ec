/**
 * `GET /v1/sagas`: a tenant's current runs by any combination of filters, newest first.
 *
 * Paths to them (see `ordered-streams.ts`): by saga and where they stand, from the two indexes of live and ended runs; by
 * release; and by key, where few enough begin so. Bounds on time become bounds on numbers, by the commits' own record.
 */
import { formatMicros } from '@holdfast/core';
import type { InstanceStatusWire, Page, SagaSummary, TenantId } from '@holdfast/core';
import { and, gte, inArray, eq, lte, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import type { SagaQuery } from '../read-port.ts';
import { instances } from '../schema.ts';
import { COMMIT_DELAY_MICROS, placeBefore } from './commit-times.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { parseTime } from './parse-time.ts';
import { indexStream, pageOfNumbers, statementOf, streamOf } from './ordered-streams.ts';
import type { Stream, Values } from './ordered-streams.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import type { InstanceRecord } from './instance-record.ts';
import { searchInstances } from './saga-search.ts';

/** Keys with a prefix are all looked up where there are no more than this. */
const FEW_KEYS = 10_000;
/** Sorts after every other: the end of all keys with a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';
const ENDED = ['completed', 'compensated', 'failed', 'cancelled'] as const;
const LIVE = ['running', 'waiting', 'retrying', 'compensating', 'blocked'] as const;

export function toSummary(context: ReadContext, row: InstanceRecord): SagaSummary {
  return {
    saga: context.names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    status: row.status,
    version: row.version,
    app: context.names.nameOf(row.app),
    release: context.names.nameOf(row.release),
    startedAt: formatMicros(row.startedAt),
    updatedAt: formatMicros(row.updatedAt),
    blockedBy:
      row.blockedBy === null ? null : (JSON.parse(row.blockedBy) as SagaSummary['blockedBy']),
  };
}

/** Sagas that a tenant has runs of, each found by one step through the index. */
function sagasOf({ sqlite }: ReadContext, tenant: number): readonly number[] {
  const next = statementOf(
    sqlite,
    'SELECT min(saga) AS saga FROM instances WHERE tenant = +@tenant AND saga > +@saga',
  );
  const found: number[] = [];
  for (;;) {
    const { saga } = next.get({ tenant, saga: found.at(-1) ?? 0 }) as { saga: number | null };
    if (saga === null) return found;
    found.push(saga);
  }
}

/** What all streams of one question share. */
interface Question {
  readonly context: ReadContext;
  readonly tenant: number;
  readonly sagas: readonly number[];
  readonly statuses: ReadonlySet<InstanceStatusWire>;
  readonly release: number | null;
  readonly prefix: string | null;
  readonly since: number | null;
  readonly until: number | null;
  /** The lowest number of interest. */
  readonly low: number;
}

/** @throws HoldfastError `request.invalid` for a cursor, limit or time that is none */
export function listSagas(
  context: ReadContext,
  tenant: TenantId,
  query: SagaQuery,
): Page<SagaSummary> {
  const limit = pageSize(query);
  if (query.search !== undefined && query.search.length > 0)
    return bySearchFields(context, tenant, query, query.search);
  const cursor = decodeCursor('sagas', query.cursor, ['number']);
  const since = query.since === undefined ? null : parseTime('since', query.since);
  const until = query.until === undefined ? null : parseTime('until', query.until);
  const question = questionOf(context, tenant, query, { since, until });
  if (question === null) return { items: [], next: null };
  const newest = lastInstance(context);
  const high =
    until === null ? newest : placeBefore(context, until + COMMIT_DELAY_MICROS).lastInstance;
  const { numbers, next } = pageOfNumbers({
    order: 'desc',
    from: cursor === null ? high : Math.min(high, cursor[0] - 1),
    limit,
    paths: pathsOf(question),
  });
  return {
    items: rowsOf(context, numbers).map((row) => toSummary(context, row)),
    next: next === null ? null : encodeCursor('sagas', [next]),
  };
}

/** By search fields; the other filters are asked of what these find. */
function bySearchFields(
  context: ReadContext,
  tenant: TenantId,
  query: SagaQuery,
  search: readonly string[],
): Page<SagaSummary> {
  const since = query.since === undefined ? null : parseTime('since', query.since);
  const until = query.until === undefined ? null : parseTime('until', query.until);
  const question = questionOf(context, tenant, query, { since, until });
  const { rows, next } = searchInstances(context, {
    tenant: question?.tenant ?? null,
    saga: query.saga === undefined ? null : context.names.findId(query.saga),
    search,
    cursor: query.cursor,
    limit: pageSize(query),
    filters: () => (question === null ? [] : [asDrizzle(question)]),
  });
  return { items: rows.map((row) => toSummary(context, row)), next };
}

function asDrizzle({ statuses, prefix, release, since, until }: Question): SQL | undefined {
  return and(
    inArray(instances.status, [...statuses]),
    prefix === null ? undefined : sql`substr(${instances.key}, 1, length(${prefix})) = ${prefix}`,
    release === null ? undefined : eq(instances.release, release),
    since === null ? undefined : gte(instances.startedAt, since),
    until === null ? undefined : lte(instances.startedAt, until),
    sql.raw(IS_CURRENT_RUN),
  );
}

function lastInstance({ sqlite }: ReadContext): number {
  const row = statementOf(sqlite, 'SELECT max(id) AS id FROM instances').get() as {
    id: number | null;
  };
  return row.id ?? 0;
}

function rowsOf({ db }: ReadContext, numbers: readonly number[]): readonly InstanceRecord[] {
  if (numbers.length === 0) return [];
  const found = db
    .select()
    .from(instances)
    .where(inArray(instances.id, [...numbers]))
    .all();
  return found.toSorted((a, b) => b.id - a.id);
}

/** Null where nothing can match: a name that no row holds. */
function questionOf(
  context: ReadContext,
  tenant: TenantId,
  query: SagaQuery,
  { since, until }: { readonly since: number | null; readonly until: number | null },
): Question | null {
  const { names } = context;
  const tenantId = names.findId(tenant);
  const saga = query.saga === undefined ? null : names.findId(query.saga);
  const release = query.release === undefined ? null : names.findId(query.release);
  if (tenantId === null) return null;
  if (query.saga !== undefined && saga === null) return null;
  if (query.release !== undefined && release === null) return null;
  const asked = query.status ?? [];
  return {
    context,
    tenant: tenantId,
    sagas: saga === null ? sagasOf(context, tenantId) : [saga],
    statuses: new Set(asked.length === 0 ? [...LIVE, ...ENDED] : asked),
    release,
    prefix: query.key ?? null,
    since,
    until,
    low: since === null ? 1 : placeBefore(context, since).lastInstance + 1,
  };
}

function pathsOf(question: Question): readonly (readonly Stream[])[] {
  const byKey = question.prefix === null ? null : byPrefix(question, question.prefix);
  if (byKey !== null) return [[byKey]];
  const byStanding = question.sagas.flatMap((saga) => standingStreams(question, saga));
  return question.release === null ? [byStanding] : [byStanding, [releaseStream(question)]];
}

function standingStreams(question: Question, saga: number): readonly Stream[] {
  const { statuses } = question;
  const ended = ENDED.filter((status) => statuses.has(status)).map((status) =>
    stream(
      question,
      'tenant = +@tenant AND saga = +@ofSaga AND status = +@ofStatus AND phase = 2',
      { ofSaga: saga, ofStatus: status },
      [],
    ),
  );
  const live = LIVE.filter((status) => statuses.has(status));
  if (live.length === 0) return ended;
  if (!statuses.has('running') && !statuses.has('waiting'))
    return [...ended, ...live.map((status) => troubledStream(question, saga, status))];
  return [
    ...ended,
    stream(
      question,
      'tenant = +@tenant AND saga = +@ofSaga AND phase < 2',
      { ofSaga: saga },
      live.length === LIVE.length ? [] : live,
    ),
  ];
}

/** Those that are few: each from an index of its own. */
function troubledStream(question: Question, saga: number, status: InstanceStatusWire): Stream {
  if (status !== 'blocked')
    return stream(
      question,
      "tenant = +@tenant AND saga = +@ofSaga AND status = +@ofStatus AND status IN ('retrying', 'compensating')",
      { ofSaga: saga, ofStatus: status },
      [],
    );
  return stream(
    question,
    'phase = 1',
    { ofSaga: saga },
    [],
    ['tenant = @tenant', 'saga = @ofSaga'],
  );
}

function releaseStream(question: Question): Stream {
  const all = question.statuses.size === LIVE.length + ENDED.length;
  const [saga] = question.sagas;
  const oneSaga = question.sagas.length === 1 && saga !== undefined;
  return stream(
    question,
    'tenant = +@tenant AND release = +@release',
    oneSaga ? { onlySaga: saga } : {},
    all ? [] : [...question.statuses],
    oneSaga ? ['saga = @onlySaga'] : [],
  );
}

/** Numbers with the prefix, from the index alone; null where there are too many to look all of them up. */
function byPrefix(question: Question, prefix: string): Stream | null {
  const { context, tenant, low } = question;
  const keys = statementOf(
    context.sqlite,
    `SELECT id FROM instances WHERE tenant = +@tenant AND saga = +@saga AND key >= +@prefix AND key < +@after LIMIT @most`,
  );
  const numbers: number[] = [];
  for (const saga of question.sagas) {
    const most = FEW_KEYS + 1 - numbers.length;
    const values = { tenant, saga, prefix, after: prefix + LAST_CHARACTER, most };
    for (const { id } of keys.all(values) as { id: number }[]) numbers.push(id);
    if (numbers.length > FEW_KEYS) return null;
  }
  const all = question.statuses.size === LIVE.length + ENDED.length;
  const { passes, values } = filters(question, all ? [] : [...question.statuses]);
  const look = statementOf(
    context.sqlite,
    `SELECT (${passes}) AS pass FROM instances WHERE id = +@n`,
  );
  return streamOf(
    numbers.filter((id) => id >= low),
    'desc',
    (n) => (look.get({ ...values, n }) as { pass: number }).pass === 1,
  );
}

function stream(
  question: Question,
  where: string,
  values: Values,
  statuses: readonly InstanceStatusWire[],
  more: readonly string[] = [],
): Stream {
  const filter = filters(question, statuses, more);
  return indexStream(question.context.sqlite, {
    table: 'instances',
    number: 'id',
    order: 'desc',
    where,
    passes: filter.passes,
    values: { ...filter.values, tenant: question.tenant, ...values },
    end: question.low,
  });
}

/** What no index answers, cheapest first. */
function filters(
  { release, prefix, since, until }: Question,
  statuses: readonly InstanceStatusWire[],
  more: readonly string[] = [],
): { readonly passes: string; readonly values: Values } {
  const values: Record<string, string | number> = {};
  const passes = [...more];
  if (statuses.length > 0) {
    passes.push(`status IN (${statuses.map((_, at) => `@status${at}`).join(', ')})`);
    for (const [at, status] of statuses.entries()) values[`status${at}`] = status;
  }
  if (release !== null) {
    passes.push('release = @release');
    values['release'] = release;
  }
  if (prefix !== null) {
    passes.push('substr(key, 1, length(@prefix)) = @prefix');
    values['prefix'] = prefix;
  }
  if (since !== null) {
    passes.push('started_at >= @since');
    values['since'] = since;
  }
  if (until !== null) {
    passes.push('started_at <= @until');
    values['until'] = until;
  }
  passes.push(IS_CURRENT_RUN);
  return { passes: passes.join(' AND '), values };
}

const IS_CURRENT_RUN = `NOT EXISTS (SELECT 1 FROM instances later WHERE later.tenant = instances.tenant
  AND later.saga = instances.saga AND later.key = instances.key AND later.run > instances.run)`;
