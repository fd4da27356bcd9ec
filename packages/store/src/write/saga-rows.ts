import { unreachable } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import { transitionText } from '../commit-digest.ts';
import type { Names } from '../names.ts';
import type { InstanceStatus, StoreOp } from '../port.ts';
import { assertion } from './commit-scope.ts';
import type { CommitScope } from './commit-scope.ts';
import { runBegan, runMoved } from './run-counts.ts';

type Op<K extends StoreOp['op']> = Extract<StoreOp, { op: K }>;

/** How a status stands in `instances.phase`. */
const PHASE = { goesOn: 0, blocked: 1, ended: 2 } as const;

function phaseOf(status: InstanceStatus): number {
  switch (status) {
    case 'running':
    case 'waiting':
    case 'retrying':
    case 'compensating':
      return PHASE.goesOn;
    case 'blocked':
      return PHASE.blocked;
    case 'completed':
    case 'compensated':
    case 'failed':
    case 'cancelled':
      return PHASE.ended;
    default:
      return unreachable(status);
  }
}

/** Instances, transitions, schedules, waits, log lines (I2). */
export class SagaRows {
  readonly #names: Names;
  readonly #create: Statement<unknown[]>;
  readonly #transition: Statement<unknown[]>;
  readonly #goOn: Statement<unknown[]>;
  readonly #end: Statement<unknown[], { tenant: number }>;
  readonly #move: Statement<unknown[]>;
  readonly #status: Statement<unknown[]>;
  readonly #standing: Statement<[number], { tenant: number; status: InstanceStatus }>;
  readonly #pin: Statement<[number, number, number]>;
  readonly #setSchedule: Statement<unknown[]>;
  readonly #removeSchedule: Statement<unknown[]>;
  readonly #openWait: Statement<unknown[]>;
  readonly #closeWait: Statement<unknown[]>;
  readonly #log: Statement<unknown[]>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#create = db.prepare(
      `INSERT INTO instances (id, tenant, saga, run, app, release, version, phase, status, started_at, updated_at,
        key, correlation_id, traceparent, parent_id, parent_step, result, blocked_by, failure, undo, blocked_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#transition = db.prepare(
      `INSERT INTO transitions (commit_no, instance_id, version, seq, saga, recorded_at, gas_limit, gas_used, release,
        sandbox, state_hash, seed, decision, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), ?, ?, ?)`,
    );
    this.#goOn = db.prepare(
      `UPDATE instances SET version = ?, status = ?, updated_at = ?, result = ?, failure = ?, undo = ?
       WHERE id = ? AND version = ? AND phase = ${PHASE.goesOn}`,
    );
    this.#end = db.prepare(
      `UPDATE instances SET version = ?, status = ?, updated_at = ?, result = ?, failure = ?, undo = ?,
        phase = ${PHASE.ended}
       WHERE id = ? AND version = ? AND phase = ${PHASE.goesOn} RETURNING tenant`,
    );
    this.#move = db.prepare(
      `UPDATE instances SET version = ?, status = ?, updated_at = ?, result = ?, failure = ?, undo = ?,
        phase = ?, blocked_by = NULL, blocked_at = NULL
       WHERE id = ? AND version = ?`,
    );
    this.#status = db.prepare(
      'UPDATE instances SET status = ?, phase = ?, blocked_by = ?, updated_at = ?, blocked_at = ? WHERE id = ?',
    );
    this.#standing = db.prepare('SELECT tenant, status FROM instances WHERE id = ?');
    this.#pin = db.prepare('UPDATE instances SET release = ? WHERE id = ? AND version = ?');
    this.#setSchedule = db.prepare(
      `INSERT INTO schedules (id, tenant, instance_id, due_at, kind, name) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (instance_id, name) DO UPDATE SET id = excluded.id, due_at = excluded.due_at, kind = excluded.kind`,
    );
    this.#removeSchedule = db.prepare('DELETE FROM schedules WHERE id = ?');
    this.#openWait = db.prepare(
      `INSERT INTO waits (id, tenant, instance_id, state, opened_at, expires_at, command_id, token_hash, step, name,
        definition)
       VALUES (?, ?, ?, ?, ?, ?, unhex(?), unhex(?), ?, ?, ?)`,
    );
    this.#closeWait = db.prepare(
      "UPDATE waits SET state = ?, closed_at = ? WHERE id = ? AND state = 'open'",
    );
    this.#log = db.prepare('INSERT INTO logs (instance_id, seq, at, line) VALUES (?, ?, ?, ?)');
  }

  create({ row }: Op<'instance.create'>, scope: CommitScope): void {
    scope.instance = Math.max(scope.instance, row.id);
    const first = row.version === 0 ? scope.firstTransition(row.id) : undefined;
    if (first !== undefined) scope.decidedAtBirth.add(row.id);
    const tenant = this.#names.idFor(row.tenant);
    const status = first === undefined ? row.status : first.status;
    runBegan(scope.runs, tenant, status);
    this.#create.run(
      row.id,
      tenant,
      this.#names.idFor(row.saga),
      row.run,
      this.#names.idFor(row.app),
      this.#names.idFor(row.release),
      first === undefined ? row.version : 1,
      phaseOf(status),
      status,
      row.startedAt,
      first === undefined ? row.updatedAt : first.row.recordedAt,
      row.key,
      row.correlationId,
      row.traceparent,
      row.parent === null ? null : row.parent.instanceId,
      row.parent === null ? null : row.parent.step,
      first === undefined ? row.result : first.result,
      first === undefined ? row.blockedBy : null,
      first === undefined ? row.failure : first.failure,
      first === undefined ? row.undo : first.undo,
      first === undefined && status === 'blocked' ? row.updatedAt : null,
    );
  }

  transition(op: Op<'transition'>, scope: CommitScope): void {
    const { row } = op;
    if (row.version !== 1 || !scope.decidedAtBirth.has(row.instanceId)) {
      this.#moveInstance(op, scope);
    }
    this.#transition.run(
      scope.no,
      row.instanceId,
      row.version,
      row.seq,
      this.#names.idFor(op.saga),
      row.recordedAt,
      row.gasLimit,
      row.gasUsed,
      this.#names.idFor(row.release),
      this.#names.idFor(row.sandbox),
      row.stateHash,
      row.seed,
      row.decision,
      row.state,
    );
    scope.transitionTexts += transitionText(row, op.saga);
  }

  /** What goes on touches no index; what ends or was blocked also changes its phase, and where it is counted. */
  #moveInstance(
    { row, status, result, failure, undo }: Op<'transition'>,
    { runs }: CommitScope,
  ): void {
    const { instanceId, version, recordedAt } = row;
    const last = version - 1;
    const values = [version, status, recordedAt, result, failure, undo];
    const phase = phaseOf(status);
    if (phase === PHASE.goesOn && this.#goOn.run(values, instanceId, last).changes === 1) return;
    if (phase === PHASE.ended) {
      const ended = this.#end.get(values, instanceId, last);
      if (ended !== undefined) return runMoved(runs, ended.tenant, 'running', status);
    }
    const before = this.#standing.get(instanceId);
    if (before === undefined || this.#move.run(values, phase, instanceId, last).changes !== 1)
      assertion(`instance ${instanceId} is not at version ${last}`);
    runMoved(runs, before.tenant, before.status, status);
  }

  status({ instanceId, status, blockedBy, at }: Op<'instance.status'>, scope: CommitScope): void {
    const before =
      this.#standing.get(instanceId) ?? assertion(`there is no instance ${instanceId}`);
    const phase = phaseOf(status);
    const blockedAt = phase === PHASE.blocked ? at : null;
    this.#status.run(status, phase, blockedBy, at, blockedAt, instanceId);
    runMoved(scope.runs, before.tenant, before.status, status);
  }

  pin({ instanceId, version, release }: Op<'instance.pin'>): void {
    if (this.#pin.run(this.#names.idFor(release), instanceId, version).changes !== 1)
      assertion(`instance ${instanceId} is not at version ${version}`);
  }

  setSchedule({ row }: Op<'schedule.set'>, scope: CommitScope): void {
    scope.schedule = Math.max(scope.schedule, row.id);
    this.#setSchedule.run(
      row.id,
      this.#names.idFor(row.tenant),
      row.instanceId,
      row.dueAt,
      row.kind,
      row.name,
    );
  }

  removeSchedule(op: Op<'schedule.remove'>): void {
    this.#removeSchedule.run(op.id);
  }

  openWait({ row }: Op<'wait.open'>, scope: CommitScope): void {
    scope.wait = Math.max(scope.wait, row.id);
    this.#openWait.run(
      row.id,
      this.#names.idFor(row.tenant),
      row.instanceId,
      row.state,
      row.openedAt,
      row.expiresAt,
      row.commandId,
      row.tokenHash,
      row.step,
      row.name,
      row.definition,
    );
  }

  closeWait(op: Op<'wait.close'>): void {
    if (this.#closeWait.run(op.state, op.at, op.id).changes !== 1)
      assertion(`wait ${op.id} is not open`);
  }

  log(op: Op<'log'>): void {
    this.#log.run(op.instanceId, op.seq, op.at, op.line);
  }
}
