/**
 * Tells an outside watcher that the server is well, every so often, and only while it is: the watcher notices that it is
 * told no more, whatever the reason, a machine without power included.
 */
import type { AlertPing, Clock, Micros, Millis } from '@holdfast/core';
import { formatMicros } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import { HttpClient } from '../providers/http-exchange.ts';
import type { PingSettings } from './alert-settings.ts';
import { requestUrl, sendRequest } from './plain-request.ts';

/** Longest that one try may take. */
const TRY_MS: Millis = 10_000;
/** A lost packet is no reason to wake somebody. */
const TRIES = 3;
const PAUSE_MS: Millis = 2_000;
/** Longest that a stop waits for the watcher to hear of it. */
const FAREWELL_MS: Millis = 3_000;

export interface DeadManPingDeps {
  /** Why the server is not well; null when it is. */
  readonly look: () => Promise<string | null>;
  readonly clock: Clock;
  readonly log: Log;
}

export class DeadManPing {
  readonly #deps: DeadManPingDeps;
  readonly #http: HttpClient;
  #settings: PingSettings | null = null;
  /** Ends what goes on for the settings that were. */
  #end: AbortController | null = null;
  #state: AlertPing['state'] = 'idle';
  #error: string | null = null;
  #lastSentAt: Micros | null = null;
  #hasSaidStop = false;
  readonly counts = { sent: 0, failed: 0, withheld: 0 };

  constructor(deps: DeadManPingDeps) {
    this.#deps = deps;
    this.#http = new HttpClient(deps.clock);
  }

  /** Null where no watcher is named. */
  get status(): AlertPing | null {
    if (this.#settings === null) return null;
    return {
      state: this.#state,
      interval: this.#settings.interval,
      lastSentAt: this.#lastSentAt === null ? null : formatMicros(this.#lastSentAt),
      error: this.#error,
    };
  }

  /** Begins at once, with whatever is new. */
  adjust(settings: PingSettings | null): void {
    this.#end?.abort();
    this.#end = null;
    this.#settings = settings;
    if (settings === null || this.#hasSaidStop) return;
    this.#end = new AbortController();
    void this.#goOn(settings, this.#end.signal);
  }

  async #goOn(settings: PingSettings, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      await this.#beat(settings, ended);
      await this.#pause(settings.interval, ended);
    }
  }

  async #beat(settings: PingSettings, ended: AbortSignal): Promise<void> {
    const { look, clock, log } = this.#deps;
    const why = await look();
    if (ended.aborted) return;
    if (why !== null) {
      this.counts.withheld += 1;
      if (this.#state !== 'withheld' || this.#error !== why)
        log.warn({ why }, 'the watcher is not told that all is well');
      this.#state = 'withheld';
      this.#error = why;
      return;
    }
    for (let attempt = 1; attempt <= TRIES && !ended.aborted; attempt += 1) {
      if (attempt > 1) await this.#pause(PAUSE_MS, ended);
      const fault = await this.#send(settings.method, settings.url, '', ended);
      if (ended.aborted) return;
      if (fault === null) {
        this.counts.sent += 1;
        if (this.#state !== 'well') log.info({}, 'the watcher was told that all is well');
        this.#state = 'well';
        this.#error = null;
        this.#lastSentAt = clock.now();
        return;
      }
      if (this.#error !== fault) log.warn({ error: fault }, 'the watcher could not be told');
      this.#state = 'failing';
      this.#error = fault;
    }
    this.counts.failed += 1;
  }

  /** Why it failed; null when it did not. */
  async #send(
    method: 'GET' | 'POST',
    url: () => string,
    words: string,
    ended: AbortSignal,
  ): Promise<string | null> {
    const late = new AbortController();
    const cancel = this.#deps.clock.after(TRY_MS, () => late.abort());
    const signal = AbortSignal.any([ended, late.signal]);
    const headers = [
      'user-agent',
      'holdfast',
      ...(words === '' ? [] : ['content-type', 'text/plain']),
    ];
    const body = method === 'POST' ? words : null;
    try {
      await sendRequest(this.#http, { method, url: requestUrl(url()), headers, body }, signal);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      cancel();
    }
  }

  #pause(millis: Millis, ended: AbortSignal): Promise<void> {
    if (ended.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const over = (): void => {
        cancel();
        ended.removeEventListener('abort', over);
        resolve();
      };
      const cancel = this.#deps.clock.after(millis, over);
      ended.addEventListener('abort', over);
    });
  }

  /** No more is told; where the watcher can be told of an orderly end, it is, once. @param words what is said */
  async stop(words: string): Promise<void> {
    const settings = this.#settings;
    this.#end?.abort();
    this.#end = null;
    if (settings === null || this.#hasSaidStop) return;
    this.#hasSaidStop = true;
    this.#state = 'withheld';
    this.#error = words;
    if (settings.stopUrl === null) return;
    const late = new AbortController();
    const cancel = this.#deps.clock.after(FAREWELL_MS, () => late.abort());
    const fault = await this.#send('POST', settings.stopUrl, words, late.signal);
    cancel();
    if (fault !== null)
      this.#deps.log.warn({ error: fault }, 'the watcher could not be told of the stop');
  }

  close(): void {
    this.#end?.abort();
    this.#http.close();
  }
}
