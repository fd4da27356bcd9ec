/**
 * The broker's own writes, through the engine's one writer.
 *
 * 1. Ops reach the engine in the order they were given here: one call is under way at a time, and what comes meanwhile
 *    goes with the next, in one transaction.
 * 2. `commit` resolves after the sync; what it promises may be acknowledged then (I1).
 * 3. `later` is for what a crash may lose: a delivery done that is redelivered, a will that is published once more. It
 *    goes with the next commit or after `LATER_MS`, and is kept through a failure until the engine takes writes again.
 * 4. After a failure every `commit` is refused until `resume`.
 */
import type { EngineApi } from '@holdfast/engine';
import type { BrokerOp } from '@holdfast/store';

/** How long what may be lost waits for a commit to go with, in milliseconds. */
const LATER_MS = 20;

interface Waiting {
  readonly ops: readonly BrokerOp[];
  readonly resolve: (() => void) | null;
  readonly reject: ((error: Error) => void) | null;
}

export class BrokerJournal {
  readonly #engine: Pick<EngineApi, 'broker'>;
  readonly #onFailure: (error: Error) => void;
  #waiting: Waiting[] = [];
  #writing = false;
  #failure: Error | null = null;
  #idle: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param onFailure told of each write that failed, after those who wait for it */
  constructor(engine: Pick<EngineApi, 'broker'>, onFailure: (error: Error) => void) {
    this.#engine = engine;
    this.#onFailure = onFailure;
  }

  /** Resolves after the synced commit. @throws whatever the engine refused it with */
  commit(ops: readonly BrokerOp[]): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (ops.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ops, resolve, reject });
      this.#start();
    });
  }

  /** Writes when it can: with the next commit, or soon. */
  later(ops: readonly BrokerOp[]): void {
    if (ops.length === 0) return;
    this.#waiting.push({ ops, resolve: null, reject: null });
    this.#timer ??= setTimeout(() => this.#start(), LATER_MS);
  }

  /** Writes what waits, and resolves when nothing does or nothing can be written. */
  async flush(): Promise<void> {
    this.#start();
    if (!this.#writing) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** The engine takes writes again. */
  resume(): void {
    this.#failure = null;
    this.#start();
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#writing || this.#failure !== null || this.#waiting.length === 0) return;
    this.#writing = true;
    // After whatever else is given in this turn, so that it shares the commit.
    queueMicrotask(() => void this.#write());
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0 && this.#failure === null) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#engine.broker(
          batch.length === 1 ? (batch[0]?.ops ?? []) : batch.flatMap((one) => one.ops),
        );
        for (const one of batch) one.resolve?.();
      } catch (error) {
        this.#failed(error instanceof Error ? error : new Error(String(error)), batch);
      }
    }
    this.#writing = false;
    for (const tell of this.#idle.splice(0)) tell();
  }

  #failed(error: Error, batch: readonly Waiting[]): void {
    this.#failure = error;
    const all = [...batch, ...this.#waiting];
    this.#waiting = all.filter((one) => one.reject === null);
    for (const one of all) one.reject?.(error);
    this.#onFailure(error);
  }
}
