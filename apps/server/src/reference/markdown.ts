/** Escapes what would end a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');

/** A table with its columns aligned, as the formatter would leave it. */
export function markdownTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [heading, ...rows].map((row) => row.map(cell));
  const widths = heading.map((_, i) => Math.max(3, ...lines.map((row) => row[i]?.length ?? 0)));
  const render = (row: readonly string[]): string =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [first = [], ...others] = lines;
  return [render(first), rule, ...others.map(render)].join('\n');
}

export const code = (text: string): string => `\`${text}\``;
