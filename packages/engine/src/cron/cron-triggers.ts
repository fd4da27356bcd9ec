/**
 * Cron triggers of active releases (R9, I8).
 *
 * 1. They change in the commit of the pointer swap that changes them. One that is the same before and after, by name,
 *    expression, zone and tenant, keeps its place: no run is lost or repeated by a swap. A new or changed one is due at
 *    its first occurrence after the swap.
 * 2. A firing is an event of `AGGREGATE_EVENTS`, as one from outside: whatever saga takes its type is started by it. Its
 *    source is reserved, so nobody can forge one; its id is derived from app, trigger and scheduled time.
 * 3. A firing is journaled in the commit that moves its trigger to the next occurrence, so once. The store refuses to
 *    move a trigger from where it does not stand.
 * 4. Memory leads the disk in the order of the facts, as everywhere in the engine: what is entered later is written later.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  compose,
  CONTROL_TYPES,
  type CronTriggerSettings,
  derivedEventId,
  formatMicros,
  type Micros,
  RESERVED_SOURCE_PREFIX,
  type TenantId,
} from '@holdfast/core';
import type { CronRow, Store, StoreOp } from '@holdfast/store';
import { Fact, type UnnumberedEvent } from '../fact.ts';
import type { Log } from '../log.ts';
import type { RecordedTime } from '../recorded-time.ts';
import { sha256 } from '../sha256.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { cronData } from './cron-event.ts';
import { onTimeWithin, planCron } from './cron-plan.ts';
import { CronTimes } from './cron-times.ts';

export interface CronTriggersDeps {
  readonly time: RecordedTime;
  readonly log: Log;
  /** Null: nobody traces. */
  readonly tracer: Tracer | null;
  /** Sends a fact on its way. */
  readonly enter: (fact: Fact) => void;
  /** Has a fact journaled that concerns no saga. */
  readonly journal: (fact: Fact) => void;
  /** Longest sleep of the scheduler between looks, in milliseconds. */
  readonly recheckMs: number;
}

interface Armed {
  readonly times: CronTimes;
  row: CronRow;
}

export class CronTriggers {
  readonly #deps: CronTriggersDeps;
  readonly #onTime: Micros;
  readonly #armed = new Map<string, Armed>();
  readonly #changed = new Set<() => void>();

  constructor(deps: CronTriggersDeps) {
    this.#deps = deps;
    this.#onTime = onTimeWithin(deps.recheckMs);
  }

  /** Takes over what the store has. */
  async restore(store: Store): Promise<void> {
    for (const row of await store.cronTriggers()) this.#arm(row);
  }

  /** Told when triggers were added, changed or removed. */
  onChanged(listener: () => void): void {
    this.#changed.add(listener);
  }

