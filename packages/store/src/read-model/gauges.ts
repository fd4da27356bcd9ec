/**
 * How much there is of what a person watches, over all tenants (R7.1, R9.1).
 *
 * 1. Each number comes from an index that holds just the rows it counts, from what is counted as it comes and goes, or
 *    from a file's size; no table is gone through.
 * 2. Counting stops at `MOST_COUNTED`; of instances, whose rows must be looked at for their status, at `MOST_LIVE_COUNTED`.
 * 3. What took some time to count is not counted again before it has been left alone for a hundred times as long: until
 *    then the last numbers stand. However often somebody asks, it takes one hundredth of a core at most.
 */
import { statSync } from 'node:fs';
import type { Clock, Millis } from '@holdfast/core';
import type { Statement } from 'better-sqlite3';

import type { StoreGauges } from '../read-port.ts';
import { atOneCommit } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

/** A count that is as high as this may be higher. */
const MOST_COUNTED = 1_000_000;
const MOST_LIVE_COUNTED = 100_000;
const REST_FACTOR = 100;

const counted = (rows: string): string => `SELECT count(*) AS n FROM (${rows} LIMIT @most)`;

/** The subqueries are given as the partial indexes say it, so that these answer. */
export const GAUGE_QUERIES = {
  // Rows of an index end in the row's id, which rises with time: the oldest comes along.
  items: `SELECT count(*) AS n, min(id) AS oldest FROM (SELECT id FROM work_items WHERE state = @state AND state <> 'settled' LIMIT @most)`,
  itemCreated: 'SELECT created_at AS at FROM work_items WHERE id = @id',
  // The index tells which; the status is in the row.
  live: `SELECT status, count(*) AS n FROM (SELECT status FROM instances WHERE phase < 2 LIMIT @most) GROUP BY status`,
  blocked: counted('SELECT 1 FROM instances WHERE phase = 1'),
  // Kept as entries come and are resolved: few groups, however many entries.
  quarantine: 'SELECT coalesce(sum(count), 0) AS n FROM quarantine_groups',
  schedules: counted('SELECT due_at FROM schedules'),
  schedulesDue: counted('SELECT due_at FROM schedules WHERE due_at <= @now'),
} as const;

type Query = keyof typeof GAUGE_QUERIES;

export class Gauges {
  readonly #context: ReadContext;
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #statements = new Map<Query, Statement>();
  #last: StoreGauges | null = null;
  #nextAt: Millis = 0;

  constructor(context: ReadContext, clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#context = context;
    this.#clock = clock;
  }

  read(): StoreGauges {
    const begun = this.#clock.monotonic();
    if (this.#last !== null && begun < this.#nextAt) return this.#last;
    const gauges = atOneCommit(this.#context, () => this.#count());
    const ended = this.#clock.monotonic();
    this.#nextAt = ended + (ended - begun) * REST_FACTOR;
    this.#last = gauges;
    return gauges;
  }

  #count(): StoreGauges {
    const pending = this.#items('pending');
    const { name: database } = this.#context.sqlite;
    return {
      outbox: {
        pending: pending.n,
        leased: this.#items('leased').n,
        held: this.#items('held').n,
      },
      oldestPendingAt: pending.oldest === null ? null : this.#createdAt(pending.oldest),
      instances: { ...this.#live(), blocked: this.#number('blocked') },
      quarantine: this.#number('quarantine'),
      schedules: {
        set: this.#number('schedules'),
        due: this.#number('schedulesDue', { now: this.#clock.now() }),
      },
      bytes: { database: sizeOf(database), wal: sizeOf(`${database}-wal`) },
    };
  }

  #items(state: string): { readonly n: number; readonly oldest: number | null } {
    return this.#row('items', { state, most: MOST_COUNTED });
  }

  #live(): StoreGauges['instances'] {
    const rows = this.#statement('live').all({ most: MOST_LIVE_COUNTED });
    return Object.fromEntries(
      (rows as readonly { readonly status: string; readonly n: number }[]).map(({ status, n }) => [
        status,
        n,
      ]),
    );
  }

  #createdAt(id: number): number {
    return this.#row<{ at: number }>('itemCreated', { id }).at;
  }

  #number(query: Query, values: Readonly<Record<string, number>> = {}): number {
    return this.#row<{ n: number }>(query, { most: MOST_COUNTED, ...values }).n;
  }

  #row<Row>(query: Query, values: object): Row {
    return this.#statement(query).get(values) as Row;
  }

  #statement(query: Query): Statement {
    let statement = this.#statements.get(query);
    if (statement === undefined) {
      statement = this.#context.sqlite.prepare(GAUGE_QUERIES[query]);
      this.#statements.set(query, statement);
    }
    return statement;
  }
}

/** Bytes; 0 for a file that is not there, as the log of a database that nobody has written to. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
