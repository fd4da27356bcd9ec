import type { CommandId, Micros } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import type { Names } from '../names.ts';
import type { WorkItemRow } from '../port.ts';
import { ITEM_COLUMNS, toWorkItemRow } from '../rows.ts';
import type { ItemRecord } from '../rows.ts';

export interface UnsettledQuery {
  readonly states: readonly ('pending' | 'leased' | 'held')[];
  readonly dueBefore: Micros | null;
  readonly limit: number;
}

/** The writer's reads of the outbox. */
export class OutboxReads {
  readonly #names: Names;
  readonly #unsettled: Statement<unknown[], ItemRecord>;
  readonly #unsettledIds: Statement<[string], number>;
  readonly #byId: Statement<[number], ItemRecord>;
  readonly #byCommand: Statement<[string], ItemRecord>;
  readonly #ofInstance: Statement<[number], ItemRecord>;

  constructor(db: Database, names: Names) {
    this.#names = names;
    const items = `SELECT ${ITEM_COLUMNS} FROM work_items w CROSS JOIN instances i ON i.id = w.instance_id`;
    this.#unsettled = db.prepare(
      `${items} WHERE w.state <> 'settled' AND w.state = +? AND w.due_at <= +? ORDER BY w.due_at, w.id LIMIT +?`,
    );
    // From the index alone, all at once: page by page, each page would have to sort what is left of a long backlog.
    this.#unsettledIds = db
      .prepare<[string], number>(
        "SELECT id FROM work_items WHERE state <> 'settled' AND state = ? ORDER BY id",
      )
      .pluck();
    this.#byId = db.prepare(`${items} WHERE w.id = +?`);
    // Stretch by stretch from the newest back: commands that are asked for are mostly recent.
    this.#byCommand = db.prepare(
      `WITH RECURSIVE stretch(n) AS (
         SELECT max(id) >> 10 FROM work_items UNION ALL SELECT n - 1 FROM stretch WHERE n > 0)
       SELECT ${ITEM_COLUMNS} FROM stretch
       CROSS JOIN work_items w ON w.id >> 10 = stretch.n AND w.command_id = unhex(?)
       CROSS JOIN instances i ON i.id = w.instance_id LIMIT 1`,
    );
    this.#ofInstance = db.prepare(`${items} WHERE w.instance_id = +? ORDER BY w.id`);
  }

  unsettled(query: UnsettledQuery): readonly WorkItemRow[] {
    const before = query.dueBefore ?? Number.MAX_SAFE_INTEGER;
    const { states, limit } = query;
    const rows = states.flatMap((state) => this.#unsettled.all(state, before, limit));
    // Each state's rows are in order; several states are merged.
    if (states.length > 1) rows.sort((a, b) => a.due_at - b.due_at || a.id - b.id);
    return rows.slice(0, limit).map((row) => toWorkItemRow(row, this.#names));
  }

  unsettledIds(state: UnsettledQuery['states'][number]): readonly number[] {
    return this.#unsettledIds.all(state);
  }

  byId(id: number): WorkItemRow | null {
    const row = this.#byId.get(id);
    return row === undefined ? null : toWorkItemRow(row, this.#names);
  }

  byCommand(commandId: CommandId): WorkItemRow | null {
    const row = this.#byCommand.get(commandId);
    return row === undefined ? null : toWorkItemRow(row, this.#names);
  }

  ofInstance(instanceId: number): readonly WorkItemRow[] {
    return this.#ofInstance.all(instanceId).map((row) => toWorkItemRow(row, this.#names));
  }
}
