import type { Micros, TenantId } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type {
  LoadedInstance,
  PinnedInstance,
  RecordedDecision,
  ScheduleRow,
  Store,
  WaitRow,
} from '../port.ts';
import {
  INSTANCE_COLUMNS,
  INSTANCE_TABLES,
  SCHEDULE_COLUMNS,
  toInstanceRow,
  toScheduleRow,
  toWaitRow,
  WAIT_COLUMNS,
} from '../rows.ts';
import type { InstanceRecord, ScheduleRecord, WaitRecord } from '../rows.ts';

interface DecisionRecord {
  readonly version: number;
  readonly seq: number;
  readonly decision: string;
  readonly state: string;
  readonly seed: string;
  readonly recorded_at: number;
}

interface LiveRecord {
  readonly id: number;
  readonly tenant: number;
  readonly saga: number;
  readonly key: string;
  readonly run: number;
  readonly app: number;
  readonly release: number;
}

/** The writer's reads of instances, their schedules and their waits. */
export class InstanceReads {
  readonly #names: Names;
  readonly #currentRun: Statement<[number, number, string], { id: number }>;
  readonly #byId: Statement<[number], InstanceRecord>;
  /**
   * The rest of a saga's; then those of the sagas behind it. For both in one query SQLite seeks by tenant and saga alone:
   * each page of a walk over many of one saga would go through all that the pages before it held.
   */
  readonly #liveOfSaga: Statement<[number, number, number, number], LiveRecord>;
  readonly #liveBehind: Statement<[number, number, number], LiveRecord>;
  readonly #state: Statement<[number, number], { state: string }>;
  readonly #decisions: Statement<[number, number, number], DecisionRecord>;
  readonly #openWaits: Statement<[number], WaitRecord>;
  readonly #schedules: Statement<[number], ScheduleRecord>;
  readonly #dueSchedules: Statement<[number, number], ScheduleRecord>;
  readonly #nextSchedule: Statement<[], { due_at: number }>;
  readonly #countDue: Statement<[number, number], { count: number }>;
  readonly #waitByToken: Statement<[string], WaitRecord>;
  readonly #waitByName: Statement<[number, string], WaitRecord>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    // From the index alone: most keys that are asked for are new, and a miss is to cost next to nothing.
    this.#currentRun = db.prepare(
      'SELECT id FROM instances WHERE tenant = +? AND saga = +? AND key = +? ORDER BY run DESC LIMIT 1',
    );
    this.#byId = db.prepare(`SELECT ${INSTANCE_COLUMNS} FROM ${INSTANCE_TABLES} WHERE i.id = +?`);
    const live =
      'SELECT id, tenant, saga, key, run, app, release FROM instances WHERE phase < 2 AND';
    this.#liveOfSaga = db.prepare(
      `${live} tenant = +? AND saga = +? AND id > +? ORDER BY id LIMIT ?`,
    );
    this.#liveBehind = db.prepare(
      `${live} (tenant, saga) > (?, ?) ORDER BY tenant, saga, id LIMIT ?`,
    );
    this.#state = db.prepare('SELECT state FROM transitions WHERE instance_id = ? AND version = ?');
    this.#decisions = db.prepare(
      `SELECT version, seq, decision, state, seed, recorded_at FROM transitions
       WHERE instance_id = +? AND version > +? ORDER BY version LIMIT +?`,
    );
    const waits = `SELECT ${WAIT_COLUMNS} FROM waits t JOIN instances i ON i.id = t.instance_id`;
    this.#openWaits = db.prepare(
      `${waits} WHERE t.instance_id = +? AND t.state = 'open' ORDER BY t.id`,
    );
    const schedules = `SELECT ${SCHEDULE_COLUMNS} FROM schedules s CROSS JOIN instances i ON i.id = s.instance_id`;
    this.#schedules = db.prepare(`${schedules} WHERE s.instance_id = +? ORDER BY s.id`);
    this.#dueSchedules = db.prepare(
      `${schedules} WHERE s.due_at <= +? ORDER BY s.due_at, s.id LIMIT +?`,
    );
    this.#nextSchedule = db.prepare('SELECT due_at FROM schedules ORDER BY due_at LIMIT 1');
    this.#countDue = db.prepare(
      'SELECT count(*) AS count FROM (SELECT 1 FROM schedules WHERE due_at <= ? LIMIT ?)',
    );
    // Stretch by stretch from the newest back: tokens that are asked for are mostly recent.
    this.#waitByToken = db.prepare(
      `WITH RECURSIVE stretch(n) AS (
         SELECT max(id) >> 10 FROM waits UNION ALL SELECT n - 1 FROM stretch WHERE n > 0)
       SELECT ${WAIT_COLUMNS} FROM stretch
       CROSS JOIN waits t ON t.id >> 10 = stretch.n AND t.token_hash = unhex(?)
       CROSS JOIN instances i ON i.id = t.instance_id LIMIT 1`,
    );
    this.#waitByName = db.prepare(
      `${waits} WHERE t.instance_id = +? AND t.name = +? ORDER BY t.state = 'open' DESC, t.id DESC LIMIT 1`,
    );
  }

  loadByKey(of: { tenant: TenantId; saga: string; key: string }): LoadedInstance | null {
    const tenant = this.#names.findId(of.tenant);
    const saga = this.#names.findId(of.saga);
    if (tenant === null || saga === null) return null;
    const current = this.#currentRun.get(tenant, saga, of.key);
    return current === undefined ? null : this.loadById(current.id);
  }

  loadById(id: number): LoadedInstance | null {
    return this.#load(this.#byId.get(id));
  }

  decisions(instanceId: number, after: number, limit: number): readonly RecordedDecision[] {
    return this.#decisions
      .all(instanceId, after, limit)
      .map(({ recorded_at: recordedAt, ...rest }) => ({ ...rest, recordedAt }));
  }

  pinnedElsewhere({ app, release, after, limit }: Parameters<Store['pinnedElsewhere']>[0]): {
    readonly instances: readonly PinnedInstance[];
    readonly next: string | null;
  } {
    const [tenant = 0, saga = 0, id = 0] = (after ?? '').split(':').map(Number);
    const rows = this.#liveOfSaga.all(tenant, saga, id, limit);
    if (rows.length < limit) rows.push(...this.#liveBehind.all(tenant, saga, limit - rows.length));
    const last = rows.at(-1);
    const ofApp = this.#names.findId(app);
    const ofRelease = this.#names.findId(release);
    const instances = rows
      .filter((row) => row.app === ofApp && row.release !== ofRelease)
      .map((row): PinnedInstance => ({
        id: row.id,
        tenant: this.#names.nameOf(row.tenant),
        saga: this.#names.nameOf(row.saga),
        key: row.key,
        run: row.run,
        release: this.#names.nameOf(row.release),
      }));
    const next =
      last === undefined || rows.length < limit ? null : `${last.tenant}:${last.saga}:${last.id}`;
    return { instances, next };
  }

  dueSchedules(before: Micros, limit: number): readonly ScheduleRow[] {
    return this.#dueSchedules.all(before, limit).map((row) => toScheduleRow(row, this.#names));
  }

  nextScheduleDue(): Micros | null {
    return this.#nextSchedule.get()?.due_at ?? null;
  }

  countDueSchedules(before: Micros, most: number): number {
    return this.#countDue.get(before, most)?.count ?? 0;
  }

  findWait(by: { tokenHash: string } | { instanceId: number; name: string }): WaitRow | null {
    const row =
      'tokenHash' in by
        ? this.#waitByToken.get(by.tokenHash)
        : this.#waitByName.get(by.instanceId, by.name);
    return row === undefined ? null : toWaitRow(row, this.#names);
  }

  #load(row: InstanceRecord | undefined): LoadedInstance | null {
    if (row === undefined) return null;
    return {
      row: toInstanceRow(row, this.#names),
      state: row.version === 0 ? null : (this.#state.get(row.id, row.version)?.state ?? null),
      openWaits: this.#openWaits.all(row.id).map((wait) => toWaitRow(wait, this.#names)),
      schedules: this.#schedules
        .all(row.id)
        .map((schedule) => toScheduleRow(schedule, this.#names)),
    };
  }
}
