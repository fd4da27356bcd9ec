import { HoldfastError } from '@holdfast/core';

/** Who waits for a commit: how to tell that it will not come, or not soon. */
export interface Waiting {
  readonly reject: (error: Error) => void;
  /** Waits for room on the disk too, however late that comes. */
  readonly patient: boolean;
}

/** Those who wait for a commit, and are to be told should it not come, or not soon (I1, I10). */
export class Unacknowledged {
  readonly #waiting = new Set<Waiting>();

  add(waiting: Waiting): void {
    this.#waiting.add(waiting);
  }

  delete(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  /** There is no room: those who can come again are told so. */
  stalled(error: HoldfastError): void {
    for (const waiting of this.#waiting) {
      if (waiting.patient) continue;
      this.#waiting.delete(waiting);
      waiting.reject(new StalledError(error));
    }
  }

  /** Nothing will be committed any more. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  /** Waits for what is committed with others, not for room: gives up when there is none. */
  async unlessStalled<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = { reject, patient: false };
    this.#waiting.add(waiting);
    try {
      return await Promise.race([work, promise]);
    } finally {
      this.#waiting.delete(waiting);
    }
  }
}

/** It may yet be journaled; its sender is not to wait for that. */
export class StalledError extends HoldfastError {
  override readonly name = 'StalledError';

  constructor(cause: HoldfastError) {
    super(cause.code, `${cause.message}; it is not acknowledged, and may be journaled later`, {
      hint: 'Send it again, with the same id, once there is room.',
      cause,
    });
  }
}
