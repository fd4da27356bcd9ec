/**
 * The rehearsals of this process: one walk at a time, and the last one of each release to be asked about.
 *
 * @module
 */
import type { Millis, Rehearsal, ReleaseDigest } from '@holdfast/core';
import type { StoreOp } from '@holdfast/store';
import type { Log } from '../log.ts';
import { ReleaseWalk, type WalkDeps } from './release-walk.ts';

/** Releases whose last rehearsal can be asked about. */
const KEPT = 50;

export interface RehearsalsDeps extends WalkDeps {
  readonly log: Log;
  /** Journals an act on releases with the ops that belong to it. Resolves after the sync. */
  readonly record: (
    what: { readonly app: string; readonly digest: ReleaseDigest } & Record<string, unknown>,
    ops: readonly StoreOp[],
  ) => Promise<void>;
  /** The engine can no longer be trusted. */
  readonly failed: (error: unknown) => void;
}

export class Rehearsals {
  readonly #deps: RehearsalsDeps;
  /** By release, the one that was asked for last at the end. */
  readonly #walks = new Map<ReleaseDigest, ReleaseWalk>();
  #queue: Promise<void> = Promise.resolve();
  readonly #owed = new WeakSet<ReleaseWalk>();
  #stopped = false;

  constructor(deps: RehearsalsDeps) {
    this.#deps = deps;
  }

  /**
   * Takes the instances in flight to the active release.
   *
   * @param owed whether it goes on record even if nothing was in flight, so that no start walks again
   */
  begin(app: string, digest: ReleaseDigest, owed: boolean): ReleaseWalk {
    for (const walk of this.#walks.values()) {
      if (walk.app === app && !walk.dryRun) walk.end('superseded');
    }
    const walk = new ReleaseWalk(this.#deps, { app, digest, dryRun: false });
    if (owed) this.#owed.add(walk);
    return this.#start(walk);
  }

  /** Finds out what would become of them; one that is doing so already is joined. */
  try(
    app: string,
    digest: ReleaseDigest,
    lend: () => () => void = () => () => undefined,
  ): ReleaseWalk {
    const known = this.#walks.get(digest);
    if (known?.dryRun === true && known.state === 'running') return known;
    const giveBack = lend();
    const walk = this.#start(new ReleaseWalk(this.#deps, { app, digest, dryRun: true }));
    void walk.ended.then(giveBack);
    return walk;
  }

  of(digest: ReleaseDigest): ReleaseWalk | null {
    return this.#walks.get(digest) ?? null;
  }

  /** The report once the walk has ended, or `wait` milliseconds have passed. */
  async report(
    walk: ReleaseWalk,
    wait: Millis,
    page: { after?: number; limit?: number } = {},
  ): Promise<Rehearsal> {
    if (wait > 0 && walk.state === 'running') {
      await new Promise<void>((resolve) => {
        const cancel = this.#deps.clock.after(wait, resolve);
        void walk.ended.then(() => {
          cancel();
          resolve();
        });
      });
    }
    return walk.report(page.after, page.limit);
  }

  /** Nothing is examined any more; the next start goes on. */
  stop(): void {
    this.#stopped = true;
    for (const walk of this.#walks.values()) walk.end('stopped');
  }

  #start(walk: ReleaseWalk): ReleaseWalk {
    this.#walks.delete(walk.digest);
    this.#walks.set(walk.digest, walk);
    for (const [digest, { state }] of this.#walks) {
      if (this.#walks.size <= KEPT) break;
      if (state !== 'running') this.#walks.delete(digest);
    }
    if (this.#stopped) walk.end('stopped');
    this.#queue = this.#queue
      .then(() => this.#walk(walk))
      .catch((error: unknown) => this.#deps.failed(error));
    return walk;
  }

  async #walk(walk: ReleaseWalk): Promise<void> {
    if (walk.state !== 'running') return;
    await walk.run(() => this.#settle(walk));
    const { app, digest, dryRun, counts, error } = walk;
    const { state } = walk.report(0, 0);
    const about = { app, release: digest, dryRun, ...counts };
    if (state === 'failed')
      this.#deps.log.error({ ...about, error }, 'the rehearsal of instances in flight failed');
    else if (counts.moved + counts.stayed > 0)
      this.#deps.log.info({ ...about, state }, 'rehearsed the instances in flight');
  }

  async #settle(walk: ReleaseWalk): Promise<void> {
    const { app, digest, dryRun, counts } = walk;
    const { moved, stayed, ended } = counts;
    if (dryRun || (moved + stayed + ended === 0 && !this.#owed.has(walk))) return;
    const at = this.#deps.time.now();
    const op: StoreOp = { op: 'release.rehearsed', digest, at, ...counts };
    await this.#deps.record({ app, digest, ...counts }, [op]);
  }
}
