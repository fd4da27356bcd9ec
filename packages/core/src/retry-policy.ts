import type { Random } from './clock.ts';
import type { Millis } from './time.ts';

/** When and how often a try that may be repeated is repeated. */
export interface RetryPolicy {
  /** Tries in all, the first included. Minimum 1. */
  readonly attempts: number;
  /** Ceiling of the first pause. */
  readonly backoff: Millis;
  /** Ceiling of any pause. */
  readonly max: Millis;
  /** What the ceiling grows by with each try. Minimum 1. */
  readonly factor: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 8, backoff: 1000, max: 60_000, factor: 2 };

/**
 * The pause before the next try, with full jitter: uniform in [0, min(max, backoff * factor^(failed - 1))].
 * Source: "Exponential Backoff and Jitter", AWS Architecture Blog, 2015, "Full Jitter".
 *
 * @param failed tries that have failed so far, from 1
 */
export function retryPause(policy: RetryPolicy, failed: number, random: Random): Millis {
  const ceiling = Math.min(policy.max, policy.backoff * policy.factor ** Math.max(0, failed - 1));
  return Math.round(random() * ceiling);
}
