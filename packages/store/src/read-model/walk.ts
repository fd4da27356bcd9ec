import { SCAN_BUDGET } from './read-context.ts';

const FIRST_WINDOW = 1_024;
const WINDOW_GROWTH = 4;

export interface Walk<Row> {
  readonly order: 'asc' | 'desc';
  /** Numbers to walk, both included. Nothing is walked when `low` is above `high`. */
  readonly low: number;
  readonly high: number;
  readonly limit: number;
  /** Rows that match with numbers in a window, in `order`, at most `limit`. */
  readonly read: (low: number, high: number, limit: number) => readonly Row[];
  readonly numberOf: (row: Row) => number;
}

export interface Walked<Row> {
  readonly rows: readonly Row[];
  /** The last number looked at, to go on after; null when all were. */
  readonly next: number | null;
}

/** Reads a list whose filters no index answers, in windows of row numbers, looking at no more than `SCAN_BUDGET`. */
export function walk<Row>({ order, low, high, limit, read, numberOf }: Walk<Row>): Walked<Row> {
  const rows: Row[] = [];
  let from = low;
  let to = high;
  let width = FIRST_WINDOW;
  let budget = SCAN_BUDGET;
  while (from <= to && budget > 0) {
    const size = Math.min(width, budget);
    const windowLow = order === 'asc' ? from : Math.max(from, to - size + 1);
    const windowHigh = order === 'asc' ? Math.min(to, from + size - 1) : to;
    rows.push(...read(windowLow, windowHigh, limit - rows.length));
    const last = rows.at(-1);
    if (rows.length === limit && last !== undefined) {
      const at = numberOf(last);
      return { rows, next: at === (order === 'asc' ? high : low) ? null : at };
    }
    budget -= windowHigh - windowLow + 1;
    width *= WINDOW_GROWTH;
    if (order === 'asc') from = windowHigh + 1;
    else to = windowLow - 1;
  }
  if (from > to) return { rows, next: null };
  return { rows, next: order === 'asc' ? from - 1 : to + 1 };
}
