/**
 * Turns a batch into rows, in one transaction and one sync.
 *
 * 1. (I1) COMMIT returns only after the write-ahead log is synced. Where COMMIT itself fails, the batch's fate is
 *    unknown: nothing more is written by this store, and the caller must end the process.
 * 2. (I2, I3) All of a batch or none of it: any failure before COMMIT rolls back everything, counters included.
 * 3. Time and positions only go forward: `at` never backward, `seq` dense.
 * 4. (I7) Events, transitions, attempt records and audit entries are only ever inserted here, and each commit chains a
 *    digest of them.
 *
 * Prepared statements with positional parameters rather than drizzle: building each query again costs several times
 * what running it does.
 */
import { unreachable } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { AuditHead } from './audit-chain.ts';
import { attemptText, commitDigest, compareAttempts } from './commit-digest.ts';
import type { Names } from './names.ts';
import type { CommitBatch, StoreCounters, StoreOp } from './port.ts';
import { ActRows } from './write/act-rows.ts';
import { AuditRows } from './write/audit-rows.ts';
import { BrokerRows } from './write/broker-rows.ts';
import { assertion, CommitScope } from './write/commit-scope.ts';
import { ControlRows } from './write/control-rows.ts';
import { CronRows } from './write/cron-rows.ts';
import { JournalRows } from './write/journal-rows.ts';
import { OutboxRows } from './write/outbox-rows.ts';
import { RunCounts } from './write/run-counts.ts';
import { SagaRows } from './write/saga-rows.ts';
import { SearchRows } from './write/search-rows.ts';
import { WorkerRows } from './write/worker-rows.ts';

