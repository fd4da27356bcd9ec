/**
 * Registration, activation and rollback: separate acts, each journaled in `CONTROL_EVENTS` in the commit that takes
 * effect (R15.2). Memory follows the commit, never leads it.
 *
 * @module
 */
import {
  type ControlType,
  type CronTriggerSettings,
  HoldfastError,
  type ReleaseBundle,
  type ReleaseDigest,
} from '@holdfast/core';
import type { ReleaseRow, StoreOp } from '@holdfast/store';
import type { Actor } from '../api.ts';
import { controlFact } from '../control-fact.ts';
import type { FactQueue } from '../fact.ts';
import type { Unit } from '../journal-writer.ts';
import type { Log } from '../log.ts';
import type { RecordedTime } from '../recorded-time.ts';
import { checkBundle } from './bundle-check.ts';
import type { ReleaseRegistry } from './registry.ts';

export interface ReleaseDeskDeps {
  readonly registry: ReleaseRegistry;
  readonly facts: FactQueue;
  readonly time: RecordedTime;
  readonly log: Log;
  /** What came until now came before a swap: a consumer that is owed nothing is never owed it. */
  readonly swapping: () => void;
  /** What the swap writes of the app's cron triggers; they have changed in memory on return. */
  readonly triggers: (app: string, triggers: readonly CronTriggerSettings[]) => readonly StoreOp[];
  /** Resolves after the sync that covers the unit. */
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
}

type ActType = Extract<ControlType, `release.${string}`>;

const LINES: Readonly<Record<ActType, string>> = {
  'release.registered': 'release registered',
  'release.activated': 'release activated',
  'release.rolled_back': 'release rolled back',
};

export class ReleaseDesk {
  readonly #deps: ReleaseDeskDeps;
  /** What was active before, by app. */
  readonly #previous = new Map<string, ReleaseDigest>();
  readonly #listeners = new Set<(app: string, digest: ReleaseDigest) => void>();
  /** One act at a time: each is checked against what the one before has done. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: ReleaseDeskDeps) {
    this.#deps = deps;
  }

  restore(rows: readonly ReleaseRow[]): void {
    for (const row of rows) if (row.previous) this.#previous.set(row.app, row.digest);
  }

  onActivated(listener: (app: string, digest: ReleaseDigest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws HoldfastError `release.invalid` with every fault; nothing has changed then. */
  register(
    bundle: ReleaseBundle,
    actor: Actor,
  ): Promise<{ digest: ReleaseDigest; app: string; isNew: boolean }> {
    return this.#inTurn(async () => {
      const { registry, time } = this.#deps;
      const { digest, manifest, bundle: checked } = checkBundle(bundle);
      const { app } = manifest;
      if (registry.isRegistered(digest)) return { digest, app, isNew: false };
      registry.keep(digest, checked);
      // Compiles its schemas and finds its programs before anything is journaled.
      registry.load(digest);
      const text = checked.files['release.json'] ?? '';
      await this.#act('release.registered', actor, { app, digest }, [
        { op: 'release.register', digest, app, manifest: text, at: time.now() },
      ]);
      registry.registered(digest, app);
      return { digest, app, isNew: true };
    });
  }

  /** @throws HoldfastError `release.unknown`, `conflict` */
  activate(
    digest: ReleaseDigest,
    actor: Actor,
  ): Promise<{ app: string; previous: ReleaseDigest | null }> {
    return this.#inTurn(() => this.#swap(digest, actor, 'release.activated'));
  }

  /** @throws HoldfastError `conflict` when nothing was active before */
  rollback(app: string, actor: Actor): Promise<{ digest: ReleaseDigest }> {
    return this.#inTurn(async () => {
      const digest = this.#previous.get(app);
      if (digest === undefined)
        throw new HoldfastError('conflict', `app ${app} has no release to go back to`);
      await this.#swap(digest, actor, 'release.rolled_back');
      return { digest };
    });
  }

  async #swap(
    digest: ReleaseDigest,
    actor: Actor,
    type: ActType,
  ): Promise<{ app: string; previous: ReleaseDigest | null }> {
    const { registry, time, swapping, triggers } = this.#deps;
    const release = registry.checkActivation(digest);
    const { app } = release.manifest;
    const previous = registry.active(app)?.digest ?? null;
    if (previous === digest) return { app, previous };
    swapping();
    await this.#act(type, actor, { app, digest, previous }, [
      { op: 'release.activate', app, digest, at: time.now(), by: actor.by },
      ...triggers(app, release.manifest.schedules ?? []),
    ]);
    if (previous !== null) this.#previous.set(app, previous);
    registry.activated(release);
    // What came since that commit still went the old way.
    swapping();
    for (const listener of this.#listeners) listener(app, digest);
    return { app, previous };
  }

  async #act(
    type: ActType,
    actor: Actor,
    what: {
      readonly app: string;
      readonly digest: ReleaseDigest;
      readonly previous?: ReleaseDigest | null;
    },
    ops: readonly StoreOp[],
  ): Promise<void> {
    const { facts, time, commit, log } = this.#deps;
    const subject = what.app;
    const fact = controlFact(time, { type, subject, source: 'releases', actor, what, ops });
    facts.add(fact);
    await commit({ build: (into) => facts.writeThrough(fact, into) });
    const { app, digest, previous } = what;
    log.info({ app, release: digest, previous, by: actor.by }, LINES[type]);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(act);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
