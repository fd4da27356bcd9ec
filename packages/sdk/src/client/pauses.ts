import type { Millis, Random } from '@holdfast/core';

/** Where the client takes time and chance from; tests bring their own. */
export interface Pauses {
  /** Resolves after the pause, or at once when the signal is aborted. */
  sleep(pause: Millis, signal?: AbortSignal): Promise<void>;
  readonly random: Random;
}

export const realPauses: Pauses = {
  random: Math.random,
  sleep: (pause, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, pause);
      signal?.addEventListener('abort', done);
    }),
};
