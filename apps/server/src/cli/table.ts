/**
 * Aligned tables for people. `--json` prints documents instead.
 *
 * @module
 */
import { cut, plainText, widthOf } from './plain-text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  readonly align?: 'left' | 'right';
  /** Colour of a cell, chosen by its row; applied after cutting and padding are decided. */
  readonly paint?: (text: string, row: Row) => string;
  /** May be cut when the terminal is too narrow. Others are cut only where nothing else is left. */
  readonly flexible?: boolean;
  /** May be left out when the terminal is too narrow; of several the last one first. */
  readonly spare?: boolean;
}

const GAP = '  ';
const MIN_FLEXIBLE_WIDTH = 12;
/** What is kept of any column where even that is too much. */
const MIN_WIDTH = 6;
/** What stands for "none" in a cell. */
const NONE = '-';

export interface TableOptions {
  /** Characters in a line; undefined where nothing needs to be cut (a pipe). */
  readonly columns?: number | undefined;
  readonly heading: (text: string) => string;
}

export interface Table {
  /** Heading first. */
  readonly lines: readonly string[];
  /** Titles of the columns that had no room. */
  readonly leftOut: readonly string[];
}

/** The table, of the columns that have room. */
export function renderTable<Row>(
  rows: readonly Row[],
  all: readonly Column<Row>[],
  options: TableOptions,
): Table {
  const columns = withRoom(rows, all, options.columns);
  const leftOut = all.filter((column) => !columns.includes(column)).map(({ title }) => title);
  return { lines: linesOf(rows, columns, options), leftOut };
}

/** As many of the columns as fit when what is flexible is cut. */
function withRoom<Row>(
  rows: readonly Row[],
  all: readonly Column<Row>[],
  available: number | undefined,
): readonly Column<Row>[] {
  if (available === undefined) return all;
  const least = (columns: readonly Column<Row>[]): number =>
    columns.reduce((sum, column) => {
      const width = naturalWidth(rows, column);
      return sum + (column.flexible === true ? Math.min(width, MIN_FLEXIBLE_WIDTH) : width);
    }, 0) +
    GAP.length * (columns.length - 1);
  let columns = all;
  while (least(columns) > available) {
    const last = columns.findLast(({ spare }) => spare === true);
    if (last === undefined) break;
    columns = columns.filter((column) => column !== last);
  }
  return columns;
}

function naturalWidth<Row>(rows: readonly Row[], { title, value }: Column<Row>): number {
  return Math.max(
    widthOf(title),
    ...rows.map((row) => widthOf(plainText(String(value(row) ?? NONE)))),
  );
}

function linesOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: TableOptions,
): readonly string[] {
  const cells = rows.map((row) =>
    columns.map(({ value }) => plainText(String(value(row) ?? NONE))),
  );
  const natural = columns.map(({ title }, i) =>
    Math.max(widthOf(title), ...cells.map((line) => widthOf(line[i] ?? ''))),
  );
  const widths = fit(natural, columns, options.columns);
  const heading = columns
    .map(({ title, align }, i) =>
      pad(options.heading(cut(title, widths[i] ?? 0)), widths[i] ?? 0, align),
    )
    .join(GAP);
  const body = rows.map((row, r) =>
    columns
      .map(({ align, paint }, i) => {
        const width = widths[i] ?? 0;
        const text = cut(cells[r]?.[i] ?? '', width);
        return pad(paint === undefined ? text : paint(text, row), width, align);
      })
      .join(GAP)
      .trimEnd(),
  );
  return [heading.trimEnd(), ...body];
}

/** Takes what is too much from the flexible columns, the widest first, and where that is not enough from all. */
function fit<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  available: number | undefined,
): readonly number[] {
  const widths = [...natural];
  if (available === undefined) return widths;
  let excess =
    widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1) - available;
  while (excess > 0) {
    const widest = columns
      .map((column, i) => ({ i, width: column.flexible === true ? (widths[i] ?? 0) : 0 }))
      .reduce((a, b) => (b.width > a.width ? b : a));
    if (widest.width <= MIN_FLEXIBLE_WIDTH) break;
    widths[widest.i] = widest.width - 1;
    excess--;
  }
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= MIN_WIDTH) break;
    widths[widest] = width - 1;
    excess--;
  }
  return widths;
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

/** `name: value` lines with the values under each other. */
export function renderFacts(
  facts: readonly (readonly [string, string])[],
  paint: (text: string) => string,
): readonly string[] {
  const width = Math.max(...facts.map(([name]) => widthOf(name)));
  return facts.map(([name, value]) => `${paint(pad(name, width))}  ${value}`.trimEnd());
}
