/**
 * The process that is simulated: engine and store between the ports that a run decides at, its death, and the next one on
 * what the disk holds.
 *
 * @module
 */
import { cpSync, existsSync, mkdtempSync, rmSync, fdatasyncSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '@holdfast/engine';
import { openStore, type SqliteStore } from '@holdfast/store';
import { Boundary, type Fate } from './boundary.ts';
import { Checker } from './checker.ts';
import type { Mutant } from './mutants.ts';
import { Outside } from './outside.ts';
import type { SimRandom } from './random.ts';
import { simulatedRelease } from './release.ts';
import { VARIANTS } from './sagas.ts';
import { SimClock } from './sim-clock.ts';
import { SimSandbox } from './sim-sandbox.ts';
import { Violation } from './violation.ts';

/** In memory where there is such a place: the disk is simulated, and a real one would only be slow. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
/** Of a mutant that does not sync each. */
const COMMITS_PER_SYNC = 4;
/** Of the sweep of leases. */
const SWEEP_MS = 5000;
const SLEEP_CHANCE = 0.3;
const LONGEST_SLEEP_MS = 7_200_000;
export const ACTOR = { by: 'simulation', reason: 'simulated' };

/** What a data directory begins with. */
interface Template {
  readonly dir: string;
  /** Digests of the releases, by variant; the first is active. */
  readonly releases: readonly string[];
}

/** Made once per process: making a database takes longer than a run. */
const templates = new Map<boolean, Template>();

export class SimProcess {
  readonly clock = new SimClock();
  readonly outside: Outside;
  /** Digests of the releases, by variant. */
  releases: readonly string[] = [];
  /** Answers of the sandbox that are due. */
  thinking: (() => void)[] = [];
  readonly dir = mkdtempSync(join(ROOM, 'holdfast-simulation-'));
  readonly #synced = join(this.dir, 'synced');
  readonly #random: SimRandom;
  /** Whether consumers take so little at once that most of what they get comes by way of the journal. */
  readonly #lags: boolean;
  readonly #mutant: Mutant | null;
  readonly #mutantName: string;
  #store!: SqliteStore;
  #boundary!: Boundary;
  engine!: Engine;
  #checker: Checker | null = null;
  life = 0;
  fatal: Error | null = null;
  /** A failure of the engine is expected: its commit was refused. */
  doomed = false;
  violation: Violation | null = null;
  #commits = 0;
  crashes = 0;
  calls = 0;

  constructor(random: SimRandom, mutantName: string, mutant: Mutant | null) {
    this.#random = random;
    this.#lags = random.chance(0.5);
    this.#mutantName = mutantName;
    this.#mutant = mutant;
    this.outside = new Outside(mutant?.mixesUp === true);
    if (mutant?.noSweep === true) this.clock.deafTo = SWEEP_MS;
  }

  get checker(): Checker {
    if (this.#checker === null) throw new Error('the process has not begun');
    return this.#checker;
  }

  get isCommitting(): boolean {
    return this.#boundary.isPending;
  }

  get isMoving(): boolean {
    return (
      this.clock.hasSoon ||
      this.#boundary.isPending ||
      this.thinking.length > 0 ||
      this.outside.open.length > 0 ||
      this.clock.nextIn !== null
    );
  }

  async prepare(): Promise<void> {
    const { dir, releases } = await templateOf(this.#mutant?.retriesHeld === true);
    this.releases = releases;
    cpSync(dir, this.dir, { recursive: true });
    await this.#begin();
  }

  /** Starts a process on what the disk holds. */
  async #begin(): Promise<void> {
    this.life += 1;
    const { life } = this;
    this.fatal = null;
    this.doomed = false;
    this.#store = await openStore({ dir: this.dir, clock: this.clock, syncFile: syncNow });
    this.#boundary = new Boundary(this.#store, this.#mutantName, this.#mutant);
    this.engine = new Engine({
      store: this.#boundary.store,
      sandbox: new SimSandbox((run) => this.thinking.push(run)),
      executor: {
        execute: (call) => {
          this.calls += 1;
          this.guard(() => this.#checker?.called(call, this.clock.now()));
          return this.outside.take(call, life);
        },
      },
      clock: this.clock,
      random: () => this.#random.next(),
      releasesDir: join(this.dir, 'releases'),
      tokenKey: Buffer.alloc(32, 7),
      defer: this.clock.defer,
      relay: { inFlight: 8, waiting: 4 },
      ...(this.#lags ? { backlog: { high: 3, low: 1, batch: 2 } } : {}),
      fatal: (error) => {
        if (life === this.life) this.fatal = error;
      },
    });
    if (this.#checker === null) {
      const database = join(this.dir, 'generations', '000001', 'holdfast.db');
      this.#checker = new Checker(database, this.outside.acted);
    } else {
      this.#checker.reopen();
    }
    await this.through(this.engine.start());
  }

  /** What the checker finds inside a callback of the engine must not be taken for the engine's own error. */
  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.violation ??= error;
    }
  }

  look(): void {
    this.guard(() => this.#checker?.look());
    if (this.violation !== null) throw this.violation;
  }

  think(): void {
    const [answer] = this.thinking.splice(this.#random.below(this.thinking.length), 1);
    answer?.();
  }

  async commit(fate: Fate): Promise<void> {
    if (fate !== 'committed' && fate !== 'full') this.doomed = true;
    await this.#boundary.settle(fate);
    this.#commits += 1;
    if (this.#mutant?.forgetful === true && this.#commits % COMMITS_PER_SYNC === 0) {
      rmSync(this.#synced, { recursive: true, force: true });
      cpSync(join(this.dir, 'generations'), this.#synced, { recursive: true });
    }
  }

  /** Without a sync in each commit, power takes those since the last one. */
  #forgetUnsynced(): void {
    if (this.#mutant?.forgetful !== true || !existsSync(this.#synced)) return;
    rmSync(join(this.dir, 'generations'), { recursive: true });
    cpSync(this.#synced, join(this.dir, 'generations'), { recursive: true });
  }

  /** The process dies here, and another starts. */
  async crash(): Promise<void> {
    this.crashes += 1;
    this.life += 1;
    await this.#boundary.crash(this.#random.pick(['before', 'between', 'after']));
    this.engine.halt();
    this.clock.forget();
    this.thinking = [];
    this.outside.orphan(this.#random);
    this.guard(() => this.#checker?.look());
    this.#checker?.close();
    await this.#store.close();
    this.#forgetUnsynced();
    if (this.#random.chance(SLEEP_CHANCE)) this.clock.jump(this.#random.below(LONGEST_SLEEP_MS));
    await this.#begin();
  }

  /** Drives the engine until a promise is settled. */
  async through<T>(promise: Promise<T>): Promise<T> {
    const state: { isSettled: boolean } = { isSettled: false };
    const settled = (): void => {
      state.isSettled = true;
    };
    promise.then(settled, settled);
    while (!state.isSettled) {
      if (this.clock.hasSoon) this.clock.runSoon();
      else if (this.#boundary.isPending) await this.#boundary.settle('committed');
      else if (this.thinking.length > 0) this.thinking.shift()?.();
      await this.settled();
    }
    return promise;
  }

  /** Lets everything run that needs neither time nor anybody's answer. */
  async settled(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  /** @param keep leaves the data directory */
  async end(keep: boolean): Promise<void> {
    this.#checker?.close();
    this.engine.halt();
    await this.#store.close();
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }
}

async function templateOf(retriesHeld: boolean): Promise<Template> {
  const known = templates.get(retriesHeld);
  if (known !== undefined) return known;
  const made = await makeTemplate(retriesHeld);
  templates.set(retriesHeld, made);
  return made;
}

/** A data directory with both releases registered, and the first active. */
async function makeTemplate(retriesHeld: boolean): Promise<Template> {
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
  const releases: string[] = [];
  for (const variant of VARIANTS) {
    const bundle = simulatedRelease(variant, retriesHeld);
    releases.push((await engine.registerRelease(bundle, ACTOR)).digest);
  }
  await engine.activateRelease(releases[0] ?? '', ACTOR);
  engine.halt();
  await store.close();
  return { dir, releases };
}

/** Removes what runs share. */
export function cleanUp(): void {
  for (const { dir } of templates.values()) rmSync(dir, { recursive: true, force: true });
  templates.clear();
}

/** A sync in the background would end when it likes, and no two runs of a seed were alike. */
function syncNow(fd: number, done: (error: Error | null) => void): void {
  fdatasyncSync(fd);
  done(null);
}
