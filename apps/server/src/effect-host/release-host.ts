/**
 * The effect host of one release: a process that is there when it is needed, and its waiting calls.
 *
 * - `stopped`: no process. The next call, or `warm`, starts one.
 * - `starting`: it loads its code; calls wait.
 * - `ready`: calls go to it.
 * - `stopping`: it was asked to end; calls wait for the next.
 * - `pausing`: it ended unasked; calls wait until it is started again.
 *
 * A call that waits until its time is up was never made: `not_done`. When code does not load, those waiting are told so
 * at once, and the next start is tried after the pause.
 */
import { existsSync } from 'node:fs';
import { retryPause } from '@holdfast/core';
import type { Clock, EffectCall, EffectError, EffectResult, Millis, Random } from '@holdfast/core';
import type { FunctionValues } from '@holdfast/gateway';
import { HostProcess } from './host-process.ts';
import type { HostEnd, HostLimits } from './host-process.ts';
import type { HostLog } from './host-log.ts';

export interface ReleaseHostOptions {
  readonly execPath: string;
  readonly entry: string;
  readonly effects: string;
  readonly limits: HostLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: HostLog;
}

interface WaitingCall {
  readonly call: EffectCall;
  readonly values: FunctionValues;
  readonly signal: AbortSignal;
  readonly answer: (result: EffectResult) => void;
  readonly forget: () => void;
}

/** Between restarts of a process that ended unasked. */
const RESTART = { attempts: Infinity, backoff: 200, max: 30_000, factor: 2 };
/** After this long in good order the pauses begin anew. */
const STEADY_AFTER_MS: Millis = 30_000;
/** How long a process that nobody asked to keep stays without calls. */
const IDLE_STOP_MS: Millis = 60_000;

export type HostState = 'stopped' | 'starting' | 'ready' | 'stopping' | 'pausing';

export class ReleaseHost {
  readonly #options: ReleaseHostOptions;
  readonly #waiting = new Set<WaitingCall>();
  readonly #onStopped: (() => void)[] = [];
  #state: HostState = 'stopped';
  #process: HostProcess | null = null;
  #kept = false;
  #closed = false;
  #failures = 0;
  #readyAt: Millis = 0;
  #cancelRestart: (() => void) | null = null;
  #cancelIdle: (() => void) | null = null;

  constructor(options: ReleaseHostOptions) {
    this.#options = options;
  }

  get state(): HostState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get callsOut(): number {
    return this.#waiting.size + (this.#process?.callsOut ?? 0);
  }

  /** Starts it ahead of its first call, and keeps it. */
  warm(): void {
    this.#kept = true;
    this.#cancelIdle?.();
    if (this.#state === 'stopped' && !this.#closed) this.#start();
  }

  /** Nobody needs it any more: it ends once its calls have. */
  release(): void {
    this.#kept = false;
    this.#afterCall();
  }

  execute(call: EffectCall, values: FunctionValues, signal: AbortSignal): Promise<EffectResult> {
    const { promise, resolve } = Promise.withResolvers<EffectResult>();
    this.#cancelIdle?.();
    this.#cancelIdle = null;
    if (this.#closed || signal.aborted) {
      resolve(notMade(call, { code: 'host.unavailable', message: 'the effect host is stopping' }));
    } else if (this.#state === 'ready' && this.#process !== null) {
      this.#give(this.#process, call, values, signal, resolve);
    } else {
      this.#wait(call, values, signal, resolve);
      if (this.#state === 'stopped') this.#start();
    }
    return promise;
  }

  /** Ends it, calls or not. Resolves when the process is gone. */
  close(): Promise<void> {
    this.#closed = true;
    this.#cancelRestart?.();
    this.#cancelIdle?.();
    this.#refuseWaiting({ code: 'host.unavailable', message: 'the effect host is stopping' });
    if (this.#process === null) {
      this.#state = 'stopped';
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onStopped.push(resolve);
    this.#process.stop();
    return promise;
  }

  #give(
    process: HostProcess,
    call: EffectCall,
    values: FunctionValues,
    signal: AbortSignal,
    resolve: (result: EffectResult) => void,
  ): void {
    process.call(call, values, signal, (result) => {
      resolve(result);
      this.#afterCall();
    });
  }

  #wait(
    call: EffectCall,
    values: FunctionValues,
    signal: AbortSignal,
    resolve: (result: EffectResult) => void,
  ): void {
    const onAbort = (): void => {
      this.#waiting.delete(waiting);
      const message = 'the effect host was not ready in time';
      resolve(notMade(call, { code: 'host.unavailable', message }));
    };
    const forget = (): void => signal.removeEventListener('abort', onAbort);
    const waiting: WaitingCall = { call, values, signal, answer: resolve, forget };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.add(waiting);
  }

  #refuseWaiting(error: EffectError): void {
    for (const { call, answer, forget } of this.#waiting) {
      forget();
      answer(notMade(call, error));
    }
    this.#waiting.clear();
  }

