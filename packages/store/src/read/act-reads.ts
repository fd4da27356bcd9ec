import type { EffectOutcomeKind, JournalEvent, Seq, TenantId } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type {
  DoneEffect,
  EventSelection,
  QuarantineResolution,
  QuarantineRow,
  ReprocessRow,
} from '../port.ts';
import { EVENT_COLUMNS, toJournalEvent } from '../rows.ts';
import type { EventRecord } from '../rows.ts';
import { STREAM_NUMBERS } from '../write/journal-rows.ts';

interface EntryRecord {
  readonly id: number;
  readonly tenant: number;
  readonly at: number;
  readonly seq: number | null;
  readonly item_id: number | null;
  readonly origin: string;
  readonly code: string;
  readonly reason: string;
  readonly context: string;
  readonly head: Buffer | null;
  readonly resolved_at: number | null;
  readonly resolved_seq: number | null;
  readonly state: QuarantineResolution['state'] | null;
  readonly by: string | null;
  readonly why: string | null;
}

interface ReprocessRecord {
  readonly id: number;
  readonly tenant: number;
  readonly saga: number;
  readonly up_to: number;
  readonly total: number;
  readonly position: number;
  readonly done: number;
  readonly at: number;
  readonly ended_at: number | null;
  readonly by: string;
  readonly reason: string | null;
  readonly selection: string;
}

interface EffectRecord {
  readonly instance_id: number;
  readonly command_id: string;
  readonly step: string;
  readonly effect: number;
  readonly outcome: EffectOutcomeKind | 'cancelled' | null;
  readonly undoes: string | null;
  readonly attempts: number;
}

const REPROCESS_COLUMNS =
  'id, tenant, saga, up_to, total, position, done, at, ended_at, by, reason, selection';
const OF_TYPE = `FROM events e INDEXED BY events_type
  WHERE e.tenant = ? AND e.type = ? AND e.seq BETWEEN ? AND ?
    AND e.received_at BETWEEN ? AND ? AND e.stream = ${STREAM_NUMBERS.AGGREGATE_EVENTS}`;

