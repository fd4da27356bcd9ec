/**
 * Facts on their way into the journal.
 *
 * 1. Facts are written in the order they arrived: writing one writes all that came before it. So positions follow
 *    arrival, and what an instance is told in order is journaled in order (I9).
 * 2. What must be true together with a fact (an item settled, a wait closed, a retained message) is written with it (I1, I3).
 * 3. A fact is acknowledged once, after the sync that covers it (I1).
 *
 * @module
 */
import type { JournalEvent } from '@holdfast/core';
import type { StoreOp } from '@holdfast/store';
import type { Numbering } from './numbering.ts';

/** An event without its position. */
export type UnnumberedEvent = Omit<JournalEvent, 'seq'>;

/** An event's data as a value. */
export interface ParsedData {
  readonly value: unknown;
}

export interface FactInit {
  readonly event: UnnumberedEvent;
  /** Dedupe mark and content hash, for events whose producer gave an id. */
  readonly mark: string | null;
  readonly content: string | null;
  /** The instance an outcome is for; null for trigger events. */
  readonly target: number | null;
  /** Writes what belongs to the fact, after its event op. */
  readonly extra: ((into: StoreOp[], fact: Fact) => void) | null;
  /** Called after the sync that covers the fact. Must not throw. */
  readonly committed: ((fact: Fact) => void) | null;
}

const NONE: readonly string[] = [];

export class Fact {
  readonly event: UnnumberedEvent;
  readonly mark: string | null;
  readonly content: string | null;
  readonly target: number | null;
  readonly extra: FactInit['extra'];
  readonly committed: FactInit['committed'];
  /** Consumers (sagas) that must deal with it; the position is owed to each from the moment it is written. */
  consumers: readonly string[] = NONE;
  /** Those of them that lag: they will meet the event in the journal. */
  left: readonly string[] = NONE;
  /** Whether it goes before what its consumer has been left: a person's act does. */
  isAhead = false;
  /** Position; 0 until written. */
  seq = 0;
  /** Milliseconds, monotonic, when it arrived. */
  arrived = 0;
  /** Its data, while it is routed, where that was read for its schema: once is enough. */
  parsed: ParsedData | null = null;
  /** Whether what follows it is to be in the same batch: the record of an act, before what the act does. */
  leads = false;
  /** Told of each instance it opens; for those who wait for its end. */
  opened: ((saga: string, key: string) => void) | null = null;
  /** Told once every consumer has dealt with it. */
  dealtWith: (() => void) | null = null;
  #dealt = 0;

  constructor(init: FactInit) {
    this.event = init.event;
    this.mark = init.mark;
    this.content = init.content;
    this.target = init.target;
    this.extra = init.extra;
    this.committed = init.committed;
  }

  /** One consumer, or the lack of any, has dealt with it. */
  dealt(): void {
    this.#dealt += 1;
    if (this.#dealt >= this.consumers.length) this.dealtWith?.();
  }

  /** A fact that stands in the journal already, met again on recovery. */
  static journaled(event: JournalEvent, target: number | null): Fact {
    const fact = new Fact({
      event,
      mark: null,
      content: null,
      target,
      extra: null,
      committed: null,
    });
    fact.seq = event.seq;
    return fact;
  }
}

/** Facts that have arrived and are not yet part of a batch, oldest first. */
export class FactQueue {
  readonly #numbering: Numbering;
  /** Told when a fact takes its position. */
  readonly #numbered: (fact: Fact) => void;
  #waiting: Fact[] = [];
  #head = 0;
  #batch: Fact[] = [];

  constructor(numbering: Numbering, numbered: (fact: Fact) => void) {
    this.#numbering = numbering;
    this.#numbered = numbered;
  }

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  /** The oldest fact not yet in a batch. */
  get oldest(): Fact | undefined {
    return this.#waiting[this.#head];
  }

  add(fact: Fact): void {
    this.#waiting.push(fact);
  }

  /** Writes the fact and all that arrived before it. Nothing, if it is written already. */
  writeThrough(fact: Fact, into: StoreOp[]): void {
    while (fact.seq === 0) this.#writeNext(into);
  }

  writeAll(into: StoreOp[]): void {
    while (this.#head < this.#waiting.length) this.#writeNext(into);
  }

  /** Writes facts that arrived at or before `time` (monotonic milliseconds). */
  writeArrived(time: number, into: StoreOp[]): void {
    for (let next = this.oldest; next !== undefined && next.arrived <= time; next = this.oldest) {
      this.#writeNext(into);
    }
  }

  /** Writes a fact caused by the batch itself, after everything that arrived before. */
  writeCaused(fact: Fact, into: StoreOp[]): void {
    this.writeAll(into);
    this.#write(fact, into);
  }

  /** Acknowledges what the last batch held. Called after its sync. */
  tellCommitted(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    for (const fact of batch) fact.committed?.(fact);
  }

  #writeNext(into: StoreOp[]): void {
    const fact = this.#waiting[this.#head];
    if (fact === undefined) throw new Error('a fact was to be written that never arrived');
    this.#head += 1;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
    this.#write(fact, into);
    if (fact.leads && this.size > 0) this.#writeNext(into);
  }

  #write(fact: Fact, into: StoreOp[]): void {
    fact.seq = this.#numbering.nextSeq();
    into.push({
      op: 'event',
      event: { seq: fact.seq, ...fact.event },
      mark: fact.mark,
      content: fact.content,
      target: fact.target,
    });
    fact.extra?.(into, fact);
    this.#batch.push(fact);
    this.#numbered(fact);
  }
}
