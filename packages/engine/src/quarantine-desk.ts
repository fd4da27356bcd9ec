/**
 * The quarantine: what is kept there, and what becomes of its entries: redriven or discarded, by a person's act, once.
 *
 * 1. An entry is a record and stays as it is; its resolution is a row of its own, in the commit of the act's record (I7).
 * 2. An event is taken from the journal, never from the entry's copy of its head (R15.1). It is given to the saga that
 *    could not take it, and to no other, as a new event that the first one caused.
 * 3. A message that never became an event is read again by whoever read it first; here it arrives as the events it is.
 *
 * @module
 */
import {
  CONTROL_TYPES,
  flowFields,
  HoldfastError,
  type IncomingEvent,
  type JournalEvent,
  type Seq,
  WORKFLOW_TYPES,
} from '@holdfast/core';
import type { BrokerOp, QuarantineRow, StoreOp } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import { sagaSubject } from './addressing.ts';
import type { Actor, IngestAnswer, QuarantineAddress } from './api.ts';
import type { Fact } from './fact.ts';
import type { Numbering } from './numbering.ts';

export interface QuarantineDeskDeps extends ActDeps {
  readonly numbering: Numbering;
  readonly ingest: (event: IncomingEvent) => Promise<IngestAnswer>;
}

export class QuarantineDesk {
  readonly #deps: QuarantineDeskDeps;
  /** Entries that somebody is resolving. */
  readonly #claimed = new Set<number>();

  constructor(deps: QuarantineDeskDeps) {
    this.#deps = deps;
  }

