import type { StoreCounters } from '@holdfast/store';

/**
 * Hands out the numbers of everything the one writer creates. Only `seq` must be dense, so it is taken while a batch
 * is put together; the others may have gaps, left by work that was decided and then not committed.
 */
export class Numbering {
  #seq: number;
  #instance: number;
  #item: number;
  #schedule: number;
  #wait: number;
  #quarantine: number;

  constructor(counters: StoreCounters) {
    this.#seq = counters.seq;
    this.#instance = counters.instance;
    this.#item = counters.item;
    this.#schedule = counters.schedule;
    this.#wait = counters.wait;
    this.#quarantine = counters.quarantine;
  }

  /** The last position handed out; committed once the batch that took it is. */
  get lastSeq(): number {
    return this.#seq;
  }

  nextSeq(): number {
    return ++this.#seq;
  }

  nextInstance(): number {
    return ++this.#instance;
  }

  nextItem(): number {
    return ++this.#item;
  }

  nextSchedule(): number {
    return ++this.#schedule;
  }

  nextWait(): number {
    return ++this.#wait;
  }

  nextQuarantine(): number {
    return ++this.#quarantine;
  }
}
