import type { Micros } from '@holdfast/core';
import type { Pace } from './pace.ts';

/** One key of one tenant. */
export class KeySlot<Item> {
  readonly partition: string;
  running = 0;
  pace: Pace | null = null;
  /** Its items that wait for it, in order. */
  readonly parked: Item[] = [];
  /** Whether it stands among those that may go on. */
  isOpen = false;
  /** When its timer stands; null for none. */
  dueAt: Micros | null = null;

  constructor(partition: string) {
    this.partition = partition;
  }
}
