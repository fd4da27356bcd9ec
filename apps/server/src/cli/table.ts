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
  /** May be cut when the terminal is too narrow. Widths of others are kept whole. */
  readonly flexible?: boolean;
}

const GAP = '  ';
const MIN_FLEXIBLE_WIDTH = 12;
/** What stands for "none" in a cell. */
const NONE = '-';

export interface TableOptions {
  /** Characters in a line; undefined where nothing needs to be cut (a pipe). */
  readonly columns?: number | undefined;
  readonly heading: (text: string) => string;
}

/** Lines of the table, heading first. */
export function renderTable<Row>(
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

/** Takes what is too much from the flexible columns, the widest first. */
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
