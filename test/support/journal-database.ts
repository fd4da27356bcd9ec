/**
 * The database as it lies on the disk, read with another SQLite than the server's, and only to read: what counts in the
 * end is what is written there.
 */
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const count = z.object({ n: z.number() });
const instance = z.object({ key: z.string(), run: z.number(), status: z.string() });
const event = z.object({ id: z.string(), n: z.number() });
const command = z.object({
  command: z.string(),
  effect: z.string(),
  state: z.string(),
  key: z.string(),
  attempts: z.number(),
  /** Attempts without a definite answer. */
  doubtful: z.number(),
  /** Attempts that a definite answer ended. */
  definite: z.number(),
  /** Outcome events in the journal. */
  outcomes: z.number(),
});
export type CommandRecord = z.infer<typeof command>;

export class JournalDatabase {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true });
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #count(sql: string, ...values: readonly (string | number)[]): number {
    return count.parse(this.#db.prepare(sql).get(...values)).n;
  }

  /** How often each event of a type from outside is in the journal, by id. */
  eventsOfType(type: string): ReadonlyMap<string, number> {
    const rows = this.#db
      .prepare(
        `SELECT e.id AS id, count(*) AS n FROM events e JOIN names t ON t.id = e.type WHERE t.name = ? GROUP BY e.id`,
      )
      .all(type);
    return new Map(rows.map((row) => event.parse(row)).map(({ id, n }) => [id, n]));
  }

  /** Ids of the events of a type from outside, in the journal's order. */
  idsInOrder(type: string): readonly string[] {
    const rows = this.#db
      .prepare(
        `SELECT e.id AS id, 1 AS n FROM events e JOIN names t ON t.id = e.type WHERE t.name = ? ORDER BY e.seq`,
      )
      .all(type);
    return rows.map((row) => event.parse(row).id);
  }

  instances(saga: string): readonly z.infer<typeof instance>[] {
    return this.#db
      .prepare(
        `SELECT i.key AS key, i.run AS run, i.status AS status FROM instances i JOIN names s ON s.id = i.saga WHERE s.name = ?`,
      )
      .all(saga)
      .map((row) => instance.parse(row));
  }

  /** Every effect command with what was recorded of it. */
  commands(): readonly CommandRecord[] {
    // By themselves: no index leads from an id to its event, and there may be hundreds of thousands.
    const outcomes = new Map(
      this.#db
        .prepare(`SELECT id, count(*) AS n FROM events WHERE id LIKE '%:outcome' GROUP BY id`)
        .all()
        .map((row) => event.parse(row))
        .map(({ id, n }) => [id, n]),
    );
    return this.#db
      .prepare(
        `SELECT lower(hex(w.command_id)) AS command, f.name AS effect, w.state AS state, i.key AS key,
          (SELECT count(*) FROM attempts a WHERE a.item_id = w.id AND a.ended = 0) AS attempts,
          (SELECT count(*) FROM attempts a WHERE a.item_id = w.id AND a.ended = 1
            AND a.outcome IN ('lost', 'in_doubt')) AS doubtful,
          (SELECT count(*) FROM attempts a WHERE a.item_id = w.id AND a.ended = 1
            AND a.outcome IN ('succeeded', 'failed')) AS definite
         FROM work_items w JOIN names f ON f.id = w.effect JOIN instances i ON i.id = w.instance_id`,
      )
      .all()
      .map((row) => {
        const id = `${String(row['command'])}:outcome`;
        return command.parse({ ...row, outcomes: outcomes.get(id) ?? 0 });
      });
  }

  /** Faults of the journal's own order: numbers that are missing, a commit that goes back. Empty when it is whole. */
  orderFaults(): readonly string[] {
    const faults: string[] = [];
    const events = this.#count('SELECT count(*) AS n FROM events');
    const last = this.#count('SELECT coalesce(max(seq), 0) AS n FROM events');
    if (events !== last) faults.push(`${events} events, the last is number ${last}`);
    const back = this.#count(
      `SELECT count(*) AS n FROM commits a JOIN commits b ON b.no = a.no + 1
        WHERE b.last_seq < a.last_seq OR b.at < a.at OR b.epoch < a.epoch`,
    );
    if (back > 0) faults.push(`${back} commits go back behind the one before`);
    const commits = this.#count('SELECT count(*) AS n FROM commits');
    const lastCommit = this.#count('SELECT coalesce(max(no), 0) AS n FROM commits');
    if (commits !== lastCommit) faults.push(`${commits} commits, the last is number ${lastCommit}`);
    const torn = this.#count(
      `SELECT count(*) AS n FROM instances i WHERE i.version <>
        (SELECT count(*) FROM transitions t WHERE t.instance_id = i.id)`,
    );
    if (torn > 0) faults.push(`${torn} instances have another version than transitions`);
    const integrity = z
      .array(z.object({ integrity_check: z.string() }))
      .parse(this.#db.prepare('PRAGMA integrity_check').all());
    for (const row of integrity) if (row.integrity_check !== 'ok') faults.push(row.integrity_check);
    return faults;
  }
}