  /** When the next one is due; infinite when there is none. */
  get nextDue(): Micros {
    let next = Number.POSITIVE_INFINITY;
    for (const { row } of this.#armed.values()) next = Math.min(next, row.nextAt);
    return next;
  }

  /** How many are due at or before a time. */
  countDue(before: Micros): number {
    let count = 0;
    for (const { row } of this.#armed.values()) if (row.nextAt <= before) count += 1;
    return count;
  }

  /** What a swap of the app's release to one with these triggers writes. Memory has changed on return. */
  swap(app: string, triggers: readonly CronTriggerSettings[]): readonly StoreOp[] {
    const now = this.#deps.time.now();
    const ops: StoreOp[] = [];
    const kept = new Set(triggers.map(({ name }) => name));
    for (const { row } of this.#armed.values()) {
      if (row.app !== app || kept.has(row.name)) continue;
      this.#armed.delete(compose(app, row.name));
      ops.push({ op: 'cron.remove', app, name: row.name });
    }
    for (const { data, ...trigger } of triggers) {
      const before = this.#armed.get(compose(app, trigger.name))?.row;
      const row: CronRow = {
        ...trigger,
        app,
        data: JSON.stringify(data),
        ...(before !== undefined && sameTimes(before, trigger)
          ? { nextAt: before.nextAt, lastAt: before.lastAt }
          : { nextAt: new CronTimes(trigger.cron, trigger.zone).after(now), lastAt: null }),
      };
      this.#arm(row);
      ops.push({ op: 'cron.set', row });
    }
    if (ops.length > 0) for (const listener of this.#changed) listener();
    return ops;
  }

  /** Enters what is due. Resolves once it is journaled. */
  async fireDue(): Promise<void> {
    const now = this.#deps.time.now();
    const journaled: Promise<void>[] = [];
    for (const armed of this.#armed.values()) {
      if (armed.row.nextAt <= now) this.#fire(armed, now, journaled);
    }
    await Promise.all(journaled);
  }

  #arm(row: CronRow): void {
    this.#armed.set(compose(row.app, row.name), { row, times: new CronTimes(row.cron, row.zone) });
  }

  #fire(armed: Armed, now: Micros, journaled: Promise<void>[]): void {
    const { fire, passesOver, next } = planCron(armed.row, armed.times, now, this.#onTime);
    const [first = next] = fire;
    if (passesOver)
      this.#move(armed, first, journaled, (row, moved) => this.#passedOver(row, moved));
    for (const [i, scheduledAt] of fire.entries()) {
      this.#move(armed, fire[i + 1] ?? next, journaled, (row, moved) =>
        firing(row, scheduledAt, now, moved, this.#deps.tracer),
      );
    }
  }

  /** Moves a trigger in memory, and on the disk with the fact that says why. */
  #move(
    armed: Armed,
    to: Micros,
    journaled: Promise<void>[],
    fact: (row: CronRow, moved: Moved) => Fact,
  ): void {
    const { row } = armed;
    const { promise, resolve } = Promise.withResolvers<void>();
    const made = fact(row, { to, done: resolve });
    const fired = made.event.stream === 'AGGREGATE_EVENTS';
    armed.row = { ...row, nextAt: to, lastAt: fired ? row.nextAt : row.lastAt };
    journaled.push(promise);
    if (fired) this.#deps.enter(made);
    else this.#deps.journal(made);
  }

  #passedOver(row: CronRow, { to, done }: Moved): Fact {
    const { app, name, missed } = row;
    const [from, until] = [formatMicros(row.nextAt), formatMicros(to)];
    this.#deps.log.warn(
      { app, schedule: name, from, until, missed },
      `runs of ${app}/${name} were missed and are not made up for`,
    );
    const { tenant } = row;
    return cronFact(row, {
      stream: 'CONTROL_EVENTS',
      tenant,
      id: randomUUID(),
      type: CONTROL_TYPES.scheduleSkipped,
      data: JSON.stringify({ app, schedule: name, from, until, missed }),
      receivedAt: this.#deps.time.now(),
      move: { op: 'cron.move', app, name, from: row.nextAt, to, fired: false },
      done,
    });
  }
}

interface Moved {
  readonly to: Micros;
  readonly done: () => void;
}

function firing(
  row: CronRow,
  scheduledAt: Micros,
  receivedAt: Micros,
  { to, done }: Moved,
  tracer: Tracer | null,
): Fact {
  const { app, name, tenant } = row;
  return cronFact(row, {
    stream: 'AGGREGATE_EVENTS',
    tenant,
    id: derivedEventId.cron(sha256, { tenant, app, name, at: scheduledAt }),
    type: row.type,
    data: cronData(row.data, scheduledAt),
    scheduledAt,
    receivedAt,
    move: { op: 'cron.move', app, name, from: scheduledAt, to, fired: true },
    done,
    tracer,
  });
}

function cronFact(
  { app, name }: CronRow,
  of: {
    readonly stream: 'AGGREGATE_EVENTS' | 'CONTROL_EVENTS';
    readonly tenant: TenantId;
    readonly id: string;
    readonly type: string;
    readonly data: string;
    readonly scheduledAt?: Micros;
    readonly receivedAt: Micros;
    readonly move: StoreOp;
    readonly done: () => void;
    readonly tracer?: Tracer | null;
  },
): Fact {
  const { tracer = null } = of;
  const time = of.scheduledAt === undefined ? null : formatMicros(of.scheduledAt);
  const event: UnnumberedEvent = {
    stream: of.stream,
    tenant: of.tenant,
    source: `${RESERVED_SOURCE_PREFIX}cron/${app}`,
    id: of.id,
    type: of.type,
    subject: name,
    time,
    dataSchema: null,
    data: of.data,
    // A saga that names no key has an instance for each firing.
    correlationId: time === null ? null : `${name}@${time}`,
    causationId: null,
    traceparent: null,
    extensions: null,
    receivedAt: of.receivedAt,
  };
  return new Fact({
    event: tracer === null ? event : tracer.enter(event),
    mark: null,
    content: null,
    target: null,
    extra: (into) => void into.push(of.move),
    committed: (fact) => {
      tracer?.published(fact, null);
      of.done();
    },
  });
}

function sameTimes(
  before: CronRow,
  { cron, zone, tenant }: { cron: string; zone: string; tenant: TenantId },
): boolean {
  return before.cron === cron && before.zone === zone && before.tenant === tenant;
}
