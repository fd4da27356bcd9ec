/**
 * Proves the audit's chain (`audit-chain.ts`): each entry is tied to the one before, says what its event says, stands in
 * the commit that its event stands in, and is the one that was kept outside the generation (`audit-heads.ts`).
 *
 * So it finds an entry that was changed, removed (the last one too) or inserted, and a chain made anew. What it cannot
 * find is a change of database and heads together: a head written down elsewhere does. It goes by slices, each a short
 * snapshot, so that it may run beside a working store.
 */
import { setImmediate as othersFirst, setTimeout as pause } from 'node:timers/promises';

import { CONTROL_TYPES, HoldfastError } from '@holdfast/core';
import type { AuditReportResource, JournalEvent } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import { auditEntry, auditHash, FIRST_AUDIT_HASH } from './audit-chain.ts';
import { readAuditHeads, type KeptHead } from './audit-heads.ts';
import { openReader } from './connection.ts';
import { locateGeneration } from './data-directory.ts';
import { Names } from './names.ts';
import { tenantIds } from './read-model/tenant-ids.ts';
import { EVENT_COLUMNS, toJournalEvent } from './rows.ts';
import type { EventRecord } from './rows.ts';
import { toOpenError } from './store-errors.ts';
import { STREAM_NUMBERS } from './write/journal-rows.ts';

/** Entries looked at in one snapshot. */
const SLICE = 500;
/** Faults reported before it stops: one fault is a reason to act, a thousand are the same reason. */
const MOST_FAULTS = 50;
/** A head is written right after its commit: this long is waited for one that is not there yet, in milliseconds. */
const HEAD_WAIT_MS = 500;

interface EntryRow {
  readonly no: number;
  readonly commit_no: number;
  readonly hash: string;
  readonly entry: string;
  readonly seq: number | null;
}

export interface VerifyAuditOptions {
  readonly dir: string;
  /** Told how many entries have been looked at. */
  readonly progress?: (entries: number) => void;
}

/**
 * Verifies the audit of a data directory, whether or not a server runs on it.
 *
 * @throws HoldfastError `store.missing`, `store.newer`, `store.corrupt`, `store.io`
 */
export async function verifyAudit({
  dir,
  progress,
}: VerifyAuditOptions): Promise<AuditReportResource> {
  const paths = locateGeneration(dir);
  if (paths === null) {
    throw new HoldfastError('store.missing', `there is no database in ${dir}`, {
      operation: 'verify the audit',
    });
  }
  let db: Database | null = null;
  try {
    db = openReader(paths.database);
    return await new AuditVerifier(db, paths.receipts, progress).run();
  } catch (error) {
    throw toOpenError(error, paths.database);
  } finally {
    db?.close();
  }
}

class AuditVerifier {
  readonly #db: Database;
  readonly #receipts: string;
  readonly #progress: ((entries: number) => void) | undefined;
  readonly #names: Names;
  readonly #entries: Statement<[number, number, number], EntryRow>;
  readonly #event: Statement<[number], EventRecord>;
  readonly #commit: Statement<[number], { readonly timeline: number; readonly last_seq: number }>;
  readonly #faults: AuditReportResource['faults'] = [];
  /** Hash of each entry; number `n` at `n - 1` unless some are missing. */
  readonly #hashes = new Map<number, string>();
  /** Positions of the acts that have an entry, rising, with its number. */
  readonly #acts: { readonly seq: number; readonly no: number }[] = [];
  #last = 0;
  #head = FIRST_AUDIT_HASH;

