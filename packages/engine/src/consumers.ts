/**
 * Each saga is a durable consumer with a checkpoint per tenant (DESIGN, Decided).
 *
 * 1. A checkpoint never passes an event that the consumer has not dealt with: applied, ignored, parked or quarantined (I9).
 * 2. Checkpoints move in the transaction that deals with the event (I2).
 * 3. The checkpoint of a consumer that is owed nothing follows the journal at a distance, so that a start looks through
 *    no more than that for it, however long it has been idle. What a saga takes changes only once all have followed, so
 *    that a restart does not find it owed what came before it took that.
 * 4. One that has much to do lags: what comes further is left to the journal, and read from there later (`Backlogs`). Its
 *    checkpoint never passes what was left.
 *
 * @module
 */
import { compose, type Seq, type TenantId } from '@holdfast/core';
import type { StoreOp } from '@holdfast/store';
import type { ConsumerStatus } from './api.ts';

/** Consumed prefix of `pending` is cut off once it is this long. */
const COMPACT_AT = 1024;

/** Positions between two times that idle consumers are taken along. */
const IDLE_STRIDE = 2000;

/** No checkpoint has been written yet. */
const NOT_STORED = -1;

/** What a consumer that lags has not been given. */
export interface Lag {
  /** All up to there has been given to it. */
  after: Seq;
  /** The last position left to the journal. */
  last: Seq;
  /** Events left to the journal that have no position yet. */
  unwritten: number;
  /** Acts that went before what was left, and are not dealt with yet. */
  readonly ahead: Set<Seq>;
}

export class Consumer {
  readonly saga: string;
  readonly tenant: TenantId;
  checkpoint: Seq;
  stored: Seq;
  highest: Seq;
  pending: Seq[] = [];
  head = 0;
  readonly done = new Set<Seq>();
  /** Whether all it had not dealt with when the engine started is known to be owed. */
  caughtUp = true;
  /** Null while it is given everything at once. */
  lag: Lag | null = null;

  constructor(saga: string, tenant: TenantId, checkpoint: Seq) {
    this.saga = saga;
    this.tenant = tenant;
    this.checkpoint = checkpoint;
    this.stored = checkpoint;
    this.highest = checkpoint;
  }

  /** Events it was given and has not dealt with, as far as they have a position. */
  get given(): number {
    return this.pending.length - this.head - this.done.size;
  }

  /** Events after its checkpoint that may be its to deal with: those given, and the stretch of the journal that was left. */
  get behind(): number {
    return this.given + (this.lag === null ? 0 : Math.max(0, this.lag.last - this.lag.after));
  }

  /** From now on what comes is left to the journal. `after`, `last`: the stretch that was left already; both 0 for none. */
  startLag(after: Seq, last: Seq): Lag {
    this.lag = { after, last, unwritten: 0, ahead: new Set() };
    return this.lag;
  }

  /** All that was left has been given to it. */
  endLag(): void {
    if (this.lag === null) return;
    const { ahead } = this.lag;
    this.lag = null;
    if (ahead.size === 0) return;
    this.pending = [...this.pending.slice(this.head), ...ahead].toSorted((a, b) => a - b);
    this.head = 0;
    this.highest = Math.max(this.highest, this.pending.at(-1) ?? 0);
  }

  owe(seq: Seq): void {
    this.pending.push(seq);
    if (seq > this.highest) this.highest = seq;
  }

  /** All it is to deal with up to `seq` is owed: where nothing is, moves the checkpoint there. Answers whether it did. */
  follow(seq: Seq): boolean {
    if (!this.caughtUp || this.lag !== null) return false;
    this.highest = Math.max(this.highest, seq);
    if (this.head < this.pending.length || seq <= this.checkpoint) return false;
    this.checkpoint = seq;
    return true;
  }

  settle(seq: Seq): void {
    if (this.lag?.ahead.delete(seq) !== true) this.done.add(seq);
    for (let next = this.pending[this.head]; next !== undefined; next = this.pending[this.head]) {
      if (!this.done.delete(next)) break;
      this.head += 1;
    }
    const oldest = this.pending[this.head];
    if (this.caughtUp) {
      let upTo = oldest === undefined ? this.highest : oldest - 1;
      // What was left may be given past an act that went ahead, and whose decision takes its time.
      if (this.lag !== null) for (const ahead of this.lag.ahead) upTo = Math.min(upTo, ahead - 1);
      this.checkpoint = Math.max(this.checkpoint, upTo);
    }
    if (this.head === this.pending.length || this.head >= COMPACT_AT) {
      this.pending = this.pending.slice(this.head);
      this.head = 0;
    }
  }
}

