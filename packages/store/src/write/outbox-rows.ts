import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { StoreOp, WorkItemRow } from '../port.ts';
import { assertion } from './commit-scope.ts';
import type { CommitScope, ItemReceipt } from './commit-scope.ts';

type Op<K extends StoreOp['op']> = Extract<StoreOp, { op: K }>;

/** Most unsettled items whose receipt texts are kept in memory; others are read again. */
const KEPT_RECEIPTS = 50_000;

interface ReceiptSource {
  readonly command: string;
  readonly tenant: number;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
  readonly step: string;
  readonly effect: number;
}

/** The outbox and its attempts (I3, I4). */
export class OutboxRows {
  readonly #names: Names;
  readonly #add: Statement<unknown[]>;
  readonly #lease: Statement<unknown[]>;
  readonly #attemptStart: Statement<unknown[]>;
  readonly #attemptEnd: Statement<unknown[]>;
  readonly #retry: Statement<unknown[]>;
  readonly #hold: Statement<unknown[]>;
  readonly #settle: Statement<unknown[]>;
  readonly #receiptSource: Statement<[number], ReceiptSource>;
  readonly #receipts = new Map<number, ItemReceipt>();

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#add = db.prepare(
      `INSERT INTO work_items (id, tenant, instance_id, app, effect, state, due_at, lease_until, attempts,
        first_attempt_at, doubtful, created_at, command_id, digest, kind, step, undoes, traceparent, input)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), unhex(?), ?, ?, ?, ?, ?)`,
    );
    this.#lease = db.prepare(
      `UPDATE work_items SET state = 'leased', attempts = ?, first_attempt_at = coalesce(first_attempt_at, ?), lease_until = ?
       WHERE id = ? AND attempts = ? AND state = 'pending'`,
    );
    this.#attemptStart = db.prepare(
      `INSERT INTO attempts (item_id, no, ended, commit_no, at, mode, lease_until, epoch, release, worker)
       VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
    );
    // No start, no row: the item's id is then null, which its column refuses.
    this.#attemptEnd = db.prepare(
      `INSERT INTO attempts (item_id, no, ended, commit_no, at, outcome, error)
       VALUES ((SELECT item_id FROM attempts WHERE item_id = ? AND no = ? AND ended = 0), ?, 1, ?, ?, ?, ?)`,
    );
    this.#retry = db.prepare(
      `UPDATE work_items SET state = 'pending', due_at = ?, lease_until = NULL, doubtful = ?, spared = ?
       WHERE id = ? AND state <> 'settled'`,
    );
    this.#hold = db.prepare(
      `UPDATE work_items SET state = 'held', lease_until = NULL, doubtful = max(doubtful, ?)
       WHERE id = ? AND state <> 'settled'`,
    );
    this.#settle = db.prepare(
      `UPDATE work_items SET state = 'settled', lease_until = NULL, outcome = ?, outcome_seq = ?
       WHERE id = ? AND state <> 'settled'`,
    );
    this.#receiptSource = db.prepare(
      `SELECT lower(hex(w.command_id)) AS command, i.tenant, i.saga, i.key, i.run, w.step, w.effect
       FROM work_items w JOIN instances i ON i.id = w.instance_id WHERE w.id = +?`,
    );
  }

  add({ row }: Op<'item.add'>, scope: CommitScope): void {
    scope.item = Math.max(scope.item, row.id);
    const start =
      row.state === 'pending' && row.attempts === 0 ? scope.firstStart(row.id) : undefined;
    if (start !== undefined) scope.startedAtBirth.add(row.id);
    this.#add.run(
      row.id,
      this.#names.idFor(row.tenant),
      row.instanceId,
      this.#names.idFor(row.app),
      this.#names.idFor(row.effect),
      start === undefined ? row.state : 'leased',
      row.dueAt,
      start === undefined ? row.leaseUntil : start.leaseUntil,
      start === undefined ? row.attempts : 1,
      start === undefined ? row.firstAttemptAt : start.at,
      row.doubtful ? 1 : 0,
      row.createdAt,
      row.commandId,
      row.digest,
      row.kind,
      row.step,
      row.undoes,
      row.traceparent,
      row.input,
    );
    this.#keepReceipt(row);
  }

  startAttempt(op: Op<'attempt.start'>, scope: CommitScope): void {
    if (op.no !== 1 || !scope.startedAtBirth.has(op.itemId)) {
      const leased = this.#lease.run(op.no, op.at, op.leaseUntil, op.itemId, op.no - 1);
      if (leased.changes !== 1)
        assertion(`item ${op.itemId} is not pending with ${op.no - 1} attempts`);
    }
    const release = this.#names.idFor(op.release);
    this.#attemptStart.run(
      op.itemId,
      op.no,
      scope.no,
      op.at,
      op.mode,
      op.leaseUntil,
      op.epoch,
      release,
      op.worker === null ? null : this.#names.idFor(op.worker),
    );
    scope.attempts.push({
      itemId: op.itemId,
      no: op.no,
      ended: 0,
      at: op.at,
      mode: op.mode,
      leaseUntil: op.leaseUntil,
      epoch: op.epoch,
      release: op.release,
      worker: op.worker,
      outcome: null,
      error: null,
    });
    const receipt = this.#receipt(op.itemId);
    scope.receipts +=
      `{"kind":"start","commit":${scope.no},"timeline":${scope.timeline},"epoch":${op.epoch},"at":${op.at},` +
      `"command":"${receipt.command}","attempt":${op.no},"mode":"${op.mode}",${receipt.about}}\n`;
  }

  endAttempt(op: Op<'attempt.end'>, scope: CommitScope): void {
    this.#attemptEnd.run(op.itemId, op.no, op.no, scope.no, op.at, op.outcome, op.error);
    scope.attempts.push({
      itemId: op.itemId,
      no: op.no,
      ended: 1,
      at: op.at,
      mode: null,
      leaseUntil: null,
      epoch: null,
      release: null,
      worker: null,
      outcome: op.outcome,
      error: op.error,
    });
    scope.receipts +=
      `{"kind":"end","commit":${scope.no},"timeline":${scope.timeline},"epoch":${scope.epoch},"at":${op.at},` +
      `"command":"${this.#receipt(op.itemId).command}","attempt":${op.no},"outcome":"${op.outcome}","error":${op.error ?? 'null'}}\n`;
  }

  retry(op: Op<'item.retry'>): void {
    const changed = this.#retry.run(op.dueAt, op.doubtful ? 1 : 0, op.spared, op.itemId);
    if (changed.changes !== 1) assertion(`item ${op.itemId} is settled, or there is none`);
  }

  hold(op: Op<'item.hold'>): void {
    const changed = this.#hold.run(op.doubtful ? 1 : 0, op.itemId);
    if (changed.changes !== 1) assertion(`item ${op.itemId} is settled, or there is none`);
  }

  settle(op: Op<'item.settle'>, scope: CommitScope): void {
    const changed = this.#settle.run(op.outcome, op.outcomeSeq, op.itemId);
    if (changed.changes !== 1) assertion(`item ${op.itemId} is settled already, or there is none`);
    scope.settled.push({
      receipt: this.#receipt(op.itemId),
      outcome: op.outcome,
      outcomeSeq: op.outcomeSeq,
    });
    this.#receipts.delete(op.itemId);
  }

  /**
   * Receipts of what the batch settled, with the outcome's data. At the end of the batch, so that the order of an item
   * and its outcome event within it does not matter.
   *
   * @throws StoreAssertionError where an outcome event is not of this batch (I3).
   */
  finish(scope: CommitScope): void {
    for (const { receipt, outcome, outcomeSeq } of scope.settled) {
      const event = scope.eventAt(outcomeSeq);
      scope.receipts +=
        `{"kind":"outcome","commit":${scope.no},"timeline":${scope.timeline},"epoch":${scope.epoch},"at":${scope.at},` +
        `"command":"${receipt.command}","outcome":"${outcome}","seq":${outcomeSeq},"data":${event.data}}\n`;
    }
  }

  rolledBack(): void {
    this.#receipts.clear();
  }

  #keepReceipt(row: WorkItemRow): ItemReceipt {
    const receipt = { command: row.commandId, about: aboutText(row) };
    if (this.#receipts.size < KEPT_RECEIPTS) this.#receipts.set(row.id, receipt);
    return receipt;
  }

  #receipt(itemId: number): ItemReceipt {
    const kept = this.#receipts.get(itemId);
    if (kept !== undefined) return kept;
    const row = this.#receiptSource.get(itemId) ?? assertion(`there is no item ${itemId}`);
    const about = aboutText({
      tenant: this.#names.nameOf(row.tenant),
      saga: this.#names.nameOf(row.saga),
      key: row.key,
      run: row.run,
      step: row.step,
      effect: this.#names.nameOf(row.effect),
    });
    return { command: row.command, about };
  }
}

export function aboutText(
  of: Pick<WorkItemRow, 'tenant' | 'saga' | 'key' | 'run' | 'step' | 'effect'>,
): string {
  return (
    `"tenant":${JSON.stringify(of.tenant)},"saga":${JSON.stringify(of.saga)},"key":${JSON.stringify(of.key)},` +
    `"run":${of.run},"step":${JSON.stringify(of.step)},"effect":${JSON.stringify(of.effect)}`
  );
}
