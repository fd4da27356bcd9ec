/**
 * Takes every commit's digest again from the tables and compares (see `commit-digest.ts` for what it is taken over).
 *
 * It finds an event, transition, attempt record or audit entry that was changed, removed, added or moved to another commit, a state
 * that is not the one decided on, and a commit row that was changed or removed. It does not find a whole tail cut off:
 * compare `last` with a digest kept elsewhere for that.
 *
 * It looks at what was committed when it began, in slices, each a short snapshot: so it may run beside a working store, whose
 * log it does not hold up, and its memory does not grow with the journal. What it must know of every commit's rows goes to
 * a temporary file of SQLite's.
 */
import { hash } from 'node:crypto';
import { setImmediate as othersFirst } from 'node:timers/promises';

import { HoldfastError } from '@holdfast/core';
import type { Micros, Seq } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import {
  attemptText,
  auditText,
  commitDigest,
  eventText,
  FIRST_DIGEST,
  transitionText,
} from './commit-digest.ts';
import { openReader } from './connection.ts';
import { locateGeneration } from './data-directory.ts';
import { Names } from './names.ts';
import { EVENT_COLUMNS, toJournalEvent } from './rows.ts';
import type { EventRecord } from './rows.ts';
import { toOpenError } from './store-errors.ts';

/** Commits looked at in one snapshot. */
const SLICE = 500;
/** Rows that are put in order of their commits in one snapshot. */
const INDEX_SLICE = 50_000;
/** Faults reported before it stops: one fault is a reason to act, a thousand are the same reason. */
const MOST_FAULTS = 50;

export interface ChainFault {
  /** The commit it was found at. */
  readonly commit: number;
  readonly message: string;
}

export interface ChainReport {
  readonly commits: number;
  readonly events: number;
  readonly transitions: number;
  readonly attemptRecords: number;
  /** The last commit: keep its digest elsewhere to notice a tail that was cut off. Null for an empty database. */
  readonly last: { readonly no: number; readonly digest: string } | null;
  /** Empty when all is as it was written. At most 50. */
  readonly faults: readonly ChainFault[];
}

/** How far it is. First the rows are put in order of their commits, then the commits are gone through. */
export interface ChainProgress {
  readonly phase: 'ordering' | 'verifying';
  /** Of `of`: rows, then commits. */
  readonly done: number;
  readonly of: number;
}

export interface VerifyChainOptions {
  readonly dir: string;
  readonly progress?: (progress: ChainProgress) => void;
  /** Ends it between two slices, with its reason. */
  readonly signal?: AbortSignal;
}

interface CommitRow {
  readonly no: number;
  readonly timeline: number;
  readonly epoch: number;
  readonly last_seq: Seq;
  readonly at: Micros;
  readonly digest: string;
  readonly attempt_records: number;
}

interface TransitionRow {
  readonly instance_id: number;
  readonly version: number;
  readonly seq: Seq;
  readonly saga: number;
  readonly recorded_at: Micros;
  readonly gas_limit: number;
  readonly gas_used: number;
  readonly release: number;
  readonly sandbox: number;
  readonly state_hash: string;
  readonly seed: string;
  readonly decision: string;
  readonly state: string;
}

interface AttemptRow {
  readonly item_id: number;
  readonly no: number;
  readonly ended: 0 | 1;
  readonly at: Micros;
  readonly mode: string | null;
  readonly lease_until: Micros | null;
  readonly epoch: number | null;
  readonly release: number | null;
  readonly worker: number | null;
  readonly outcome: string | null;
  readonly error: string | null;
}

/**
 * Verifies the database of a data directory. Reads all of it.
 *
 * @throws HoldfastError `store.missing`, `store.corrupt`, `store.io`
 */
export async function verifyChain(options: VerifyChainOptions): Promise<ChainReport> {
  const paths = locateGeneration(options.dir);
  if (paths === null) {
    throw new HoldfastError('store.missing', `there is no database in ${options.dir}`, {
      operation: 'verify',
    });
  }
  let db: Database | null = null;
  try {
    db = openReader(paths.database);
    return await new ChainVerifier(db, options).run();
  } catch (error) {
    throw toOpenError(error, paths.database);
  } finally {
    db?.close();
  }
}

class ChainVerifier {
  readonly #db: Database;
  readonly #names: Names;
  readonly #events: Statement<[number, number], EventRecord>;
  readonly #transitions: Statement<[number], TransitionRow>;
  readonly #attempts: Statement<[number], AttemptRow>;
  readonly #audit: Statement<[number], { readonly no: number; readonly hash: string }>;
  readonly #progress: ((progress: ChainProgress) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #faults: ChainFault[] = [];
  readonly #seen = { commits: 0, events: 0, transitions: 0, attemptRecords: 0 };
  #previous: CommitRow | null = null;