export class CommitWriter {
  readonly #names: Names;
  readonly #journal: JournalRows;
  readonly #saga: SagaRows;
  readonly #runs: RunCounts;
  readonly #outbox: OutboxRows;
  readonly #control: ControlRows;
  readonly #cron: CronRows;
  readonly #acts: ActRows;
  readonly #audit: AuditRows;
  readonly #broker: BrokerRows;
  readonly #workers: WorkerRows;
  readonly #search: SearchRows;
  readonly #commit: Statement<unknown[]>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#journal = new JournalRows(db, names);
    this.#saga = new SagaRows(db, names);
    this.#runs = new RunCounts(db);
    this.#outbox = new OutboxRows(db, names);
    this.#control = new ControlRows(db);
    this.#cron = new CronRows(db, names);
    this.#acts = new ActRows(db, names);
    this.#audit = new AuditRows(db);
    this.#broker = new BrokerRows(db);
    this.#workers = new WorkerRows(db);
    this.#search = new SearchRows(db, names);
    this.#commit = db.prepare(
      `INSERT INTO commits (no, timeline, epoch, last_seq, at, digest, last_instance, last_item, last_schedule, last_wait,
        last_quarantine, last_owed, attempt_records, settled)
       VALUES (?, ?, ?, ?, ?, unhex(?), ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /**
   * Writes all rows of a batch, its own row last. Must run inside a transaction.
   *
   * @returns what the batch gathered, and its digest
   * @throws StoreAssertionError for a precondition; whatever SQLite throws otherwise
   */
  write(
    batch: CommitBatch,
    no: number,
    counters: StoreCounters,
    previous: { readonly digest: string; readonly audit: AuditHead },
  ): WrittenBatch {
    if (batch.at < counters.at) assertion(`commit at ${batch.at} goes back before ${counters.at}`);
    const scope = new CommitScope(no, batch.at, counters, previous.audit, batch.ops);
    for (const op of batch.ops) this.#apply(op, scope);
    this.#outbox.finish(scope);
    this.#runs.write(scope.runs);
    let records = scope.eventTexts + scope.transitionTexts;
    if (scope.attempts.length > 1) scope.attempts.sort(compareAttempts);
    for (const attempt of scope.attempts) records += attemptText(attempt);
    records += scope.auditTexts;
    const digest = commitDigest(previous.digest, scope, records);
    this.#commit.run(
      no,
      scope.timeline,
      scope.epoch,
      scope.lastSeq,
      scope.at,
      digest,
      scope.instance,
      scope.item,
      scope.schedule,
      scope.wait,
      scope.quarantine,
      scope.owed,
      scope.attempts.length,
      scope.settled.length,
    );
    return { scope, digest };
  }

  committed(): void {
    this.#names.committed();
  }

  rolledBack(): void {
    this.#names.rolledBack();
    this.#outbox.rolledBack();
  }

  #apply(op: StoreOp, scope: CommitScope): void {
    switch (op.op) {
      case 'event':
        this.#journal.event(op, scope);
        // By the store, not by who acts: nothing can be journaled there and not audited.
        if (op.event.stream === 'CONTROL_EVENTS') this.#audit.append(op.event, scope);
        return;
      case 'transition':
        return this.#saga.transition(op, scope);
      case 'item.add':
        return this.#outbox.add(op, scope);
      case 'attempt.start':
        return this.#outbox.startAttempt(op, scope);
      case 'attempt.end':
        return this.#outbox.endAttempt(op, scope);
      case 'item.settle':
        return this.#outbox.settle(op, scope);
      case 'instance.create':
        return this.#saga.create(op, scope);
      case 'instance.status':
        return this.#saga.status(op, scope);
      case 'search.set':
        return this.#search.set(op);
      case 'instance.pin':
        return this.#saga.pin(op);
      case 'checkpoint':
        return this.#journal.checkpoint(op);
      case 'schedule.set':
        return this.#saga.setSchedule(op, scope);
      case 'schedule.remove':
        return this.#saga.removeSchedule(op);
      case 'cron.set':
        return this.#cron.set(op);
      case 'cron.remove':
        return this.#cron.remove(op);
      case 'cron.move':
        return this.#cron.move(op);
      case 'clock.mark':
        return this.#cron.mark(op);
      case 'wait.open':
        return this.#saga.openWait(op, scope);
      case 'wait.close':
        return this.#saga.closeWait(op);
      case 'disposition':
        return this.#journal.disposition(op);
      case 'log':
        return this.#saga.log(op);
      case 'item.retry':
        return this.#outbox.retry(op);
      case 'item.hold':
        return this.#outbox.hold(op);
      case 'park':
        return this.#journal.park(op);
      case 'unpark':
        return this.#journal.unpark(op);
      case 'quarantine':
        return this.#journal.quarantine(op.row, scope);
      case 'release.register':
        return this.#control.register(op);
      case 'release.activate':
        return this.#control.activate(op);
      case 'release.rehearsed':
        return this.#control.rehearsed(op);
      case 'worker.event':
        return this.#workers.append(op, scope);
      case 'key.create':
        return this.#control.createKey(op);
      case 'key.revoke':
        return this.#control.revokeKey(op);
      case 'session.open':
        return this.#control.openSession(op);
      case 'session.seen':
        return this.#control.seeSession(op);
      case 'session.end':
        return this.#control.endSession(op);
      case 'quarantine.resolve':
      case 'reprocess.open':
      case 'reprocess.advance':
      case 'reprocess.end':
      case 'delivery.count':
      case 'delivery.forget':
        return this.#acts.apply(op);
      case 'mqtt.retain':
      case 'mqtt.unretain':
      case 'mqtt.subscribe':
      case 'mqtt.unsubscribe':
      case 'mqtt.forget':
      case 'mqtt.owe':
      case 'mqtt.owed.update':
      case 'mqtt.owed.done':
      case 'mqtt.incoming':
      case 'mqtt.incoming.done':
      case 'mqtt.will':
      case 'mqtt.will.done':
        return this.#broker.apply(op, scope);
      default:
        return unreachable(op);
    }
  }
}

export interface WrittenBatch {
  readonly scope: CommitScope;
  readonly digest: string;
}
