import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 2;

/** Waits until it is so, and no longer. The limit is the test's own. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(EVERY_MS);
}
