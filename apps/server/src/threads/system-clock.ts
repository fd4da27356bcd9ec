import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { type Clock, MICROS_PER_MILLI } from '@holdfast/core';

const MILLIS_PER_SECOND = 1000;

/** Wall and monotonic clock may drift apart by this much before the wall is asked again. */
const DRIFT_MS = 2;

let offset = Date.now() - performance.now();

/** Linux names each start of the kernel; where nothing does, a clock that was set between two processes is not noticed. */
const boot = bootId();

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

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
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
