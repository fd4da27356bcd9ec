import { existsSync } from 'node:fs';

import { HoldfastError } from '@holdfast/core';
import type { Clock } from '@holdfast/core';
import type { Database } from 'better-sqlite3';

import { FIRST_AUDIT_HASH, type AuditHead } from './audit-chain.ts';
import { AuditHeads } from './audit-heads.ts';
import { FIRST_DIGEST, commitDigest } from './commit-digest.ts';
import { APPLICATION_ID, openWriter } from './connection.ts';
import { createGeneration, ensureDirectory, locateGeneration } from './data-directory.ts';
import type { DataPaths } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { migrate } from './migrator.ts';
import type { StoreCounters } from './port.ts';
import { endOfLog, ReceiptsLog, type SyncFile } from './receipts-log.ts';
import { repairReceipts } from './receipts-repair.ts';
import { SqliteStore } from './sqlite-store.ts';
import { toOpenError } from './store-errors.ts';

export interface OpenStoreOptions {
  /** The data directory. */
  readonly dir: string;
  readonly clock: Clock;
  /** Whether to make a database where there has never been one. Default true. */
  readonly create?: boolean;
  /** Called just before each COMMIT; what it throws is taken as COMMIT's own failure. For tests of a failing disk. */
  readonly syncHook?: () => void;
  /** How the receipts log is synced. Default: in the background. For simulation, in which nothing happens by itself. */
  readonly syncFile?: SyncFile;
  /** Milliseconds a commit waits for another program's lock on the database. Default 5000. For tests. */
  readonly lockWait?: number;
}

/**
 * Opens the store of a data directory for its one writer, makes or migrates the database, and commits the start of a
 * new epoch.
 *
 * @throws HoldfastError `store.locked` (in use), `store.missing` (there was a database and it is gone or empty, or
 *   `create` is false and there is none), `store.newer`, `store.corrupt`, `store.full`, `store.io`.
 */
export async function openStore(options: OpenStoreOptions): Promise<SqliteStore> {
  const { dir } = options;
  if (options.create === false && !existsSync(dir)) throw noDatabase(dir);
  let lock: DirectoryLock | null = null;
  let db: Database | null = null;
  try {
    ensureDirectory(dir);
    lock = lockDirectory(dir);
    const paths = locateGeneration(dir) ?? newGeneration(options);
    db = openGeneration(paths, options);
    const start = beginEpoch(db, options.clock);
    const endOfReceipts = endOfLog(paths.receipts);
    const receipts = new ReceiptsLog({
      dir: paths.receipts,
      epoch: start.counters.epoch,
      clock: options.clock,
      ...(options.syncFile === undefined ? {} : { syncFile: options.syncFile }),
    });
    repairReceipts(db, endOfReceipts, (lines) => receipts.append(lines, start.counters.at));
    const auditHeads = new AuditHeads(paths.receipts, db);
    auditHeads.catchUp();
    return new SqliteStore({
      db,
      auditHeads,
      audit: auditHead(db),
      path: paths.database,
      lock,
      receipts,
      receiptsDir: paths.receipts,
      counters: start.counters,
      lastCommit: start.lastCommit,
      syncHook: options.syncHook ?? null,
    });
  } catch (error) {
    db?.close();
    lock?.release();
    throw toOpenError(error, dir);
  }
}

function newGeneration(options: OpenStoreOptions): DataPaths {
  if (options.create === false) throw noDatabase(options.dir);
  return createGeneration(options.dir, (path) => {
    const db = openWriter(path, { isNew: true });
    try {
      migrate(db, allMigrations, options.clock.now());
      // All of it into the one file, so that it can be renamed whole.
      db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
  });
}

function openGeneration(
  paths: DataPaths,
  { clock, lockWait }: Pick<OpenStoreOptions, 'clock' | 'lockWait'>,
): Database {
  const db = openWriter(paths.database, { isNew: false, lockWait });
  try {
    checkIdentity(db, paths.database);
    migrate(db, allMigrations, clock.now());
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkIdentity(db: Database, path: string): void {
  const tables =
    db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0;
  if (tables === 0) {
    throw new HoldfastError('store.missing', `the database ${path} is empty`, {
      hint: 'Holdfast does not make a new database where there was one. Restore from a backup.',
      operation: 'open store',
    });
  }
  if (Number(db.pragma('application_id', { simple: true })) !== APPLICATION_ID) {
    throw new HoldfastError('store.corrupt', `${path} is not a Holdfast database`, {
      operation: 'open store',
    });
  }
}

interface LastCommit {
  readonly no: number;
  readonly timeline: number;
  readonly epoch: number;
  readonly last_seq: number;
  readonly at: number;
  readonly digest: string;
  readonly last_instance: number;
  readonly last_item: number;
  readonly last_schedule: number;
  readonly last_wait: number;
  readonly last_quarantine: number;
  readonly last_owed: number;
}

/**
 * Raises the epoch in a commit of its own. It stands at the time of the one before: whether the wall is to be believed
 * is the engine's to say (I8), and what is recorded once is never taken back.
 */
function beginEpoch(
  db: Database,
  clock: Clock,
): { counters: StoreCounters; lastCommit: { no: number; digest: string } } {
  const last = db
    .prepare<[], LastCommit>(
      `SELECT no, timeline, epoch, last_seq, at, lower(hex(digest)) AS digest, last_instance, last_item, last_schedule,
        last_wait, last_quarantine, last_owed
       FROM commits ORDER BY no DESC LIMIT 1`,
    )
    .get();
  const counters: StoreCounters = {
    seq: last?.last_seq ?? 0,
    instance: last?.last_instance ?? 0,
    item: last?.last_item ?? 0,
    schedule: last?.last_schedule ?? 0,
    wait: last?.last_wait ?? 0,
    quarantine: last?.last_quarantine ?? 0,
    owed: last?.last_owed ?? 0,
    timeline: last?.timeline ?? 1,
    epoch: (last?.epoch ?? 0) + 1,
    at: last?.at ?? clock.now(),
  };
  const no = (last?.no ?? 0) + 1;
  const digest = commitDigest(
    last?.digest ?? FIRST_DIGEST,
    { ...counters, no, lastSeq: counters.seq },
    '',
  );
  db.prepare(
    `INSERT INTO commits (no, timeline, epoch, last_seq, at, digest, last_instance, last_item, last_schedule, last_wait,
      last_quarantine, last_owed, attempt_records, settled)
     VALUES (?, ?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, 0, 0)`,
  ).run(
    no,
    counters.timeline,
    counters.epoch,
    counters.seq,
    counters.at,
    digest,
    counters.instance,
    counters.item,
    counters.schedule,
    counters.wait,
    counters.quarantine,
    counters.owed,
  );
  return { counters, lastCommit: { no, digest } };
}

/** Where the audit's chain stands. */
function auditHead(db: Database): AuditHead {
  const last = db
    .prepare<[], AuditHead>(
      'SELECT no, lower(hex(hash)) AS hash FROM audit ORDER BY no DESC LIMIT 1',
    )
    .get();
  return last ?? { no: 0, hash: FIRST_AUDIT_HASH };
}

function noDatabase(dir: string): HoldfastError {
  return new HoldfastError('store.missing', `there is no database in ${dir}`, {
    operation: 'open store',
  });
}
