/**
 * What consumers that lag are still to be given, read from the journal.
 *
 * 1. A consumer with much to do is given no more: what comes for it is written and left to the journal, so that one that is
 *    slow, or does not get on at all, takes up no memory and holds up neither intake nor any other.
 * 2. What was left is given in the order of the journal, and what comes meanwhile is left behind it; so order is kept (I9).
 *    Only a person's acts go ahead.
 * 3. A start is the same: each consumer lags from its checkpoint to the end of the journal. What came before the last
 *    swap of its app's release is owed by what its saga took then, also where it takes more or less by now.
 *
 * @module
 */
import type { JournalEvent, Seq } from '@holdfast/core';
import type { ReleaseRow, Store } from '@holdfast/store';
import { OPERATOR_SOURCE } from './addressing.ts';
import type { Consumer, Consumers } from './consumers.ts';
import { Fact } from './fact.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import { type Swap, swapsOf } from './releases/swaps.ts';

export interface BacklogLimits {
  /** Events that a consumer may have been given and not dealt with; what comes further is left. */
  readonly high: number;
  /** Once it has no more than so many, it is given what was left. */
  readonly low: number;
  /** Most events read at once. */
  readonly batch: number;
}

export const DEFAULT_BACKLOG_LIMITS: BacklogLimits = { high: 8192, low: 4096, batch: 1024 };

/** Positions looked through at once: a look holds up the writer, and most of them may be others'. */
const SPAN = 5000;

export interface BacklogsDeps {
  readonly store: Store;
  readonly consumers: Consumers;
  readonly registry: ReleaseRegistry;
  readonly limits: BacklogLimits;
  /** Gives an event of the journal to the one consumer. */
  readonly give: (fact: Fact, saga: string) => void;
  readonly failed: (error: unknown) => void;
}

/** Types of what was left to a consumer: its saga's present ones may be others. */
type Types = Set<string>;

export class Backlogs {
  readonly #deps: BacklogsDeps;
  /** Those that lag. */
  readonly #lagging = new Map<Consumer, Types>();
  /** Facts that somebody waits for, by position and saga, until they are given. */
  readonly #awaited = new Map<string, Fact>();
  readonly #reading = new Set<Consumer>();
  /** Of sagas that take other types since then. */
  #swaps: ReadonlyMap<string, Swap> = new Map();
  /** Up to where the last run wrote. */
  #startedAt: Seq = 0;
  #committed: Seq = 0;
  #isStopped = false;

  constructor(deps: BacklogsDeps) {
    this.#deps = deps;
    deps.consumers.onDealt = (consumer) => {
      if (consumer.given <= deps.limits.low) this.#readSoon(consumer);
    };
  }

  /** Takes over consumers as the last run left them: all that came after their checkpoints is still to be given. */
  start(
    checkpoints: Awaited<ReturnType<Store['checkpoints']>>,
    lastSeq: Seq,
    releases: readonly ReleaseRow[],
  ): void {
    const { consumers, registry } = this.#deps;
    this.#swaps = swapsOf(releases, registry);
    this.#startedAt = lastSeq;
    this.#committed = lastSeq;
    consumers.restore(checkpoints);
    for (const consumer of consumers.all) {
      consumer.startLag(consumer.checkpoint, lastSeq);
      const trigger = registry.sagaByName(consumer.saga);
      const before = this.#swaps.get(consumer.saga)?.before ?? [];
      this.#lagging.set(consumer, new Set([...(trigger?.saga.on ?? []), ...before]));
    }
  }

