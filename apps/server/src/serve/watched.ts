import type { Clock, Millis } from '@holdfast/core';

/** Longest delay that a timer of the platform can have. */
const MAX_TIMER_MS: Millis = 2_147_483_647;

/** Waits for work to end, and calls `late` where it takes longer than `limit`. */
export async function watched<T>(
  work: Promise<T>,
  limit: Millis,
  clock: Pick<Clock, 'after'>,
  late: () => void,
): Promise<T> {
  const cancel = clock.after(Math.min(limit, MAX_TIMER_MS), late);
  try {
    return await work;
  } finally {
    cancel();
  }
}
