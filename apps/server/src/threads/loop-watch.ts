/**
 * How late the timers of a thread are: what a busy event loop does to whoever waits for it.
 *
 * 1. Looked at only while the thread is at work: a thread at rest has no timer, and an idle server sleeps (ADR 15).
 * 2. A touch is two assignments; it sets a timer only where none runs.
 *
 * Node's own `monitorEventLoopDelay` wakes its thread for as long as it is enabled, and gives percentiles of one span,
 * which cannot be added up; this gives buckets.
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import { type Clock, Histogram, type HistogramSnapshot, type Millis } from '@holdfast/core';

/** Between two looks. */
const STEP_MS: Millis = 20;
/** Looks without a touch after which the thread is at rest: a second. */
const QUIET_STEPS = 50;
/** Seconds. A timer of the platform is late by up to one millisecond by itself. */
const DELAY_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const MILLIS_PER_SECOND = 1000;

export class LoopWatch {
  readonly #clock: Clock;
  readonly #delay = new Histogram(DELAY_SECONDS);
  #wasTouched = false;
  #quietSteps = 0;
  #cancel: (() => void) | null = null;
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every message that comes in by this port is work. */
  watch(port: MessagePort): void {
    port.on('message', this.touch);
  }

  readonly touch = (): void => {
    this.#wasTouched = true;
    if (this.#cancel === null && !this.#hasEnded) this.#step();
  };

  /** Seconds by which timers were late, since the start of the thread. */
  snapshot(): HistogramSnapshot {
    return this.#delay.snapshot();
  }

  /** No timer keeps the thread any more. */
  end(): void {
    this.#hasEnded = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #step(): void {
    const due = this.#clock.monotonic() + STEP_MS;
    this.#cancel = this.#clock.after(STEP_MS, () => {
      this.#cancel = null;
      this.#delay.note((this.#clock.monotonic() - due) / MILLIS_PER_SECOND);
      this.#quietSteps = this.#wasTouched ? 0 : this.#quietSteps + 1;
      this.#wasTouched = false;
      if (this.#quietSteps < QUIET_STEPS) this.#step();
      else this.#quietSteps = 0;
    });
  }
}
