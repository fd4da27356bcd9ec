import { type Clock, MICROS_PER_MILLI } from '@holdfast/core';

/** Wall and monotonic clock may drift apart by this much before the wall is asked again. */
const DRIFT_MS = 2;

let offset = Date.now() - performance.now();

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
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
