/**
 * `GET /v1/effects`: a tenant's effect commands by any combination of filters, newest first.
 *
 * What is not settled comes from the outbox's own index, while it is little; what did not succeed from an index of its
 * own; anything else from the order of numbers (see `ordered-streams.ts`).
 */
import type { EffectResource, EffectStatusWire, Page, TenantId } from '@holdfast/core';
import { eq, inArray } from 'drizzle-orm';

import type { EffectQuery } from '../read-port.ts';
import { instances, workItems } from '../schema.ts';
import { placeBefore } from './commit-times.ts';
import { activeManifests } from './control-queries.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { oneOf, toEffectResource } from './list-queries.ts';
import { indexStream, pageOfNumbers, statementOf, streamOf } from './ordered-streams.ts';
import type { Stream, Values } from './ordered-streams.ts';
import { parseTime } from './parse-time.ts';
import { pageSize } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

const ITEM_STATES = ['pending', 'leased', 'held', 'settled'] as const;
const OPEN = ['pending', 'leased', 'held'] as const;
const STATUSES: readonly EffectStatusWire[] = [...OPEN, 'succeeded', 'failed', 'unknown'];
/** Unsettled items are all looked up where there are no more than this. */
const FEW_ITEMS = 10_000;

interface Question {
  readonly context: ReadContext;
  readonly tenant: number;
  readonly statuses: ReadonlySet<EffectStatusWire>;
  readonly low: number;
  readonly passes: string;
  readonly values: Values;
}

/** @throws HoldfastError `request.invalid` for a cursor, limit, state or time that is none */
export function listEffects(
  context: ReadContext,
  tenant: TenantId,
  query: EffectQuery,
): Page<EffectResource> {
  const limit = pageSize(query);
  const cursor = decodeCursor('effects', query.cursor, ['number']);
  const question = questionOf(context, tenant, query);
  if (question === null) return { items: [], next: null };
  const newest = statementOf(context.sqlite, 'SELECT max(id) AS id FROM work_items').get() as {
    id: number | null;
  };
  const { numbers, next } = pageOfNumbers({
    order: 'desc',
    from: cursor === null ? (newest.id ?? 0) : cursor[0] - 1,
    limit,
    paths: pathsOf(question),
  });
  return {
    items: itemsOf(context, numbers),
    next: next === null ? null : encodeCursor('effects', [next]),
  };
}

function itemsOf(context: ReadContext, numbers: readonly number[]): readonly EffectResource[] {
  if (numbers.length === 0) return [];
  return context.db
    .select({ item: workItems, saga: instances.saga, key: instances.key, run: instances.run })
    .from(workItems)
    .innerJoin(instances, eq(instances.id, workItems.instanceId))
    .where(inArray(workItems.id, [...numbers]))
    .all()
    .toSorted((a, b) => b.item.id - a.item.id)
    .map(({ item, saga, key, run }) =>
      toEffectResource(context, item, { saga: context.names.nameOf(saga), key, run }),
    );
}

function statusesOf(query: EffectQuery): ReadonlySet<EffectStatusWire> {
  const asked = query.status ?? STATUSES;
  const state = query.state === undefined ? null : oneOf('state', query.state, ITEM_STATES);
  const ofState: readonly EffectStatusWire[] =
    state === null
      ? STATUSES
      : state === 'settled'
        ? STATUSES.filter((status) => !isOpen(status))
        : [state];
  return new Set(asked.filter((status) => ofState.includes(status)));
}

function isOpen(status: EffectStatusWire): status is (typeof OPEN)[number] {
  return OPEN.some((open) => open === status);
}

