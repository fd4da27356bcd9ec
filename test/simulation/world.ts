/**
 * One simulated run: the real engine and the real store, in one process, where the seed decides whatever else decides:
 * which of the things that could happen next does, how every commit and call ends, when clocks jump, when the process
 * dies. After each step the checker looks at what is on the disk.
 *
 * The same seed gives the same run: nothing here or in the engine takes time, chance or order from elsewhere.
 *
 * @module
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError, type IncomingEvent } from '@holdfast/core';
import { Engine } from '@holdfast/engine';
import { openStore, type SqliteStore } from '@holdfast/store';
import { Boundary, type Fate } from './boundary.ts';
import { Checker } from './checker.ts';
import { type Mutant, MUTANTS } from './mutants.ts';
import { Outside } from './outside.ts';
import { SimRandom } from './random.ts';
import { simulatedRelease } from './release.ts';
import { weather } from './sagas.ts';
import { SimClock } from './sim-clock.ts';
import { SimSandbox } from './sim-sandbox.ts';
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
}

/** In memory where there is such a place: the disk is simulated, and a real one would only be slow. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const STEPS = 250;
/** Of a mutant that does not sync each. */
const COMMITS_PER_SYNC = 4;
/** Steps within which everything must have come to its end once nothing goes wrong any more. */
const REST_STEPS = 20_000;
/** How often whatever is blocked is redriven at the end. */
const REST_ROUNDS = 50;
const TENANTS = ['', 'other'];
const KEYS = ['a', 'b', 'c'];
const ACTOR = { by: 'simulation', reason: 'simulated' };
/** Of the sweep of leases. */
const SWEEP_MS = 5000;
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

/** Seeds a data directory once per process: making a database takes longer than a run. */
let template: { dir: string } | null = null;

export class World {
  readonly #random: SimRandom;
  /** Whether consumers take so little at once that most of what they get comes by way of the journal. */
  readonly #lags: boolean;
  readonly #mutant: Mutant | null;
  readonly #options: RunOptions;
  readonly #dir = mkdtempSync(join(ROOM, 'holdfast-simulation-'));
  readonly #clock = new SimClock();
  readonly #outside = new Outside();
  readonly #sent: IncomingEvent[] = [];
  /** Answers of the sandbox that are due. */
  #thinking: (() => void)[] = [];
  #store!: SqliteStore;
  #boundary!: Boundary;
  #engine!: Engine;
  #checker: Checker | null = null;
  #life = 0;
  #fatal: Error | null = null;
  /** A failure of the engine is expected: its commit was refused. */
  #doomed = false;
  #violation: Violation | null = null;
  #isCalm = false;
  readonly #synced = join(this.#dir, 'synced');
  #commits = 0;
  #crashes = 0;
  #calls = 0;
  #steps = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#random = new SimRandom(options.seed);
    this.#lags = this.#random.chance(0.5);
    const name = options.mutant ?? null;
    this.#mutant = name === null ? null : (MUTANTS[name] ?? null);
    if (this.#mutant?.noSweep === true) this.#clock.deafTo = SWEEP_MS;
  }