  #start(): void {
    const { effects, log } = this.#options;
    if (!existsSync(effects)) {
      const message = `there is no ${effects}`;
      log.error({ effects }, 'effect host: no effect code');
      this.#refuseWaiting({ code: 'host.load_failed', message });
      return;
    }
    this.#state = 'starting';
    try {
      this.#process = new HostProcess({
        ...this.#options,
        onReady: this.#onReady,
        onEnd: this.#onEnd,
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#onEnd({ wasReady: false, error: { code: 'host.unavailable', message } });
    }
  }

  readonly #onReady = (): void => {
    const host = this.#process;
    if (host === null) return;
    this.#state = 'ready';
    this.#readyAt = this.#options.clock.monotonic();
    this.#options.log.debug({ pid: host.pid }, 'effect host ready');
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { call, values, signal, answer, forget } of waiting) {
      forget();
      this.#give(host, call, values, signal, answer);
    }
    this.#afterCall();
  };

  readonly #onEnd = ({ wasReady, error }: HostEnd): void => {
    const { clock, log, random } = this.#options;
    const pid = this.#process?.pid;
    this.#process = null;
    for (const resolve of this.#onStopped.splice(0)) resolve();
    if (error === null || this.#closed) {
      this.#state = 'stopped';
      // Somebody may have wanted it again while it was on its way out.
      if (!this.#closed && (this.#kept || this.#waiting.size > 0)) this.#start();
      return;
    }
    if (wasReady && clock.monotonic() - this.#readyAt >= STEADY_AFTER_MS) this.#failures = 0;
    this.#failures++;
    // Not less than half: with full jitter a host that dies at once could be started without any pause.
    const pause = retryPause(RESTART, this.#failures, () => 0.5 + random() / 2);
    log.error({ pid, code: error.code, pause }, `effect host ended: ${error.message}`);
    if (!wasReady) this.#refuseWaiting(error);
    this.#state = 'pausing';
    this.#cancelRestart = clock.after(pause, () => {
      this.#cancelRestart = null;
      this.#state = 'stopped';
      if (this.#kept || this.#waiting.size > 0) this.#start();
    });
  };

  #afterCall(): void {
    if (this.#kept || this.#state !== 'ready' || this.callsOut > 0 || this.#cancelIdle !== null) {
      return;
    }
    this.#cancelIdle = this.#options.clock.after(IDLE_STOP_MS, () => {
      this.#cancelIdle = null;
      if (this.#kept || this.callsOut > 0 || this.#process === null) return;
      this.#state = 'stopping';
      this.#process.stop();
    });
  }
}

/** It never reached the process. */
function notMade(call: EffectCall, error: EffectError): EffectResult {
  return { kind: call.mode === 'check' ? 'in_doubt' : 'not_done', error };
}
