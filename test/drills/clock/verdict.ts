/**
 * What the journal must show after the clock drill (I8), read with SQL of its own and held against a model that shares
 * nothing with the engine: which timers decisions have set, replaced and cancelled, in order, and which of them fired.
 */
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const MICROS_PER_MILLI = 1000;
const MINUTE_MICROS = 60_000_000;
const FIRED = 'timer.fired';
const EXPIRED = 'wait.expired';

const decided = z.looseObject({
  schedules: z.array(z.object({ name: z.string(), dueAt: z.number() })).default([]),
  cancelSchedules: z.array(z.string()).default([]),
  waits: z.array(z.looseObject({ step: z.string(), expiresAt: z.number().nullable() })).default([]),
  ending: z.unknown().default(null),
});
const transition = z.object({ instance: z.number(), seq: z.number(), decision: z.string() });
const firing = z.object({
  seq: z.number(),
  id: z.string(),
  at: z.number(),
  type: z.string(),
  instance: z.number(),
  step: z.string(),
  /** What became of it: null where a transition says it. */
  disposition: z.string().nullable(),
});
const struck = z.object({
  id: z.string(),
  at: z.number(),
  schedule: z.string(),
  scheduled: z.string(),
});
const skipped = z.object({ schedule: z.string(), from: z.string(), until: z.string() });
const one = z.object({ n: z.number() });

export interface ClockVerdict {
  readonly timersSet: number;
  readonly replacedOrCancelled: number;
  readonly fired: number;
  readonly expired: number;
  /** Firings that met a cancellation or a replacement on their way. */
  readonly ignored: number;
  readonly cronFirings: number;
  readonly cronSkips: number;
  readonly confirmations: number;
  readonly faults: readonly string[];
}

interface Timer {
  readonly dueAt: number;
}

/** @param until wall time at the end, milliseconds: what was due by then must have fired */
export function judgeClock(database: string, until: number): ClockVerdict {
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    return new ClockBooks(db, until * MICROS_PER_MILLI).judge();
  } finally {
    db.close();
  }
}

class ClockBooks {
  readonly #db: DatabaseSync;
  readonly #until: number;
  readonly #faults: string[] = [];
  /** By instance and name. */
  readonly #set = new Map<string, Timer>();
  #timersSet = 0;
  #dropped = 0;
  #ignored = 0;

  constructor(db: DatabaseSync, until: number) {
    this.#db = db;
    this.#until = until;
  }

