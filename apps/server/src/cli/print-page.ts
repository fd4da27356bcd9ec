import type { Page } from '@holdfast/core';
import type { Output } from './output.ts';
import type { Column } from './table.ts';

/** A list as the API answered it: its document with `--json`, else a table and how to go on. */
export function printPage<Row>(
  out: Output,
  page: Page<Row>,
  columns: readonly Column<Row>[],
  none: string,
): number {
  if (out.json) {
    out.document(page);
    return 0;
  }
  if (page.items.length === 0) {
    out.note(none);
    return 0;
  }
  out.table(page.items, columns);
  if (page.next !== null) out.note(out.paintError.dim(`more: --cursor ${page.next}`));
  return 0;
}
