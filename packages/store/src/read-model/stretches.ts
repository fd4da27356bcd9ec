/**
 * Look-ups in the indexes over random values, which are cut into stretches of neighbouring rows (`0001-initial.ts`): each
 * stretch is asked in turn, within SQLite, where that costs about what a page does.
 */
import { statementOf } from './ordered-streams.ts';
import type { Order, Values } from './ordered-streams.ts';
import type { ReadContext } from './read-context.ts';

/** Rows of a stretch. */
const STRETCH_BITS = 10;
const STRETCH = 1 << STRETCH_BITS;

export interface StretchQuery {
  readonly table: 'events' | 'work_items';
  readonly number: 'seq' | 'id';
  /** What the index answers beside the stretch, then what it does not; parameters by name. */
  readonly where: string;
  readonly values: Values;
  readonly order: Order;
  /** Numbers to look at, both included. */
  readonly low: number;
  readonly high: number;
  readonly limit: number;
}

/** Numbers of the rows that match, in order. */
export function numbersByStretch(
  { sqlite }: ReadContext,
  { table, number, where, values, order, low, high, limit }: StretchQuery,
): readonly number[] {
  if (low > high) return [];
  const isUp = order === 'asc';
  const rows = statementOf(
    sqlite,
    `WITH RECURSIVE stretch(n) AS (
       SELECT @first UNION ALL SELECT n ${isUp ? '+' : '-'} 1 FROM stretch WHERE n ${isUp ? '<' : '>'} @last)
     SELECT t.${number} AS n FROM stretch
     CROSS JOIN ${table} t ON t.${number} >> ${STRETCH_BITS} = stretch.n AND ${where}
     WHERE +t.${number} BETWEEN @low AND @high LIMIT @most`,
  ).all({
    ...values,
    first: (isUp ? low : high) >> STRETCH_BITS,
    last: (isUp ? high : low) >> STRETCH_BITS,
    low,
    high,
    // Within a stretch they come oldest first: with one whole stretch more, what is cut off is none of the first.
    most: limit + STRETCH,
  }) as { n: number }[];
  return rows
    .map(({ n }) => n)
    .toSorted((a, b) => (isUp ? a - b : b - a))
    .slice(0, limit);
}
