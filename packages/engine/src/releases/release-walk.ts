/**
 * Takes an app's instances in flight to a release: each is rehearsed on it, and moves when the release decides as it has
 * decided so far (DESIGN, Decided).
 *
 * 1. An instance moves between two decisions, at the version that was rehearsed; what it decided meanwhile is rehearsed
 *    too. From then on the other release decides, whatever else is still on its way to the disk.
 * 2. Nothing waits for it: few rehearsals are in the sandbox at a time, behind whatever came before them, and pages of
 *    instances are read with turns of the event loop in between. Memory holds a page and what stays.
 * 3. A dry run reads and asks programs, and does nothing else.
 * 4. A crash in between leaves each instance with one of the two releases. Those that were not examined stay where they
 *    are; the next start walks again where an activation has no rehearsal on record.
 *
 * @module
 */
import {
  type Clock,
  formatMicros,
  HoldfastError,
  type Micros,
  type Rehearsal,
  type ReleaseDigest,
  type Stay,
} from '@holdfast/core';
import type { PinnedInstance } from '@holdfast/store';
import type { InstanceCache } from '../instance-cache.ts';
import type { LiveInstance } from '../live-instance.ts';
import type { RecordedTime } from '../recorded-time.ts';
import type { SagaRunner } from '../saga-runner.ts';
import type { Difference } from './decision-difference.ts';
import { InstanceRehearsal, type RehearsalDeps } from './rehearsal.ts';

/** Instances in flight that are looked at in one read. */
const PAGE = 100;
/** Instances being rehearsed at a time, and so the most of their calls that are in the sandbox. */
const PARALLEL = 4;
/** How often an instance may have decided meanwhile before it is left where it is. */
const MAX_TRIES = 50;
/** Stays that are kept by name; beyond, they are counted. */
const MAX_STAYS = 10_000;
/** Stays in one answer unless it is asked for others. */
const STAYS_SHOWN = 100;
/** Pause before an instance is looked at again that somebody lets go on just now. */
const AGAIN_MS = 1;

export interface WalkDeps extends RehearsalDeps {
  readonly cache: InstanceCache;
  readonly runner: SagaRunner;
  readonly time: RecordedTime;
  /** Resolves in a later turn of the event loop. */
  readonly turn: () => Promise<void>;
  readonly clock: Clock;
}

type Verdict = 'moved' | 'ended' | Omit<Stay, 'tenant' | 'saga' | 'key' | 'run' | 'release'>;

export class ReleaseWalk {
  readonly app: string;
  readonly digest: ReleaseDigest;
  readonly dryRun: boolean;
  readonly #deps: WalkDeps;
  readonly #startedAt: Micros;
  /** Sagas whose program took the sandbox down: it is not asked again. */
  readonly #stuck = new Set<string>();
  readonly #stays: Stay[] = [];
  readonly #counts = { examined: 0, moved: 0, stayed: 0, ended: 0 };
  #inFlight: number | null = null;
  #state: Rehearsal['state'] = 'running';
  #endedAt: Micros | null = null;
  #error: string | null = null;
  /** Resolves when it has come to its end, whatever that is. */
  readonly ended: Promise<void>;
  readonly #tell: () => void;

  constructor(deps: WalkDeps, of: { app: string; digest: ReleaseDigest; dryRun: boolean }) {
    this.#deps = deps;
    this.app = of.app;
    this.digest = of.digest;
    this.dryRun = of.dryRun;
    this.#startedAt = deps.time.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#tell = resolve;
  }

  get state(): Rehearsal['state'] {
    return this.#state;
  }

  get error(): string | null {
    return this.#error;
  }

  get counts(): Pick<Rehearsal, 'moved' | 'stayed' | 'ended'> {
    const { moved, stayed, ended } = this.#counts;
    return { moved, stayed, ended };
  }