  judge(): ClockVerdict {
    const firings = this.#rows(
      firing,
      `SELECT e.seq AS seq, e.id AS id, e.received_at AS at, t.name AS type, e.target AS instance,
        json_extract(e.extensions, '$.step') AS step, d.status AS disposition
       FROM events e JOIN names t ON t.id = e.type LEFT JOIN dispositions d ON d.seq = e.seq
       WHERE t.name IN ('${FIRED}', '${EXPIRED}') ORDER BY e.seq`,
    );
    this.#unique('firing', firings);
    this.#replay(firings);
    for (const [name, { dueAt }] of this.#set) {
      if (dueAt <= this.#until) this.#faults.push(`the timer ${name} never fired`);
    }
    const pending = this.#count(
      'SELECT count(*) AS n FROM schedules WHERE due_at <= ?',
      this.#until,
    );
    if (pending > 0) this.#faults.push(`${pending} schedules are due and still there`);
    this.#checkTime();
    const crons = this.#checkCrons();
    return {
      timersSet: this.#timersSet,
      replacedOrCancelled: this.#dropped,
      fired: firings.filter(({ type }) => type === FIRED).length,
      expired: firings.filter(({ type }) => type === EXPIRED).length,
      ignored: this.#ignored,
      ...crons,
      confirmations: this.#count(
        `SELECT count(*) AS n FROM events e JOIN names t ON t.id = e.type WHERE t.name = 'clock.confirmed'`,
      ),
      faults: this.#faults,
    };
  }

  /** Decisions in the order of what they decided on, each firing before the decision on it. */
  #replay(firings: readonly z.infer<typeof firing>[]): void {
    const fired = new Map(firings.map((each) => [each.seq, each]));
    const transitions = this.#rows(
      transition,
      'SELECT instance_id AS instance, seq, decision FROM transitions ORDER BY instance_id, version',
    );
    const applied = new Set<number>();
    for (const { instance, seq, decision } of transitions) {
      const cause = fired.get(seq);
      if (cause !== undefined) {
        applied.add(seq);
        this.#take(cause);
      }
      this.#decide(instance, decided.parse(JSON.parse(decision)));
    }
    for (const { seq, type, step, disposition } of firings) {
      if (applied.has(seq)) continue;
      this.#ignored += 1;
      if (disposition !== 'ignored')
        this.#faults.push(`${type} of ${step} at ${seq} is neither applied nor ignored`);
    }
  }

  #take({ instance, step, at, type, seq }: z.infer<typeof firing>): void {
    const name = `${instance}/${type === EXPIRED ? 'wait ' : ''}${step}`;
    const timer = this.#set.get(name);
    if (timer === undefined)
      this.#faults.push(`${type} of ${name} at ${seq} changed something, and nothing was set`);
    else if (at < timer.dueAt)
      this.#faults.push(`${type} of ${name} at ${seq} is ${timer.dueAt - at} µs early`);
    this.#set.delete(name);
  }

  #decide(instance: number, decision: z.infer<typeof decided>): void {
    for (const name of decision.cancelSchedules) this.#drop(`${instance}/${name}`);
    for (const { name, dueAt } of decision.schedules) {
      this.#drop(`${instance}/${name}`);
      this.#set.set(`${instance}/${name}`, { dueAt });
      this.#timersSet += 1;
    }
    for (const { step, expiresAt } of decision.waits) {
      if (expiresAt !== null) this.#set.set(`${instance}/wait ${step}`, { dueAt: expiresAt });
    }
    if (decision.ending === null) return;
    for (const name of this.#set.keys())
      if (name.startsWith(`${instance}/`)) this.#set.delete(name);
  }

  #drop(name: string): void {
    if (this.#set.delete(name)) this.#dropped += 1;
  }

  /** Recorded time never goes backward, and never was ahead of the wall that was believed last. */
  #checkTime(): void {
    const back = this.#count(
      'SELECT count(*) AS n FROM commits a JOIN commits b ON b.no = a.no + 1 WHERE b.at < a.at',
    );
    if (back > 0) this.#faults.push(`recorded time went backward ${back} times`);
    const ahead = this.#count('SELECT count(*) AS n FROM commits WHERE at > ?', this.#until);
    if (ahead > 0) this.#faults.push(`${ahead} commits are stamped with a time that never came`);
  }

  #checkCrons(): { cronFirings: number; cronSkips: number } {
    const all = this.#rows(
      struck,
      `SELECT id, received_at AS at, subject AS schedule, time AS scheduled FROM events
       WHERE source = 'holdfast:cron/clock' AND time IS NOT NULL ORDER BY seq`,
    );
    this.#unique('cron firing', all);
    for (const { schedule, scheduled, at } of all) {
      if (at < microsOf(scheduled)) this.#faults.push(`${schedule} for ${scheduled} fired early`);
    }
    const skips = this.#rows(
      skipped,
      `SELECT json_extract(e.data, '$.schedule') AS schedule, json_extract(e.data, '$.from') AS "from",
        json_extract(e.data, '$.until') AS until
       FROM events e JOIN names t ON t.id = e.type WHERE t.name = 'schedule.skipped' ORDER BY e.seq`,
    );
    this.#checkGaps('minutely', MINUTE_MICROS, all, skips);
    this.#checkGaps('quarterly', 15 * MINUTE_MICROS, all, skips);
    this.#checkGaps('hourly', 60 * MINUTE_MICROS, all, skips);
    return { cronFirings: all.length, cronSkips: skips.length };
  }

  /** From the first to the last, every occurrence has fired once or is said to have been passed over. */
  #checkGaps(
    name: string,
    every: number,
    all: readonly z.infer<typeof struck>[],
    skips: readonly z.infer<typeof skipped>[],
  ): void {
    const times = all
      .filter(({ schedule }) => schedule === name)
      .map(({ scheduled }) => microsOf(scheduled));
    const passed = new Map(
      skips
        .filter(({ schedule }) => schedule === name)
        .map(({ from, until }) => [microsOf(from), microsOf(until)]),
    );
    // One stretch that is passed over may follow another.
    const after = (time: number): number => {
      const until = passed.get(time);
      return until === undefined ? time : after(until);
    };
    let expected = times[0] ?? 0;
    for (const time of times) {
      expected = after(expected);
      if (time !== expected) {
        this.#faults.push(`${name} fired for ${time}, and ${expected} was to be next`);
      }
      expected = time + every;
    }
    expected = after(expected);
    // A look at the clock may have been on its way.
    if (times.length > 0 && expected < this.#until - every)
      this.#faults.push(`${name} has not fired since ${expected}`);
  }

  #unique(what: string, events: readonly { readonly id: string }[]): void {
    const ids = new Set(events.map(({ id }) => id));
    if (ids.size !== events.length)
      this.#faults.push(`${events.length - ids.size} times a ${what} is journaled twice`);
  }

  #rows<T extends z.ZodType>(row: T, sql: string): z.infer<T>[] {
    return this.#db
      .prepare(sql)
      .all()
      .map((each) => row.parse(each));
  }

  #count(sql: string, ...values: readonly number[]): number {
    return one.parse(this.#db.prepare(sql).get(...values)).n;
  }
}

/** Times of the drill are whole minutes. */
function microsOf(time: string): number {
  return Date.parse(time) * MICROS_PER_MILLI;
}
