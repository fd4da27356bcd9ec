import type { Clock, Millis } from '@holdfast/core';
import type { EngineApi } from '@holdfast/engine';
import type { ReadModel } from '@holdfast/store';
import type { Probes } from '../http/http-port.ts';

/** A part that does not answer by then is stuck. A commit on a slow disk fits. */
const PATIENCE_MS: Millis = 5000;

export interface WellCheckDeps {
  readonly engine: Pick<EngineApi, 'status' | 'metrics' | 'broker'>;
  readonly readModel: Pick<ReadModel, 'lastSeq'>;
  readonly probes: Probes;
  readonly clock: Clock;
}

/**
 * Whether the server truly does its work: takes events (R10.2), its threads answer, and its store commits. Where nothing
 * was committed since the last look, an empty commit is made, synced as any other.
 */
export class WellCheck {
  readonly #deps: WellCheckDeps;
  /** Commits that had been made at the last look. */
  #commits = 0;

  constructor(deps: WellCheckDeps) {
    this.#deps = deps;
  }

  /** Why it is not well; null when it is. Never rejects. */
  async look(): Promise<string | null> {
    const { engine, readModel, probes } = this.#deps;
    if (!probes.accepting()) return 'the server drains or stops';
    if (!probes.brokerUp()) return 'the MQTT broker does not listen';
    try {
      const [status, metrics] = await Promise.all([
        this.#answer('the engine', engine.status()),
        this.#answer('the engine', engine.metrics()),
        this.#answer('the reader', readModel.lastSeq()),
      ]);
      if (status.noRoom) return 'no room on the disk';
      if (!status.writable) return 'the store cannot be written';
      if (status.draining) return 'the server drains or stops';
      const before = this.#commits;
      this.#commits = metrics.commits.sync.counts.reduce((sum, n) => sum + n, 0);
      if (this.#commits > before && metrics.commitQueue === 0) return null;
      await this.#answer('the store', engine.broker([]));
      // Its own commit is no sign of life at the next look.
      this.#commits += 1;
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #answer<T>(part: string, question: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#deps.clock.after(PATIENCE_MS, () =>
        reject(new Error(`${part} did not answer in ${PATIENCE_MS} ms`)),
      );
      question.then(
        (answer) => {
          cancel();
          resolve(answer);
        },
        (error: unknown) => {
          cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
