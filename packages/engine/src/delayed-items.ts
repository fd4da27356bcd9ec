import type { Clock, Micros } from '@holdfast/core';
import type { ActiveItem } from './active-item.ts';
import { MinHeap } from './min-heap.ts';
import type { RecordedTime } from './recorded-time.ts';

/** Longest sleep between looks at what is due; wall clocks jump and machines sleep (I8). */
const RECHECK_MS = 30_000;

/** Work items that wait for the time of their next try. */
export class DelayedItems {
  readonly #time: RecordedTime;
  readonly #clock: Clock;
  readonly #due: (items: readonly ActiveItem[]) => void;
  readonly #items = new MinHeap<ActiveItem>((item) => item.dueAt);
  #cancelTimer: (() => void) | null = null;
  #timerDue: Micros = Number.POSITIVE_INFINITY;
  #stopped = false;

  /** @param due is handed what has become due, earliest first */
  constructor(time: RecordedTime, clock: Clock, due: (items: readonly ActiveItem[]) => void) {
    this.#time = time;
    this.#clock = clock;
    this.#due = due;
  }

  push(item: ActiveItem): void {
    this.#items.push(item);
    this.#wakeAt(item.dueAt);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #wakeAt(due: Micros): void {
    if (this.#stopped || due >= this.#timerDue) return;
    this.#cancelTimer?.();
    this.#timerDue = due;
    const wait = Math.min(RECHECK_MS, this.#time.until(due));
    this.#cancelTimer = this.#clock.after(wait, () => this.#take());
  }

  #take(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#time.now();
    const due: ActiveItem[] = [];
    for (let next = this.#items.peek(); next !== undefined; next = this.#items.peek()) {
      if (next.dueAt > now) {
        this.#wakeAt(next.dueAt);
        break;
      }
      this.#items.pop();
      due.push(next);
    }
    if (due.length > 0) this.#due(due);
  }
}