export class Consumers {
  /** A consumer that lags has dealt with something, and may have room for more. */
  onDealt: ((consumer: Consumer) => void) | null = null;
  readonly #all = new Map<string, Consumer>();
  readonly #changed = new Set<Consumer>();
  /** Events given again since the start, by consumer. */
  readonly #redeliveries = new Map<string, number>();
  /** Up to where idle consumers were last taken along. */
  #followed: Seq = 0;

  /** Takes over what the store has. */
  restore(checkpoints: readonly { saga: string; tenant: TenantId; seq: Seq }[]): void {
    for (const { saga, tenant, seq } of checkpoints) {
      const consumer = new Consumer(saga, tenant, seq);
      consumer.caughtUp = false;
      this.#all.set(compose(saga, tenant), consumer);
    }
  }

  /** All that it has not dealt with since its restored checkpoint is owed to it. */
  caughtUp(saga: string, tenant: TenantId): void {
    const consumer = this.#all.get(compose(saga, tenant));
    if (consumer !== undefined) consumer.caughtUp = true;
  }

  /** The next batch takes idle consumers along. */
  followSoon(): void {
    this.#followed = Number.NEGATIVE_INFINITY;
  }

  get all(): Iterable<Consumer> {
    return this.#all.values();
  }

  find(saga: string, tenant: TenantId): Consumer | undefined {
    return this.#all.get(compose(saga, tenant));
  }

  checkpoint(saga: string, tenant: TenantId): Seq | null {
    return this.#all.get(compose(saga, tenant))?.checkpoint ?? null;
  }

  /** How far each is behind. */
  lag(): readonly { saga: string; tenant: TenantId; checkpoint: Seq; pending: number }[] {
    return Array.from(this.#all.values(), ({ saga, tenant, checkpoint, behind }) => ({
      saga,
      tenant,
      checkpoint,
      pending: behind,
    }));
  }

  /** Where the consumers of a tenant stand. */
  status(of: TenantId): readonly ConsumerStatus[] {
    return [...this.#all.values()].flatMap(({ saga, tenant, checkpoint, behind }) => {
      if (tenant !== of) return [];
      const redeliveries = this.#redeliveries.get(compose(saga, tenant)) ?? 0;
      return [{ saga, tenant, checkpoint, pending: behind, redeliveries }];
    });
  }

  /** An event is given to the consumer again. */
  redelivered(saga: string, tenant: TenantId): void {
    const id = compose(saga, tenant);
    this.#redeliveries.set(id, (this.#redeliveries.get(id) ?? 0) + 1);
  }

  /** The event at `seq` has been written, and is owed to the consumer. Positions come in rising order. */
  owe(saga: string, tenant: TenantId, seq: Seq): void {
    this.#consumer(saga, tenant, seq - 1).owe(seq);
  }

  /** The event at `seq` has been written, and its delivery goes before what was left to the journal. */
  oweAhead(saga: string, tenant: TenantId, seq: Seq): void {
    const consumer = this.#consumer(saga, tenant, seq - 1);
    if (consumer.lag === null) consumer.owe(seq);
    else consumer.lag.ahead.add(seq);
  }

  /** What became of it is part of the batch being put together. */
  settle(saga: string, tenant: TenantId, seq: Seq): void {
    const consumer = this.#consumer(saga, tenant, seq);
    consumer.settle(seq);
    if (consumer.checkpoint !== consumer.stored) this.#changed.add(consumer);
    if (consumer.lag !== null) this.onDealt?.(consumer);
  }

  /** Adds the checkpoints that moved. `lastSeq`: the last position of the batch; all before it are owed by now. */
  close(into: StoreOp[], lastSeq: Seq): void {
    if (lastSeq - this.#followed >= IDLE_STRIDE) {
      this.#followed = lastSeq;
      for (const consumer of this.#all.values())
        if (consumer.follow(lastSeq)) this.#changed.add(consumer);
    }
    for (const consumer of this.#changed) {
      consumer.stored = consumer.checkpoint;
      into.push({
        op: 'checkpoint',
        saga: consumer.saga,
        tenant: consumer.tenant,
        seq: consumer.checkpoint,
      });
    }
    this.#changed.clear();
  }

  #consumer(saga: string, tenant: TenantId, start: Seq): Consumer {
    const id = compose(saga, tenant);
    let consumer = this.#all.get(id);
    if (consumer === undefined) {
      // Stored with the first event it is owed, so that a restart knows where this consumer begins.
      consumer = new Consumer(saga, tenant, start);
      consumer.stored = NOT_STORED;
      this.#all.set(id, consumer);
      this.#changed.add(consumer);
    }
    return consumer;
  }
}
