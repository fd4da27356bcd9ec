import type { Clock, EffectSettings, RateSettings } from '@holdfast/core';
import { type ActiveItem, renew } from './active-item.ts';
import { EffectLane } from './effect-lane.ts';
import type { Log } from './log.ts';
import { RateGate } from './rate-gate.ts';
import type { LoadedEffect } from './releases/loaded-release.ts';
import type { Upstream } from './upstream.ts';
import { Upstreams, type UpstreamStatus } from './upstreams.ts';

export interface EffectLanesDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Settings of the active release; undefined when that does not declare the effect. */
  readonly activeEffect: (app: string, effect: string) => LoadedEffect | undefined;
  /** Most items ready in one lane. */
  readonly capacity: number;
  /** A breaker or a rate lets calls of the lane through that waited for it. */
  readonly freed: (lane: EffectLane) => void;
}

/** The lanes of all effects, by app and name, each behind its upstream as the active release has it. */
export class EffectLanes {
  readonly #deps: EffectLanesDeps;
  readonly #lanes = new Map<string, EffectLane>();
  readonly #upstreams: Upstreams;
  /** Rates by app, and by effect or upstream. */
  readonly #gates = new Map<string, RateGate>();

  constructor(deps: EffectLanesDeps) {
    this.#deps = deps;
    this.#upstreams = new Upstreams(deps.clock, deps.log, (upstream) => this.#feedBehind(upstream));
  }

  get all(): Iterable<EffectLane> {
    return this.#lanes.values();
  }

  get upstreams(): readonly UpstreamStatus[] {
    const lanes = [...this.#lanes.values()];
    return this.#upstreams.all((upstream) =>
      lanes.flatMap((lane) => (lane.upstream === upstream ? [lane.effect] : [])).toSorted(),
    );
  }

  of({ row: { app, effect }, effect: { settings } }: ActiveItem): EffectLane {
    const id = `${app}/${effect}`;
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      lane = new EffectLane(app, effect, this.#deps.capacity, this.#deps);
      const inForce = this.#deps.activeEffect(app, effect)?.settings ?? settings;
      lane.upstream = this.#upstreams.of(app, inForce);
      lane.renew(inForce, this.#gatesOf(app, inForce));
      this.#lanes.set(id, lane);
    }
    return lane;
  }

  /** Gives an item that is not running the settings of the active release. */
  renew(item: ActiveItem): void {
    const effect = this.#deps.activeEffect(item.row.app, item.row.effect);
    if (effect !== undefined && effect !== item.effect) renew(item, effect);
  }

  /** Puts the app's lanes behind their upstreams as its active release has them. Answers those lanes. */
  activated(app: string): readonly EffectLane[] {
    const lanes = [...this.#lanes.values()].filter((lane) => lane.app === app);
    for (const lane of lanes) {
      const effect = this.#deps.activeEffect(app, lane.effect);
      if (effect === undefined) continue;
      lane.upstream = this.#upstreams.renew(app, effect.settings);
      lane.renew(effect.settings, this.#gatesOf(app, effect.settings));
    }
    // Two effects may have had different settings for one upstream: the last stand.
    for (const lane of lanes)
      if (lane.upstream !== null) lane.upstream = this.#upstreams.current(lane.upstream);
    this.#upstreams.keep(app, new Set(lanes.map(({ upstream }) => upstream)));
    return lanes;
  }

  stop(): void {
    this.#upstreams.stop();
    for (const lane of this.#lanes.values()) lane.stop();
    for (const gate of this.#gates.values()) gate.stop();
  }

  /** The effect's own rate, and its upstream's, which it shares. */
  #gatesOf(app: string, { name, rate, upstream }: EffectSettings): readonly RateGate[] {
    const gates: RateGate[] = [];
    if (rate !== undefined) gates.push(this.#gate(`${app}/effect/${name}`, rate));
    if (upstream?.rate !== undefined) {
      gates.push(this.#gate(`${app}/upstream/${upstream.name}`, upstream.rate));
    }
    return gates;
  }

  /** A gate is kept when nothing goes by it any more: should a later release set the rate again, it knows what ran. */
  #gate(id: string, rate: RateSettings): RateGate {
    const known = this.#gates.get(id);
    if (known !== undefined) {
      known.renew(rate);
      return known;
    }
    const made = new RateGate(rate, this.#deps.clock);
    this.#gates.set(id, made);
    return made;
  }

  #feedBehind(upstream: Upstream): void {
    for (const lane of this.#lanes.values())
      if (lane.upstream === upstream && lane.hasReady) this.#deps.freed(lane);
  }
}