  /** Gives each consumer as much as it takes for now. @returns how many events that were */
  async giveFirst(): Promise<number> {
    let count = 0;
    for (const consumer of this.#lagging.keys()) count += await this.#read(consumer);
    return count;
  }

  /**
   * Whether the fact is to be left to the journal for this consumer; it then is.
   *
   * @param fact has no position yet
   */
  leave(fact: Fact, saga: string): boolean {
    const consumer = this.#deps.consumers.find(saga, fact.event.tenant);
    if (consumer === undefined) return false;
    if (consumer.lag === null && consumer.given < this.#deps.limits.high) return false;
    const lag = consumer.lag ?? consumer.startLag(0, 0);
    lag.unwritten += 1;
    this.#typesOf(consumer).add(fact.event.type);
    return true;
  }

  /** A fact that was left has its position. */
  written(fact: Fact, saga: string): void {
    const consumer = this.#deps.consumers.find(saga, fact.event.tenant);
    const lag = consumer?.lag ?? null;
    if (lag === null) throw new Error('a fact was left to a consumer that does not lag');
    lag.unwritten -= 1;
    if (lag.last === 0) lag.after = fact.seq - 1;
    lag.last = fact.seq;
    if (fact.opened !== null || fact.dealtWith !== null)
      this.#awaited.set(awaitedAs(fact.seq, saga), fact);
  }

  /** All up to `lastSeq` can be read. */
  committed(lastSeq: Seq): void {
    this.#committed = lastSeq;
    for (const consumer of this.#lagging.keys()) this.#readSoon(consumer);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #typesOf(consumer: Consumer): Types {
    let types = this.#lagging.get(consumer);
    if (types === undefined) {
      types = new Set();
      this.#lagging.set(consumer, types);
    }
    return types;
  }

  /** Not at once: a batch may just be put together. */
  #readSoon(consumer: Consumer): void {
    if (this.#reading.has(consumer) || !this.#mayRead(consumer)) return;
    Promise.resolve()
      .then(() => this.#read(consumer))
      .catch(this.#deps.failed);
  }

  /** Gives a consumer what there is room for. @returns how many events that were */
  async #read(consumer: Consumer): Promise<number> {
    if (this.#reading.has(consumer)) return 0;
    this.#reading.add(consumer);
    try {
      let count = 0;
      while (this.#mayRead(consumer)) count += await this.#readNext(consumer);
      return count;
    } finally {
      this.#reading.delete(consumer);
    }
  }

  #mayRead({ lag, given }: Consumer): boolean {
    if (this.#isStopped || lag === null || given > this.#deps.limits.low) return false;
    return lag.after < Math.min(lag.last, this.#committed) || this.#isAtEnd(lag);
  }

  #isAtEnd({ unwritten, after, last }: NonNullable<Consumer['lag']>): boolean {
    return unwritten === 0 && after >= last;
  }

  async #readNext(consumer: Consumer): Promise<number> {
    const { store, limits } = this.#deps;
    const { saga, tenant, lag } = consumer;
    if (lag === null) return 0;
    if (this.#isAtEnd(lag)) {
      this.#end(consumer);
      return 0;
    }
    const upTo = Math.min(lag.after + SPAN, lag.last, this.#committed);
    const found = await store.unconsumed({
      saga,
      tenant,
      types: [...this.#typesOf(consumer)],
      after: lag.after,
      upTo,
      limit: limits.batch,
    });
    const isWhole = found.length < limits.batch;
    lag.after = isWhole ? upTo : (found.at(-1)?.event.seq ?? upTo);
    const given = found.filter(({ event }) => !this.#wentAhead(event) && this.#isOwed(saga, event));
    // All of them, before what comes of the first one may carry the checkpoint past the others.
    for (const { event } of given) consumer.owe(event.seq);
    for (const { event, target } of given) this.#give(saga, event, target);
    return given.length;
  }

  /** An act of this run was given when it came. */
  #wentAhead({ source, seq }: JournalEvent): boolean {
    return source === OPERATOR_SOURCE && seq > this.#startedAt;
  }

  /** What was left in this run was its; what the last run left goes by what the saga took when it came. */
  #isOwed(saga: string, event: JournalEvent): boolean {
    const swap = event.seq > this.#startedAt ? undefined : this.#swaps.get(saga);
    return swap === undefined || event.stream !== 'AGGREGATE_EVENTS' || swap.takes(event);
  }

  #give(saga: string, event: JournalEvent, target: number | null): void {
    const id = awaitedAs(event.seq, saga);
    const awaited = this.#awaited.get(id);
    this.#awaited.delete(id);
    this.#deps.give(awaited ?? Fact.journaled(event, target), saga);
  }

  #end(consumer: Consumer): void {
    consumer.endLag();
    this.#lagging.delete(consumer);
    // Of a saga that no active release has, not all is known: its types are not.
    if (this.#deps.registry.sagaByName(consumer.saga) !== undefined) consumer.caughtUp = true;
  }
}

function awaitedAs(seq: Seq, saga: string): string {
  return `${seq}/${saga}`;
}
