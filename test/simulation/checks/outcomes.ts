/**
 * Each outcome settles one item, and is what the outside said of that command; each firing is of a schedule that was due,
 * and of each there is only one (I3, I4, I5, I8).
 *
 * @module
 */
import { Violation } from '../violation.ts';
import { type Disk, number, type Row, text } from './disk.ts';

const WORKFLOW = 2;

export class OutcomeCheck {
  readonly #disk: Disk;
  /** Schedules that were ever armed. */
  readonly #armed = new Map<number, { instance: number; name: string; dueAt: number }>();

  readonly #acted: ReadonlySet<string>;

  constructor(disk: Disk, acted: ReadonlySet<string>) {
    this.#disk = disk;
    this.#acted = acted;
  }

  look(): void {
    this.#schedules();
    this.#outcomes();
  }

  #schedules(): void {
    for (const row of this.#disk.all('SELECT id, instance_id, name, due_at FROM schedules')) {
      this.#armed.set(number(row, 'id'), {
        instance: number(row, 'instance_id'),
        name: text(row, 'name'),
        dueAt: number(row, 'due_at'),
      });
    }
  }

  /** Each outcome settles one item; each firing is of a schedule that was due, and of each only one (I3, I8). */
  #outcomes(): void {
    for (const row of this.#disk.all(
      `SELECT w.id, w.step, w.outcome, w.input, lower(hex(w.command_id)) AS command, e.data, n.name AS type FROM work_items w LEFT JOIN events e ON e.seq = w.outcome_seq
       LEFT JOIN names n ON n.id = e.type WHERE w.state = 'settled' AND w.outcome <> 'cancelled'`,
    )) {
      if (!String(row['type']).startsWith('effect.'))
        throw new Violation(
          'I3',
          `item ${number(row, 'id')} is settled without an outcome in the journal`,
        );
      if (row['outcome'] === 'succeeded') this.#wasDone(row);
    }
    for (const row of this.#disk.all(
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

  /** An outcome is that of its command, not of another one of the same effect. */
  #wasDone(row: Row): void {
    const of = `item ${number(row, 'id')} (${text(row, 'step')})`;
    if (!this.#acted.has(text(row, 'command')))
      throw new Violation('I5', `${of}: recorded as done, which it never was`);
    // The outside answers with what it was asked.
    const said: unknown = JSON.parse(text(row, 'data'));
    if (JSON.stringify(said) !== JSON.stringify(JSON.parse(text(row, 'input'))))
      throw new Violation('I5', `${of}: has the outcome of another`);
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
}
