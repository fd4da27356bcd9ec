/**
 * Registration, activation and rollback: separate acts, each journaled in `CONTROL_EVENTS` in the commit that takes
 * effect (R15.2). Memory follows the commit, never leads it. After a swap the instances in flight are rehearsed, which
 * no act waits for.
 *
 * @module
 */
import {
  type Activated,
  type ControlType,
  type CronTriggerSettings,
  HoldfastError,
  type JsonObject,
  type Rehearsal,
  type ReleaseBundle,
  type ReleaseDigest,
} from '@holdfast/core';
import type { ActivationAct, ReleaseRow, StoreOp } from '@holdfast/store';
import type { Actor, RehearsalQuery, RehearsalTarget, SwapOptions } from '../api.ts';
import { controlFact } from '../control-fact.ts';
import type { Fact } from '../fact.ts';
import type { Log } from '../log.ts';
import { checkBundle } from './bundle-check.ts';
import { Rehearsals, type RehearsalsDeps } from './rehearsals.ts';
import type { ReleaseRegistry } from './registry.ts';

export interface ReleaseDeskDeps extends Omit<RehearsalsDeps, 'record'> {
  readonly registry: ReleaseRegistry;
  readonly log: Log;
  /** What came until now came before a swap: a consumer that is owed nothing is never owed it. */
  readonly swapping: () => void;
  /** What the swap writes of the app's cron triggers; they have changed in memory on return. */
  readonly triggers: (app: string, triggers: readonly CronTriggerSettings[]) => readonly StoreOp[];
  /** Journals the record of an act, with what is written together with it. Resolves after the sync. */
  readonly record: (record: Fact) => Promise<void>;
}

type ActType = Extract<ControlType, `release.${string}`>;

const LINES: Readonly<Record<ActType, string>> = {
  'release.registered': 'release registered',
  'release.activated': 'release activated',
  'release.rolled_back': 'release rolled back',
  'release.rehearsed': 'rehearsal ended',
};

/** Whose acts the engine's own are. */
const ENGINE: Actor = { by: 'engine', reason: null };

export class ReleaseDesk {
  readonly #deps: ReleaseDeskDeps;
  /** What was active before, by app. */
  readonly #previous = new Map<string, ReleaseDigest>();
  readonly #listeners = new Set<(app: string, digest: ReleaseDigest) => void>();
  /** One act at a time: each is checked against what the one before has done. */
  #queue: Promise<unknown> = Promise.resolve();
  readonly #rehearsals: Rehearsals;