/** The writer's reads for operators' acts. */
export class ActReads {
  readonly #names: Names;
  readonly #entry: Statement<[number], EntryRecord>;
  readonly #tried: Statement<[number], EffectRecord>;
  readonly #taking: Statement<[number, number], { id: number }>;
  readonly #ofType: Statement<unknown[], EventRecord>;
  readonly #counted: Statement<unknown[], { n: number }>;
  readonly #event: Statement<[number], EventRecord>;
  readonly #open: Statement<[], ReprocessRecord>;
  readonly #reprocess: Statement<[number], ReprocessRecord>;
  readonly #deliveries: Statement<[], { saga: number; seq: number; count: number }>;
  readonly #commit: Statement<[number], { epoch: number; last_seq: number }>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#entry = db.prepare(
      `SELECT q.id, q.tenant, q.at, q.seq, q.item_id, q.origin, q.code, q.reason, q.context, q.head,
         r.at AS resolved_at, r.seq AS resolved_seq, r.state, r.by, r.reason AS why
       FROM quarantine q LEFT JOIN quarantine_resolutions r ON r.quarantine_id = q.id WHERE q.id = ?`,
    );
    this.#tried = db.prepare(
      `SELECT instance_id, lower(hex(command_id)) AS command_id, step, effect, outcome, undoes, attempts
       FROM work_items WHERE instance_id = ? AND attempts > 0 ORDER BY id`,
    );
    this.#taking = db.prepare(
      'SELECT instance_id AS id FROM transitions WHERE seq = ? AND saga = ?',
    );
    this.#ofType = db.prepare(`SELECT ${EVENT_COLUMNS} ${OF_TYPE} ORDER BY e.seq LIMIT ?`);
    this.#counted = db.prepare(`SELECT count(*) AS n ${OF_TYPE}`);
    this.#event = db.prepare(`SELECT ${EVENT_COLUMNS} FROM events e WHERE e.seq = ?`);
    this.#open = db.prepare(
      `SELECT ${REPROCESS_COLUMNS} FROM reprocesses WHERE ended_at IS NULL ORDER BY id`,
    );
    this.#reprocess = db.prepare(`SELECT ${REPROCESS_COLUMNS} FROM reprocesses WHERE id = ?`);
    this.#deliveries = db.prepare('SELECT saga, seq, count FROM deliveries ORDER BY seq');
    this.#commit = db.prepare('SELECT epoch, last_seq FROM commits WHERE no = ?');
  }

  quarantineEntry(
    id: number,
  ): { row: QuarantineRow; resolution: QuarantineResolution | null } | null {
    const found = this.#entry.get(id);
    if (found === undefined) return null;
    const row: QuarantineRow = {
      id: found.id,
      tenant: this.#names.nameOf(found.tenant),
      at: found.at,
      origin: found.origin,
      code: found.code,
      reason: found.reason,
      context: found.context,
      head: found.head,
      seq: found.seq,
      itemId: found.item_id,
    };
    const { state, resolved_at: at, resolved_seq: seq, by, why: reason } = found;
    if (state === null || at === null || by === null) return { row, resolution: null };
    return { row, resolution: { state, at, by, reason, seq } };
  }

  triedEffects(instanceIds: readonly number[]): readonly DoneEffect[] {
    return instanceIds.flatMap((id) =>
      this.#tried.all(id).map((row) => ({
        instanceId: row.instance_id,
        commandId: row.command_id,
        step: row.step,
        effect: this.#names.nameOf(row.effect),
        outcome: row.outcome,
        undoes: row.undoes,
        attempts: row.attempts,
      })),
    );
  }

  runsTaking(saga: string, seqs: readonly Seq[]): readonly number[] {
    const sagaId = this.#names.findId(saga);
    if (sagaId === null) return [];
    const found = new Set<number>();
    for (const seq of seqs) for (const { id } of this.#taking.all(seq, sagaId)) found.add(id);
    return [...found];
  }

  selectEvents({
    tenant,
    selection,
    after,
    limit,
  }: {
    tenant: TenantId;
    selection: EventSelection;
    after: Seq;
    limit: number;
  }): readonly JournalEvent[] {
    const { seqs } = selection;
    if (seqs !== null) return this.#listed(tenant, selection, seqs, after, limit);
    const low = Math.max(after + 1, selection.fromSeq);
    return this.#types(tenant, selection)
      .flatMap((bounds) => this.#ofType.all(...bounds(low, selection.toSeq), limit))
      .toSorted((a, b) => a.seq - b.seq)
      .slice(0, limit)
      .map((row) => toJournalEvent(row, this.#names));
  }

  countEvents({
    tenant,
    selection,
    low,
    high,
  }: {
    tenant: TenantId;
    selection: EventSelection;
    low: Seq;
    high: Seq;
  }): number {
    const { seqs } = selection;
    if (seqs !== null) {
      const within = seqs.filter((seq) => seq >= low && seq <= high);
      return this.#listed(tenant, selection, within, 0, within.length).length;
    }
    const from = Math.max(low, selection.fromSeq);
    const to = Math.min(high, selection.toSeq);
    return this.#types(tenant, selection).reduce(
      (sum, bounds) => sum + (this.#counted.get(...bounds(from, to))?.n ?? 0),
      0,
    );
  }

  openReprocesses(): readonly ReprocessRow[] {
    return this.#open.all().map((row) => this.#toReprocess(row));
  }

  reprocess(id: Seq): ReprocessRow | null {
    const row = this.#reprocess.get(id);
    return row === undefined ? null : this.#toReprocess(row);
  }

  deliveries(): readonly { saga: string; seq: Seq; count: number }[] {
    return this.#deliveries
      .all()
      .map(({ saga, seq, count }) => ({ saga: this.#names.nameOf(saga), seq, count }));
  }

  /** Commits are dense and epochs only rise: halving finds the first of an epoch. */
  seqAtEpoch(epoch: number, lastNo: number): Seq | null {
    let below = 0;
    let above = lastNo + 1;
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2);
      const row = this.#commit.get(middle);
      // Retention takes away the oldest.
      if (row === undefined || row.epoch < epoch) below = middle;
      else above = middle;
    }
    const first = this.#commit.get(above);
    return first?.epoch === epoch ? first.last_seq : null;
  }

  #listed(
    tenant: TenantId,
    selection: EventSelection,
    seqs: readonly Seq[],
    after: Seq,
    limit: number,
  ): readonly JournalEvent[] {
    const found: JournalEvent[] = [];
    for (const seq of seqs) {
      if (found.length >= limit) break;
      const row = seq > after ? this.#event.get(seq) : undefined;
      if (row === undefined) continue;
      const event = toJournalEvent(row, this.#names);
      if (event.tenant === tenant && isChosen(event, selection)) found.push(event);
    }
    return found;
  }

  /** For each of the types that there is an event of: the parameters of its query, by the positions it is bounded by. */
  #types(
    tenant: TenantId,
    { types, fromTime, toTime }: EventSelection,
  ): ((low: Seq, high: Seq) => number[])[] {
    const tenantId = this.#names.findId(tenant);
    if (tenantId === null) return [];
    const since = fromTime ?? 0;
    const until = toTime ?? Number.MAX_SAFE_INTEGER;
    return types.flatMap((type) => {
      const typeId = this.#names.findId(type);
      if (typeId === null) return [];
      return [(low: Seq, high: Seq) => [tenantId, typeId, low, high, since, until]];
    });
  }

  #toReprocess(row: ReprocessRecord): ReprocessRow {
    return {
      id: row.id,
      tenant: this.#names.nameOf(row.tenant),
      saga: this.#names.nameOf(row.saga),
      selection: row.selection,
      upTo: row.up_to,
      total: row.total,
      position: row.position,
      done: row.done,
      at: row.at,
      endedAt: row.ended_at,
      by: row.by,
      reason: row.reason,
    };
  }
}

function isChosen(event: JournalEvent, selection: EventSelection): boolean {
  const { types, fromSeq, toSeq, fromTime, toTime } = selection;
  return (
    event.stream === 'AGGREGATE_EVENTS' &&
    types.includes(event.type) &&
    event.seq >= fromSeq &&
    event.seq <= toSeq &&
    (fromTime === null || event.receivedAt >= fromTime) &&
    (toTime === null || event.receivedAt <= toTime)
  );
}
