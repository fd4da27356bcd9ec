/**
 * What DESIGN promises, checked against the database as it lies on the disk. Nothing here shares code with the engine or
 * its store: other SQL, another SQLite, its own reading of I1 to I9. A program is asked again for what it decided, since
 * that it answers the same is itself the promise (I6).
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { EffectCall } from '@holdfast/core';
import { EFFECTS, type EffectName, MAX_ATTEMPTS, WINDOW_MICROS } from './release.ts';
import { decideOnce } from './sim-sandbox.ts';
import { Violation } from './violation.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a client was told of an event it sent. */
export interface Acknowledged {
  readonly tenant: string;
  readonly source: string;
  readonly id: string;
  readonly seq: number;
}

/** Types of events that only the engine makes, and what they are to a program. */
const KIND_OF_TYPE: Readonly<Record<string, string>> = {
  'effect.succeeded': 'effect',
  'effect.failed': 'effect',
  'effect.unknown': 'effect',
  'timer.fired': 'timer',
  'wait.completed': 'wait',
  'wait.failed': 'wait',
  'wait.expired': 'wait',
  'child.ended': 'child',
  'child.start': 'start',
  'saga.continued': 'start',
  'saga.cancel': 'cancel',
  'saga.redrive': 'redrive',
};
const WORKFLOW = 2;
const ACTS = ['saga.cancel', 'saga.redrive'];
const ENDED = ['completed', 'compensated', 'failed', 'cancelled'];

