/**
 * Fills a data directory that a server has left, through the store's own port: real commits, with digests, counters,
 * receipts and checkpoints as the engine leaves them, only without asking sandboxes and effects. A process of its own.
 *
 * `node grow-main.ts DATA_DIR --order KEY --sleeper KEY --reading SEQ [--events N] [--schedules M]`: the samples to copy, and
 * how much. Half of the events come of whole orders, each of which is five, the others are readings that nobody takes, as
 * over MQTT without ids. Each schedule is that of an instance which sleeps, due between a day and 30 days ahead.
 * Progress goes to standard error; prints a `Grown` as JSON.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JournalEvent } from '@holdfast/core';
import { openStore } from '@holdfast/store';
import type { Store, StoreOp } from '@holdfast/store';
import { systemClock } from '../../../apps/server/src/threads/system-clock.ts';
import { Copies, type Numbers, numbersAfter } from './copies.ts';
import { readExecutions, readSampleRun } from './sample.ts';

/** What was written. */
export interface Grown {
  readonly events: number;
  readonly schedules: number;
  readonly seconds: number;
}

/** Orders that go on side by side: a commit holds one step of each. */
const ORDERS_AT_ONCE = 200;
const SLEEPERS_A_COMMIT = 500;
/** Commits between two moves of the write-ahead log. */
const MOVE_EVERY = 32;
const SAY_EVERY_MS = 5000;
const DAY_MS = 24 * 3600 * 1000;
const SPREAD_MS = 29 * DAY_MS;
/** Prime to the spread, so that due times come in no order and none soon again. */
const STRIDE_MS = 1_618_033_989;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    order: { type: 'string' },
    sleeper: { type: 'string' },
    'sleeper-ms': { type: 'string' },
    reading: { type: 'string' },
    events: { type: 'string', default: '0' },
    schedules: { type: 'string', default: '0' },
  },
});
const [dataDir = ''] = positionals;

class Grower {
  readonly #store: Store;
  readonly #numbers: Numbers;
  /** Every consumer, and where each stands in the end: at the end of the journal. */
  readonly #consumers: readonly { readonly saga: string; readonly tenant: string }[];
  readonly #started = performance.now();
  #said = performance.now();
  #commits = 0;

  constructor(store: Store, consumers: readonly { saga: string; tenant: string }[]) {
    this.#store = store;
    this.#numbers = numbersAfter(store.counters);
    this.#consumers = consumers;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** As many events, half of them of orders. */
  async grow(orders: Copies, reading: JournalEvent, events: number): Promise<number> {
    const each = orders.events * 2;
    let written = 0;
    while (written < events) {
      const count = Math.min(ORDERS_AT_ONCE, Math.ceil((events - written) / each));
      const first = this.#numbers.instance;
      const copies = Array.from({ length: count }, (_, n) =>
        orders.begin(`grown-${String(first + n).padStart(10, '0')}`, this.#numbers),
      );
      const before = this.#numbers.seq;
      for (let step = 0; step < orders.steps; step++) {
        await this.#commit((into, at) => {
          for (const copy of copies) {
            orders.write(copy, into, this.#numbers, at);
            this.#readings(reading, orders.events / orders.steps, step, into, at);
          }
        });
      }
      written += this.#numbers.seq - before;
      this.#say(`${written} of ${events} events`, written >= events);
    }
    return written;
  }

  /** As many instances that sleep. */
  async sleepers(sleepers: Copies, count: number): Promise<void> {
    for (let n = 0; n < count;) {
      const end = Math.min(count, n + SLEEPERS_A_COMMIT);
      await this.#commit((into, at) => {
        for (; n < end; n++) {
          const key = `sleeper-${String(n).padStart(10, '0')}`;
          const sleepMs = DAY_MS + ((n * STRIDE_MS) % SPREAD_MS);
          sleepers.write(sleepers.begin(key, this.#numbers, sleepMs), into, this.#numbers, at);
        }
      });
      this.#say(`${n} of ${count} schedules`, n >= count);
    }
  }

  /** So many for each step of an order; what is left of a whole one comes with a later step. */
  #readings(
    reading: JournalEvent,
    aStep: number,
    step: number,
    into: StoreOp[],
    receivedAt: number,
  ): void {
    const count = Math.floor(aStep * (step + 1)) - Math.floor(aStep * step);
    for (let n = 0; n < count; n++) {
      this.#numbers.seq += 1;
      const { seq } = this.#numbers;
      into.push(
        {
          op: 'event',
          event: { ...reading, seq, id: randomUUID(), receivedAt },
          mark: null,
          content: null,
          target: null,
        },
        {
          op: 'disposition',
          seq,
          saga: '',
          status: 'unrouted',
          reason: `no active saga takes ${reading.type}`,
          instanceId: null,
        },
      );
    }
  }

  async #commit(build: (into: StoreOp[], at: number) => void): Promise<void> {
    const at = Math.max(this.#store.counters.at, systemClock.now());
    const ops: StoreOp[] = [];
    build(ops, at);
    for (const consumer of this.#consumers)
      ops.push({ op: 'checkpoint', ...consumer, seq: this.#numbers.seq });
    await this.#store.commit({ at, ops });
    this.#commits += 1;
    if (this.#commits % MOVE_EVERY === 0) await this.#store.checkpointWal('passive');
  }

  #say(what: string, isLast: boolean): void {
    if (!isLast && performance.now() - this.#said < SAY_EVERY_MS) return;
    this.#said = performance.now();
    process.stderr.write(`growing: ${what}, ${this.seconds.toFixed(0)} s\n`);
  }
}

const generation = readFileSync(join(dataDir, 'CURRENT'), 'utf8').trim();
const database = join(dataDir, 'generations', generation, 'holdfast.db');
const { order = '', sleeper = '' } = values;
const ordered = readExecutions(database, 'function-order', order);
const slept = readExecutions(database, 'sleeper', sleeper);
const store = await openStore({ dir: dataDir, clock: systemClock, create: false });
const grower = new Grower(store, await store.checkpoints());
let events = 0;
if (Number(values.events) > 0) {
  const [reading] = await store.readEvents([Number(values.reading)]);
  if (reading === undefined) throw new Error(`there is no event ${values.reading}`);
  const sample = await readSampleRun(store, 'function-order', order, ordered);
  events = await grower.grow(new Copies(sample, null), reading, Number(values.events));
}
const schedules = Number(values.schedules);
if (schedules > 0) {
  const sample = await readSampleRun(store, 'sleeper', sleeper, slept);
  await grower.sleepers(new Copies(sample, Number(values['sleeper-ms'])), schedules);
}
await store.checkpointWal('truncate');
await store.close();
const grown: Grown = { events, schedules, seconds: grower.seconds };
process.stdout.write(`${JSON.stringify(grown)}\n`);
