/**
 * A page of a list in order of number, whatever its filters.
 *
 * A stream gives rows of one stretch of one index, in order of number, and says of each whether it passes the filters
 * that the index does not answer. Several streams are merged. A path is a set of streams that together hold every row that
 * could match; where there are several paths to the same rows, each is given a share of the work, and the one that comes
 * farthest answers.
 *
 * Nothing is gone through without end: a page looks at `LOOK_BUDGET` rows at most. It may then be short, even empty, with
 * a place to go on from.
 */
import type { Database, Statement } from 'better-sqlite3';

/** Rows that one page may look at. */
export const LOOK_BUDGET = 20_000;
const FIRST_BATCH = 64;
const BATCH_GROWTH = 4;
const LARGEST_BATCH = 4_096;

export type Order = 'asc' | 'desc';

interface Looked {
  readonly n: number;
  /** 1 where the row passes. */
  readonly pass: number;
}

/** Rows in order, from number `from` on (included), at most `most`. */
export type Stream = (from: number, most: number) => readonly Looked[];

export interface PageOfNumbers {
  readonly numbers: readonly number[];
  /** The last number looked at, to go on after; null when all were. */
  readonly next: number | null;
}

/** Reads one stream ahead in growing batches. */
class Head {
  readonly #stream: Stream;
  readonly #order: Order;
  readonly #largest: number;
  #rows: readonly Looked[] = [];
  #at = 0;
  #from: number;
  #batch: number;
  #isDry = false;

  constructor(stream: Stream, order: Order, from: number, batch: number, largest: number) {
    this.#stream = stream;
    this.#order = order;
    this.#from = from;
    this.#batch = batch;
    this.#largest = largest;
  }

  get row(): Looked | undefined {
    if (this.#at >= this.#rows.length && !this.#isDry) this.#fill();
    return this.#rows[this.#at];
  }

  advance(): void {
    this.#at += 1;
  }

  #fill(): void {
    const most = this.#batch;
    this.#rows = this.#stream(this.#from, most);
    this.#at = 0;
    this.#isDry = this.#rows.length < most;
    this.#batch = Math.min(most * BATCH_GROWTH, this.#largest);
    const last = this.#rows.at(-1);
    if (last !== undefined) this.#from = last.n + (this.#order === 'asc' ? 1 : -1);
  }
}

export interface PageRequest {
  readonly order: Order;
  /** Where to begin, included. */
  readonly from: number;
  readonly limit: number;
  readonly paths: readonly (readonly Stream[])[];
}

/** The next numbers that pass. */
export function pageOfNumbers({ paths, ...request }: PageRequest): PageOfNumbers {
  const share = Math.floor(LOOK_BUDGET / Math.max(1, paths.length));
  let farthest: PageOfNumbers | null = null;
  for (const streams of paths) {
    const page = merge(streams, request, share);
    if (page.next === null || page.numbers.length === request.limit) return page;
    const isFarther = farthest === null || isAfter(request.order, page.next, farthest.next);
    if (isFarther) farthest = page;
  }
  return farthest ?? { numbers: [], next: null };
}

function isAfter(order: Order, a: number, b: number | null): boolean {
  return b !== null && (order === 'asc' ? a > b : a < b);
}

function merge(
  streams: readonly Stream[],
  { order, from, limit }: Omit<PageRequest, 'paths'>,
  budget: number,
): PageOfNumbers {
  // Of many streams few rows each, so that together they read no more than of one.
  const first = Math.max(4, Math.ceil(FIRST_BATCH / streams.length));
  const largest = Math.max(first, Math.min(LARGEST_BATCH, Math.ceil(budget / streams.length)));
  const heads = streams.map((stream) => new Head(stream, order, from, first, largest));
  const numbers: number[] = [];
  let last: number | null = null;
  for (let looked = 0; looked < budget; looked += 1) {
    const head = foremost(heads, order);
    const row = head?.row;
    if (head === undefined || row === undefined) return { numbers, next: null };
    head.advance();
    last = row.n;
    if (row.pass !== 1) continue;
    numbers.push(row.n);
    if (numbers.length === limit)
      return { numbers, next: foremost(heads, order)?.row === undefined ? null : last };
  }
  return { numbers, next: last };
}

function foremost(heads: readonly Head[], order: Order): Head | undefined {
  let best: Head | undefined;
  let at = 0;
  for (const head of heads) {
    const { row } = head;
    if (row === undefined) continue;
    if (best === undefined || (order === 'asc' ? row.n < at : row.n > at)) {
      best = head;
      at = row.n;
    }
  }
  return best;
}

/** A stream over numbers that are known; `passes` says which of them pass. */
export function streamOf(
  numbers: readonly number[],
  order: Order,
  passes: (n: number) => boolean,
): Stream {
  const sorted = numbers.toSorted((a, b) => (order === 'asc' ? a - b : b - a));
  return (from, most) =>
    sorted
      .filter((n) => (order === 'asc' ? n >= from : n <= from))
      .slice(0, most)
      .map((n) => ({ n, pass: passes(n) ? 1 : 0 }));
}

const prepared = new WeakMap<Database, Map<string, Statement>>();

/** The statement of a text, prepared once for each connection: lists ask in few forms. */
export function statementOf(sqlite: Database, text: string): Statement {
  let statements = prepared.get(sqlite);
  if (statements === undefined) prepared.set(sqlite, (statements = new Map<string, Statement>()));
  let statement = statements.get(text);
  if (statement === undefined) statements.set(text, (statement = sqlite.prepare(text)));
  return statement;
}

export type Values = Readonly<Record<string, string | number>>;

/**
 * A stream over one stretch of an index.
 *
 * @param where what the index answers, with parameters by name
 * @param passes what it does not answer; `1` for nothing
 * @param end the last number, included
 */
export function indexStream(
  sqlite: Database,
  of: {
    readonly table: string;
    readonly number: string;
    readonly order: Order;
    readonly where: string;
    readonly passes: string;
    readonly values: Values;
    readonly end: number;
  },
): Stream {
  const { table, number, order, where, passes, values, end } = of;
  const bounds =
    order === 'asc' ? `${number} BETWEEN @from AND @end` : `${number} BETWEEN @end AND @from`;
  const statement = statementOf(
    sqlite,
    `SELECT ${number} AS n, (${passes}) AS pass FROM ${table}
     WHERE ${where === '' ? '' : `${where} AND `}${bounds} ORDER BY ${number} ${order} LIMIT @most`,
  );
  return (from, most) => statement.all({ ...values, from, end, most }) as Looked[];
}
