/**
 * One simulated run: the real engine and the real store, in one process, where the seed decides whatever else decides:
 * which of the things that could happen next does, how every commit and call ends, when clocks jump, when the process
 * dies. After each step the checker looks at what is on the disk.
 *
 * The same seed gives the same run: nothing here or in the engine takes time, chance or order from elsewhere.
 *
 * @module
 */
import { HoldfastError, type IncomingEvent } from '@holdfast/core';
import type { Fate } from './boundary.ts';
import { MUTANTS } from './mutants.ts';
import { ACTOR, SimProcess } from './process.ts';
import { SimRandom } from './random.ts';
import { weather } from './sagas.ts';
import { Violation } from './violation.ts';

export interface RunOptions {
  readonly seed: number;
  /** Name in `MUTANTS`; null for the engine as it is. */
  readonly mutant?: string | null;
  /** Steps before everything is let come to its end. Default 250. */
  readonly steps?: number;
  /** Leaves the data directory, and says where it is. */
  readonly keep?: boolean;
  /** Told of each step, to follow a run. */
  readonly trace?: (line: string) => void;
}

export interface RunReport {
  readonly steps: number;
  readonly crashes: number;
  readonly events: number;
  readonly calls: number;
  /** Activations and rollbacks, and instances that were moved by them. */
  readonly swaps: number;
  readonly moves: number;
}

const STEPS = 250;
/** Steps within which everything must have come to its end once nothing goes wrong any more. */
const REST_STEPS = 20_000;
/** How often whatever is blocked is redriven at the end. */
const REST_ROUNDS = 50;
const TENANTS = ['', 'other'];
const KEYS = ['a', 'b', 'c'];
/** Answers to an act that came too late, or to nothing: no fault. */
const REFUSALS = [
  'not_found',
  'conflict',
  'wait.closed',
  'unavailable',
  'draining',
  'overloaded',
  'store.full',
];

