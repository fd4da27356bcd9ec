/**
 * How the overview's numbers went, kept in memory.
 *
 * 1. Bounded: `MOST_STEPS` steps of each of `MOST_TENANTS` tenants; what is older, or of those not asked for longest, goes.
 * 2. It looks only while commits are made, and once after they stop: a server at rest stays at rest. Steps in which nobody looked
 *    repeat what was seen last, but for runs, of which none began or ended then.
 * 3. What it did not see is left out, not zero: a tenant's series begins with its first sample, which counts the runs since
 *    the server's start.
 *
 * @module
 */
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros, OverviewSeries, TenantId } from '@holdfast/core';
import { formatMicros } from '@holdfast/core';
import type { EngineApi, Log } from '@holdfast/engine';
import type { ReadModel } from '@holdfast/store';

const STEP_SECONDS = 15;
/** Twelve hours. */
const MOST_STEPS = 2_880;
const MOST_TENANTS = 16;
const STEP_MICROS = STEP_SECONDS * 1000 * MICROS_PER_MILLI;

const NAMES = [
  'accepted',
  'ended',
  'outboxDepth',
  'outboxAgeSeconds',
  'scheduleLagSeconds',
  'diskFreeBytes',
] as const;
type Sample = Readonly<Record<(typeof NAMES)[number], number>>;

interface Track {
  /** By step, the ring's place is the step's number modulo its length. */
  readonly samples: Map<number, Sample>;
  totals: { readonly accepted: number; readonly ended: number };
}

export interface SamplerDeps {
  readonly engine: Pick<EngineApi, 'onCommitted'>;
  readonly readModel: Pick<ReadModel, 'overview' | 'runTotals'>;
  readonly clock: Clock;
  readonly log: Log;
}

export class OverviewSampler {
  readonly #deps: SamplerDeps;
  readonly #tracks = new Map<TenantId, Track>();
  readonly #stop: () => void;
  /** Runs when the server started; null where they could not be read. */
  readonly #begun: Promise<ReadonlyMap<TenantId, Track['totals']> | null>;
  #hasForgotten = false;
  #cancel: (() => void) | null = null;
  #isBusy = false;
  #quiet = false;

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
    this.#begun = deps.readModel.runTotals().catch((error: unknown) => {
      deps.log.warn({ error: String(error) }, 'the runs so far could not be counted');
      return null;
    });
    this.#stop = deps.engine.onCommitted(() => this.#committed());
  }

  close(): void {
    this.#stop();
    this.#cancel?.();
    this.#cancel = null;
  }

  /** The last `minutes`, or what was seen of them, up to the step that is under way. */
  async series(tenant: TenantId, minutes: number): Promise<OverviewSeries> {
    const now = this.#step();
    let track = this.#tracks.get(tenant);
    if (track === undefined || !track.samples.has(now)) {
      await this.#look([tenant]);
      track = this.#tracks.get(tenant);
    }
    if (track !== undefined) {
      // Last: those not asked for longest stand first, and go first.
      this.#tracks.delete(tenant);
      this.#tracks.set(tenant, track);
    }
    const count = Math.min(MOST_STEPS, Math.ceil((minutes * 60) / STEP_SECONDS));
    const [seenFirst = now] = track?.samples.keys() ?? [];
    const first = Math.max(now - count + 1, seenFirst);
    const series = Object.fromEntries(NAMES.map((name) => [name, [] as number[]]));
    let seen: Sample = NOTHING;
    for (let step = first; step <= now; step += 1) {
      const sample = track?.samples.get(step);
      if (sample !== undefined) seen = sample;
      for (const name of NAMES) {
        const isCount = name === 'accepted' || name === 'ended';
        series[name]?.push(isCount && sample === undefined ? 0 : seen[name]);
      }
    }
    return {
      stepSeconds: STEP_SECONDS,
      from: formatMicros(first * STEP_MICROS),
      series: series as OverviewSeries['series'],
    };
  }

  #step(): number {
    return Math.floor(this.#deps.clock.now() / STEP_MICROS);
  }

  #committed(): void {
    this.#quiet = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#cancel !== null || this.#isBusy) return;
    this.#cancel = this.#deps.clock.after(STEP_SECONDS * 1000, () => {
      this.#cancel = null;
      // Once more after the last commit: what waits may have gone meanwhile.
      const goesOn = !this.#quiet;
      this.#quiet = true;
      this.#isBusy = true;
      this.#look(null)
        .catch((error: unknown) =>
          this.#deps.log.warn({ error: String(error) }, 'the overview could not be sampled'),
        )
        .finally(() => {
          this.#isBusy = false;
          if (goesOn || !this.#quiet) this.#schedule();
        });
    });
  }

  /** @param tenants null for all that are known or have had runs */
  async #look(tenants: readonly TenantId[] | null): Promise<void> {
    const { readModel } = this.#deps;
    const begun = await this.#begun;
    const totals = await readModel.runTotals();
    const known = tenants ?? [...new Set([...this.#tracks.keys(), ...totals.keys()])];
    for (const tenant of known.slice(0, MOST_TENANTS)) {
      const step = this.#step();
      const of = totals.get(tenant) ?? NO_RUNS;
      // Of one that was forgotten it is not known since when its runs have been told of.
      const from = begun === null || this.#hasForgotten ? of : (begun.get(tenant) ?? NO_RUNS);
      const { outbox, schedules, disk } = await readModel.overview(tenant);
      const now = this.#deps.clock.now();
      this.#keep(
        tenant,
        step,
        { from, to: of },
        {
          outboxDepth: outbox.depth,
          outboxAgeSeconds: outbox.oldestAt === null ? 0 : secondsSince(outbox.oldestAt, now),
          scheduleLagSeconds:
            schedules.firstDueAt === null ? 0 : secondsSince(schedules.firstDueAt, now),
          diskFreeBytes: disk.freeBytes,
        },
      );
    }
  }

  #keep(
    tenant: TenantId,
    step: number,
    totals: { readonly from: Track['totals']; readonly to: Track['totals'] },
    sample: Omit<Sample, 'accepted' | 'ended'>,
  ): void {
    let track = this.#tracks.get(tenant);
    if (track === undefined) {
      const [longest] = this.#tracks.keys();
      if (this.#tracks.size >= MOST_TENANTS && longest !== undefined) {
        this.#tracks.delete(longest);
        this.#hasForgotten = true;
      }
      track = { samples: new Map(), totals: totals.from };
      this.#tracks.set(tenant, track);
    }
    const before = track.samples.get(step) ?? NOTHING;
    track.samples.set(step, {
      ...sample,
      accepted: before.accepted + totals.to.accepted - track.totals.accepted,
      ended: before.ended + totals.to.ended - track.totals.ended,
    });
    track.totals = totals.to;
    for (const old of track.samples.keys()) {
      if (old > step - MOST_STEPS) break;
      track.samples.delete(old);
    }
  }
}

const NO_RUNS: Track['totals'] = { accepted: 0, ended: 0 };

const NOTHING: Sample = {
  accepted: 0,
  ended: 0,
  outboxDepth: 0,
  outboxAgeSeconds: 0,
  scheduleLagSeconds: 0,
  diskFreeBytes: 0,
};

/** 0 for what is to come. */
export function secondsSince(at: Micros, now: Micros): number {
  return Math.max(0, (now - at) / (1000 * MICROS_PER_MILLI));
}