  report(after = 0, limit = STAYS_SHOWN): Rehearsal {
    const upTo = after + limit;
    return {
      app: this.app,
      digest: this.digest,
      dryRun: this.dryRun,
      state: this.#state,
      startedAt: formatMicros(this.#startedAt),
      endedAt: this.#endedAt === null ? null : formatMicros(this.#endedAt),
      inFlight: this.#inFlight,
      ...this.#counts,
      stays: this.#stays.slice(after, upTo),
      after,
      next: upTo < this.#stays.length ? upTo : null,
      error: this.#error,
    };
  }

  /** It has come to its end, unless it had before. */
  end(how: Exclude<Rehearsal['state'], 'running'>): void {
    if (this.#state !== 'running') return;
    this.#state = how;
    this.#endedAt = this.#deps.time.now();
    this.#tell();
  }

  /**
   * Walks to the end. Does not reject: how it went is its state.
   *
   * @param settle called once all is seen, before that is told
   */
  async run(settle: () => Promise<void>): Promise<void> {
    try {
      let inFlight = 0;
      for await (const page of this.#pages()) inFlight += page.length;
      if (this.#state !== 'running') return;
      this.#inFlight = inFlight;
      const last = this.#deps.store.counters.instance;
      await this.#pass((id) => id <= last);
      // Those that were opened since, by events that had been given the old release before the swap.
      if (!this.dryRun) await this.#pass((id) => id > last);
      if (this.#state !== 'running') return;
      await settle();
      this.end('finished');
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'draining') {
        this.end('stopped');
        return;
      }
      this.#error = error instanceof Error ? error.message : String(error);
      this.end('failed');
    }
  }

  async #pass(isMeant: (id: number) => boolean): Promise<void> {
    for await (const page of this.#pages()) {
      const left = page.filter(({ id }) => isMeant(id)).values();
      const moves: Promise<void>[] = [];
      const lane = async (): Promise<void> => {
        for (const of of left) {
          if (this.#state !== 'running') return;
          await this.#examine(of, moves);
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, lane));
      // Not one by one: what moves in the meantime shares a commit.
      await Promise.all(moves);
    }
  }

  async *#pages(): AsyncGenerator<readonly PinnedInstance[]> {
    const { store, turn } = this.#deps;
    let after: string | null = null;
    do {
      await turn();
      if (this.#state !== 'running') return;
      const { app, digest: release } = this;
      const page: Awaited<ReturnType<typeof store.pinnedElsewhere>> = await store.pinnedElsewhere({
        app,
        release,
        after,
        limit: PAGE,
      });
      yield page.instances;
      after = page.next;
    } while (after !== null);
  }

  async #examine(of: PinnedInstance, moves: Promise<void>[]): Promise<void> {
    const verdict = this.#settledBy(of) ?? (await this.#rehearse(of, moves));
    if (this.#state !== 'running') return;
    const counts = this.#counts;
    counts.examined += 1;
    if (verdict === 'moved' || verdict === 'ended') {
      counts[verdict] += 1;
      return;
    }
    counts.stayed += 1;
    const { tenant, saga, key, run, release } = of;
    if (this.#stays.length < MAX_STAYS)
      this.#stays.push({ tenant, saga, key, run, release, ...verdict });
  }

  /** Those that need no rehearsal. */
  #settledBy({ saga }: PinnedInstance): Verdict | null {
    const settings = this.#deps.registry.load(this.digest).sagas.get(saga);
    if (settings === undefined) return stays('no_saga');
    if (settings.pin === 'always') return stays('pinned');
    return this.#stuck.has(saga) ? stays('stuck') : null;
  }

  async #rehearse(of: PinnedInstance, moves: Promise<void>[]): Promise<Verdict> {
    const rehearsal = new InstanceRehearsal(this.#deps, of, this.digest);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const difference = await rehearsal.catchUp();
      if (difference !== null) {
        if (rehearsal.stuck !== null) this.#stuck.add(of.saga);
        return differs(difference);
      }
      if (this.dryRun) return 'moved';
      const { tenant, saga, key } = of;
      const instance = await this.#deps.cache.whenLoaded(tenant, saga, key);
      const verdict = await new Promise<Verdict | null>((resolve) => {
        instance.betweenDecisions(() =>
          resolve(this.#move(instance, of, rehearsal.version, moves)),
        );
      });
      if (verdict !== null) return verdict;
      if (this.#state !== 'running') return stays('busy');
      if (instance.uncommitted > 0) await instance.nextCommit();
      else await new Promise<void>((go) => void this.#deps.clock.after(AGAIN_MS, go));
    }
    return stays('busy');
  }

  /** Null when it has decided meanwhile, or is being let go on by somebody. */
  #move(
    instance: LiveInstance,
    of: PinnedInstance,
    version: number,
    moves: Promise<void>[],
  ): Verdict | null {
    const { row } = instance;
    if (row === null || row.id !== of.id || instance.ended) return 'ended';
    if (this.#state !== 'running' || instance.mode === 'unparking' || row.version !== version)
      return null;
    if (row.release === this.digest) return 'moved';
    row.release = this.digest;
    const { digest: release } = this;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#deps.runner.submit(instance, {
      build: (into) => void into.push({ op: 'instance.pin', instanceId: of.id, version, release }),
      committed: () => resolve(),
      // The engine is ending, and stops the walk.
      failed: () => resolve(),
    });
    moves.push(promise);
    return 'moved';
  }
}

function stays(reason: Stay['reason']): Verdict {
  return { reason, version: null, step: null, history: null, asks: null };
}

function differs({ version, step, history, asks }: Difference): Verdict {
  return { reason: 'differs', version, step, history, asks };
}
