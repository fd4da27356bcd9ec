import type { Clock, Millis } from '@holdfast/core';

/** Waits for work to end, and calls `late` where it takes longer than `limit`. */
export async function watched<T>(
  work: Promise<T>,
  limit: Millis,
  clock: Pick<Clock, 'after'>,
  late: () => void,
): Promise<T> {
  const cancel = clock.after(limit, late);
  try {
    return await work;
  } finally {
    cancel();
  }
}
