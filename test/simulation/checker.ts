/**
 * What DESIGN promises, checked against the database as it lies on the disk. Nothing here shares code with the engine or
 * its store: other SQL, another SQLite, its own reading of I1 to I9. A program is asked again for what it decided, since
 * that it answers the same is itself the promise (I6).
 *
 * @module
 */
import type { EffectCall } from '@holdfast/core';
import { CallCheck } from './checks/calls.ts';
import { DecisionCheck } from './checks/decisions.ts';
import { Disk, number, text } from './checks/disk.ts';
import { OutcomeCheck } from './checks/outcomes.ts';
import { Violation } from './violation.ts';

/** What a client was told of an event it sent. */
export interface Acknowledged {
  readonly tenant: string;
  readonly source: string;
  readonly id: string;
  readonly seq: number;
}

const WORKFLOW = 2;
const ENDED = ['completed', 'compensated', 'failed', 'cancelled'];

export class Checker {
  readonly #disk: Disk;
  readonly #calls: CallCheck;
  readonly #decisions: DecisionCheck;
  readonly #outcomes: OutcomeCheck;
  readonly #acknowledged = new Map<string, Acknowledged>();
  /** Hash of each row that may never change, by table and key (I7). */
  readonly #sealed = new Map<string, string>();
  #commit = 0;
  #event = 0;

  /** @param acted ids of the commands that took effect outside */
  constructor(path: string, acted: ReadonlySet<string>) {
    this.#disk = new Disk(path);
    this.#calls = new CallCheck(this.#disk);
    this.#decisions = new DecisionCheck(this.#disk);
    this.#outcomes = new OutcomeCheck(this.#disk, acted);
  }

  /** How often an instance was moved to another release. */
  get moves(): number {
    return this.#decisions.moves;
  }

  /** What stays on another release than the active one has a reason to. */
  stayedForAReason(): void {
    this.#decisions.stayedForAReason();
  }

  close(): void {
    this.#disk.close();
  }

