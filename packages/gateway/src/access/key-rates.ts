/** How often a key may ask (`limits.requestsPerSecond`): a bucket of tokens for each key. */
import type { Clock, Millis } from '@holdfast/core';
import { HttpError } from '../http/answer.ts';

export interface RateLimits {
  /** Requests of one key, on average; 0 for any number. */
  readonly requestsPerSecond: number;
  /** Requests that may come at once after a pause; 0 for those of two seconds. */
  readonly requestBurst: number;
}

export const NO_RATE_LIMITS: RateLimits = { requestsPerSecond: 0, requestBurst: 0 };

interface Bucket {
  tokens: number;
  at: Millis;
}

const SECOND = 1000;

export class KeyRates {
  readonly #limits: RateLimits;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #byKey = new Map<string, Bucket>();

  constructor(limits: RateLimits, clock: Pick<Clock, 'monotonic'>) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts one request. @throws HttpError 429 `rate.limited` */
  take(keyId: string): void {
    const { requestsPerSecond: rate, requestBurst } = this.#limits;
    if (rate === 0) return;
    const most = requestBurst === 0 ? rate * 2 : requestBurst;
    const now = this.#clock.monotonic();
    const bucket = this.#byKey.get(keyId) ?? { tokens: most, at: now };
    this.#byKey.set(keyId, bucket);
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / SECOND) * rate);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return;
    }
    const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
    throw new HttpError('rate.limited', `the key may make ${rate} requests a second`, {
      headers: { 'retry-after': String(seconds) },
    });
  }
}
