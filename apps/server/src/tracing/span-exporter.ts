/**
 * Spans on their way to the collector.
 *
 * 1. Taking a span never waits and never fails: beyond a bound it is dropped, and counted.
 * 2. Spans go in batches, one batch at a time: after `DELAY_MS`, or at once where a batch is full.
 * 3. A collector that is away is told of once when it is lost and once when it is back. What was on its way is lost with
 *    it: a trace is a report, and the journal is the record.
 *
 * @module
 */
import type { Clock, Millis, SpanRecord } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import type { SpanCounts } from '@holdfast/gateway';

/** As OpenTelemetry's own batches. */
const BATCH = 512;
const DELAY_MS = 1000;
/** Some 10 MB at most. */
const QUEUE = 8192;

export interface SpanExporterDeps {
  /** Sends a batch; may try more than once. Rejects when the collector did not take it. */
  readonly send: (spans: readonly SpanRecord[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export class SpanExporter {
  readonly #deps: SpanExporterDeps;
  readonly #counts = { exported: 0, failed: 0, dropped: 0 };
  #queue: SpanRecord[] = [];
  #sending: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  /** Spans that were lost when the outage began; null while there is none. */
  #lostBefore: number | null = null;
  #closed = false;

  constructor(deps: SpanExporterDeps) {
    this.#deps = deps;
  }

  /** Since the start. */
  get counts(): SpanCounts {
    return { ...this.#counts, queued: this.#queue.length };
  }

  readonly take = (span: SpanRecord): void => {
    if (this.#closed || this.#queue.length >= QUEUE) {
      this.#counts.dropped += 1;
      return;
    }
    this.#queue.push(span);
    if (this.#queue.length >= BATCH) this.#flush();
    else this.#flushLater();
  };

  /** Sends what waits, for so long at most. Spans that come later are dropped. */
  async close(limit: Millis): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    await new Promise<void>((resolve) => {
      const cancel = this.#deps.clock.after(limit, resolve);
      void this.#drain().then(() => {
        cancel();
        resolve();
      });
    });
    const unsent = this.#queue.length;
    this.#queue = [];
    this.#counts.dropped += unsent;
    if (unsent > 0) this.#deps.log.warn({ spans: unsent }, 'stopped with spans that were not sent');
  }

  /** Until nothing waits, or the collector takes no more. */
  async #drain(): Promise<void> {
    await this.#sending;
    while (this.#queue.length > 0 && this.#lostBefore === null) {
      this.#flush();
      await this.#sending;
    }
  }

  #flushLater(): void {
    if (this.#sending !== null || this.#closed) return;
    this.#cancelTimer ??= this.#deps.clock.after(DELAY_MS, () => {
      this.#cancelTimer = null;
      this.#flush();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #flush(): void {
    if (this.#sending !== null || this.#queue.length === 0) return;
    // After a failure a full queue waits for the timer as well: the collector is not to be stormed.
    if (this.#lostBefore !== null && this.#cancelTimer !== null) return;
    this.#stopTimer();
    const batch = this.#queue.splice(0, BATCH);
    this.#sending = this.#send(batch).then(() => {
      this.#sending = null;
      if (this.#queue.length >= BATCH && this.#lostBefore === null && !this.#closed) this.#flush();
      else if (this.#queue.length > 0) this.#flushLater();
    });
  }

  async #send(batch: readonly SpanRecord[]): Promise<void> {
    try {
      await this.#deps.send(batch);
      this.#counts.exported += batch.length;
      this.#reached();
    } catch (error) {
      this.#counts.failed += batch.length;
      this.#missed(error, batch.length);
    }
  }

  #reached(): void {
    if (this.#lostBefore === null) return;
    const { failed, dropped } = this.#counts;
    const lost = failed + dropped - this.#lostBefore;
    this.#lostBefore = null;
    this.#deps.log.info({ lost }, 'the trace collector takes spans again');
  }

  #missed(error: unknown, spans: number): void {
    if (this.#lostBefore !== null) return;
    const { failed, dropped } = this.#counts;
    this.#lostBefore = failed + dropped - spans;
    this.#deps.log.warn(
      { reason: error instanceof Error ? error.message : String(error) },
      'the trace collector does not take spans: they are lost until it does',
    );
  }
}
