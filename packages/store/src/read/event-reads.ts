import { WORKFLOW_TYPES } from '@holdfast/core';
import type { JournalEvent, Seq, TenantId } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { DedupeHit } from '../port.ts';
import { EVENT_COLUMNS, toJournalEvent } from '../rows.ts';
import type { EventRecord } from '../rows.ts';
import { STREAM_NUMBERS } from '../write/journal-rows.ts';

/** What is addressed to an instance by its id (`target`) is one of these. */
const TARGETED_TYPES: readonly string[] = Object.values(WORKFLOW_TYPES);
/** Addressed by their subject, `SAGA/KEY`: the instance, or its run, may not be there yet. */
const ADDRESSED_TYPES: readonly string[] = [
  WORKFLOW_TYPES.childStart,
  WORKFLOW_TYPES.sagaContinued,
  WORKFLOW_TYPES.cancelAsked,
  WORKFLOW_TYPES.sagaRestarted,
  WORKFLOW_TYPES.eventRedriven,
  WORKFLOW_TYPES.eventReprocessed,
];

const NOT_CONSUMED = `NOT EXISTS (SELECT 1 FROM transitions t WHERE t.seq = e.seq AND t.saga = ?)
  AND NOT EXISTS (SELECT 1 FROM dispositions d WHERE d.seq = e.seq AND d.saga = ?)`;
/** No saga took it when it came, as is on record: one that takes its type since then is not owed it. */
const TAKEN = 'NOT EXISTS (SELECT 1 FROM dispositions d WHERE d.seq = e.seq AND d.saga = ?)';

export interface UnconsumedQuery {
  readonly saga: string;
  readonly tenant: TenantId;
  readonly types: readonly string[];
  readonly after: Seq;
  readonly upTo?: Seq;
  readonly limit: number;
}