export class Checker {
  readonly #path: string;
  #db: DatabaseSync;
  #statements = new Map<string, StatementSync>();
  readonly #acknowledged = new Map<string, Acknowledged>();
  /** Hash of each row that may never change, by table and key (I7). */
  readonly #sealed = new Map<string, string>();
  /** Schedules that were ever armed. */
  readonly #armed = new Map<number, { instance: number; name: string; dueAt: number }>();
  /** How often a person let an instance go on, and how many calls of a command that accounts for. */
  readonly #released = new Map<string, number>();
  readonly #used = new Map<string, number>();
  readonly #usedBy = new Map<string, number>();
  #commit = 0;
  #event = 0;
  #transition = 0;

  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path, { readOnly: true });
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  /** After a crash: another connection, and everything that was there must be there still. */
  reopen(): void {
    this.#db = new DatabaseSync(this.#path, { readOnly: true });
    this.look();
    for (const [row, hash] of this.#sealed) {
      const [table = '', key = ''] = row.split(' ');
      if (this.#rowHash(table, Number(key)) !== hash) {
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
    const instance = `${tenant} ${saga} ${key}`;
    this.#released.set(instance, (this.#released.get(instance) ?? 0) + 1);
  }

  /** A call leaves: it must be allowed to (I4), and be on record. @param now wall time, in microseconds */
  called(call: EffectCall, now: number): void {
    const item = this.#one(
      `SELECT w.id, w.state, w.outcome, w.input, t.name AS tenant FROM work_items w JOIN names t ON t.id = w.tenant
       WHERE w.command_id = unhex(?)`,
      call.commandId,
    );
    const what = `${call.effect} ${call.commandId.slice(0, 8)} attempt ${call.attempt} (${call.mode})`;
    if (item === null) throw new Violation('I4', `${what}: called before it was recorded`);
    if (text(item, 'tenant') !== call.tenant)
      throw new Violation('I5', `${what}: of another tenant`);
    if (text(item, 'state') !== 'leased')
      throw new Violation('I4', `${what}: called while ${text(item, 'state')}`);
    const tries = this.#all(
      'SELECT no, ended, mode, outcome, at FROM attempts WHERE item_id = ? ORDER BY no, ended',
      number(item, 'id'),
    );
    const last = tries.at(-1);
    if (last === undefined || number(last, 'no') !== call.attempt || number(last, 'ended') !== 0) {
      throw new Violation('I4', `${what}: called without a started attempt on record`);
    }
    this.#mayCall(call, tries.slice(0, -1), now, what);
  }

  /** Looks at all that was committed since the last look. */
  look(): void {
    const commit = this.#max('commits', 'no');
    if (commit === this.#commit) return;
    this.#commit = commit;
    this.#events();
    this.#transitions();
    this.#schedules();
    this.#outcomes();
  }

  /** Instances that need a person. */
  blocked(): readonly { tenant: string; saga: string; key: string }[] {
    return this.#all(
      `SELECT t.name AS tenant, s.name AS saga, i.key FROM instances i JOIN names t ON t.id = i.tenant JOIN names s ON s.id = i.saga
       WHERE i.status = 'blocked'`,
    ).map((row) => ({
      tenant: text(row, 'tenant'),
      saga: text(row, 'saga'),
      key: text(row, 'key'),
    }));
  }

  /** Nothing is left to do: everything has come to an end that can be told. */
  atRest(): void {
    for (const row of this.#all(
      `SELECT s.name AS saga, i.key, i.status FROM instances i JOIN names s ON s.id = i.saga`,
    )) {
      const standing = `${text(row, 'saga')}/${text(row, 'key')} is ${text(row, 'status')}`;
      if (text(row, 'saga') !== 'shelf' && !ENDED.includes(text(row, 'status')))
        throw new Violation('I9', `${standing}, and nothing moves any more`);
    }
    const left = this.#one(`SELECT count(*) AS n FROM work_items WHERE state <> 'settled'`);
    if (left !== null && number(left, 'n') > 0)
      throw new Violation('I9', `${number(left, 'n')} work items are not settled`);
    const parked = this.#one('SELECT count(*) AS n FROM parked');
    if (parked !== null && number(parked, 'n') > 0)
      throw new Violation('I9', `${number(parked, 'n')} events are parked for ever`);
    for (const row of this.#all(
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

  #holds({ tenant, source, id, seq }: Acknowledged): void {
    const row = this.#one(
      `SELECT e.id, e.source, t.name AS tenant FROM events e JOIN names t ON t.id = e.tenant WHERE e.seq = ?`,
      seq,
    );
    if (row === null || text(row, 'id') !== id || text(row, 'source') !== source)
      throw new Violation('I1', `${source} ${id} was acknowledged as ${seq}, and is not there`);
    if (text(row, 'tenant') !== tenant)
      throw new Violation('I5', `${source} ${id} is in the journal of another tenant`);
    const twins = this.#all(
      'SELECT e.seq FROM events e JOIN names t ON t.id = e.tenant WHERE e.id = ? AND e.source = ? AND t.name = ?',
      id,
      source,
      tenant,
    );
    if (twins.length !== 1)
      throw new Violation('I1', `${source} ${id} stands ${twins.length} times in the journal`);
  }

  #mayCall(call: EffectCall, before: readonly Row[], now: number, what: string): void {
    const ends = before.filter((row) => number(row, 'ended') === 1);
    if (ends.some((row) => ['succeeded', 'failed'].includes(String(row['outcome']))))
      throw new Violation('I4', `${what}: called again after a definite answer`);
    // Calls that find out whether an upstream is back are not counted.
    const isCounted = !('upstream' in EFFECTS[call.effect as EffectName]);
    if (isCounted && call.attempt > MAX_ATTEMPTS && !this.#isReleased(call))
      throw new Violation('I4', `${what}: more tries than ${MAX_ATTEMPTS}`);
    const everInDoubt = ends.some((row) => ['in_doubt', 'lost'].includes(String(row['outcome'])));
    if (call.mode === 'check') {
      if (!everInDoubt)
        throw new Violation('I4', `${what}: asked about a call that was never in doubt`);
      return;
    }
    // A person's word, and a target's that nothing happened, hold until a call is in doubt anew.
    const denied = ends.findLast(
      (row) => row['outcome'] === 'not_done' && modeOf(before, row) === 'check',
    );
    const since = Math.max(
      this.#usedBy.get(call.commandId) ?? 0,
      denied === undefined ? 0 : number(denied, 'no'),
    );
    const isDoubtful = ends.some(
      (row) => number(row, 'no') >= since && ['in_doubt', 'lost'].includes(String(row['outcome'])),
    );
    if (!isDoubtful) return;
    const { inDoubt } = EFFECTS[call.effect as EffectName];
    if (inDoubt !== 'retry' && !this.#isReleased(call))
      throw new Violation('I4', `${what}: called again in doubt, where the policy is ${inDoubt}`);
    const first = before[0];
    const isPast = first !== undefined && now >= number(first, 'at') + WINDOW_MICROS;
    if (isPast && !this.#isReleased(call))
      throw new Violation('I4', `${what}: called again after its window`);
  }

  /** Whether a person's word, not used up yet, covers the call; uses it up. */
  #isReleased({ tenant, saga, key, commandId, attempt }: EffectCall): boolean {
    const said = this.#released.get(`${tenant} ${saga} ${key}`) ?? 0;
    const used = this.#used.get(commandId) ?? 0;
    if (this.#usedBy.get(commandId) === attempt) return true;
    this.#usedBy.set(commandId, attempt);
    this.#used.set(commandId, used + 1);
    return used < said;
  }

  #events(): void {
    for (const row of this.#all('SELECT seq FROM events WHERE seq > ? ORDER BY seq', this.#event)) {
      const seq = number(row, 'seq');
      if (seq !== this.#event + 1)
        throw new Violation('I7', `the journal has no event ${this.#event + 1}`);
      this.#event = seq;
      this.#seal('events', seq);
    }
  }

  #transitions(): void {
    for (const row of this.#all(
      `SELECT t.*, s.name AS saga_name, i.version AS now_at, i.key, i.run, te.name AS tenant_name, e.stream, e.data, e.id AS event_id,
         et.name AS type_name, ee.name AS event_tenant, e.extensions, e.received_at
       FROM transitions t JOIN instances i ON i.id = t.instance_id JOIN names s ON s.id = t.saga JOIN names te ON te.id = i.tenant
       JOIN events e ON e.seq = t.seq JOIN names et ON et.id = e.type JOIN names ee ON ee.id = e.tenant
       WHERE t.id > ? ORDER BY t.id`,
      this.#transition,
    )) {
      this.#transition = number(row, 'id');
      this.#seal('transitions', number(row, 'id'));
      this.#inOrder(row);
      this.#isWhole(row);
      this.#isPure(row);
    }
  }

  /** Versions without a gap, events in the order of the journal, from the right stream and tenant. */
  #inOrder(row: Row): void {
    const of = `${text(row, 'saga_name')}/${text(row, 'key')} version ${number(row, 'version')}`;
    if (text(row, 'tenant_name') !== text(row, 'event_tenant'))
      throw new Violation('I5', `${of}: decided on an event of another tenant`);
    const isOutcome = KIND_OF_TYPE[text(row, 'type_name')] !== undefined;
    if (isOutcome && number(row, 'stream') !== WORKFLOW)
      throw new Violation('I5', `${of}: took an event from outside for an outcome`);
    const before = this.#one(
      'SELECT version FROM transitions WHERE instance_id = ? AND id < ? ORDER BY id DESC LIMIT 1',
      number(row, 'instance_id'),
      number(row, 'id'),
    );
    const last = before === null ? 0 : number(before, 'version');
    if (number(row, 'version') !== last + 1)
      throw new Violation('I2', `${of}: follows version ${last}`);
    this.#inJournalOrder(row, of);
    if (number(row, 'now_at') < number(row, 'version'))
      throw new Violation('I2', `${of}: its instance stands at ${number(row, 'now_at')}`);
  }

  #inJournalOrder(row: Row, of: string): void {
    // A person's act goes before what was parked.
    if (ACTS.includes(text(row, 'type_name'))) return;
    const later = this.#one(
      `SELECT t.seq FROM transitions t JOIN events e ON e.seq = t.seq JOIN names n ON n.id = e.type
       WHERE t.instance_id = ? AND t.id < ? AND t.seq >= ? AND n.name NOT IN ('saga.cancel', 'saga.redrive') LIMIT 1`,
      number(row, 'instance_id'),
      number(row, 'id'),
      number(row, 'seq'),
    );
    if (later !== null)
      throw new Violation('I9', `${of}: event ${number(row, 'seq')} after ${number(later, 'seq')}`);
  }

  /** Everything the decision asked for came with it (I2). */
  #isWhole(row: Row): void {
    const decision = JSON.parse(text(row, 'decision')) as {
      items: { step: string }[];
      waits: { step: string }[];
      schedules: { name: string }[];
      cancelSchedules: string[];
      children: { saga: string; key: string }[];
      publishes: { type: string }[];
    };
    const instance = number(row, 'instance_id');
    const of = `${text(row, 'saga_name')}/${text(row, 'key')} version ${number(row, 'version')}`;
    const missing = (what: string): never => {
      throw new Violation('I2', `${of}: decided, and ${what}`);
    };
    for (const { step } of decision.items) {
      if (
        this.#one(
          'SELECT 1 AS n FROM work_items WHERE instance_id = ? AND step = ?',
          instance,
          step,
        ) === null
      )
        missing(`its work item ${step} is not there`);
    }
    for (const { step } of decision.waits) {
      if (
        this.#one('SELECT 1 AS n FROM waits WHERE instance_id = ? AND step = ?', instance, step) ===
        null
      )
        missing(`its wait ${step} is not there`);
    }
    // A later transition of the same commit may have set it again, and one that is due may be firing.
    const isNewest = number(row, 'now_at') === number(row, 'version');
    for (const name of isNewest ? decision.cancelSchedules : []) {
      if (
        this.#one(
          'SELECT 1 AS n FROM schedules WHERE instance_id = ? AND name = ? AND due_at > (SELECT max(at) FROM commits)',
          instance,
          name,
        ) !== null
      )
        missing(`the schedule ${name} it cancelled is still there`);
    }
    const caused = this.#all(
      `SELECT n.name AS type, e.subject FROM events c JOIN events e ON e.causation_id = c.id JOIN names n ON n.id = e.type WHERE c.seq = ?`,
      number(row, 'seq'),
    );
    for (const { saga, key } of decision.children) {
      if (
        !caused.some(
          (event) => event['type'] === 'child.start' && event['subject'] === `${saga}/${key}`,
        )
      )
        missing(`its child ${saga}/${key} was not started`);
    }
    for (const { type } of decision.publishes) {
      if (!caused.some((event) => event['type'] === type)) missing(`its ${type} was not published`);
    }
  }

  /** The same program, asked again, decides the same (I6). */
  #isPure(row: Row): void {
    const before = this.#one(
      'SELECT state FROM transitions WHERE instance_id = ? AND version = ?',
      number(row, 'instance_id'),
      number(row, 'version') - 1,
    );
    const type = text(row, 'type_name');
    const attributes = JSON.parse(row['extensions'] === null ? '{}' : text(row, 'extensions')) as {
      step?: string;
    };
    const kind = KIND_OF_TYPE[type] ?? (before === null ? 'start' : 'event');
    const answer = decideOnce({
      saga: text(row, 'saga_name'),
      input: {
        saga: text(row, 'saga_name'),
        tenant: text(row, 'tenant_name'),
        key: text(row, 'key'),
        run: number(row, 'run'),
        state: before === null ? null : text(before, 'state'),
        event: {
          kind: kind as 'start',
          type,
          id: text(row, 'event_id'),
          step: attributes.step ?? null,
          data: text(row, 'data'),
        },
        now: number(row, 'recorded_at'),
        seed: text(row, 'seed'),
      },
    });
    const of = `${text(row, 'saga_name')}/${text(row, 'key')} version ${number(row, 'version')}`;
    if (number(row, 'recorded_at') !== number(row, 'received_at'))
      throw new Violation('I6', `${of}: decided at another time than its event came`);
    if (!answer.ok)
      throw new Violation('I6', `${of}: asked again it fails: ${answer.failure.message}`);
    if (answer.decision !== text(row, 'decision') || answer.state !== text(row, 'state'))
      throw new Violation('I6', `${of}: asked again it decides otherwise`);
  }

  #schedules(): void {
    for (const row of this.#all('SELECT id, instance_id, name, due_at FROM schedules')) {
      this.#armed.set(number(row, 'id'), {
        instance: number(row, 'instance_id'),
        name: text(row, 'name'),
        dueAt: number(row, 'due_at'),
      });
    }
  }

  /** Each outcome settles one item; each firing is of a schedule that was due, and of each only one (I3, I8). */
  #outcomes(): void {
    for (const row of this.#all(
      `SELECT w.id, w.step, w.outcome_seq, n.name AS type FROM work_items w LEFT JOIN events e ON e.seq = w.outcome_seq
       LEFT JOIN names n ON n.id = e.type WHERE w.state = 'settled' AND w.outcome <> 'cancelled'`,
    )) {
      if (!String(row['type']).startsWith('effect.'))
        throw new Violation(
          'I3',
          `item ${number(row, 'id')} is settled without an outcome in the journal`,
        );
    }
    for (const row of this.#all(
      `SELECT e.seq, e.id, e.target, e.received_at, n.name AS type, e.extensions,
         (SELECT count(*) FROM work_items w WHERE w.outcome_seq = e.seq AND w.state = 'settled') AS settles,
         (SELECT count(*) FROM events o WHERE o.id = e.id AND o.stream = e.stream) AS twins
       FROM events e JOIN names n ON n.id = e.type
       WHERE e.stream = ${WORKFLOW} AND (n.name LIKE 'effect.%' OR n.name = 'timer.fired')`,
    )) {
      const isTimer = text(row, 'type') === 'timer.fired';
      if (number(row, 'twins') !== 1)
        throw new Violation(
          isTimer ? 'I8' : 'I4',
          `${text(row, 'type')} ${text(row, 'id')} is journaled twice`,
        );
      if (!isTimer && number(row, 'settles') !== 1)
        throw new Violation(
          'I3',
          `the outcome ${number(row, 'seq')} settles ${number(row, 'settles')} items`,
        );
      if (isTimer) this.#wasDue(row);
    }
  }

  #wasDue(row: Row): void {
    const { step } = JSON.parse(text(row, 'extensions')) as { step: string };
    const instance = number(row, 'target');
    const due = [...this.#armed.values()].some(
      (armed) =>
        armed.instance === instance &&
        armed.name === step &&
        armed.dueAt <= number(row, 'received_at'),
    );
    // One that was set and came due between two looks is not known of; the clock stands still in between.
    if (!due) throw new Violation('I8', `${step} fired before it was due`);
  }

  #seal(table: string, key: number): void {
    this.#sealed.set(`${table} ${key}`, this.#rowHash(table, key));
  }

  #rowHash(table: string, key: number): string {
    const row = this.#one(
      table === 'events'
        ? 'SELECT * FROM events WHERE seq = ?'
        : 'SELECT * FROM transitions WHERE id = ?',
      key,
    );
    return createHash('sha256')
      .update(
        JSON.stringify(row, (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
        ),
      )
      .digest('hex');
  }

  #max(table: string, column: string): number {
    const row = this.#one(`SELECT max(${column}) AS n FROM ${table}`);
    return row === null ? 0 : Number(row['n']);
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  #one(sql: string, ...values: SQLInputValue[]): Row | null {
    return (this.#statement(sql).get(...values) as Row | undefined) ?? null;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function modeOf(rows: readonly Row[], end: Row): unknown {
  return rows.find((row) => row['no'] === end['no'] && row['ended'] === 0)?.['mode'];
}

function nameOf({ tenant, source, id }: Acknowledged): string {
  return `${tenant} ${source} ${id}`;
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`${column} is no text: ${String(value)}`);
  return value;
}

function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`${column} is no number: ${String(value)}`);
  return value;
}
