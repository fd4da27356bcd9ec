/**
 * The SQLite adapter of `Store`. See `commit-writer.ts` for what a commit does; this holds its connection, its
 * counters and its fate.
 *
 * 1. Counters move only after COMMIT has returned.
 * 2. Once a commit's fate is unknown, every later one is refused (I1).
 * 3. Receipts are written after COMMIT and before the commit resolves.
 */
import { HoldfastError } from '@holdfast/core';
import type { CommandId, JournalEvent, Micros, Seq, TenantId } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { AuditHead } from './audit-chain.ts';
import type { AuditHeads } from './audit-heads.ts';
import { CommitWriter } from './commit-writer.ts';
import type { DirectoryLock } from './directory-lock.ts';
import { Names } from './names.ts';
import type {
  AttemptRow,
  BrokerSnapshot,
  ClockMark,
  CommitBatch,
  CommitReceipt,
  CronRow,
  KeyRow,
  LoadedInstance,
  RecordedDecision,
  ReleaseRow,
  SessionRow,
  ScheduleRow,
  Store,
  StoreCounters,
  WaitRow,
  WorkerEventRow,
  WorkItemRow,
} from './port.ts';
import { ActReads } from './read/act-reads.ts';
import { readBroker, readKeys, readReleases, readSessions } from './read/control-reads.ts';
import { readClockMark, readCronTriggers } from './read/cron-reads.ts';
import { EventReads } from './read/event-reads.ts';
import { InstanceReads } from './read/instance-reads.ts';
import { OutboxReads } from './read/outbox-reads.ts';
import type { UnsettledQuery } from './read/outbox-reads.ts';
import { WorkerReads } from './read/worker-reads.ts';
import { endOfLog, type ReceiptsLog } from './receipts-log.ts';
import { repairReceipts } from './receipts-repair.ts';
import {
  sqliteCode,
  StoreAssertionError,
  StoreFateUnknownError,
  StoreFullError,
  toMoveError,
} from './store-errors.ts';
import type { CommitScope } from './write/commit-scope.ts';
import { WriteAheadLog } from './write-ahead-log.ts';
import { markBucket } from './write/journal-rows.ts';

/** Commits between two looks at the length of the log. */
const WAL_LOOK_EVERY = 64;

export interface StoreParts {
  readonly db: Database;
  readonly path: string;
  readonly lock: DirectoryLock;
  readonly receipts: ReceiptsLog;
  readonly receiptsDir: string;
  readonly auditHeads: AuditHeads;
  readonly counters: StoreCounters;
  readonly lastCommit: { readonly no: number; readonly digest: string };
  readonly audit: AuditHead;
  readonly syncHook: (() => void) | null;
}

