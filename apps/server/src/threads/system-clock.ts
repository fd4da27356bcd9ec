import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { type Clock, MICROS_PER_MILLI, type Millis } from '@holdfast/core';

const MILLIS_PER_SECOND = 1000;
const NANOS_PER_MILLI = 1e6;
/** The uptime is read in hundredths of a second, a little after the other. */
const READ_APART_MS = 1000;

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** Longest delay that a timer of the platform can have. */
const MAX_TIMER_MS: Millis = 2_147_483_647;
/** Wall and monotonic clock may drift apart by this much before the wall is asked again. */
const DRIFT_MS = 2;

let offset = Date.now() - performance.now();

const boot = bootOf(
  uptime() * MILLIS_PER_SECOND,
  Number(process.hrtime.bigint()) / NANOS_PER_MILLI,
);

/** The machine's clock: wall time with microseconds, following when somebody sets the clock. */
export const systemClock: Clock = {
  now: () => {
    const monotonic = performance.now();
    const wall = Date.now();
    // `Date.now()` is cut to whole milliseconds; the monotonic clock fills in the fraction while the two agree.
    if (Math.abs(wall - (offset + monotonic)) > DRIFT_MS) offset = wall - monotonic;
    return Math.round((offset + monotonic) * MICROS_PER_MILLI);
  },
  monotonic: () => performance.now(),
  // `os.uptime` counts sleep, which the monotonic clock does not on Linux.
  machine: () => ({ uptime: uptime() * MILLIS_PER_SECOND, boot }),
  after: (delay, run) => {
    if (delay > MAX_TIMER_MS) return inSteps(delay, run);
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

/** What a timer of the platform cannot wait for it would run at once (FACTS, Timers). */
function inSteps(delay: Millis, run: () => void): () => void {
  let left = delay;
  const step = (): NodeJS.Timeout => {
    const wait = Math.min(left, MAX_TIMER_MS);
    left -= wait;
    return setTimeout(() => {
      if (left > 0) timer = step();
      else run();
    }, wait);
  };
  let timer = step();
  return () => clearTimeout(timer);
}

/**
 * Names this start of the machine; null where it cannot be told from another. Linux names each start of its kernel. A
 * container may be shown an uptime of its own (LXC), which begins anew without a new name: it is less than the kernel's
 * monotonic clock, which the machine's never is, as that also counts sleep.
 *
 * @param monotonicMs of the kernel, not of this process
 */
export function bootOf(uptimeMs: number, monotonicMs: number, file = BOOT_ID_FILE): string | null {
  if (uptimeMs < monotonicMs - READ_APART_MS) return null;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Another system than Linux.
    return null;
  }
}