/** Null where nothing can match. */
function questionOf(context: ReadContext, tenant: TenantId, query: EffectQuery): Question | null {
  const { names } = context;
  const since = query.since === undefined ? null : parseTime('since', query.since);
  const statuses = statusesOf(query);
  const tenantId = names.findId(tenant);
  const effect = query.effect === undefined ? null : names.findId(query.effect);
  const saga = query.saga === undefined ? null : names.findId(query.saga);
  if (tenantId === null || statuses.size === 0) return null;
  if (query.effect !== undefined && effect === null) return null;
  if (query.saga !== undefined && saga === null) return null;
  const values: Record<string, string | number> = {};
  const passes: string[] = [];
  if (statuses.size < STATUSES.length) passes.push(statusFilter(statuses));
  if (effect !== null) {
    passes.push('effect = @effect');
    values['effect'] = effect;
  }
  if (query.upstream !== undefined) {
    const of = effectsOf(context, query.upstream);
    if (of.length === 0) return null;
    passes.push(`effect IN (${of.map((_, at) => `@upstream${at}`).join(', ')})`);
    for (const [at, one] of of.entries()) values[`upstream${at}`] = one;
  }
  if (since !== null) {
    passes.push('created_at >= @since');
    values['since'] = since;
  }
  if (saga !== null) {
    passes.push('(SELECT saga FROM instances WHERE id = work_items.instance_id) = @saga');
    values['saga'] = saga;
  }
  return {
    context,
    tenant: tenantId,
    statuses,
    low: since === null ? 1 : placeBefore(context, since).lastItem + 1,
    passes: passes.length === 0 ? '1' : passes.join(' AND '),
    values,
  };
}

function statusFilter(statuses: ReadonlySet<EffectStatusWire>): string {
  const quoted = (of: readonly string[]): string => of.map((one) => `'${one}'`).join(', ');
  const all = [...statuses];
  const open = all.filter((status) => isOpen(status));
  const ended = all.filter((status) => !isOpen(status));
  const parts = [
    ...(open.length === 0 ? [] : [`state IN (${quoted(open)})`]),
    ...(ended.length === 0 ? [] : [`(state = 'settled' AND outcome IN (${quoted(ended)}))`]),
  ];
  return `(${parts.join(' OR ')})`;
}

/** Effects that call an upstream, by the active releases. */
function effectsOf(context: ReadContext, upstream: string): readonly number[] {
  const found = new Set<number>();
  for (const { effects } of activeManifests(context)) {
    for (const effect of effects) {
      if (effect.upstream?.name !== upstream) continue;
      const id = context.names.findId(effect.name);
      if (id !== null) found.add(id);
    }
  }
  return [...found];
}

function pathsOf(question: Question): readonly (readonly Stream[])[] {
  const { statuses } = question;
  const inOrder = [numberStream(question)];
  if (statuses.has('succeeded')) return [inOrder];
  const open = OPEN.filter((state) => statuses.has(state));
  const outbox = open.length === 0 ? [] : outboxStream(question, open);
  if (outbox === null) return [inOrder];
  const isFailed = statuses.has('failed') || statuses.has('unknown');
  return [[...outbox, ...(isFailed ? [failedStream(question)] : [])]];
}

function numberStream({ context, tenant, low, passes, values }: Question): Stream {
  return indexStream(context.sqlite, {
    table: 'work_items',
    number: 'id',
    order: 'desc',
    where: '',
    end: low,
    passes: `tenant = @tenant AND ${passes}`,
    values: {
      ...values,
      tenant,
    },
  });
}

function failedStream({ context, tenant, low, passes, values }: Question): Stream {
  return indexStream(context.sqlite, {
    table: 'work_items',
    number: 'id',
    order: 'desc',
    end: low,
    where: "tenant = +@tenant AND outcome <> 'succeeded'",
    passes,
    values: {
      ...values,
      tenant,
    },
  });
}

/** From the index of the outbox, which is in order of due time; null where there is too much to look all of it up. */
function outboxStream(
  { context, tenant, low, passes, values }: Question,
  states: readonly string[],
): readonly Stream[] | null {
  const ids = statementOf(
    context.sqlite,
    "SELECT id FROM work_items WHERE state = @state AND state <> 'settled' LIMIT @most",
  );
  const numbers: number[] = [];
  for (const state of states) {
    const most = FEW_ITEMS + 1 - numbers.length;
    for (const { id } of ids.all({ state, most }) as { id: number }[]) numbers.push(id);
    if (numbers.length > FEW_ITEMS) return null;
  }
  const look = statementOf(
    context.sqlite,
    `SELECT (tenant = @tenant AND ${passes}) AS pass FROM work_items WHERE id = @n`,
  );
  const passing = (n: number): boolean =>
    (look.get({ ...values, tenant, n }) as { pass: number }).pass === 1;
  return [
    streamOf(
      numbers.filter((id) => id >= low),
      'desc',
      passing,
    ),
  ];
}