  constructor(deps: ReleaseDeskDeps) {
    this.#deps = deps;
    this.#rehearsals = new Rehearsals({
      ...deps,
      record: (what, ops) => this.#act('release.rehearsed', ENGINE, what, ops),
    });
  }

  /** Goes on with the rehearsals that the last run did not bring to their end. */
  resume(rows: readonly ReleaseRow[]): void {
    for (const { active, rehearsed, app, digest } of rows)
      if (active && !rehearsed) this.#rehearsals.begin(app, digest, true);
  }

  stop(): void {
    this.#rehearsals.stop();
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
      if (registry.isRegistered(digest)) {
        // Where its bundle was lost from the disk, it is there again.
        registry.keep(digest, checked);
        return { digest, app, isNew: false };
      }
      registry.keep(digest, checked);
      // Compiles its schemas and finds its programs before anything is journaled.
      registry.load(digest);
      const text = checked.files['release.json'] ?? '';
      await this.#act(
        'release.registered',
        actor,
        { app, digest, before: null, after: { digest } },
        [{ op: 'release.register', digest, app, manifest: text, at: time.now(), by: actor.by }],
      );
      registry.registered(digest, app);
      return { digest, app, isNew: true };
    });
  }

  /** @throws HoldfastError `release.unknown`, `conflict` */
  async activate(
    digest: ReleaseDigest,
    actor: Actor,
    options: SwapOptions = {},
  ): Promise<Activated> {
    const { app, previous } = await this.#inTurn(() =>
      this.#swap(digest, 'activated', actor, options),
    );
    return this.#taken(app, digest, previous, options);
  }

  /** @throws HoldfastError `conflict` when nothing was active before */
  async rollback(app: string, actor: Actor, options: SwapOptions = {}): Promise<Activated> {
    const { digest, previous } = await this.#inTurn(async () => {
      const back = this.#wayBack(app);
      const swapped = await this.#swap(back, 'rolled_back', actor, options);
      return { digest: back, ...swapped };
    });
    return this.#taken(app, digest, previous, options);
  }

  /** What would become of the instances in flight; changes nothing. @throws HoldfastError as the act itself would */
  async rehearse(target: RehearsalTarget, options: SwapOptions = {}): Promise<Activated> {
    const { registry } = this.#deps;
    if ('bundle' in target) {
      const { digest, manifest, bundle } = checkBundle(target.bundle);
      const { app } = manifest;
      this.#expect(app, options);
      registry.checkNames(manifest);
      const lend = (): (() => void) => registry.lend(digest, manifest, bundle);
      return this.#tried(app, digest, options, lend);
    }
    const digest = 'rollback' in target ? this.#wayBack(target.rollback) : target.digest;
    const { app } = registry.checkActivation(digest).manifest;
    this.#expect(app, options);
    return this.#tried(app, digest, options);
  }

  /** The last rehearsal on a release since the start; null when there was none. */
  async rehearsal(
    digest: ReleaseDigest,
    { wait = 0, ...page }: RehearsalQuery = {},
  ): Promise<Rehearsal | null> {
    const walk = this.#rehearsals.of(digest);
    return walk === null ? null : this.#rehearsals.report(walk, wait, page);
  }

  async #taken(
    app: string,
    digest: ReleaseDigest,
    previous: ReleaseDigest | null,
    { wait = 0 }: SwapOptions,
  ): Promise<Activated> {
    const walk = this.#rehearsals.begin(app, digest, previous !== null && previous !== digest);
    const rehearsal = await this.#rehearsals.report(walk, wait);
    return { app, digest, previous, dryRun: false, rehearsal };
  }

  async #tried(
    app: string,
    digest: ReleaseDigest,
    { wait = 0 }: SwapOptions,
    lend?: () => () => void,
  ): Promise<Activated> {
    const previous = this.#deps.registry.active(app)?.digest ?? null;
    const walk = this.#rehearsals.try(app, digest, lend);
    const rehearsal = await this.#rehearsals.report(walk, wait);
    return { app, digest, previous, dryRun: true, rehearsal };
  }

  #wayBack(app: string): ReleaseDigest {
    const digest = this.#previous.get(app);
    if (digest !== undefined) return digest;
    throw new HoldfastError('conflict', `app ${app} has no release to go back to`);
  }

  /** Refuses an act that was meant for another state of things. */
  #expect(app: string, { expectActive }: SwapOptions): void {
    if (expectActive === undefined) return;
    const active = this.#deps.registry.active(app)?.digest ?? null;
    if (active === expectActive) return;
    throw new HoldfastError(
      'conflict',
      `app ${app} has ${active === null ? 'no active release' : `the active release ${active}`}, not ${expectActive ?? 'none'}`,
      { hint: 'somebody activated another one meanwhile; see: holdfast release list' },
    );
  }

  async #swap(
    digest: ReleaseDigest,
    act: ActivationAct,
    actor: Actor,
    options: SwapOptions,
  ): Promise<{ app: string; previous: ReleaseDigest | null }> {
    const { registry, time, swapping, triggers } = this.#deps;
    const release = registry.checkActivation(digest);
    const { app } = release.manifest;
    this.#expect(app, options);
    const previous = registry.active(app)?.digest ?? null;
    if (previous === digest) return { app, previous };
    swapping();
    const { by, reason } = actor;
    const swapped = { before: { active: previous }, after: { active: digest } };
    await this.#act(`release.${act}`, actor, { app, digest, previous, ...swapped }, [
      { op: 'release.activate', app, digest, act, at: time.now(), by, reason },
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
      readonly before?: JsonObject | null;
      readonly after?: JsonObject;
    },
    ops: readonly StoreOp[],
  ): Promise<void> {
    const { time, record, log } = this.#deps;
    const subject = what.app;
    const fact = controlFact(time, {
      tenant: '',
      type,
      subject,
      source: 'releases',
      actor,
      what,
      extra: (into) => void into.push(...ops),
    });
    await record(fact);
    const { digest: release, before: _before, after: _after, ...about } = what;
    log.info({ ...about, release, by: actor.by }, LINES[type]);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(act);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
