import type { Database } from 'better-sqlite3';

import { Names } from './names.ts';
import { aboutText } from './write/outbox-rows.ts';

interface RepairRow {
  readonly commit_no: number;
  readonly timeline: number;
  readonly commit_epoch: number;
  readonly item_id: number;
  readonly no: number;
  readonly ended: number;
  readonly at: number;
  readonly mode: string | null;
  readonly epoch: number | null;
  readonly outcome: string | null;
  readonly error: string | null;
  readonly command: string;
  readonly step: string;
  readonly effect: number;
  readonly tenant: number;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
}

interface OutcomeRow {
  readonly command: string;
  readonly outcome: string;
  readonly seq: number;
  readonly data: string;
  readonly commit_no: number;
  readonly timeline: number;
  readonly commit_epoch: number;
  readonly at: number;
}

/**
 * The receipts of commit `from` and all later ones, written again from the tables; empty when no attempt was recorded
 * since. Only a loss of power or a full disk makes it necessary.
 */
export function missingReceipts(db: Database, from: number): string {
  const later = db
    .prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM commits WHERE no > ? AND attempt_records > 0',
    )
    .get(from);
  if (later === undefined || later.n === 0) return '';
  const names = new Names(db);
  let lines = '';
  for (const row of attemptRows(db, from)) {
    const common =
      `"commit":${row.commit_no},"timeline":${row.timeline},"epoch":${row.epoch ?? row.commit_epoch},"at":${row.at},` +
      `"command":"${row.command}","attempt":${row.no}`;
    if (row.ended === 1) {
      lines += `{"kind":"end",${common},"outcome":"${row.outcome ?? ''}","error":${row.error ?? 'null'}}\n`;
      continue;
    }
    const about = aboutText({
      tenant: names.nameOf(row.tenant),
      saga: names.nameOf(row.saga),
      key: row.key,
      run: row.run,
      step: row.step,
      effect: names.nameOf(row.effect),
    });
    lines += `{"kind":"start",${common},"mode":"${row.mode ?? ''}",${about}}\n`;
  }
  for (const row of outcomeRows(db, from)) {
    lines +=
      `{"kind":"outcome","commit":${row.commit_no},"timeline":${row.timeline},"epoch":${row.commit_epoch},"at":${row.at},` +
      `"command":"${row.command}","outcome":"${row.outcome}","seq":${row.seq},"data":${row.data}}\n`;
  }
  return lines;
}

function attemptRows(db: Database, from: number): readonly RepairRow[] {
  return db
    .prepare<[number], RepairRow>(
      `SELECT a.commit_no, c.timeline, c.epoch AS commit_epoch, a.item_id, a.no, a.ended, a.at, a.mode, a.epoch,
        a.outcome, a.error, lower(hex(w.command_id)) AS command, w.step, w.effect, i.tenant, i.saga, i.key, i.run
       FROM attempts a JOIN commits c ON c.no = a.commit_no JOIN work_items w ON w.id = a.item_id
       JOIN instances i ON i.id = w.instance_id
       WHERE a.commit_no >= ? ORDER BY a.commit_no, a.item_id, a.no, a.ended`,
    )
    .all(from);
}

function outcomeRows(db: Database, from: number): readonly OutcomeRow[] {
  return db
    .prepare<[number, number], OutcomeRow>(
      `SELECT lower(hex(w.command_id)) AS command, w.outcome, e.seq, e.data, c.no AS commit_no, c.timeline,
        c.epoch AS commit_epoch, c.at
       FROM work_items w JOIN events e ON e.seq = w.outcome_seq
       JOIN commits c ON c.no = (SELECT min(x.no) FROM commits x WHERE x.no >= ? AND x.last_seq >= e.seq)
       WHERE w.state = 'settled'
         AND w.outcome_seq > coalesce((SELECT last_seq FROM commits WHERE no = ? - 1), 0) ORDER BY e.seq`,
    )
    .all(from, from);
}