export class World {
  readonly #random: SimRandom;
  readonly #options: RunOptions;
  readonly #process: SimProcess;
  readonly #sent: IncomingEvent[] = [];
  #isCalm = false;
  #steps = 0;
  #swaps = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#random = new SimRandom(options.seed);
    const name = options.mutant ?? null;
    const mutant = name === null ? null : (MUTANTS[name] ?? null);
    this.#process = new SimProcess(this.#random, name ?? '', mutant);
  }

  /** @throws Violation when a promise is broken */
  async run(): Promise<RunReport> {
    weather.brittle = true;
    const { keep = false, trace, steps = STEPS } = this.#options;
    try {
      await this.#process.prepare();
      for (let i = 0; i < steps; i++) await this.#step();
      await this.#comeToRest();
      const { crashes, calls, checker } = this.#process;
      return {
        steps: this.#steps,
        crashes,
        events: this.#sent.length,
        calls,
        swaps: this.#swaps,
        moves: checker.moves,
      };
    } finally {
      await this.#process.end(keep);
      if (keep) trace?.(`data directory: ${this.#process.dir}`);
    }
  }

  /** Something that could happen next happens. */
  async #step(): Promise<void> {
    const random = this.#random;
    const can: [number, string, () => void | Promise<void>][] = [];
    if (this.#process.clock.hasSoon) can.push([8, 'writer', () => this.#process.clock.runSoon()]);
    if (this.#process.isCommitting) can.push([8, 'commit', () => this.#commit()]);
    if (this.#process.thinking.length > 0) can.push([8, 'decide', () => this.#process.think()]);
    if (this.#process.outside.open.length > 0)
      can.push([4, 'answer', () => this.#process.outside.answerOne(random, this.#isCalm)]);
    if (this.#process.clock.nextIn !== null)
      can.push([2, 'tick', () => this.#process.clock.tick()]);
    if (!this.#isCalm) {
      can.push(
        [3, 'publish', () => this.#publish()],
        [1, 'publish again', () => this.#publishAgain()],
        [0.5, 'forge', () => this.#forge()],
        [1.5, 'wait', () => this.#endWait()],
        [0.5, 'redrive', () => this.#act('redrive')],
        [0.2, 'cancel', () => this.#act('cancel')],
        [0.25, 'swap', () => this.#swap()],
        [0.1, 'dry run', () => this.#tryRelease()],
        [0.5, 'late', () => this.#process.clock.pass(random.below(2000))],
        [0.1, 'clock set', () => this.#process.clock.jump(random.below(7_200_000) - 3_600_000)],
        [0.05, 'sleep', () => this.#process.clock.jump(random.below(7_200_000))],
        [0.4, 'kill', () => this.#process.crash()],
      );
    }
    const chosen = can.length === 0 ? null : random.weighted(can.map((each) => [each[0], each]));
    if (chosen === null) return;
    this.#steps += 1;
    this.#options.trace?.(`${this.#steps} ${chosen[1]}`);
    await chosen[2]();
    await this.#process.settled();
    this.#process.look();
    if (this.#process.fatal !== null) {
      if (!this.#process.doomed)
        throw new Violation('run', `the engine gave up: ${this.#process.fatal.message}`);
      await this.#process.crash();
    }
  }

  async #commit(): Promise<void> {
    const fate = this.#isCalm
      ? 'committed'
      : this.#random.weighted<Fate>([
          [60, 'committed'],
          [0.3, 'sync_failed_kept'],
          [0.3, 'sync_failed_lost'],
          [0.2, 'full'],
        ]);
    await this.#process.commit(fate);
  }

  #publish(): void {
    const random = this.#random;
    const tenant = random.pick(TENANTS);
    const key = random.pick(KEYS);
    const no = this.#sent.length;
    const id = `event-${no}`;
    const event = random.weighted<[string, unknown]>([
      [3, ['order.placed', { order: `${key}${random.below(4)}`, shelf: key }]],
      [4, ['item.moved', { shelf: key, no }]],
      [1, ['brittle.asked', { id: `${key}${random.below(3)}` }]],
      [0.5, ['nobody.asked', {}]],
      [0.3, ['order.placed', { shelf: key }]],
    ]);
    this.#send({
      tenant,
      source: 'client',
      id,
      type: event[0],
      subject: null,
      time: null,
      dataSchema: null,
      data: JSON.stringify(event[1]),
      correlationId: null,
      causationId: null,
      traceparent: null,
      extensions: null,
    });
  }

  /** A client that got no answer, or did not hear it, sends the same again. */
  #publishAgain(): void {
    if (this.#sent.length > 0) this.#send(this.#random.pick(this.#sent), false);
  }

  /** Somebody outside claims that an effect succeeded. */
  #forge(): void {
    this.#send(
      {
        tenant: this.#random.pick(TENANTS),
        source: 'forger',
        id: `forged-${this.#sent.length}`,
        type: 'effect.succeeded',
        subject: `order/${this.#random.pick(KEYS)}${this.#random.below(4)}`,
        time: null,
        dataSchema: null,
        data: '{"order":"forged"}',
        correlationId: null,
        causationId: null,
        traceparent: null,
        extensions: '{"run":1,"step":"reserve#1"}',
      },
      true,
    );
  }

  #send(event: IncomingEvent, isNew = true): void {
    if (isNew) this.#sent.push(event);
    const { tenant, source, id } = event;
    const life = this.#process.life;
    this.#process.engine.ingest({ event }).then((answer) => {
      if (answer.status !== 'accepted' || life !== this.#process.life) return;
      this.#process.guard(() =>
        this.#process.checker.acknowledged({
          tenant,
          source,
          id: id ?? answer.id,
          seq: answer.seq,
        }),
      );
    }, this.#refused);
  }

  #endWait(): void {
    const address = {
      tenant: this.#random.pick(TENANTS),
      saga: 'order',
      key: this.#anOrder(),
      name: 'ready',
    };
    const ending = this.#random.chance(0.8)
      ? this.#process.engine.completeWait(address, '{}', ACTOR)
      : this.#process.engine.failWait(address, 'no', ACTOR);
    ending.catch(this.#refused);
  }

  #act(what: 'redrive' | 'cancel'): void {
    const tenant = this.#random.pick(TENANTS);
    const saga = this.#random.pick(['order', 'brittle', 'delivery']);
    const key = this.#anOrder();
    if (what === 'redrive') this.#redrive(tenant, saga, key);
    else this.#process.engine.cancel({ tenant, saga, key }, ACTOR).catch(this.#refused);
  }

  #redrive(tenant: string, saga: string, key: string): void {
    // From the moment a person says so.
    this.#process.guard(() => this.#process.checker.released(tenant, saga, key));
    this.#process.engine.redrive({ tenant, saga, key }, ACTOR).catch(this.#refused);
  }

  /** Another release, or the one of before. What is in flight is rehearsed while everything else goes on. */
  #swap(): void {
    this.#swaps += 1;
    const { engine, releases } = this.#process;
    const swapped = this.#random.chance(0.3)
      ? engine.rollbackRelease('shop', ACTOR)
      : engine.activateRelease(this.#random.pick(releases), ACTOR);
    swapped.catch(this.#refused);
  }

  #tryRelease(): void {
    const { engine, releases } = this.#process;
    engine.rehearseRelease({ digest: this.#random.pick(releases) }).catch(this.#refused);
  }

  /** Nothing stands in the way any more of those that could move. */
  async #moveAll(): Promise<void> {
    const { engine, releases } = this.#process;
    const [digest = ''] = releases;
    await this.#process.through(engine.activateRelease(digest, ACTOR));
    while (this.#process.isMoving) await this.#step();
    const found = await engine.rehearsal(digest);
    if (found?.state !== 'finished')
      throw new Violation('pin', `the last rehearsal is ${found?.state ?? 'nowhere'}`);
  }

  #anOrder(): string {
    return `${this.#random.pick(KEYS)}${this.#random.below(4)}`;
  }

  readonly #refused = (error: unknown): void => {
    if (error instanceof HoldfastError && REFUSALS.includes(error.code)) return;
    if (this.#process.fatal !== null || this.#process.doomed) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#process.violation ??= new Violation('run', `a client was told: ${message}`);
  };

  /** Nothing goes wrong any more; whatever can end must. */
  async #comeToRest(): Promise<void> {
    this.#isCalm = true;
    weather.brittle = false;
    const last = this.#steps + REST_STEPS;
    for (let round = 0; ; round++) {
      while (this.#process.isMoving) {
        if (this.#steps > last) throw new Violation('run', 'it does not come to rest');
        await this.#step();
      }
      const blocked = this.#process.checker.blocked();
      if (blocked.length === 0) break;
      if (round === REST_ROUNDS) {
        const [{ saga, key } = { saga: '', key: '' }] = blocked;
        throw new Violation('I9', `${saga}/${key} stays blocked, however often it is redriven`);
      }
      for (const { tenant, saga, key } of blocked) this.#redrive(tenant, saga, key);
      await this.#process.settled();
    }
    this.#process.guard(() => this.#process.checker.atRest());
    await this.#moveAll();
    this.#process.guard(() => this.#process.checker.stayedForAReason());
    if (this.#process.violation !== null) throw this.#process.violation;
  }
}