  constructor(db: Database, receipts: string, progress?: (entries: number) => void) {
    this.#db = db;
    this.#receipts = receipts;
    this.#progress = progress;
    this.#names = new Names(db);
    this.#entries = db.prepare(
      `SELECT no, commit_no, lower(hex(hash)) AS hash, entry, seq FROM audit
       WHERE no > ? AND no <= ? ORDER BY no LIMIT ?`,
    );
    this.#event = db.prepare(`SELECT ${EVENT_COLUMNS} FROM events e WHERE e.seq = ?`);
    this.#commit = db.prepare('SELECT timeline, last_seq FROM commits WHERE no = ?');
  }

  async run(): Promise<AuditReportResource> {
    const { end, oldest, lastSeq, lastCommit } = this.#bounds();
    const slice = this.#db.transaction((from: number): number => {
      const rows = this.#entries.all(from, end, SLICE);
      for (const row of rows) this.#entry(row, oldest);
      return rows.length;
    });
    while (this.#faults.length < MOST_FAULTS && slice(this.#last) > 0) {
      this.#progress?.(this.#hashes.size);
      await othersFirst();
    }
    await this.#unaudited(lastSeq);
    await this.#compareHeads(lastCommit);
    const faults = this.#faults.toSorted((a, b) => a.no - b.no).slice(0, MOST_FAULTS);
    return {
      ok: faults.length === 0,
      entries: this.#hashes.size,
      head: this.#hashes.size === 0 ? null : this.#head,
      faults,
    };
  }

  /** As of one commit: what comes later is not looked at. */
  #bounds(): {
    readonly end: number;
    readonly oldest: number;
    readonly lastSeq: number;
    readonly lastCommit: number;
  } {
    const found = this.#db
      .prepare<[], { end: number; oldest: number; last_seq: number; last_commit: number }>(
        `SELECT coalesce((SELECT max(no) FROM audit), 0) AS "end", coalesce((SELECT min(seq) FROM events), 0) AS oldest,
          coalesce((SELECT last_seq FROM commits ORDER BY no DESC LIMIT 1), 0) AS last_seq,
          coalesce((SELECT max(no) FROM commits), 0) AS last_commit`,
      )
      .get();
    const { end = 0, oldest = 0, last_seq: lastSeq = 0, last_commit: lastCommit = 0 } = found ?? {};
    return { end, oldest, lastSeq, lastCommit };
  }

  #entry(row: EntryRow, oldest: number): void {
    const expected = this.#last + 1;
    if (row.no !== expected) {
      const missing = row.no - expected;
      this.#fault(
        expected,
        missing === 1 ? 'is missing' : `is missing, as are those up to ${row.no - 1}`,
      );
    } else if (auditHash(this.#head, row.entry) !== row.hash) {
      this.#fault(row.no, 'its digest is not that of what it says and of the entry before it');
    }
    this.#last = row.no;
    this.#head = row.hash;
    this.#hashes.set(row.no, row.hash);
    this.#acts.push({ seq: row.seq ?? 0, no: row.no });
    this.#against(row, oldest);
  }

  /** An entry is made from its event, in its commit. */
  #against(row: EntryRow, oldest: number): void {
    const { no, seq } = row;
    const found = seq === null ? undefined : this.#event.get(seq);
    if (found === undefined) {
      // Those of before stood in a stretch of the journal that retention has removed.
      if (seq === null || seq >= oldest) this.#fault(no, 'the journal has no event of its act');
      return;
    }
    if (found.stream !== STREAM_NUMBERS.CONTROL_EVENTS)
      this.#fault(no, 'the event it names is no act');
    else if (entryOf(toJournalEvent(found, this.#names)) !== row.entry)
      this.#fault(no, 'it says other than the event of its act');
    if (row.commit_no === 0) return;
    const commit = this.#commit.get(row.commit_no);
    const before = this.#commit.get(row.commit_no - 1)?.last_seq ?? 0;
    if (commit === undefined || found.seq > commit.last_seq || found.seq <= before)
      this.#fault(no, 'it does not stand in the commit of its act');
  }

  /** Acts in the journal without an entry. By type, so that a long journal is not gone through. */
  async #unaudited(lastSeq: number): Promise<void> {
    const acts = this.#db.prepare<[number, number, number, number], { readonly seq: number }>(
      `SELECT seq FROM events WHERE tenant = ? AND type = ? AND stream = ? AND seq <= ? ORDER BY seq`,
    );
    const audited = new Set(this.#acts.map(({ seq }) => seq));
    const types = Object.values(CONTROL_TYPES).flatMap((type) => this.#names.findId(type) ?? []);
    for (const tenant of tenantIds(this.#db)) {
      for (const type of types) {
        for (const { seq } of acts.all(tenant, type, STREAM_NUMBERS.CONTROL_EVENTS, lastSeq))
          if (!audited.has(seq)) this.#removed(seq);
        await othersFirst();
      }
    }
  }

  #removed(seq: number): void {
    const after = this.#acts.find((act) => act.seq > seq);
    const what = `the act at seq ${seq} of the journal has no entry`;
    this.#fault(after?.no ?? this.#last + 1, what);
  }

  async #compareHeads(lastCommit: number): Promise<void> {
    let heads = readAuditHeads(this.#receipts);
    const waitUntil = performance.now() + HEAD_WAIT_MS;
    while ((heads.at(-1)?.no ?? 0) < this.#last && performance.now() < waitUntil) {
      await pause(HEAD_WAIT_MS / 10);
      heads = readAuditHeads(this.#receipts);
    }
    const kept = new Set<number>();
    const timeline = this.#commit.get(lastCommit)?.timeline ?? 0;
    for (const head of heads) {
      kept.add(head.no);
      // Of a commit made meanwhile: it is there by now, since its head is written after it.
      const isLater = head.commit > lastCommit && this.#commit.get(head.commit) !== undefined;
      if (isLater || this.#wasCutOff(head, timeline)) continue;
      const found = this.#hashes.get(head.no);
      if (found === undefined && head.no > this.#last)
        this.#fault(head.no, `is missing: its head was kept, for the act at seq ${head.seq}`);
      else if (found !== undefined && found !== head.hash)
        this.#fault(head.no, 'is not the entry whose head was kept');
    }
    if (this.#faults.length >= MOST_FAULTS) return;
    for (const no of this.#hashes.keys())
      if (!kept.has(no)) this.#fault(no, 'no head of it was kept');
  }

  /** A restore goes on from an earlier commit, on a new timeline: what came after it is not missing. */
  #wasCutOff({ commit, timeline }: KeptHead, current: number): boolean {
    if (commit === 0 || timeline === current) return false;
    return this.#commit.get(commit)?.timeline !== timeline;
  }

  #fault(no: number, what: string): void {
    if (this.#faults.some((fault) => fault.no === no && fault.what === what)) return;
    this.#faults.push({ no, what });
  }
}

function entryOf(event: JournalEvent): string | null {
  try {
    return auditEntry(event);
  } catch {
    // Its data is no JSON any more: then it says something else.
    return null;
  }
}

/** For the read model, which has a connection already. */
export function verifyAuditOf(db: Database, receipts: string): Promise<AuditReportResource> {
  return new AuditVerifier(db, receipts).run();
}
