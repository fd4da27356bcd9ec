/** Whether the receipts log has each attempt record and each outcome of the database. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const line = z.looseObject({
  kind: z.enum(['start', 'end', 'outcome']),
  command: z.string(),
  attempt: z.number().optional(),
});
const record = z.object({ command: z.string(), no: z.number(), ended: z.number() });
const settled = z.object({ command: z.string() });

/** @returns what is missing on either side; empty when both tell the same */
export function receiptsFaults(dataDir: string, database: string): readonly string[] {
  const told = receipts(join(dataDir, 'receipts'));
  const faults: string[] = [];
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    const recorded = new Set<string>();
    const attempts = db.prepare(
      `SELECT lower(hex(w.command_id)) AS command, a.no AS no, a.ended AS ended
        FROM attempts a JOIN work_items w ON w.id = a.item_id`,
    );
    for (const row of attempts.iterate()) {
      const { command, no, ended } = record.parse(row);
      recorded.add(`${ended === 1 ? 'end' : 'start'} ${command} ${no}`);
    }
    const outcomes = db.prepare(
      `SELECT lower(hex(command_id)) AS command FROM work_items WHERE outcome IS NOT NULL`,
    );
    for (const row of outcomes.iterate()) recorded.add(`outcome ${settled.parse(row).command}`);
    for (const fact of recorded) if (!told.has(fact)) faults.push(`no receipt: ${fact}`);
    for (const fact of told) if (!recorded.has(fact)) faults.push(`a receipt of nothing: ${fact}`);
  } finally {
    db.close();
  }
  return faults;
}

/** Lines that are whole, each once: one may be repeated, cut short, or have a hole in it. */
function receipts(dir: string): ReadonlySet<string> {
  const told = new Set<string>();
  // The heads of the audit's chain stand beside them, in a file of their own.
  const files = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.jsonl')) : [];
  for (const name of files) {
    const lines = readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1);
    for (const text of lines) {
      if (!text.startsWith('{') || !text.endsWith('}') || text.includes('\0')) continue;
      const { kind, command, attempt } = line.parse(JSON.parse(text));
      told.add(kind === 'outcome' ? `outcome ${command}` : `${kind} ${command} ${attempt}`);
    }
  }
  return told;
}
