/**
 * That every decision is whole (I2), in order (I9), of the right tenant and stream (I5), and what its program decides
 * when it is asked again (I6); and that an instance is pinned to no release that would have decided otherwise.
 *
 * @module
 */
import { canonicalJson, type Json } from '@holdfast/core';
import type { DecideAnswer } from '../../../packages/engine/src/sandbox-port.ts';
import { VARIANT_KEY } from '../release.ts';
import { PINNED, type Variant } from '../sagas.ts';
import { decideOnce, variantOf } from '../sim-sandbox.ts';
import { Violation } from '../violation.ts';
import { type Disk, number, type Row, text } from './disk.ts';

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
const DECISIONS = `SELECT t.*, s.name AS saga_name, i.version AS now_at, i.key, i.run, te.name AS tenant_name, e.stream, e.data,
    e.id AS event_id, et.name AS type_name, ee.name AS event_tenant, e.extensions, e.received_at, r.name AS release_name
  FROM transitions t JOIN instances i ON i.id = t.instance_id JOIN names s ON s.id = t.saga JOIN names te ON te.id = i.tenant
  JOIN events e ON e.seq = t.seq JOIN names et ON et.id = e.type JOIN names ee ON ee.id = e.tenant
  JOIN names r ON r.id = t.release`;
const ACTS = ['saga.cancel', 'saga.redrive'];

export class DecisionCheck {
  readonly #disk: Disk;
  #transition = 0;
  /** Release of each instance at the last look. */
  readonly #pinned = new Map<number, string>();
  /** Release and version at which it was last found to be rightly there. */
  readonly #sound = new Map<number, string>();
  /** How often an instance was moved to another release. */
  moves = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Looks at what was decided since the last look. @returns ids of the transitions */
  look(): readonly number[] {
    const seen: number[] = [];
    for (const row of this.#disk.all(
      `${DECISIONS} WHERE t.id > ? ORDER BY t.id`,
      this.#transition,
    )) {
      this.#transition = number(row, 'id');
      seen.push(this.#transition);
      this.#inOrder(row);
      this.#isWhole(row);
      this.#isPure(row);
    }
    if (seen.length > 0) this.#isFound();
    this.#pins();
    return seen;
  }

  /**
   * Nothing has kept it from moving: an instance that is pinned elsewhere would have been decided otherwise by the active
   * release, or cannot be taken over by it.
   */
  stayedForAReason(): void {
    for (const row of this.#disk.all(
      `SELECT i.id, i.key, s.name AS saga, r.name AS release, (SELECT digest FROM activations ORDER BY id DESC LIMIT 1) AS active
       FROM instances i JOIN names s ON s.id = i.saga JOIN names r ON r.id = i.release WHERE i.phase < 2`,
    )) {
      const active = text(row, 'active');
      if (text(row, 'release') === active || text(row, 'saga') === PINNED) continue;
      if (this.#otherwise(number(row, 'id'), active) !== null) continue;
      const name = `${text(row, 'saga')}/${text(row, 'key')}`;
      throw new Violation('pin', `${name}: the active release decides alike, and it did not move`);
    }
  }

