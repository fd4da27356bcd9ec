/**
 * Gives memory back once a thread has come to rest. V8 collects when it runs out of room, so that a thread which has
 * nothing more to do keeps for ever what its start or its last burst left behind: about a third of what the server holds.
 *
 * 1. Nothing is collected while the thread is at work: only after `QUIET_MS` in which nothing touched it, and then once.
 * 2. A thread at rest has no timer. The first touch after a rest sets one, and `end` takes it away.
 *
 * @module
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MessagePort } from 'node:worker_threads';
import type { Clock, Millis } from '@holdfast/core';

/** A thread that nobody asked anything for so long is at rest. */
const QUIET_MS = 3000;
/** A heap that has grown by less, in bytes, since it was last collected is left alone: a collection takes some 30 ms. */
const WORTH_IT_BYTES = 4 * 1024 * 1024;

export interface MemoryAtRestOptions {
  readonly clock: Clock;
  /** Default: V8's collector. */
  readonly collect?: () => void;
  /** Bytes that the heap takes up now. Default: what V8 says. */
  readonly heapBytes?: () => number;
}

export class MemoryAtRest {
  readonly #clock: Clock;
  readonly #collect: () => void;
  readonly #heapBytes: () => number;
  #touchedAt = 0;
  #bytesAfterLast = 0;
  #cancel: (() => void) | null = null;
  #hasEnded = false;

  constructor({
    clock,
    collect = collectGarbage,
    heapBytes = () => getHeapStatistics().total_heap_size,
  }: MemoryAtRestOptions) {
    this.#clock = clock;
    this.#collect = collect;
    this.#heapBytes = heapBytes;
  }

  /** Every message that comes in by this port is work. */
  watch(port: MessagePort): void {
    port.on('message', this.touch);
  }

  /** The thread has work. Cheap: to be called for every message. */
  readonly touch = (): void => {
    this.#touchedAt = this.#clock.monotonic();
    if (this.#cancel === null && !this.#hasEnded) this.#lookAfter(QUIET_MS);
  };

  /** Nothing is collected any more, and no timer keeps the thread. */
  end(): void {
    this.#hasEnded = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #lookAfter(wait: Millis): void {
    this.#cancel = this.#clock.after(wait, () => {
      const left = QUIET_MS - (this.#clock.monotonic() - this.#touchedAt);
      if (left > 0) this.#lookAfter(left);
      else this.#rest();
    });
  }

  #rest(): void {
    this.#cancel = null;
    if (this.#heapBytes() - this.#bytesAfterLast < WORTH_IT_BYTES) return;
    this.#collect();
    this.#bytesAfterLast = this.#heapBytes();
  }
}

/** V8 gives its collector to contexts that are made after it was told to: to one of its own, made for this one call. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
