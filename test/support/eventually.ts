/** Waiting for what will come, without a guess at how long it takes. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Far beyond what anything here needs, and short of a test's own limit: a test that fails says what it waited for. */
const DEFAULT_WITHIN_MS = 90_000;
const DEFAULT_EVERY_MS = 50;

export interface EventuallyOptions {
  /** Milliseconds until it is given up. Default 90 000. */
  readonly within?: number;
  /** Milliseconds between two looks. Default 50. */
  readonly every?: number;
  /** What was seen last, for the message. */
  readonly seen?: () => unknown;
}

/**
 * Looks again and again until there is something to see.
 *
 * @param what is waited for, as the error should name it
 * @returns the first answer that is not undefined
 */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  { within = DEFAULT_WITHIN_MS, every = DEFAULT_EVERY_MS, seen }: EventuallyOptions = {},
): Promise<T> {
  const until = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) {
      const last = seen === undefined ? '' : `; last seen: ${JSON.stringify(seen())}`;
      throw new Error(`not within ${within} ms: ${what}${last}`);
    }
    await sleep(every);
  }
}

/** Waits for a promise, but not for ever. `what` as text, or as a function where it is only known at the end. */
export async function within<T>(
  what: string | (() => string),
  limitMs: number,
  promise: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const said = typeof what === 'string' ? what : what();
      reject(new Error(`not within ${limitMs} ms: ${said}`));
    }, limitMs);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}