  /** What an instance is found by is what its last decision says (I2). */
  #isFound(): void {
    for (const row of this.#disk.all(
      `SELECT i.key, s.name AS saga, json_extract(t.decision, '$.search') AS said,
         (SELECT json_group_object(n.name, f.value) FROM search_fields f JOIN names n ON n.id = f.name
          WHERE f.instance_id = i.id) AS found
       FROM instances i JOIN names s ON s.id = i.saga
       JOIN transitions t ON t.instance_id = i.id AND t.version = i.version
       WHERE NOT EXISTS (SELECT 1 FROM instances l WHERE l.tenant = i.tenant AND l.saga = i.saga AND l.key = i.key AND l.run > i.run)`,
    )) {
      const said = row['said'] === null ? '{}' : text(row, 'said');
      const found = text(row, 'found');
      if (canonicalJson(JSON.parse(said) as Json) === canonicalJson(JSON.parse(found) as Json))
        continue;
      const name = `${text(row, 'saga')}/${text(row, 'key')}`;
      throw new Violation('I2', `${name}: is found by ${found}, and decided ${said}`);
    }
  }

  /** An instance is pinned to a release that decides as it has decided so far, and one that says so stays where it is. */
  #pins(): void {
    for (const row of this.#disk.all(
      `SELECT i.id, i.key, i.version, s.name AS saga, r.name AS release, q.name AS latest
       FROM instances i JOIN names s ON s.id = i.saga JOIN names r ON r.id = i.release
       LEFT JOIN transitions t ON t.instance_id = i.id AND t.version = i.version LEFT JOIN names q ON q.id = t.release`,
    )) {
      const id = number(row, 'id');
      const release = text(row, 'release');
      const pinned = this.#pinned.get(id);
      const isOwn = row['latest'] === null || row['latest'] === release;
      const mark = `${release} ${number(row, 'version')}`;
      this.#pinned.set(id, release);
      if ((pinned === release && isOwn) || this.#sound.get(id) === mark) continue;
      this.#sound.set(id, mark);
      const name = `${text(row, 'saga')}/${text(row, 'key')}`;
      if (pinned !== undefined && pinned !== release) {
        if (text(row, 'saga') === PINNED) throw new Violation('pin', `${name}: pinned, and moved`);
        this.moves += 1;
      }
      const how = this.#otherwise(id, release);
      if (how !== null) throw new Violation('pin', `${name}: is pinned to a release that ${how}`);
    }
  }

  /** Why a release cannot take an instance over; null when it can. */
  #otherwise(instance: number, release: string): string | null {
    let last: Row | null = null;
    const decided = this.#disk.all(
      `${DECISIONS} WHERE t.instance_id = ? ORDER BY t.version`,
      instance,
    );
    for (const row of decided) {
      const answer = this.#askedAgain(row, release);
      const of = `version ${number(row, 'version')}`;
      if (!answer.ok) return `fails at ${of}: ${answer.failure.message}`;
      if (answer.decision !== text(row, 'decision')) return `decides otherwise at ${of}`;
      last = row;
    }
    if (last === null) return null;
    const probe = {
      ...last,
      type_name: 'saga.redrive',
      event_id: 'probe',
      data: '{"reason":null}',
    };
    const answer = this.#askedAgain(
      { ...probe, extensions: null, version: number(last, 'version') + 1 },
      release,
    );
    return answer.ok ? null : `cannot take its state: ${answer.failure.message}`;
  }

  /** Versions without a gap, events in the order of the journal, from the right stream and tenant. */
  #inOrder(row: Row): void {
    const of = `${text(row, 'saga_name')}/${text(row, 'key')} version ${number(row, 'version')}`;
    if (text(row, 'tenant_name') !== text(row, 'event_tenant'))
      throw new Violation('I5', `${of}: decided on an event of another tenant`);
    const isOutcome = KIND_OF_TYPE[text(row, 'type_name')] !== undefined;
    if (isOutcome && number(row, 'stream') !== WORKFLOW)
      throw new Violation('I5', `${of}: took an event from outside for an outcome`);
    const before = this.#disk.one(
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
    const later = this.#disk.one(
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
        this.#disk.one(
          'SELECT 1 AS n FROM work_items WHERE instance_id = ? AND step = ?',
          instance,
          step,
        ) === null
      )
        missing(`its work item ${step} is not there`);
    }
    for (const { step } of decision.waits) {
      if (
        this.#disk.one(
          'SELECT 1 AS n FROM waits WHERE instance_id = ? AND step = ?',
          instance,
          step,
        ) === null
      )
        missing(`its wait ${step} is not there`);
    }
    // A later transition of the same commit may have set it again, and one that is due may be firing.
    const isNewest = number(row, 'now_at') === number(row, 'version');
    for (const name of isNewest ? decision.cancelSchedules : []) {
      if (
        this.#disk.one(
          'SELECT 1 AS n FROM schedules WHERE instance_id = ? AND name = ? AND due_at > (SELECT max(at) FROM commits)',
          instance,
          name,
        ) !== null
      )
        missing(`the schedule ${name} it cancelled is still there`);
    }
    const caused = this.#disk.all(
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
    const answer = this.#askedAgain(row, text(row, 'release_name'));
    const of = `${text(row, 'saga_name')}/${text(row, 'key')} version ${number(row, 'version')}`;
    if (number(row, 'recorded_at') !== number(row, 'received_at'))
      throw new Violation('I6', `${of}: decided at another time than its event came`);
    if (!answer.ok)
      throw new Violation('I6', `${of}: asked again it fails: ${answer.failure.message}`);
    if (answer.decision !== text(row, 'decision') || answer.state !== text(row, 'state'))
      throw new Violation('I6', `${of}: asked again it decides otherwise`);
  }

  /** What a release's program decides on the same event, given the state that is on record before it. */
  #askedAgain(row: Row, release: string): DecideAnswer {
    const before = this.#disk.one(
      'SELECT state FROM transitions WHERE instance_id = ? AND version = ?',
      number(row, 'instance_id'),
      number(row, 'version') - 1,
    );
    const type = text(row, 'type_name');
    const attributes = JSON.parse(row['extensions'] === null ? '{}' : text(row, 'extensions')) as {
      step?: string;
    };
    const kind = KIND_OF_TYPE[type] ?? (before === null ? 'start' : 'event');
    return decideOnce(this.#variant(release), {
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
  }

  #variant(release: string): Variant {
    const row = this.#disk.one('SELECT manifest FROM releases WHERE digest = ?', release);
    if (row === null) throw new Violation('pin', `release ${release} is not registered`);
    const { config } = JSON.parse(text(row, 'manifest')) as { config: Record<string, string> };
    return variantOf(config[VARIANT_KEY] ?? '');
  }
}
