import type { Clock } from '@holdfast/core';
import { type ActiveItem, renew } from './active-item.ts';
import { EffectLane } from './effect-lane.ts';
import type { Log } from './log.ts';
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
  /** The breaker before a lane lets calls through that waited for it. */
  readonly freed: (lane: EffectLane) => void;
}

/** The lanes of all effects, by app and name, each behind its upstream as the active release has it. */
export class EffectLanes {
  readonly #deps: EffectLanesDeps;
  readonly #lanes = new Map<string, EffectLane>();
  readonly #upstreams: Upstreams;

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
      lane = new EffectLane(app, effect, this.#deps.capacity);
      const active = this.#deps.activeEffect(app, effect);
      lane.upstream = this.#upstreams.of(app, active?.settings ?? settings);
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
      if (effect !== undefined) lane.upstream = this.#upstreams.renew(app, effect.settings);
    }
    // Two effects may have had different settings for one upstream: the last stand.
    for (const lane of lanes)
      if (lane.upstream !== null) lane.upstream = this.#upstreams.current(lane.upstream);
    this.#upstreams.keep(app, new Set(lanes.map(({ upstream }) => upstream)));
    return lanes;
  }

  stop(): void {
    this.#upstreams.stop();
  }

  #feedBehind(upstream: Upstream): void {
    for (const lane of this.#lanes.values())
      if (lane.upstream === upstream && lane.hasReady) this.#deps.freed(lane);
  }
}