  /** @throws Violation when a promise is broken */
  async run(): Promise<RunReport> {
    weather.brittle = true;
    try {
      await this.#prepare();
      const steps = this.#options.steps ?? STEPS;
      for (let i = 0; i < steps; i++) await this.#step();
      await this.#comeToRest();
      return {
        steps: this.#steps,
        crashes: this.#crashes,
        events: this.#sent.length,
        calls: this.#calls,
      };
    } finally {
      this.#checker?.close();
      this.#engine.halt();
      await this.#store.close();
      if (this.#options.keep === true) this.#options.trace?.(`data directory: ${this.#dir}`);
      else rmSync(this.#dir, { recursive: true, force: true });
    }
  }

  async #prepare(): Promise<void> {
    template ??= await makeTemplate();
    cpSync(template.dir, this.#dir, { recursive: true });
    await this.#begin();
    if (this.#mutant?.retriesHeld === true) {
      const registering = this.#engine.registerRelease(simulatedRelease(true), ACTOR);
      const { digest } = await this.#through(registering);
      await this.#through(this.#engine.activateRelease(digest, ACTOR));
    }
  }

  /** Starts a process on what the disk holds. */
  async #begin(): Promise<void> {
    this.#life += 1;
    const life = this.#life;
    this.#fatal = null;
    this.#doomed = false;
    this.#store = await openStore({ dir: this.#dir, clock: this.#clock });
    this.#boundary = new Boundary(this.#store, this.#options.mutant ?? '', this.#mutant);
    this.#engine = new Engine({
      store: this.#boundary.store,
      sandbox: new SimSandbox((run) => this.#thinking.push(run)),
      executor: {
        execute: (call) => {
          this.#calls += 1;
          this.#guard(() => this.#checker?.called(call, this.#clock.now()));
          return this.#outside.take(call, life);
        },
      },
      clock: this.#clock,
      random: () => this.#random.next(),
      releasesDir: join(this.#dir, 'releases'),
      tokenKey: Buffer.alloc(32, 7),
      defer: this.#clock.defer,
      relay: { inFlight: 8, waiting: 4 },
      ...(this.#lags ? { backlog: { high: 3, low: 1, batch: 2 } } : {}),
      fatal: (error) => {
        if (life === this.#life) this.#fatal = error;
      },
    });
    if (this.#checker === null) {
      this.#checker = new Checker(join(this.#dir, 'generations', '000001', 'holdfast.db'));
    } else {
      this.#checker.reopen();
    }
    await this.#through(this.#engine.start());
  }

  /** Something that could happen next happens. */
  async #step(): Promise<void> {
    const random = this.#random;
    const can: [number, string, () => void | Promise<void>][] = [];
    if (this.#clock.hasSoon) can.push([8, 'writer', () => this.#clock.runSoon()]);
    if (this.#boundary.isPending) can.push([8, 'commit', () => this.#commit()]);
    if (this.#thinking.length > 0) can.push([8, 'decide', () => this.#think()]);
    if (this.#outside.open.length > 0)
      can.push([4, 'answer', () => this.#outside.answerOne(random, this.#isCalm)]);
    if (this.#clock.nextIn !== null) can.push([2, 'tick', () => this.#clock.tick()]);
    if (!this.#isCalm) {
      can.push(
        [3, 'publish', () => this.#publish()],
        [1, 'publish again', () => this.#publishAgain()],
        [0.5, 'forge', () => this.#forge()],
        [1.5, 'wait', () => this.#endWait()],
        [0.5, 'redrive', () => this.#act('redrive')],
        [0.2, 'cancel', () => this.#act('cancel')],
        [0.5, 'late', () => this.#clock.pass(random.below(2000))],
        [0.1, 'clock set', () => this.#clock.jump(random.below(7_200_000) - 3_600_000)],
        [0.05, 'sleep', () => this.#clock.jump(random.below(7_200_000))],
        [0.4, 'kill', () => this.#crash()],
      );
    }
    const chosen = can.length === 0 ? null : random.weighted(can.map((each) => [each[0], each]));
    if (chosen === null) return;
    this.#steps += 1;
    this.#options.trace?.(`${this.#steps} ${chosen[1]}`);
    await chosen[2]();
    await this.#settled();
    this.#look();
    if (this.#fatal !== null) {
      if (!this.#doomed) throw new Violation('run', `the engine gave up: ${this.#fatal.message}`);
      await this.#crash();
    }
  }

  #look(): void {
    this.#guard(() => this.#checker?.look());
    if (this.#violation !== null) throw this.#violation;
  }

  /** What the checker finds inside a callback of the engine must not be taken for the engine's own error. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= error;
    }
  }

  #think(): void {
    const [answer] = this.#thinking.splice(this.#random.below(this.#thinking.length), 1);
    answer?.();
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
    if (fate !== 'committed' && fate !== 'full') this.#doomed = true;
    await this.#boundary.settle(fate);
    this.#commits += 1;
    if (this.#mutant?.forgetful === true && this.#commits % COMMITS_PER_SYNC === 0) {
      rmSync(this.#synced, { recursive: true, force: true });
      cpSync(join(this.#dir, 'generations'), this.#synced, { recursive: true });
    }
  }

  /** Without a sync in each commit, power takes those since the last one. */
  #forgetUnsynced(): void {
    if (this.#mutant?.forgetful !== true || !existsSync(this.#synced)) return;
    rmSync(join(this.#dir, 'generations'), { recursive: true });
    cpSync(this.#synced, join(this.#dir, 'generations'), { recursive: true });
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
    const life = this.#life;
    this.#engine.ingest({ event }).then((answer) => {
      if (answer.status !== 'accepted' || life !== this.#life) return;
      this.#guard(() =>
        this.#checker?.acknowledged({ tenant, source, id: id ?? answer.id, seq: answer.seq }),
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
      ? this.#engine.completeWait(address, '{}', ACTOR)
      : this.#engine.failWait(address, 'no', ACTOR);
    ending.catch(this.#refused);
  }

  #act(what: 'redrive' | 'cancel'): void {
    const tenant = this.#random.pick(TENANTS);
    const saga = this.#random.pick(['order', 'brittle', 'delivery']);
    const key = this.#anOrder();
    if (what === 'redrive') this.#redrive(tenant, saga, key);
    else this.#engine.cancel({ tenant, saga, key }, ACTOR).catch(this.#refused);
  }

  #redrive(tenant: string, saga: string, key: string): void {
    // From the moment a person says so.
    this.#guard(() => this.#checker?.released(tenant, saga, key));
    this.#engine.redrive({ tenant, saga, key }, ACTOR).catch(this.#refused);
  }

  #anOrder(): string {
    return `${this.#random.pick(KEYS)}${this.#random.below(4)}`;
  }

  readonly #refused = (error: unknown): void => {
    if (error instanceof HoldfastError && REFUSALS.includes(error.code)) return;
    if (this.#fatal !== null || this.#doomed) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#violation ??= new Violation('run', `a client was told: ${message}`);
  };

  /** The process dies here, and another starts. */
  async #crash(): Promise<void> {
    this.#crashes += 1;
    this.#life += 1;
    await this.#boundary.crash(this.#random.pick(['before', 'between', 'after']));
    this.#engine.halt();
    this.#clock.forget();
    this.#thinking = [];
    this.#outside.orphan(this.#random);
    this.#guard(() => this.#checker?.look());
    this.#checker?.close();
    await this.#store.close();
    this.#forgetUnsynced();
    if (this.#random.chance(0.3)) this.#clock.jump(this.#random.below(7_200_000));
    await this.#begin();
  }

  /** Nothing goes wrong any more; whatever can end must. */
  async #comeToRest(): Promise<void> {
    this.#isCalm = true;
    weather.brittle = false;
    const last = this.#steps + REST_STEPS;
    for (let round = 0; ; round++) {
      while (this.#isMoving()) {
        if (this.#steps > last) throw new Violation('run', 'it does not come to rest');
        await this.#step();
      }
      const blocked = this.#checker?.blocked() ?? [];
      if (blocked.length === 0) break;
      if (round === REST_ROUNDS) {
        const [{ saga, key } = { saga: '', key: '' }] = blocked;
        throw new Violation('I9', `${saga}/${key} stays blocked, however often it is redriven`);
      }
      for (const { tenant, saga, key } of blocked) this.#redrive(tenant, saga, key);
      await this.#settled();
    }
    this.#guard(() => this.#checker?.atRest());
    if (this.#violation !== null) throw this.#violation;
  }

  #isMoving(): boolean {
    return (
      this.#clock.hasSoon ||
      this.#boundary.isPending ||
      this.#thinking.length > 0 ||
      this.#outside.open.length > 0 ||
      this.#clock.nextIn !== null
    );
  }

  /** Drives the engine until a promise is settled. */
  async #through<T>(promise: Promise<T>): Promise<T> {
    const state: { isSettled: boolean } = { isSettled: false };
    const settled = (): void => {
      state.isSettled = true;
    };
    promise.then(settled, settled);
    for (let i = 0; !state.isSettled; i++) {
      if (this.#clock.hasSoon) this.#clock.runSoon();
      else if (this.#boundary.isPending) await this.#boundary.settle('committed');
      else if (this.#thinking.length > 0) this.#thinking.shift()?.();
      await this.#settled();
    }
    return promise;
  }

  /** Lets everything run that needs neither time nor anybody's answer. */
  async #settled(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** A data directory with the release active. */
async function makeTemplate(): Promise<{ dir: string }> {
  const dir = mkdtempSync(join(ROOM, 'holdfast-simulation-template-'));
  const clock = new SimClock();
  const store = await openStore({ dir, clock });
  const engine = new Engine({
    store,
    sandbox: new SimSandbox((run) => run()),
    executor: { execute: () => new Promise(() => undefined) },
    clock,
    random: () => 0,
    releasesDir: join(dir, 'releases'),
    tokenKey: Buffer.alloc(32, 7),
    fatal: (error) => {
      throw error;
    },
  });
  await engine.start();
  const { digest } = await engine.registerRelease(simulatedRelease(false), ACTOR);
  await engine.activateRelease(digest, ACTOR);
  engine.halt();
  await store.close();
  return { dir };
}

/** Removes what runs share. */
export function cleanUp(): void {
  if (template !== null) rmSync(template.dir, { recursive: true, force: true });
  template = null;
}
