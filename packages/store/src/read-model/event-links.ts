/**
 * What an event came of, and what came of it directly.
 *
 * No index is kept by `causationid`: what causes and what is caused share a correlation, whose index leads to few rows,
 * and an effect's outcome is in the effect's own row. Events without a correlation are looked for among their neighbours.
 */
import type { EventLink, Seq } from '@holdfast/core';

import type { events } from '../schema.ts';
import { lastSeq } from './event-queries.ts';
import { statementOf } from './ordered-streams.ts';
import type { ReadContext } from './read-context.ts';
import { numbersByStretch } from './stretches.ts';

type EventRow = typeof events.$inferSelect;

/** Most links that are given. */
const MOST_LINKS = 100;
/** Neighbours that are looked at where there is no correlation to go by. */
const NEIGHBOURS = 2_000;

interface FoundEvent {
  readonly seq: Seq;
  readonly id: string;
  readonly type: number;
}

interface FoundItem {
  readonly id: number;
  readonly command: string;
  readonly effect: number;
  readonly saga: number;
  readonly key: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly outcomeSeq: Seq | null;
}

const EVENT_COLUMNS = 'seq, id, type';
const ITEM_COLUMNS = `w.id, lower(hex(w.command_id)) AS command, w.effect, i.saga, i.key, w.state, w.outcome,
  w.outcome_seq AS outcomeSeq`;

/** What `causationId` names; null for nothing, or where it is not found. */
export function causeOf(context: ReadContext, event: EventRow): EventLink | null {
  if (event.causationId === null) return null;
  const item = event.target === null ? null : itemOf(context, event.target, event.causationId);
  if (item !== null) return toEffectLink(context, item);
  const found = eventById(context, event, event.causationId);
  return found === null ? null : toEventLink(context, found);
}

/** The effect of an instance with this command id. */
function itemOf({ sqlite }: ReadContext, instanceId: number, commandId: string): FoundItem | null {
  if (!/^[0-9a-f]{32}$/.test(commandId)) return null;
  const row = statementOf(
    sqlite,
    `SELECT ${ITEM_COLUMNS} FROM work_items w JOIN instances i ON i.id = w.instance_id
     WHERE w.instance_id = +@instanceId AND +w.command_id = unhex(@commandId)`,
  ).get({ instanceId, commandId });
  return (row as FoundItem | undefined) ?? null;
}

function eventById(context: ReadContext, event: EventRow, id: string): FoundEvent | null {
  const { sqlite } = context;
  const near = statementOf(
    sqlite,
    `SELECT ${EVENT_COLUMNS} FROM events
     WHERE seq BETWEEN @low AND @high AND +tenant = @tenant AND id = @id ORDER BY seq DESC LIMIT 1`,
  ).get({ low: event.seq - NEIGHBOURS, high: event.seq - 1, tenant: event.tenant, id });
  if (near !== undefined) return near as FoundEvent;
  if (event.correlationId === null) return null;
  const [found] = numbersByStretch(context, {
    table: 'events',
    number: 'seq',
    where: 'correlation_id = @correlation AND +tenant = @tenant AND t.id = @id',
    values: { correlation: event.correlationId, tenant: event.tenant, id },
    order: 'desc',
    low: 1,
    high: event.seq - 1,
    limit: 1,
  });
  return found === undefined ? null : eventAt(context, found);
}

function eventAt({ sqlite }: ReadContext, seq: Seq): FoundEvent {
  return statementOf(sqlite, `SELECT ${EVENT_COLUMNS} FROM events WHERE seq = +@seq`).get({
    seq,
  }) as FoundEvent;
}

/** What it caused: effects that decisions on it asked for, and events that name it. */
export function consequencesOf(
  context: ReadContext,
  event: EventRow,
): { items: EventLink[]; more: boolean } {
  const effects = effectsAskedFor(context, event.seq);
  const caused = eventsCaused(context, event);
  const items = [
    ...effects.map((item) => toEffectLink(context, item)),
    ...caused.map((found) => toEventLink(context, found)),
  ];
  return { items: items.slice(0, MOST_LINKS), more: items.length > MOST_LINKS };
}

function effectsAskedFor({ sqlite }: ReadContext, seq: Seq): readonly FoundItem[] {
  // A decision names the steps that it asks for.
  return statementOf(
    sqlite,
    `SELECT ${ITEM_COLUMNS} FROM transitions t
     CROSS JOIN json_each(t.decision, '$.items') asked
     CROSS JOIN instances i ON i.id = t.instance_id
     CROSS JOIN work_items w ON w.instance_id = t.instance_id AND w.step = json_extract(asked.value, '$.step')
     WHERE t.seq = +@seq LIMIT @most`,
  ).all({ seq, most: MOST_LINKS + 1 }) as FoundItem[];
}

function eventsCaused(context: ReadContext, event: EventRow): readonly FoundEvent[] {
  const { sqlite } = context;
  const { seq, tenant } = event;
  const found = new Map<Seq, FoundEvent>();
  const take = (rows: unknown[]): void => {
    for (const row of rows as FoundEvent[]) found.set(row.seq, row);
  };
  const most = MOST_LINKS + 1;
  take(
    statementOf(
      sqlite,
      `SELECT ${EVENT_COLUMNS} FROM events
       WHERE seq BETWEEN @low AND @high AND +tenant = @tenant AND causation_id = @id ORDER BY seq LIMIT @most`,
    ).all({ low: seq + 1, high: seq + NEIGHBOURS, tenant, id: event.id, most }),
  );
  const high = lastSeq(context);
  for (const correlation of correlationsOf(context, event)) {
    const numbers = numbersByStretch(context, {
      table: 'events',
      number: 'seq',
      where: 'correlation_id = @correlation AND +tenant = @tenant AND causation_id = @id',
      values: { correlation, tenant, id: event.id },
      order: 'asc',
      low: seq + 1,
      high,
      limit: most,
    });
    for (const n of numbers) if (!found.has(n)) found.set(n, eventAt(context, n));
  }
  return [...found.values()].toSorted((a, b) => a.seq - b.seq).slice(0, most);
}

/** Its own, and those of the instances that took it: what they cause has theirs. */
function correlationsOf({ sqlite }: ReadContext, event: EventRow): ReadonlySet<string> {
  const rows = statementOf(
    sqlite,
    `SELECT i.correlation_id AS id FROM transitions t CROSS JOIN instances i ON i.id = t.instance_id
     WHERE t.seq = +@seq AND i.correlation_id IS NOT NULL`,
  ).all({ seq: event.seq }) as { id: string }[];
  const own = event.correlationId === null ? [] : [event.correlationId];
  return new Set([...own, ...rows.map(({ id }) => id)]);
}

function toEventLink({ names }: ReadContext, { seq, id, type }: FoundEvent): EventLink {
  return { kind: 'event', seq, id, type: names.nameOf(type) };
}

function toEffectLink({ names }: ReadContext, item: FoundItem): EventLink {
  return {
    kind: 'effect',
    commandId: item.command,
    effect: names.nameOf(item.effect),
    saga: names.nameOf(item.saga),
    key: item.key,
    status: item.outcome ?? item.state,
    outcomeSeq: item.outcomeSeq,
  };
}
