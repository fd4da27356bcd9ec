/**
 * Instances by their search fields.
 *
 * The term that the fewest instances have is walked in the order of its index, from where the cursor stands; the other
 * terms and filters are asked of what it finds. Walked by a whole value the newest come first; by the beginning of one, in
 * order of value. A walk looks at `SEARCH_BUDGET` values at most: a page may then be short, even empty, with a
 * cursor to go on from.
 */
import { HoldfastError, parseSearchTerm } from '@holdfast/core';
import type { SearchTerm } from '@holdfast/core';
import { and, inArray, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

import { instances } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { ReadContext } from './read-context.ts';
import type { InstanceRecord } from './instance-record.ts';

/** Values that one call may look at. */
const SEARCH_BUDGET = 10_000;
/** Values looked at in one go, at first and at most. */
const FIRST_CHUNK = 200;
const LAST_CHUNK = 2_000;
/** How far the values of a term are counted to tell whether it is a rare one. */
const COUNTED = 1_000;
/** Sorts after every other: the end of all values with a prefix. */
const LAST_CHARACTER = '\u{10FFFF}';

interface Found {
  readonly value: string;
  readonly id: number;
}

/** A term with what the tables call its field, in those of the sagas asked about that have it. */
interface Known extends SearchTerm {
  readonly tenant: number;
  readonly name: number;
  readonly sagas: readonly number[];
}

export interface Searched {
  readonly rows: readonly InstanceRecord[];
  readonly next: string | null;
}

/**
 * @param saga null for any
 * @param filters what else must hold of the instance
 * @throws HoldfastError `request.invalid` for what is no term, and for a cursor of another list
 */
export function searchInstances(
  context: ReadContext,
  query: {
    readonly tenant: number | null;
    readonly saga: number | null;
    readonly search: readonly string[];
    readonly cursor: string | undefined;
    readonly limit: number;
    readonly filters: () => readonly (SQL | undefined)[];
  },
): Searched {
  const wanted = query.search.map(termOf);
  const from = decodeCursor('sagas.search', query.cursor, ['number', 'string', 'number']);
  const { tenant, saga } = query;
  const terms = tenant === null ? [] : wanted.map((term) => knownTerm(context, tenant, saga, term));
  const walked = terms[from === null ? rarestOf(context, terms) : from[0]];
  if (walked === undefined || terms.some(({ sagas }) => sagas.length === 0))
    return { rows: [], next: null };
  const others = terms.filter((term) => term !== walked).map(hasValue);
  const filters = [...query.filters(), ...others];
  let last: Found | null = from === null ? null : { value: from[1], id: from[2] };
  const rows: InstanceRecord[] = [];
  for (let looked = 0, chunk = FIRST_CHUNK; looked < SEARCH_BUDGET; looked += chunk) {
    chunk = looked === 0 ? FIRST_CHUNK : Math.min(LAST_CHUNK, chunk * 4);
    const found = nextOf(context, walked, last, chunk);
    const match = matching(context, found, filters);
    for (const each of found) {
      last = each;
      const row = match.get(each.id);
      if (row !== undefined) rows.push(row);
      if (rows.length === query.limit) break;
    }
    if (rows.length === query.limit) break;
    if (found.length < chunk) return { rows, next: null };
  }
  const at = terms.indexOf(walked);
  const next = last === null ? null : encodeCursor('sagas.search', [at, last.value, last.id]);
  return { rows, next };
}

function termOf(text: string): SearchTerm {
  const term = parseSearchTerm(text);
  if (term !== null) return term;
  throw new HoldfastError('request.invalid', `"${text}" is no search: write FIELD:VALUE`, {
    hint: 'For example customer:ada, or customer:ad* for all values that begin so.',
    faults: [{ at: '?search', message: 'must be FIELD:VALUE' }],
  });
}

/** One step of the index for each saga that has the field. */
const SAGAS_OF_FIELD = `WITH RECURSIVE found(saga) AS (
  SELECT min(saga) FROM search_fields WHERE tenant = @tenant AND name = @name
  UNION ALL
  SELECT (SELECT min(saga) FROM search_fields WHERE tenant = @tenant AND name = @name AND saga > found.saga)
  FROM found WHERE found.saga IS NOT NULL)
SELECT saga FROM found WHERE saga IS NOT NULL`;

function knownTerm(
  { sqlite, names }: ReadContext,
  tenant: number,
  saga: number | null,
  term: SearchTerm,
): Known {
  const name = names.findId(term.field);
  if (name === null) return { ...term, tenant, name: 0, sagas: [] };
  if (saga !== null) return { ...term, tenant, name, sagas: [saga] };
  const rows = sqlite
    .prepare<{ tenant: number; name: number }, { saga: number }>(SAGAS_OF_FIELD)
    .all({ tenant, name });
  return { ...term, tenant, name, sagas: rows.map((row) => row.saga) };
}

/** The term with the fewest values, as far as they are counted. */
function rarestOf({ sqlite }: ReadContext, terms: readonly Known[]): number {
  if (terms.length <= 1) return 0;
  const counts = terms.map((term) => {
    let count = 0;
    for (const saga of term.sagas) {
      const row = sqlite
        .prepare<unknown[], { count: number }>(
          `SELECT count(*) AS count FROM (SELECT 1 FROM search_fields WHERE ${VALUES_OF} ${boundsOf(term)} LIMIT ${COUNTED})`,
        )
        .get(term.tenant, term.name, saga, ...limitsOf(term));
      count += row?.count ?? 0;
    }
    return count;
  });
  return counts.indexOf(Math.min(...counts));
}

const VALUES_OF = 'tenant = ? AND name = ? AND saga = ?';

function boundsOf({ isPrefix }: SearchTerm): string {
  return isPrefix ? 'AND value >= ? AND value < ?' : 'AND value = ?';
}

function limitsOf({ value, isPrefix }: SearchTerm): string[] {
  return isPrefix ? [value, value + LAST_CHARACTER] : [value];
}

/** How the values of one saga are walked. Exported for the test of its plan. */
export function walkText(isPrefix: boolean, goesOn: boolean): string {
  const select = `SELECT value, instance_id AS id FROM search_fields WHERE ${VALUES_OF}`;
  return isPrefix
    ? `${select} AND value < ? AND ${goesOn ? '(value, instance_id) > (?, ?)' : 'value >= ?'} ORDER BY value, instance_id LIMIT ?`
    : `${select} AND value = ? ${goesOn ? 'AND instance_id < ?' : ''} ORDER BY instance_id DESC LIMIT ?`;
}

function nextOf(
  { sqlite }: ReadContext,
  { tenant, name, sagas, value, isPrefix }: Known,
  after: Found | null,
  limit: number,
): readonly Found[] {
  const statement = sqlite.prepare<unknown[], Found>(walkText(isPrefix, after !== null));
  const bounds = isPrefix
    ? [value + LAST_CHARACTER, ...(after === null ? [value] : [after.value, after.id])]
    : [value, ...(after === null ? [] : [after.id])];
  const found = sagas.flatMap((saga) => statement.all(tenant, name, saga, ...bounds, limit));
  if (sagas.length <= 1) return found;
  return found.toSorted(isPrefix ? byValue : byNewest).slice(0, limit);
}

function byNewest(a: Found, b: Found): number {
  return b.id - a.id;
}

/** As SQLite orders text: by its bytes in UTF-8. */
function byValue(a: Found, b: Found): number {
  return Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)) || a.id - b.id;
}

function matching(
  { db }: ReadContext,
  found: readonly Found[],
  filters: readonly (SQL | undefined)[],
): ReadonlyMap<number, InstanceRecord> {
  const ids = found.map(({ id }) => id);
  const rows = db
    .select()
    .from(instances)
    .where(and(inArray(instances.id, ids), ...filters))
    .all();
  return new Map(rows.map((row) => [row.id, row]));
}

function hasValue(term: Known): SQL {
  const value = term.isPrefix
    ? sql`f.value >= ${term.value} AND f.value < ${term.value + LAST_CHARACTER}`
    : sql`f.value = ${term.value}`;
  return sql`EXISTS (SELECT 1 FROM search_fields f WHERE f.instance_id = ${instances.id} AND f.name = ${term.name} AND ${value})`;
}