  /**
   * Keeps what could not be taken in, and what the broker must remember for it. Resolves with the id of its entry, after
   * the sync.
   */
  async keep(
    entry: Omit<QuarantineRow, 'id' | 'at'>,
    broker: readonly BrokerOp[],
  ): Promise<number> {
    const id = this.#deps.numbering.nextQuarantine();
    await this.#deps.commit({
      build: (into, at) =>
        void into.push({ op: 'quarantine', row: { ...entry, id, at } }, ...broker),
    });
    const { tenant, origin, code } = entry;
    const about = { ...flowFields({ tenant }), origin, code, quarantineId: id };
    this.#deps.log.warn(about, 'quarantined');
    return id;
  }

  /** @throws HoldfastError `not_found`, `conflict` when it is resolved already */
  discard(address: QuarantineAddress, actor: Actor): Promise<void> {
    return this.#resolving(address, (row) =>
      this.#record(row, { state: 'discarded', seq: null }, actor),
    );
  }

  /**
   * @param messages the events that a message is, read again; null where nobody could
   * @returns the position of the event it was taken up by
   * @throws HoldfastError `not_found`, `conflict` when it is resolved already or cannot be redriven, `event.conflict`,
   *   `event.invalid`
   */
  redrive(
    address: QuarantineAddress,
    messages: readonly IncomingEvent[] | null,
    actor: Actor,
  ): Promise<Seq> {
    return this.#resolving(address, async (row) => {
      if (row.origin !== 'runner') return this.#takeIn(row, messages, actor);
      return this.#giveAgain(row, actor);
    });
  }

  async #resolving<T>(
    { tenant, id }: QuarantineAddress,
    resolve: (row: QuarantineRow) => Promise<T>,
  ): Promise<T> {
    if (this.#claimed.has(id))
      throw new HoldfastError('conflict', `somebody else is resolving entry ${id}`);
    this.#claimed.add(id);
    try {
      const found = await this.#deps.store.quarantineEntry(id);
      if (found === null || found.row.tenant !== tenant)
        throw new HoldfastError('not_found', `the quarantine has no entry ${id}`);
      if (found.resolution !== null)
        throw new HoldfastError('conflict', `entry ${id} is ${found.resolution.state} already`);
      return await resolve(found.row);
    } finally {
      this.#claimed.delete(id);
    }
  }

  /** An event that stands in the journal and that its saga could not take. */
  async #giveAgain(row: QuarantineRow, actor: Actor): Promise<Seq> {
    const { store, registry, facts } = this.#deps;
    const { saga } = JSON.parse(row.context) as { saga?: string };
    const [event] = row.seq === null ? [] : await store.readEvents([row.seq]);
    if (saga === undefined || event === undefined || event.stream !== 'AGGREGATE_EVENTS')
      throw notRedrivable(row, event);
    if (registry.sagaByName(saga) === undefined)
      throw new HoldfastError('conflict', `no active release has a saga ${saga}`, {
        hint: 'activate a release that has it: holdfast release activate DIGEST',
      });
    const act = this.#act(row, { state: 'redriven', seq: null }, actor);
    const { promise, resolve } = Promise.withResolvers<void>();
    const fact = facts.again({
      type: WORKFLOW_TYPES.eventRedriven,
      subject: sagaSubject(saga),
      of: event,
      // A chain that had become too long goes on from here by an operator's word.
      depth: 0,
      extra: (into, { seq }) =>
        void into.push(this.#resolution(row, { state: 'redriven', seq }, actor)),
    });
    fact.dealtWith = resolve;
    this.#deps.journal(act);
    this.#deps.enter(fact);
    await promise;
    // What became of it is in a batch by now: shown to whoever asks next.
    await this.#deps.commit({ build: () => undefined });
    return fact.seq;
  }

  /** A message that could not be read, and now can. */
  async #takeIn(
    row: QuarantineRow,
    messages: readonly IncomingEvent[] | null,
    actor: Actor,
  ): Promise<Seq> {
    if (messages === null || messages.length === 0)
      throw new HoldfastError('conflict', `entry ${row.id} cannot be read again`, {
        hint: 'have its sender send it anew, and discard the entry',
      });
    let last: Seq = 0;
    for (const [at, event] of messages.entries()) {
      // An id of its own: should this be cut short, the next redrive finds it in the journal.
      const id = event.id ?? `quarantine:${row.id}${at === 0 ? '' : `:${at}`}`;
      const answer = await this.#deps.ingest({ ...event, id });
      if (answer.status === 'conflict')
        throw new HoldfastError(
          'event.conflict',
          `an event with its source and id, and other content, stands at seq ${answer.seq}`,
          { hint: 'discard the entry, or have it sent with another id' },
        );
      if (answer.status === 'invalid')
        throw new HoldfastError('event.invalid', `it still violates the schema of ${event.type}`, {
          faults: answer.faults,
        });
      last = answer.seq;
    }
    await this.#record(row, { state: 'redriven', seq: last }, actor);
    return last;
  }

  async #record(
    row: QuarantineRow,
    how: { state: 'redriven' | 'discarded'; seq: Seq | null },
    actor: Actor,
  ): Promise<void> {
    await this.#deps.record(this.#act(row, how, actor, true));
  }

  #act(
    row: QuarantineRow,
    how: { state: 'redriven' | 'discarded'; seq: Seq | null },
    actor: Actor,
    resolves = false,
  ): Fact {
    const type =
      how.state === 'redriven'
        ? CONTROL_TYPES.quarantineRedriven
        : CONTROL_TYPES.quarantineDiscarded;
    const what = {
      entry: row.id,
      code: row.code,
      ...(how.seq === null ? {} : { seq: how.seq }),
      before: { state: 'open' },
      after: { state: how.state },
    };
    return this.#deps.facts.control(
      { tenant: row.tenant, type, subject: `quarantine/${row.id}`, what },
      actor,
      resolves ? (into) => void into.push(this.#resolution(row, how, actor)) : undefined,
    );
  }

  #resolution(
    { id }: QuarantineRow,
    { state, seq }: { state: 'redriven' | 'discarded'; seq: Seq | null },
    { by, reason }: Actor,
  ): StoreOp {
    const at = this.#deps.time.now();
    return { op: 'quarantine.resolve', id, resolution: { state, at, by, reason, seq } };
  }
}

function notRedrivable(row: QuarantineRow, event: JournalEvent | undefined): HoldfastError {
  if (event === undefined)
    return new HoldfastError(
      'conflict',
      `the event of entry ${row.id} is no longer in the journal`,
      {
        hint: 'discard the entry',
      },
    );
  return new HoldfastError(
    'conflict',
    `entry ${row.id} is a ${event.type}, which goes from one instance to another and was answered when it was refused`,
    { hint: 'restart the instance that asked for it, and discard the entry' },
  );
}
