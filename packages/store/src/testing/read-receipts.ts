import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of the receipts log, as far as tests look at it. */
export interface ReceiptLine {
  readonly kind: 'start' | 'end' | 'outcome';
  readonly commit: number;
  readonly epoch: number;
  readonly command: string;
  readonly attempt?: number;
  readonly key?: string;
  readonly outcome?: string;
  readonly data?: unknown;
}

export function listReceipts(dir: string): readonly string[] {
  const folder = join(dir, 'receipts');
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
}

/** All whole lines, oldest first, as a reader of the log takes them. */
export function readReceipts(dir: string): readonly ReceiptLine[] {
  return listReceipts(dir).flatMap((path) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    // After the last line feed: nothing, or a line that was cut short.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as ReceiptLine);
  });
}