  constructor(db: Database, { progress, signal }: VerifyChainOptions) {
    this.#db = db;
    this.#progress = progress;
    this.#signal = signal;
    this.#names = new Names(db);
    // No table has an index by commit: nothing else asks. Made once, beside the database.
    db.pragma('temp_store = FILE');
    db.exec(`CREATE TEMP TABLE chain_attempts (commit_no INTEGER, item_id INTEGER, no INTEGER, ended INTEGER,
        PRIMARY KEY (commit_no, item_id, no, ended)) WITHOUT ROWID;
      CREATE TEMP TABLE chain_transitions (commit_no INTEGER, id INTEGER, PRIMARY KEY (commit_no, id)) WITHOUT ROWID;
      CREATE TEMP TABLE chain_audit (commit_no INTEGER, no INTEGER, PRIMARY KEY (commit_no, no)) WITHOUT ROWID;`);
    this.#events = db.prepare(
      `SELECT ${EVENT_COLUMNS} FROM events e WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq`,
    );
    this.#transitions = db.prepare(
      `SELECT t.instance_id, t.version, t.seq, t.saga, t.recorded_at, t.gas_limit, t.gas_used, t.release, t.sandbox,
        lower(hex(t.state_hash)) AS state_hash, t.seed, t.decision, t.state
       FROM chain_transitions c CROSS JOIN transitions t ON t.id = c.id WHERE c.commit_no = ? ORDER BY c.id`,
    );
    this.#attempts = db.prepare(
      `SELECT a.item_id, a.no, a.ended, a.at, a.mode, a.lease_until, a.epoch, a.release, a.worker, a.outcome, a.error
       FROM chain_attempts c
       CROSS JOIN attempts a ON a.item_id = c.item_id AND a.no = c.no AND a.ended = c.ended
       WHERE c.commit_no = ? ORDER BY c.item_id, c.no, c.ended`,
    );
    this.#audit = db.prepare(
      `SELECT a.no, lower(hex(a.hash)) AS hash FROM chain_audit c CROSS JOIN audit a ON a.no = c.no
       WHERE c.commit_no = ? ORDER BY c.no`,
    );
  }

  async run(): Promise<ChainReport> {
    const end = this.#number('SELECT max(no) AS n FROM commits');
    await this.#order();
    const slice = this.#db.transaction((from: number): number => {
      const rows = this.#slice(from, end);
      for (const row of rows) this.#commit(row);
      return rows.length;
    });
    let from = 0;
    while (this.#faults.length < MOST_FAULTS && slice(from) > 0) {
      from = this.#previous?.no ?? end;
      await this.#pause({ phase: 'verifying', done: from, of: end });
    }
    this.#strays(end);
    const last = this.#previous;
    return {
      ...this.#seen,
      last: last === null ? null : { no: last.no, digest: last.digest },
      faults: this.#faults.slice(0, MOST_FAULTS),
    };
  }

  /** Puts what hangs on commits in their order. What is committed meanwhile may come in too, and is not looked at. */
  async #order(): Promise<void> {
    const tables = [
      ['chain_attempts', 'commit_no, item_id, no, ended', 'attempts', 'item_id'],
      ['chain_transitions', 'commit_no, id', 'transitions', 'id'],
      ['chain_audit', 'commit_no, no', 'audit', 'no'],
    ] as const;
    const sizes = tables.map(([, , table, id]) => ({
      first: this.#number(`SELECT min(${id}) AS n FROM ${table}`),
      last: this.#number(`SELECT max(${id}) AS n FROM ${table}`),
    }));
    const of = sizes.reduce((sum, { first, last }) => sum + (last - first), 0);
    let before = 0;
    for (const [i, [into, columns, table, id]] of tables.entries()) {
      const { first, last } = sizes[i] ?? { first: 0, last: 0 };
      // Entries of before there was a chain stand in no commit.
      const insert = this.#db.prepare<[number, number]>(
        `INSERT INTO ${into} SELECT ${columns} FROM ${table}
         WHERE ${id} >= ? AND ${id} < ? ${table === 'audit' ? 'AND commit_no > 0' : ''} ORDER BY ${id}`,
      );
      for (let at = first; at <= last; at += INDEX_SLICE) {
        insert.run(at, Math.min(at + INDEX_SLICE, last + 1));
        const done = before + Math.min(at + INDEX_SLICE, last) - first;
        await this.#pause({ phase: 'ordering', done, of });
      }
      before += last - first;
    }
  }

  async #pause(progress: ChainProgress): Promise<void> {
    this.#progress?.(progress);
    await othersFirst();
    this.#signal?.throwIfAborted();
  }

  #number(query: string): number {
    return this.#db.prepare<[], { n: number | null }>(query).get()?.n ?? 0;
  }

  #slice(from: number, end: number): readonly CommitRow[] {
    return this.#db
      .prepare<[number, number, number], CommitRow>(
        `SELECT no, timeline, epoch, last_seq, at, lower(hex(digest)) AS digest, attempt_records
         FROM commits WHERE no > ? AND no <= ? ORDER BY no LIMIT ?`,
      )
      .all(from, end, SLICE);
  }

  #commit(commit: CommitRow): void {
    this.#follows(commit);
    const records =
      this.#eventTexts(commit) +
      this.#transitionTexts(commit) +
      this.#attemptTexts(commit) +
      this.#auditTexts(commit);
    const { no, timeline, epoch, last_seq: lastSeq, at } = commit;
    const digest = commitDigest(
      this.#previous?.digest ?? FIRST_DIGEST,
      { no, timeline, epoch, lastSeq, at },
      records,
    );
    if (digest !== commit.digest) {
      this.#fault(no, 'its digest is not that of its events, transitions and attempt records');
    }
    this.#seen.commits++;
    this.#previous = commit;
  }

  /** What must hold between a commit and the one before. */
  #follows(commit: CommitRow): void {
    const before = this.#previous;
    if (commit.no !== (before?.no ?? 0) + 1)
      this.#fault(commit.no, `commits before it are missing, from ${(before?.no ?? 0) + 1}`);
    if (before === null) return;
    if (commit.at < before.at)
      this.#fault(commit.no, 'its time is before that of the commit before');
    if (commit.last_seq < before.last_seq)
      this.#fault(commit.no, 'its last position is before that of the commit before');
    if (commit.epoch < before.epoch || commit.timeline < before.timeline) {
      this.#fault(commit.no, 'its epoch or timeline is before that of the commit before');
    }
  }

  #eventTexts(commit: CommitRow): string {
    let texts = '';
    let expected = this.#previous?.last_seq ?? 0;
    for (const row of this.#events.all(expected, commit.last_seq)) {
      expected++;
      if (row.seq !== expected) {
        this.#fault(commit.no, `event ${expected} is missing`);
        expected = row.seq;
      }
      texts += eventText(toJournalEvent(row, this.#names), row.target);
      this.#seen.events++;
    }
    if (expected < commit.last_seq) this.#fault(commit.no, `event ${expected + 1} is missing`);
    return texts;
  }

  #transitionTexts(commit: CommitRow): string {
    let texts = '';
    for (const row of this.#transitions.all(commit.no)) {
      if (hash('sha256', row.state) !== row.state_hash) {
        this.#fault(
          commit.no,
          `the state of instance ${row.instance_id} at version ${row.version} is not the one decided on`,
        );
      }
      texts += transitionText(
        {
          instanceId: row.instance_id,
          version: row.version,
          seq: row.seq,
          recordedAt: row.recorded_at,
          seed: row.seed,
          gasLimit: row.gas_limit,
          gasUsed: row.gas_used,
          release: this.#names.nameOf(row.release),
          sandbox: this.#names.nameOf(row.sandbox),
          stateHash: row.state_hash,
          decision: row.decision,
        },
        this.#names.nameOf(row.saga),
      );
      this.#seen.transitions++;
    }
    return texts;
  }

  #attemptTexts(commit: CommitRow): string {
    let texts = '';
    const rows = this.#attempts.all(commit.no);
    for (const row of rows) {
      texts += attemptText({
        itemId: row.item_id,
        no: row.no,
        ended: row.ended,
        at: row.at,
        mode: row.mode,
        leaseUntil: row.lease_until,
        epoch: row.epoch,
        release: row.release === null ? null : this.#names.nameOf(row.release),
        worker: row.worker === null ? null : this.#names.nameOf(row.worker),
        outcome: row.outcome,
        error: row.error,
      });
    }
    if (rows.length !== commit.attempt_records) {
      this.#fault(
        commit.no,
        `${rows.length} attempt records where ${commit.attempt_records} were written`,
      );
    }
    this.#seen.attemptRecords += rows.length;
    return texts;
  }

  #auditTexts(commit: CommitRow): string {
    let texts = '';
    for (const { no, hash: entryHash } of this.#audit.all(commit.no))
      texts += auditText(no, entryHash);
    return texts;
  }

  /** Rows that belong to no commit there is. (Those of a commit that is missing in between show by its absence.) */
  #strays(end: number): void {
    const outside = (table: string): string =>
      `SELECT count(*) AS n FROM ${table} WHERE commit_no > (SELECT coalesce(max(no), 0) FROM commits) OR commit_no < 1`;
    const counts: readonly (readonly [string, string])[] = [
      ['transitions', outside('chain_transitions')],
      ['attempt records', outside('chain_attempts')],
      ['audit entries', outside('chain_audit')],
      [
        'events',
        'SELECT count(*) AS n FROM events WHERE seq > (SELECT coalesce(max(last_seq), 0) FROM commits)',
      ],
    ];
    for (const [what, query] of counts) {
      const n = this.#number(query);
      if (n > 0) this.#fault(end, `${n} ${what} belong to no commit`);
    }
  }

  #fault(commit: number, message: string): void {
    this.#faults.push({ commit, message });
  }
}