export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #path: string;
  readonly #lock: DirectoryLock;
  readonly #receipts: ReceiptsLog;
  readonly #receiptsDir: string;
  readonly #syncHook: (() => void) | null;
  readonly #names: Names;
  readonly #writer: CommitWriter;
  readonly #begin: Statement<[]>;
  readonly #beginReading: Statement<[]>;
  readonly #end: Statement<[]>;
  readonly #rollback: Statement<[]>;
  readonly #wal: WriteAheadLog;
  readonly #events: EventReads;
  readonly #instances: InstanceReads;
  readonly #outbox: OutboxReads;
  readonly #acts: ActReads;
  readonly #workers: WorkerReads;
  #counters: StoreCounters;
  #no: number;
  #digest: string;
  readonly #auditHeads: AuditHeads;
  #audit: AuditHead;
  #broken: HoldfastError | null = null;
  #closed = false;

  /** For `openStore` only. */
  constructor(parts: StoreParts) {
    this.#db = parts.db;
    this.#path = parts.path;
    this.#lock = parts.lock;
    this.#receipts = parts.receipts;
    this.#receiptsDir = parts.receiptsDir;
    this.#syncHook = parts.syncHook;
    this.#counters = parts.counters;
    this.#no = parts.lastCommit.no;
    this.#digest = parts.lastCommit.digest;
    this.#auditHeads = parts.auditHeads;
    this.#audit = parts.audit;
    this.#names = new Names(parts.db);
    this.#writer = new CommitWriter(parts.db, this.#names);
    this.#begin = parts.db.prepare('BEGIN IMMEDIATE');
    this.#beginReading = parts.db.prepare('BEGIN');
    this.#end = parts.db.prepare('COMMIT');
    this.#rollback = parts.db.prepare('ROLLBACK');
    this.#wal = new WriteAheadLog(parts.db, parts.path);
    this.#events = new EventReads(parts.db, this.#names);
    this.#instances = new InstanceReads(parts.db, this.#names);
    this.#outbox = new OutboxReads(parts.db, this.#names);
    this.#acts = new ActReads(parts.db, this.#names);
    this.#workers = new WorkerReads(parts.db, this.#names);
  }

  get counters(): StoreCounters {
    return this.#counters;
  }

  /** Number of the last commit and its digest, 64 hex digits. */
  get lastCommit(): { readonly no: number; readonly digest: string } {
    return { no: this.#no, digest: this.#digest };
  }

  /** What stopped the receipts log; null while it runs. */
  get receiptsFault(): unknown {
    return this.#receipts.fault ?? this.#auditHeads.fault;
  }

  get receiptsBehind(): boolean {
    return this.#receipts.isBehind;
  }

  async catchUpReceipts(): Promise<boolean> {
    this.#auditHeads.catchUp();
    return this.#receipts.resume(() => {
      const end = endOfLog(this.#receiptsDir);
      repairReceipts(this.#db, end, (lines) => this.#receipts.append(lines, this.#counters.at));
    });
  }

  async commit(batch: CommitBatch): Promise<CommitReceipt> {
    return this.commitNow(batch);
  }

  /** `commit` without the promise, for a caller in the same thread. Throws what `commit` rejects with. */
  commitNow(batch: CommitBatch): CommitReceipt {
    if (this.#broken !== null) throw this.#broken;
    const no = this.#no + 1;
    if (no % WAL_LOOK_EVERY === 0) this.#wal.keepUnderCeiling();
    let written;
    try {
      this.#begin.run();
      written = this.#writer.write(batch, no, this.#counters, {
        digest: this.#digest,
        audit: this.#audit,
      });
    } catch (error) {
      throw this.#undo(error);
    }
    const beforeSync = performance.now();
    try {
      this.#syncHook?.();
      this.#end.run();
    } catch (error) {
      throw this.#fateOf(error);
    }
    const syncMs = performance.now() - beforeSync;
    this.#writer.committed();
    this.#adopt(written.scope, written.digest);
    return { no, lastSeq: written.scope.lastSeq, syncMs };
  }

  #adopt(scope: CommitScope, digest: string): void {
    this.#no = scope.no;
    this.#digest = digest;
    this.#counters = {
      seq: scope.lastSeq,
      instance: scope.instance,
      item: scope.item,
      schedule: scope.schedule,
      wait: scope.wait,
      quarantine: scope.quarantine,
      owed: scope.owed,
      timeline: scope.timeline,
      epoch: scope.epoch,
      at: scope.at,
    };
    const last = scope.events.at(-1);
    if (last !== undefined) this.#events.noteBucket(markBucket(last.receivedAt));
    if (scope.audit.no > this.#audit.no) {
      this.#audit = scope.audit;
      this.#auditHeads.catchUp();
    }
    if (scope.receipts !== '') this.#receipts.append(scope.receipts, scope.at);
  }

  /** One read transaction around several look-ups: taking and leaving the WAL's locks costs more than a row. */
  #reading<T>(read: () => T): T {
    this.#beginReading.run();
    try {
      return read();
    } finally {
      this.#end.run();
    }
  }

  /** Before COMMIT: the batch is gone for certain, unless even rolling back fails. */
  #undo(error: unknown): unknown {
    this.#writer.rolledBack();
    try {
      if (this.#db.inTransaction) this.#rollback.run();
    } catch (failed) {
      return this.#break(failed);
    }
    const code = sqliteCode(error);
    if (code === null) return error;
    if (code === 'SQLITE_FULL') {
      return new StoreFullError(`no room to write to ${this.#path}`, { cause: error });
    }
    if (code.startsWith('SQLITE_BUSY')) {
      return new HoldfastError('store.locked', `another program is writing to ${this.#path}`, {
        hint: 'End what holds the database, then start again.',
        cause: error,
        operation: 'commit',
      });
    }
    if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(code)) {
      return new StoreAssertionError(error instanceof Error ? error.message : code, {
        cause: error,
      });
    }
    return this.#break(error);
  }

  /** COMMIT failed. Full is definite: its frames were not all written, so recovery ignores them. All else is not. */
  #fateOf(error: unknown): unknown {
    if (sqliteCode(error) === 'SQLITE_FULL') return this.#undo(error);
    this.#writer.rolledBack();
    return this.#break(error);
  }

  #break(error: unknown): HoldfastError {
    const code = sqliteCode(error) ?? 'unknown error';
    const options = { cause: error, operation: 'commit' };
    this.#broken = code.startsWith('SQLITE_CORRUPT')
      ? new HoldfastError(
          'store.corrupt',
          `the database ${this.#path} is damaged (${code})`,
          options,
        )
      : new StoreFateUnknownError(
          `writing to ${this.#path} failed (${code}): the commit's fate is unknown`,
          options,
        );
    return this.#broken;
  }

  async findMarks(marks: readonly string[]): ReturnType<Store['findMarks']> {
    return this.#events.findMarks(marks);
  }

  async readEvents(seqs: readonly Seq[]): Promise<readonly JournalEvent[]> {
    return this.#events.readEvents(seqs);
  }

  async loadInstances(
    keys: readonly { tenant: TenantId; saga: string; key: string }[],
  ): Promise<readonly (LoadedInstance | null)[]> {
    return this.#reading(() => keys.map((key) => this.#instances.loadByKey(key)));
  }

  async loadInstancesById(ids: readonly number[]): Promise<readonly (LoadedInstance | null)[]> {
    return this.#reading(() => ids.map((id) => this.#instances.loadById(id)));
  }

  async decisionsOf(
    instanceId: number,
    after: number,
    limit: number,
  ): Promise<readonly RecordedDecision[]> {
    return this.#instances.decisions(instanceId, after, limit);
  }

  async unsettledItems(query: UnsettledQuery): Promise<readonly WorkItemRow[]> {
    return this.#outbox.unsettled(query);
  }

  async unsettledIds(
    state: Parameters<Store['unsettledIds']>[0],
  ): ReturnType<Store['unsettledIds']> {
    return this.#outbox.unsettledIds(state);
  }

  async itemsById(ids: readonly number[]): Promise<readonly (WorkItemRow | null)[]> {
    return this.#reading(() => ids.map((id) => this.#outbox.byId(id)));
  }

  async itemByCommand(commandId: CommandId): Promise<WorkItemRow | null> {
    return this.#outbox.byCommand(commandId);
  }

  async itemsOf(instanceId: number): Promise<readonly WorkItemRow[]> {
    return this.#outbox.ofInstance(instanceId);
  }

  async attempt(itemId: number, no: number): Promise<AttemptRow | null> {
    return this.#workers.attempt(itemId, no);
  }

  async openWorkers(): Promise<readonly WorkerEventRow[]> {
    return this.#workers.open();
  }

  async workerEvents(worker: string): Promise<readonly WorkerEventRow[]> {
    return this.#workers.of(worker);
  }

  async lastPlacement(name: string): Promise<WorkerEventRow | null> {
    return this.#workers.lastPlacement(name);
  }

  async dueSchedules(before: Micros, limit: number): Promise<readonly ScheduleRow[]> {
    return this.#instances.dueSchedules(before, limit);
  }

  async nextScheduleDue(): Promise<Micros | null> {
    return this.#instances.nextScheduleDue();
  }

  async countDueSchedules(before: Micros, most: number): Promise<number> {
    return this.#instances.countDueSchedules(before, most);
  }

  async cronTriggers(): Promise<readonly CronRow[]> {
    return readCronTriggers(this.#db, this.#names);
  }

  async clockMark(): Promise<ClockMark | null> {
    return readClockMark(this.#db);
  }

  async findWait(by: Parameters<Store['findWait']>[0]): Promise<WaitRow | null> {
    return this.#instances.findWait(by);
  }

  async checkpoints(): ReturnType<Store['checkpoints']> {
    return this.#events.checkpoints();
  }

  async unconsumed(query: Parameters<Store['unconsumed']>[0]): ReturnType<Store['unconsumed']> {
    return this.#events.unconsumed(query);
  }

  async parked(instanceId: number, after: Seq, limit: number): Promise<readonly Seq[]> {
    return this.#events.parked(instanceId, after, limit);
  }

  async strandedInstances(after: number, limit: number): Promise<readonly number[]> {
    return this.#events.strandedInstances(after, limit);
  }

  async quarantineEntry(id: number): ReturnType<Store['quarantineEntry']> {
    return this.#acts.quarantineEntry(id);
  }

  async triedEffects(instanceIds: readonly number[]): ReturnType<Store['triedEffects']> {
    return this.#reading(() => this.#acts.triedEffects(instanceIds));
  }

  async runsTaking(saga: string, seqs: readonly Seq[]): Promise<readonly number[]> {
    return this.#reading(() => this.#acts.runsTaking(saga, seqs));
  }

  async selectEvents(
    query: Parameters<Store['selectEvents']>[0],
  ): Promise<readonly JournalEvent[]> {
    return this.#reading(() => this.#acts.selectEvents(query));
  }

  async countEvents(query: Parameters<Store['countEvents']>[0]): Promise<number> {
    return this.#reading(() => this.#acts.countEvents(query));
  }

  async openReprocesses(): ReturnType<Store['openReprocesses']> {
    return this.#acts.openReprocesses();
  }

  async reprocess(id: Seq): ReturnType<Store['reprocess']> {
    return this.#acts.reprocess(id);
  }

  async deliveries(): ReturnType<Store['deliveries']> {
    return this.#acts.deliveries();
  }

  async seqAtEpoch(epoch: number): Promise<Seq | null> {
    return this.#reading(() => this.#acts.seqAtEpoch(epoch, this.#no));
  }

  async pinnedElsewhere(
    query: Parameters<Store['pinnedElsewhere']>[0],
  ): ReturnType<Store['pinnedElsewhere']> {
    return this.#instances.pinnedElsewhere(query);
  }

  async releases(): Promise<readonly ReleaseRow[]> {
    return readReleases(this.#db);
  }

  async keys(): Promise<readonly KeyRow[]> {
    return readKeys(this.#db);
  }

  async sessions(): Promise<readonly SessionRow[]> {
    return readSessions(this.#db);
  }

  async broker(): Promise<BrokerSnapshot> {
    return readBroker(this.#db);
  }

  walUsed(): number {
    return this.#wal.used;
  }

  get walState(): { readonly frames: number; readonly left: number } {
    return this.#wal.state;
  }

  async checkpointWal(mode: 'passive' | 'truncate'): ReturnType<Store['checkpointWal']> {
    try {
      return this.#wal.move(mode);
    } catch (error) {
      throw toMoveError(error, this.#path);
    }
  }

  /** Syncs receipts and gives up the directory. The last connection to close leaves no WAL behind. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#auditHeads.catchUp();
    this.#auditHeads.close();
    this.#receipts.close();
    this.#db.close();
    this.#lock.release();
  }
}
