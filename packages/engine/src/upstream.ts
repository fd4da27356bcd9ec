/**
 * One upstream: what stands behind the effects that name it, and the circuit breaker before it (R8.3).
 *
 * - `closed`: calls run. Opens when more than `failureRate` of the last `window` tries failed, half a window at least.
 * - `open`: none runs. Work items wait without a lease and without using up a try, until the cooldown is over.
 * - `half_open`: one call runs and decides. If it fails, open again for twice as long, up to `maxCooldown`.
 * - `recovering`: one more call may run at a time with each that gets through, so that a backlog does not fall at once
 *   upon what has just got up. Closed when as many may run as its effects ask for, or nothing waits any more.
 *
 * 1. A call that began before the breaker last opened no longer counts, neither as running nor in what comes of it.
 * 2. Kept in memory: a restart finds it closed. What a try came to is in the attempts (I4).
 *
 * When to open is cockatiel's arithmetic; the states are ours, for their timers are the engine's clock and no call
 * runs inside them.
 *
 * @module
 */
import {
  type BreakerSettings,
  type Clock,
  type EffectCall,
  type EffectResult,
  type Millis,
  unreachable,
  upstreamHealth,
} from '@holdfast/core';
import { CircuitState, CountBreaker } from 'cockatiel';

export type BreakerState = 'closed' | 'open' | 'half_open' | 'recovering';

/** Leave to make one call. */
export interface Admission {
  /** The call finds out for all that wait whether the upstream is back. */
  readonly isProbe: boolean;
  /** The call is over. Null: nobody knows how, or it was never made. */
  end(result: EffectResult | null): void;
}

export interface UpstreamDeps {
  readonly clock: Clock;
  /** Calls may run that might not before. */
  readonly freed: (upstream: Upstream) => void;
  readonly changed: (upstream: Upstream) => void;
}

export class Upstream {
  readonly app: string;
  readonly name: string;
  readonly settings: BreakerSettings;
  readonly #deps: UpstreamDeps;
  #window: CountBreaker;
  #state: BreakerState = 'closed';
  #failedProbes = 0;
  /** Grows with each opening: what an admission of an earlier one reports is late. */
  #turn = 0;
  #running = 0;
  #allowed = Number.POSITIVE_INFINITY;
  /** Most that one of its effects would have running. */
  #widest = 1;
  #cancelTimer: (() => void) | null = null;
  #retryAt: Millis | null = null;
  #stopped = false;

  constructor(app: string, name: string, settings: BreakerSettings, deps: UpstreamDeps) {
    this.app = app;
    this.name = name;
    this.settings = settings;
    this.#deps = deps;
    this.#window = this.#newWindow();
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Until the next call; null unless open. */
  get retryIn(): Millis | null {
    return this.#retryAt === null
      ? null
      : Math.max(0, Math.round(this.#retryAt - this.#deps.clock.monotonic()));
  }

  /** Calls that found it still down, one after the other, since it was last closed. */
  get failedProbes(): number {
    return this.#failedProbes;
  }

  get admits(): boolean {
    return this.#running < this.#allowed;
  }

  /** @param concurrency what the call's effect may have running */
  admit(concurrency: number, mode: EffectCall['mode']): Admission {
    const turn = this.#turn;
    this.#running += 1;
    this.#widest = Math.max(this.#widest, concurrency);
    return {
      isProbe: this.#state === 'half_open',
      end: (result) => {
        if (turn !== this.#turn || this.#stopped) return;
        this.#running -= 1;
        if (result !== null) this.#note(mode, result);
        if (this.#state !== 'closed' && this.admits) this.#deps.freed(this);
      },
    };
  }

  /** Nothing will be called any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #note(mode: EffectCall['mode'], result: EffectResult): void {
    const health = upstreamHealth(mode, result);
    if (health === null) return;
    switch (this.#state) {
      case 'closed':
        this.#sample(health, result);
        return;
      case 'half_open':
        if (health === 'ailing') {
          this.#failedProbes += 1;
          this.#open(result);
        } else {
          this.#window = this.#newWindow();
          this.#allowed = 1;
          this.#become('recovering');
          this.#grow();
        }
        return;
      case 'recovering':
        this.#sample(health, result);
        if (health === 'well') this.#grow();
        return;
      case 'open':
        // Calls of an earlier turn report to nobody, and an open one admits none.
        return;
      default:
        unreachable(this.#state);
    }
  }

  #sample(health: 'well' | 'ailing', result: EffectResult): void {
    if (health === 'well') this.#window.success(CircuitState.Closed);
    else if (this.#window.failure(CircuitState.Closed)) this.#open(result);
  }

  #grow(): void {
    // The call that has just ended left room that nobody took before it did.
    const isIdle = this.#running + 1 < this.#allowed;
    this.#allowed += 1;
    if (!isIdle && this.#allowed < this.#widest) return;
    this.#allowed = Number.POSITIVE_INFINITY;
    this.#failedProbes = 0;
    this.#become('closed');
    this.#deps.freed(this);
  }

  #open(result: EffectResult): void {
    const { cooldown, maxCooldown } = this.settings;
    const asked = result.kind === 'not_done' ? (result.retryAfter ?? 0) : 0;
    const pause = Math.max(asked, Math.min(maxCooldown, cooldown * 2 ** this.#failedProbes));
    this.#turn += 1;
    this.#running = 0;
    this.#allowed = 0;
    this.#retryAt = this.#deps.clock.monotonic() + pause;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(pause, () => {
      this.#cancelTimer = null;
      this.#retryAt = null;
      this.#allowed = 1;
      this.#become('half_open');
      this.#deps.freed(this);
    });
    this.#become('open');
  }

  #become(state: BreakerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#deps.changed(this);
  }

  #newWindow(): CountBreaker {
    const { window, failureRate } = this.settings;
    return new CountBreaker({
      threshold: failureRate,
      size: window,
      minimumNumberOfCalls: Math.ceil(window / 2),
    });
  }
}
