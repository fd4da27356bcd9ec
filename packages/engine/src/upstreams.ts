import type { Clock, EffectSettings } from '@holdfast/core';
import type { Log } from './log.ts';
import { type BreakerState, Upstream } from './upstream.ts';

/** An upstream as a person is shown it. */
export interface UpstreamStatus {
  readonly app: string;
  readonly upstream: string;
  readonly state: BreakerState;
  /** Milliseconds until the next call is made; null unless open. */
  readonly retryIn: number | null;
  /** Those that call it. */
  readonly effects: readonly string[];
}

/** All upstreams that were called since the start, by app and name. */
export class Upstreams {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #freed: (upstream: Upstream) => void;
  readonly #known = new Map<string, Upstream>();

  constructor(clock: Clock, log: Log, freed: (upstream: Upstream) => void) {
    this.#clock = clock;
    this.#log = log;
    this.#freed = freed;
  }

  /** The upstream of an effect, with the settings it was met with; null when it has none, or one without a breaker. */
  of(app: string, settings: EffectSettings): Upstream | null {
    const { upstream } = settings;
    if (upstream === undefined || upstream.breaker === null) return null;
    return this.#known.get(idOf(app, upstream.name)) ?? this.renew(app, settings);
  }

  /** As `of`, with the settings given: others than those it has make a new one, closed. */
  renew(app: string, { upstream }: EffectSettings): Upstream | null {
    const breaker = upstream?.breaker;
    if (upstream === undefined || breaker === undefined || breaker === null) return null;
    const id = idOf(app, upstream.name);
    const known = this.#known.get(id);
    const { window, failureRate, cooldown, maxCooldown } = breaker;
    if (
      known?.settings.window === window &&
      known.settings.failureRate === failureRate &&
      known.settings.cooldown === cooldown &&
      known.settings.maxCooldown === maxCooldown
    ) {
      return known;
    }
    known?.stop();
    const made = new Upstream(app, upstream.name, breaker, {
      clock: this.#clock,
      freed: this.#freed,
      changed: (changed) => this.#tell(changed),
    });
    this.#known.set(id, made);
    return made;
  }

  /** What has taken the place of an upstream; itself where nothing has. */
  current(upstream: Upstream): Upstream {
    return this.#known.get(idOf(upstream.app, upstream.name)) ?? upstream;
  }

  /** Forgets the app's upstreams that nothing calls any more. */
  keep(app: string, used: ReadonlySet<Upstream | null>): void {
    for (const [id, upstream] of this.#known) {
      if (upstream.app !== app || used.has(upstream)) continue;
      upstream.stop();
      this.#known.delete(id);
    }
  }

  /** @param callers the effects that call an upstream */
  all(callers: (upstream: Upstream) => readonly string[]): readonly UpstreamStatus[] {
    return Array.from(this.#known.values(), (upstream) => {
      const { app, name, state, retryIn } = upstream;
      return { app, upstream: name, state, retryIn, effects: callers(upstream) };
    });
  }

  stop(): void {
    for (const upstream of this.#known.values()) upstream.stop();
  }

  #tell({ app, name, state, retryIn, failedProbes }: Upstream): void {
    const about = { app, upstream: name, breaker: state };
    if (state === 'open' && failedProbes > 0) {
      this.#log.info({ ...about, retryInMs: retryIn, failedProbes }, 'the upstream is still down');
    } else if (state === 'open') {
      this.#log.warn(
        { ...about, retryInMs: retryIn },
        'most calls of this upstream fail: its effects wait, and use up no try',
      );
    } else {
      this.#log.info(about, STATE_WORDS[state]);
    }
  }
}

function idOf(app: string, name: string): string {
  return `${app}/${name}`;
}

const STATE_WORDS: Readonly<Record<Exclude<BreakerState, 'open'>, string>> = {
  half_open: 'one call tries whether the upstream is back',
  recovering: 'the upstream answers again: its effects go on, a few at first',
  closed: 'the upstream is called as before',
};