  /** After a crash: another connection, and everything that was there must be there still. */
  reopen(): void {
    this.#disk.reopen();
    this.look();
    for (const [row, hash] of this.#sealed) {
      const [table = '', key = ''] = row.split(' ');
      if (this.#disk.rowHash(table, Number(key)) !== hash) {
        throw new Violation('I7', `${table} ${key} was there before the crash, and has changed`);
      }
    }
    for (const told of this.#acknowledged.values()) this.#holds(told);
  }

  /** A client was told that its event is kept. */
  acknowledged(told: Acknowledged): void {
    const known = this.#acknowledged.get(nameOf(told));
    if (known !== undefined && known.seq !== told.seq) {
      throw new Violation(
        'I1',
        `${nameOf(told)} was acknowledged as ${known.seq}, then ${told.seq}`,
      );
    }
    this.#acknowledged.set(nameOf(told), told);
    this.#holds(told);
  }

  /** A person lets an instance go on: each call of it that is held may be made once more. */
  released(tenant: string, saga: string, key: string): void {
    this.#calls.released(tenant, saga, key);
  }

  /** A call leaves: it must be allowed to, and be on record. @param now wall time, in microseconds */
  called(call: EffectCall, now: number): void {
    this.#calls.called(call, now);
  }

  /** Looks at all that was committed since the last look. */
  look(): void {
    const commit = this.#disk.max('commits', 'no');
    if (commit === this.#commit) return;
    this.#commit = commit;
    this.#events();
    for (const id of this.#decisions.look()) this.#seal('transitions', id);
    this.#outcomes.look();
    this.#counts();
  }

  /** Instances that need a person. */
  blocked(): readonly { tenant: string; saga: string; key: string }[] {
    return this.#disk
      .all(
        `SELECT t.name AS tenant, s.name AS saga, i.key FROM instances i JOIN names t ON t.id = i.tenant JOIN names s ON s.id = i.saga
       WHERE i.status = 'blocked'`,
      )
      .map((row) => ({
        tenant: text(row, 'tenant'),
        saga: text(row, 'saga'),
        key: text(row, 'key'),
      }));
  }

  /** Nothing is left to do: everything has come to an end that can be told. */
  atRest(): void {
    for (const row of this.#disk.all(
      `SELECT s.name AS saga, i.key, i.status FROM instances i JOIN names s ON s.id = i.saga`,
    )) {
      const standing = `${text(row, 'saga')}/${text(row, 'key')} is ${text(row, 'status')}`;
      if (text(row, 'saga') !== 'shelf' && !ENDED.includes(text(row, 'status')))
        throw new Violation('I9', `${standing}, and nothing moves any more`);
    }
    const left = this.#disk.one(`SELECT count(*) AS n FROM work_items WHERE state <> 'settled'`);
    if (left !== null && number(left, 'n') > 0)
      throw new Violation('I9', `${number(left, 'n')} work items are not settled`);
    const parked = this.#disk.one('SELECT count(*) AS n FROM parked');
    if (parked !== null && number(parked, 'n') > 0)
      throw new Violation('I9', `${number(parked, 'n')} events are parked for ever`);
    for (const row of this.#disk.all(
      `SELECT e.seq, n.name AS type FROM events e JOIN names n ON n.id = e.type
       WHERE e.stream <= ${WORKFLOW} AND n.name NOT LIKE 'saga.co%' AND n.name NOT IN ('saga.failed', 'saga.cancelled')
         AND NOT EXISTS (SELECT 1 FROM transitions t WHERE t.seq = e.seq)
         AND NOT EXISTS (SELECT 1 FROM dispositions d WHERE d.seq = e.seq)`,
    )) {
      throw new Violation(
        'I9',
        `nobody dealt with event ${number(row, 'seq')} (${text(row, 'type')})`,
      );
    }
  }

  /** What the overview says of runs is what a count of them says, and sums up. */
  #counts(): void {
    const differing = this.#disk.one(
      `SELECT * FROM (SELECT tenant, count(*) AS n, sum(phase = 0) AS goes_on, sum(status = 'blocked') AS blocked,
         sum(status = 'completed') AS completed, sum(status = 'compensated') AS compensated, sum(status = 'failed') AS failed,
         sum(status = 'cancelled') AS cancelled FROM instances GROUP BY tenant) i
       LEFT JOIN run_counts c ON c.tenant = i.tenant
       WHERE (c.accepted, c.in_progress, c.needs_you, c.completed, c.compensated, c.failed, c.cancelled)
           IS NOT (i.n, i.goes_on, i.blocked, i.completed, i.compensated, i.failed, i.cancelled)
         OR c.accepted <> c.in_progress + c.needs_you + c.completed + c.compensated + c.failed + c.cancelled`,
    );
    if (differing !== null)
      throw new Violation('I2', `counts of runs differ: ${JSON.stringify(differing)}`);
    const groups = this.#disk.one(
      `SELECT g.*, i.* FROM (SELECT tenant AS of, json_extract(blocked_by, '$.code') AS why, saga AS which, release AS pin,
         coalesce(json_extract(blocked_by, '$.effect'), '') AS at, count(*) AS n FROM instances WHERE status = 'blocked'
         GROUP BY 1, 2, 3, 4, 5) i
       FULL JOIN blocked_groups g ON (g.tenant, g.code, g.saga, g.release, g.effect) = (i.of, i.why, i.which, i.pin, i.at)
       WHERE g.count IS NOT i.n`,
    );
    if (groups !== null)
      throw new Violation('I2', `counts of what is blocked differ: ${JSON.stringify(groups)}`);
  }

  #holds({ tenant, source, id, seq }: Acknowledged): void {
    const row = this.#disk.one(
      `SELECT e.id, e.source, t.name AS tenant FROM events e JOIN names t ON t.id = e.tenant WHERE e.seq = ?`,
      seq,
    );
    if (row === null || text(row, 'id') !== id || text(row, 'source') !== source)
      throw new Violation('I1', `${source} ${id} was acknowledged as ${seq}, and is not there`);
    if (text(row, 'tenant') !== tenant)
      throw new Violation('I5', `${source} ${id} is in the journal of another tenant`);
    const twins = this.#disk.all(
      'SELECT e.seq FROM events e JOIN names t ON t.id = e.tenant WHERE e.id = ? AND e.source = ? AND t.name = ?',
      id,
      source,
      tenant,
    );
    if (twins.length !== 1)
      throw new Violation('I1', `${source} ${id} stands ${twins.length} times in the journal`);
  }

  #events(): void {
    for (const row of this.#disk.all(
      'SELECT seq FROM events WHERE seq > ? ORDER BY seq',
      this.#event,
    )) {
      const seq = number(row, 'seq');
      if (seq !== this.#event + 1)
        throw new Violation('I7', `the journal has no event ${this.#event + 1}`);
      this.#event = seq;
      this.#seal('events', seq);
    }
  }

  #seal(table: string, key: number): void {
    this.#sealed.set(`${table} ${key}`, this.#disk.rowHash(table, key));
  }
}

function nameOf({ tenant, source, id }: Acknowledged): string {
  return `${tenant} ${source} ${id}`;
}
