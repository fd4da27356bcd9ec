import type { Database } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { ClockMark, CronRow } from '../port.ts';

interface CronRecord {
  readonly app: string;
  readonly name: string;
  readonly tenant: number;
  readonly cron: string;
  readonly zone: string;
  readonly missed: CronRow['missed'];
  readonly type: string;
  readonly data: string;
  readonly next_at: number;
  readonly last_at: number | null;
}

export function readCronTriggers(db: Database, names: Names): readonly CronRow[] {
  return db
    .prepare<[], CronRecord>(
      `SELECT app, name, tenant, cron, zone, missed, type, data, next_at, last_at FROM cron_triggers
       ORDER BY app, name`,
    )
    .all()
    .map(({ tenant, next_at: nextAt, last_at: lastAt, ...row }) => ({
      ...row,
      tenant: names.nameOf(tenant),
      nextAt,
      lastAt,
    }));
}

export function readClockMark(db: Database): ClockMark | null {
  return (
    db.prepare<[], ClockMark>('SELECT boot, ahead, held FROM clock_marks WHERE id = 1').get() ??
    null
  );
}
