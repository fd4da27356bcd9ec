import type { StreamName } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import { eventText } from '../commit-digest.ts';
import type { Names } from '../names.ts';
import type { QuarantineRow, StoreOp } from '../port.ts';
import { assertion } from './commit-scope.ts';
import type { CommitScope } from './commit-scope.ts';

type Op<K extends StoreOp['op']> = Extract<StoreOp, { op: K }>;

/** How streams stand in `events.stream`. */
export const STREAM_NUMBERS: Readonly<Record<StreamName, number>> = {
  AGGREGATE_EVENTS: 1,
  WORKFLOW_EVENTS: 2,
  CONTROL_EVENTS: 3,
};
const STREAM_NAMES = new Map<number, StreamName>([
  [1, 'AGGREGATE_EVENTS'],
  [2, 'WORKFLOW_EVENTS'],
  [3, 'CONTROL_EVENTS'],
]);

/** @throws Error when the number is none of ours: the database is damaged. */
export function streamName(stream: number): StreamName {
  const name = STREAM_NAMES.get(stream);
  if (name === undefined) throw new Error(`events.stream holds ${stream}`);
  return name;
}

/**
 * Width of one time partition of the dedupe marks, in microseconds: 30 days. A look-up asks each partition, so they
 * are few; a partition is removed whole once all of it lies past the horizon.
 */
const MARK_BUCKET_MICROS = 30 * 24 * 3600 * 1_000_000;

/** Journal, dedupe marks, and what became of events. */
export class JournalRows {
  readonly #names: Names;
  readonly #event: Statement<unknown[]>;
  readonly #mark: Statement<unknown[]>;
  readonly #disposition: Statement<unknown[]>;
  readonly #park: Statement<unknown[]>;
  readonly #unpark: Statement<unknown[]>;
  readonly #checkpoint: Statement<unknown[]>;
  readonly #quarantine: Statement<unknown[]>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#event = db.prepare(
      `INSERT INTO events (seq, stream, tenant, type, received_at, target, id, source, subject, time, data_schema,
        correlation_id, causation_id, traceparent, extensions, data)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#mark = db.prepare(
      'INSERT INTO marks (bucket, mark, seq, content) VALUES (?, unhex(?), ?, unhex(?))',
    );
    this.#disposition = db.prepare(
      `INSERT INTO dispositions (seq, saga, status, instance_id, reason) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (seq, saga) DO UPDATE
       SET status = excluded.status, instance_id = excluded.instance_id, reason = excluded.reason`,
    );
    this.#park = db.prepare('INSERT INTO parked (instance_id, seq, saga) VALUES (?, ?, ?)');
    this.#unpark = db.prepare('DELETE FROM parked WHERE instance_id = ? AND seq = ?');
    this.#checkpoint = db.prepare(
      `INSERT INTO checkpoints (saga, tenant, seq) VALUES (?, ?, ?)
       ON CONFLICT (saga, tenant) DO UPDATE SET seq = excluded.seq`,
    );
    this.#quarantine = db.prepare(
      `INSERT INTO quarantine (id, tenant, at, seq, item_id, origin, code, reason, context, head)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  event(op: Op<'event'>, scope: CommitScope): void {
    const { event } = op;
    if (event.seq !== scope.lastSeq + 1)
      assertion(`event ${event.seq} is not next: the journal ends at ${scope.lastSeq}`);
    scope.lastSeq = event.seq;
    scope.events.push(event);
    this.#event.run(
      event.seq,
      STREAM_NUMBERS[event.stream],
      this.#names.idFor(event.tenant),
      this.#names.idFor(event.type),
      event.receivedAt,
      op.target,
      event.id,
      event.source,
      event.subject,
      event.time,
      event.dataSchema,
      event.correlationId,
      event.causationId,
      event.traceparent,
      event.extensions,
      event.data,
    );
    if (op.mark !== null) {
      if (op.content === null)
        assertion(`event ${event.seq} has a dedupe mark and no hash of its content`);
      this.#mark.run(markBucket(event.receivedAt), op.mark, event.seq, op.content);
    }
    scope.eventTexts += eventText(event, op.target);
  }

  disposition(op: Op<'disposition'>): void {
    this.#disposition.run(op.seq, this.#names.idFor(op.saga), op.status, op.instanceId, op.reason);
  }

  park(op: Op<'park'>): void {
    this.#park.run(op.instanceId, op.seq, this.#names.idFor(op.saga));
  }

  unpark(op: Op<'unpark'>): void {
    if (this.#unpark.run(op.instanceId, op.seq).changes !== 1) {
      assertion(`event ${op.seq} is not parked for instance ${op.instanceId}`);
    }
  }

  checkpoint(op: Op<'checkpoint'>): void {
    this.#checkpoint.run(this.#names.idFor(op.saga), this.#names.idFor(op.tenant), op.seq);
  }

  quarantine(row: QuarantineRow, scope: CommitScope): void {
    scope.quarantine = Math.max(scope.quarantine, row.id);
    this.#quarantine.run(
      row.id,
      this.#names.idFor(row.tenant),
      row.at,
      row.seq,
      row.itemId,
      row.origin,
      row.code,
      row.reason,
      row.context,
      row.head,
    );
  }
}

export function markBucket(receivedAt: number): number {
  return Math.floor(receivedAt / MARK_BUCKET_MICROS);
}
