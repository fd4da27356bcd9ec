/**
 * Verifies the whole journal beside the running server, in a thread of its own: neither the writer nor those who read wait
 * for it. One at a time; its last report is kept until the next.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import {
  type ErrorRecord,
  HoldfastError,
  type JournalVerification,
  type Millis,
  toErrorRecord,
} from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import type { JournalVerifying } from '@holdfast/gateway';
import { journalReport } from '../cli/journal-report.ts';
import { ended, startThread, type ThreadHandle } from '../threads/thread-start.ts';
import type { VerifierNews } from '../verifier-thread.ts';

/** Megabytes: what it knows of every commit is in a file. */
const HEAP_MB = 256;

export interface JournalVerifierOptions {
  readonly dataDir: string;
  readonly log: Log;
  readonly now: () => Date;
}

export class JournalVerifier implements JournalVerifying {
  readonly #options: JournalVerifierOptions;
  #state: JournalVerification = {
    state: 'idle',
    startedAt: null,
    endedAt: null,
    progress: null,
    report: null,
    error: null,
  };
  #thread: Promise<ThreadHandle<null>> | null = null;
  #over: PromiseWithResolvers<void> = Promise.withResolvers();
  #closed = false;

  constructor(options: JournalVerifierOptions) {
    this.#options = options;
  }

  /** Begins one, unless one is under way. */
  start(): JournalVerification {
    if (this.#state.state === 'running' || this.#closed) return this.#state;
    const { dataDir, log, now } = this.#options;
    this.#over = Promise.withResolvers();
    this.#state = {
      state: 'running',
      startedAt: now().toISOString(),
      endedAt: null,
      progress: null,
      report: null,
      error: null,
    };
    log.info({}, 'the journal is verified');
    this.#thread = startThread<null>({
      name: 'verifier-thread',
      data: { dataDir },
      maxHeapMb: HEAP_MB,
      fatal: (error) => this.#failed(toErrorRecord(error)),
      connect: (port) => this.#listen(port),
    });
    this.#thread.catch((error: unknown) => this.#failed(toErrorRecord(error)));
    return this.#state;
  }

  /** Where it stands; held until it is over, `wait` at most. */
  async show(wait: Millis): Promise<JournalVerification> {
    if (this.#state.state === 'running' && wait > 0) {
      const stop = new AbortController();
      const late = pause(wait, undefined, { signal: stop.signal, ref: false }).catch(
        () => undefined,
      );
      await Promise.race([this.#over.promise, late]);
      stop.abort();
    }
    return this.#state;
  }

  /** Ends the one under way. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = await this.#thread?.catch(() => null);
    if (thread === null || thread === undefined) return;
    await thread.worker.terminate();
    await ended(thread.worker);
    thread.port.close();
    this.#over.resolve();
  }

  #listen(port: MessagePort): void {
    port.on('message', (news: VerifierNews) => {
      if (this.#state.state !== 'running') return;
      if (news.is === 'progress') this.#state = { ...this.#state, progress: news.progress };
      else if (news.is === 'failed') this.#failed(news.error);
      else this.#ended({ state: 'done', report: journalReport(news.report) });
    });
    // A thread that died without a word, as when its memory was not enough.
    port.on('close', () => {
      if (this.#closed) return;
      const died = new HoldfastError('internal', 'the verification ended before its time');
      this.#failed(toErrorRecord(died));
    });
  }

  #failed({ code, message }: ErrorRecord): void {
    this.#ended({ state: 'failed', error: { code, message } });
  }

  #ended(how: Partial<JournalVerification>): void {
    if (this.#state.state !== 'running') return;
    const { log, now } = this.#options;
    this.#state = { ...this.#state, ...how, progress: null, endedAt: now().toISOString() };
    const { report, error } = this.#state;
    if (report?.ok === true)
      log.info({ commits: report.commits }, 'the journal is as it was written');
    else log.error({ error, faults: report?.faults ?? [] }, 'the journal was not proven');
    this.#thread = null;
    this.#over.resolve();
  }
}
