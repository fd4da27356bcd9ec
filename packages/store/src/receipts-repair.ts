import type { Database } from 'better-sqlite3';

import { Names } from './names.ts';
import type { LogEnd } from './receipts-log.ts';
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
}

interface CommitRow {
  readonly no: number;
  readonly timeline: number;
  readonly epoch: number;
  readonly at: number;
  readonly last_seq: number;
}

/** Characters gathered before they are written. */
const CHUNK = 1024 * 1024;

/**
 * Writes the receipts of the log's last commit and all later ones again, from the tables. Nothing when the log has all
 * lines of that commit and none was due since: only a loss of power, a full disk or a removed log makes it necessary.
 *
 * 1. A commit has a line for each of its attempt records and each of its outcomes.
 * 2. In the order of commits, so that a repair cut short goes on from its last line as the log itself does.
 * 3. The last commit's lines are written again whole: which of them the log has is not looked at, and a reader takes a
 *    repeated line as one.
 */
export function repairReceipts(db: Database, end: LogEnd, write: (lines: string) => void): void {
  const from = end.commit;
  const isBehind =
    db
      .prepare<[number, number, number]>(
        'SELECT 1 FROM commits WHERE no >= ? AND attempt_records + settled > iif(no = ?, ?, 0) LIMIT 1',
      )
      .get(from, from, end.lines) !== undefined;
  if (!isBehind) return;
  let lines = '';
  for (const line of receiptLines(db, from)) {
    lines += line;
    if (lines.length < CHUNK) continue;
    write(lines);
    lines = '';
  }
  if (lines !== '') write(lines);
}

/** Of each commit its attempts, then its outcomes. */
function* receiptLines(db: Database, from: number): Generator<string, void, void> {
  const names = new Names(db);
  const outcomes = outcomeLines(db, from);
  try {
    let outcome = outcomes.next();
    for (const row of attemptRows(db, from)) {
      for (
        ;
        outcome.done !== true && outcome.value.commit < row.commit_no;
        outcome = outcomes.next()
      )
        yield outcome.value.line;
      yield attemptLine(row, names);
    }
    for (; outcome.done !== true; outcome = outcomes.next()) yield outcome.value.line;
  } finally {
    // The database cannot be closed while one of its statements is still read.
    outcomes.return();
  }
}

function* outcomeLines(
  db: Database,
  from: number,
): Generator<{ readonly commit: number; readonly line: string }, void, void> {
  const commits = commitRows(db, from);
  try {
    let commit = commits.next();
    for (const row of outcomeRows(db, from)) {
      // Both are in order: the commit that holds an outcome is the first that reaches its position.
      while (commit.done !== true && commit.value.last_seq < row.seq) commit = commits.next();
      if (commit.done === true) return;
      yield { commit: commit.value.no, line: outcomeLine(row, commit.value) };
    }
  } finally {
    commits.return?.();
  }
}

function attemptLine(row: RepairRow, names: Names): string {
  const common =
    `"commit":${row.commit_no},"timeline":${row.timeline},"epoch":${row.epoch ?? row.commit_epoch},"at":${row.at},` +
    `"command":"${row.command}","attempt":${row.no}`;
  if (row.ended === 1) {
    return `{"kind":"end",${common},"outcome":"${row.outcome ?? ''}","error":${row.error ?? 'null'}}\n`;
  }
  const about = aboutText({
    tenant: names.nameOf(row.tenant),
    saga: names.nameOf(row.saga),
    key: row.key,
    run: row.run,
    step: row.step,
    effect: names.nameOf(row.effect),
  });
  return `{"kind":"start",${common},"mode":"${row.mode ?? ''}",${about}}\n`;
}

function outcomeLine(row: OutcomeRow, commit: CommitRow): string {
  return (
    `{"kind":"outcome","commit":${commit.no},"timeline":${commit.timeline},"epoch":${commit.epoch},"at":${commit.at},` +
    `"command":"${row.command}","outcome":"${row.outcome}","seq":${row.seq},"data":${row.data}}\n`
  );
}

function attemptRows(db: Database, from: number): IterableIterator<RepairRow> {
  return db
    .prepare<[number], RepairRow>(
      `SELECT a.commit_no, c.timeline, c.epoch AS commit_epoch, a.item_id, a.no, a.ended, a.at, a.mode, a.epoch,
        a.outcome, a.error, lower(hex(w.command_id)) AS command, w.step, w.effect, i.tenant, i.saga, i.key, i.run
       FROM attempts a JOIN commits c ON c.no = a.commit_no JOIN work_items w ON w.id = a.item_id
       JOIN instances i ON i.id = w.instance_id
       WHERE a.commit_no >= ? ORDER BY a.commit_no, a.item_id, a.no, a.ended`,
    )
    .iterate(from);
}

function outcomeRows(db: Database, from: number): IterableIterator<OutcomeRow> {
  return db
    .prepare<[number], OutcomeRow>(
      `SELECT lower(hex(w.command_id)) AS command, w.outcome, e.seq, e.data
       FROM work_items w JOIN events e ON e.seq = w.outcome_seq
       WHERE w.state = 'settled'
         AND w.outcome_seq > coalesce((SELECT last_seq FROM commits WHERE no = ? - 1), 0) ORDER BY e.seq`,
    )
    .iterate(from);
}

function commitRows(db: Database, from: number): IterableIterator<CommitRow> {
  return db
    .prepare<[number], CommitRow>(
      'SELECT no, timeline, epoch, at, last_seq FROM commits WHERE no >= ? ORDER BY no',
    )
    .iterate(from);
}
