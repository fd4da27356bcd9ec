/**
 * What a thread tells of itself when it is asked: how it does, what it spends its time on, what it holds.
 *
 * @module
 */
import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';
import { getHeapStatistics, writeHeapSnapshot } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { type Clock, HoldfastError, MICROS_PER_MILLI, type Millis } from '@holdfast/core';
import type { ThreadVitals } from '@holdfast/gateway';
import { LoopWatch } from './loop-watch.ts';
import type { Handler } from './rpc-peer.ts';

const MILLIS_PER_SECOND = 1000;
const MICROS_PER_SECOND = MILLIS_PER_SECOND * MICROS_PER_MILLI;
const PRIVATE = 0o600;

/** The probe of a thread, as another thread sees it. */
export interface ThreadProbeApi {
  vitals(): Promise<ThreadVitals>;
  /** Records what the thread spends its time on into a new file, which only its owner may read. Answers its bytes. */
  cpuProfile(file: string, duration: Millis): Promise<number>;
  /** Writes all that the thread's heap holds into such a file. The thread stands still meanwhile. Answers its bytes. */
  heapSnapshot(file: string): Promise<number>;
}

export class ThreadProbe implements ThreadProbeApi {
  readonly #clock: Clock;
  readonly #loop: LoopWatch;
  #cutShort: (() => void) | null = null;
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#loop = new LoopWatch(clock);
  }

  /** Every message that comes in by this port is work. */
  watch(port: MessagePort): void {
    this.#loop.watch(port);
  }

  /** What the other side of a port may call. */
  get handlers(): Record<keyof ThreadProbeApi, Handler> {
    return {
      vitals: () => this.vitals(),
      cpuProfile: (file: string, duration: Millis) => this.cpuProfile(file, duration),
      heapSnapshot: (file: string) => this.heapSnapshot(file),
    };
  }

  async vitals(): Promise<ThreadVitals> {
    const { user, system } = process.threadCpuUsage();
    return {
      cpu: (user + system) / MICROS_PER_SECOND,
      heapUsed: getHeapStatistics().used_heap_size,
      active: performance.eventLoopUtilization().active / MILLIS_PER_SECOND,
      delay: this.#loop.snapshot(),
    };
  }

  async cpuProfile(file: string, duration: Millis): Promise<number> {
    const session = new Session();
    session.connect();
    try {
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
      await this.#pause(duration);
      const { profile } = await session.post('Profiler.stop');
      return writeWhole(file, (part) => writeFileSync(part, JSON.stringify(profile)));
    } finally {
      session.disconnect();
    }
  }

  /** Shorter when the thread is to end: a profile must not hold up the server's stop. */
  async #pause(duration: Millis): Promise<void> {
    if (this.#hasEnded) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(duration, resolve);
    this.#cutShort = resolve;
    await promise;
    cancel();
    this.#cutShort = null;
  }

  async heapSnapshot(file: string): Promise<number> {
    return writeWhole(file, (part) => writeHeapSnapshot(part));
  }

  end(): void {
    this.#hasEnded = true;
    this.#loop.end();
    this.#cutShort?.();
  }
}

/** A file that is there is whole, and nobody else could ever read it. */
function writeWhole(file: string, write: (part: string) => void): number {
  const part = `${file}.part`;
  try {
    closeSync(openSync(part, 'wx', PRIVATE));
    write(part);
    const { size } = statSync(part);
    renameSync(part, file);
    return size;
  } catch (error) {
    rmSync(part, { force: true });
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw new HoldfastError(isFull ? 'store.full' : 'store.io', `cannot write ${file}`, {
      cause: error,
      operation: 'write a recording',
    });
  }
}