/** The writer's reads of the journal, its dedupe marks and its consumers. */
export class EventReads {
  readonly #names: Names;
  readonly #event: Statement<[number], EventRecord>;
  readonly #mark: Statement<[number, string], { seq: number; content: string }>;
  readonly #buckets: Statement<[], { bucket: number }>;
  readonly #bucketsAfter: Statement<[number], { bucket: number }>;
  readonly #unconsumedOfType: Statement<unknown[], { seq: number }>;
  readonly #unconsumedTargeted: Statement<unknown[], { seq: number }>;
  readonly #unconsumedAddressed: Statement<unknown[], { seq: number }>;
  readonly #checkpoints: Statement<[], { saga: number; tenant: number; seq: number }>;
  readonly #parked: Statement<[number, number, number], { seq: number }>;
  readonly #stranded: Statement<[number, number], { id: number }>;
  /** Partitions of the dedupe marks that exist, oldest first. */
  #markBuckets: readonly number[] = [];

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#event = db.prepare(`SELECT ${EVENT_COLUMNS} FROM events e WHERE e.seq = ?`);
    this.#mark = db.prepare(
      'SELECT seq, lower(hex(content)) AS content FROM marks WHERE bucket = ? AND mark = unhex(?)',
    );
    this.#buckets = db.prepare('SELECT bucket FROM marks ORDER BY bucket LIMIT 1');
    this.#bucketsAfter = db.prepare(
      'SELECT bucket FROM marks WHERE bucket > ? ORDER BY bucket LIMIT 1',
    );
    this.#unconsumedOfType = db.prepare(
      `SELECT e.seq FROM events e INDEXED BY events_type
       WHERE e.tenant = ? AND e.type = ? AND e.seq > ? AND e.seq <= ? AND e.stream = ${STREAM_NUMBERS.AGGREGATE_EVENTS} AND ${NOT_CONSUMED}
         AND ${TAKEN}
       ORDER BY e.seq LIMIT ?`,
    );
    // By type: a look at each workflow event of the tenant since the checkpoint, and at no other tenant's.
    this.#unconsumedTargeted = db.prepare(
      `SELECT e.seq FROM events e INDEXED BY events_type CROSS JOIN instances i ON i.id = e.target
       WHERE e.tenant = ? AND e.type = ? AND e.seq > ? AND e.seq <= ? AND i.saga = ? AND ${NOT_CONSUMED}
       ORDER BY e.seq LIMIT ?`,
    );
    this.#unconsumedAddressed = db.prepare(
      `SELECT e.seq FROM events e INDEXED BY events_type
       WHERE e.tenant = ? AND e.type = ? AND e.seq > ? AND e.seq <= ? AND e.stream = ${STREAM_NUMBERS.WORKFLOW_EVENTS} AND e.target IS NULL
         AND substr(e.subject, 1, length(?)) = ? AND ${NOT_CONSUMED}
       ORDER BY e.seq LIMIT ?`,
    );
    this.#checkpoints = db.prepare('SELECT saga, tenant, seq FROM checkpoints');
    this.#parked = db.prepare(
      'SELECT seq FROM parked WHERE instance_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#stranded = db.prepare(
      `WITH RECURSIVE holder(id) AS (
         SELECT min(instance_id) FROM parked WHERE instance_id > ?
         UNION ALL SELECT (SELECT min(instance_id) FROM parked WHERE instance_id > holder.id) FROM holder WHERE id IS NOT NULL)
       SELECT i.id FROM holder CROSS JOIN instances i ON i.id = holder.id WHERE i.phase <> 1 LIMIT ?`,
    );
    this.#loadBuckets();
  }

  /** Tells of a partition that a committed batch may have begun. */
  noteBucket(bucket: number): void {
    if (!this.#markBuckets.includes(bucket)) this.#loadBuckets();
  }

  findMarks(marks: readonly string[]): readonly DedupeHit[] {
    const hits: DedupeHit[] = [];
    for (const mark of marks) {
      for (let i = this.#markBuckets.length - 1; i >= 0; i--) {
        const found = this.#mark.get(this.#markBuckets[i] ?? 0, mark);
        if (found === undefined) continue;
        hits.push({ mark, seq: found.seq, content: found.content });
        break;
      }
    }
    return hits;
  }

  readEvents(seqs: readonly Seq[]): readonly JournalEvent[] {
    const events: JournalEvent[] = [];
    for (const seq of seqs) {
      const row = this.#event.get(seq);
      if (row !== undefined) events.push(toJournalEvent(row, this.#names));
    }
    return events;
  }

  unconsumed(query: UnconsumedQuery): readonly { event: JournalEvent; target: number | null }[] {
    const tenant = this.#names.findId(query.tenant);
    // A saga that nothing is known of has consumed nothing, and nothing is addressed to it.
    const saga = this.#names.findId(query.saga);
    if (tenant === null) return [];
    const { after, upTo = Number.MAX_SAFE_INTEGER, limit } = query;
    const seqs = new Set<number>();
    const nobody = this.#names.findId('');
    for (const type of this.#knownIds(query.types)) {
      const found = this.#unconsumedOfType.all(
        tenant,
        type,
        after,
        upTo,
        saga,
        saga,
        nobody,
        limit,
      );
      for (const { seq } of found) seqs.add(seq);
    }
    for (const type of saga === null ? [] : this.#knownIds(TARGETED_TYPES)) {
      const found = this.#unconsumedTargeted.all(
        tenant,
        type,
        after,
        upTo,
        saga,
        saga,
        saga,
        limit,
      );
      for (const { seq } of found) seqs.add(seq);
    }
    const subject = `${query.saga}/`;
    for (const type of this.#knownIds(ADDRESSED_TYPES)) {
      const found = this.#unconsumedAddressed.all(
        tenant,
        type,
        after,
        upTo,
        subject,
        subject,
        saga,
        saga,
        limit,
      );
      for (const { seq } of found) seqs.add(seq);
    }
    const first = [...seqs].toSorted((a, b) => a - b).slice(0, limit);
    return first.flatMap((seq) => {
      const row = this.#event.get(seq);
      return row === undefined
        ? []
        : [{ event: toJournalEvent(row, this.#names), target: row.target }];
    });
  }

  #knownIds(words: readonly string[]): readonly number[] {
    return words.flatMap((word) => this.#names.findId(word) ?? []);
  }

  checkpoints(): readonly { saga: string; tenant: TenantId; seq: Seq }[] {
    return this.#checkpoints.all().map((row) => ({
      saga: this.#names.nameOf(row.saga),
      tenant: this.#names.nameOf(row.tenant),
      seq: row.seq,
    }));
  }

  parked(instanceId: number, after: Seq, limit: number): readonly Seq[] {
    return this.#parked.all(instanceId, after, limit).map((row) => row.seq);
  }

  strandedInstances(after: number, limit: number): readonly number[] {
    return this.#stranded.all(after, limit).map((row) => row.id);
  }

  #loadBuckets(): void {
    const buckets: number[] = [];
    let next = this.#buckets.get()?.bucket ?? null;
    while (next !== null) {
      buckets.push(next);
      next = this.#bucketsAfter.get(next)?.bucket ?? null;
    }
    this.#markBuckets = buckets;
  }
}
