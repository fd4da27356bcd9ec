/** Faults that the drill must find: made where it can be told for certain that they are there, in the record of calls. */
import type { PowerRecord } from './power-log.ts';

/**
 * - `no-directory-sync`: syncs of folders do nothing.
 * - `acknowledge-before-sync`: an acknowledgement leaves before the sync of its commit: each sync of the log comes later.
 * - `synchronous-normal`: the server runs with SQLite's default for write-ahead logs (`normal-sync.ts`).
 */
export const POWER_MUTANTS = [
  'no-directory-sync',
  'acknowledge-before-sync',
  'synchronous-normal',
] as const;
export type PowerMutant = (typeof POWER_MUTANTS)[number];

/** Records that a sync comes late by. */
const LATE = 40;

/** @returns for each record what the disk makes of it: itself, or with a fault something else */
export function mutated(
  records: readonly PowerRecord[],
  mutant: PowerMutant | null,
): readonly (readonly PowerRecord[])[] {
  const effects: PowerRecord[][] = records.map((record) => [record]);
  if (mutant !== 'acknowledge-before-sync') return effects;
  const logs = new Set<number>();
  records.forEach((record, at) => {
    if (record.type === 'create') {
      if (record.a.toString('utf8').endsWith('-wal')) logs.add(record.id);
      else logs.delete(record.id);
    }
    if (record.type !== 'sync' || !logs.has(record.id)) return;
    effects[at] = effects[at]?.filter((one) => one !== record) ?? [];
    effects[Math.min(records.length - 1, at + LATE)]?.push(record);
  });
  return effects;
}
