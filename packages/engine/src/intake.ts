/**
 * Intake: the door every outside fact enters by (I1).
 *
 * 1. An event is acknowledged after the synced commit that holds it, its dedupe mark and the broker's ops with it.
 * 2. The same source and id within the tenant is journaled once; with other content it is refused.
 * 3. While intake is closed or overloaded nothing is taken and nothing acknowledged.
 * 4. What was taken before a commit found no room is not acknowledged. Whoever sent it is told so at once, unless it is
 *    patient; it may still be journaled when there is room, and keeps its mark reserved until it is (I10).
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { type Clock, dedupeMark, HoldfastError, instanceText } from '@holdfast/core';
import type { BrokerOp, DedupeHit, Store } from '@holdfast/store';
import type { IngestAnswer, IngestRequest, SagaEnd } from './api.ts';
import { quiet } from './disposition-units.ts';
import type { EndWaiters } from './end-waiters.ts';
import { contentHash, sameContent } from './event-content.ts';
import { Fact, type FactQueue, type ParsedData } from './fact.ts';
import type { FactRouter } from './fact-router.ts';
import type { Unit } from './journal-writer.ts';
import { MarkLookups } from './mark-lookups.ts';
import type { RecordedTime } from './recorded-time.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import { sha256 } from './sha256.ts';
import type { Tracer } from './tracing/tracer.ts';
import { StalledError, Unacknowledged } from './unacknowledged.ts';

/** A decision this long in coming no longer shares the event's commit: the event is journaled and acknowledged. */
const FUSE_MS = 3;
/** Events on their way through the sandbox beyond which new ones are refused. */
const MAX_UNDECIDED = 20_000;
export interface IntakeDeps {
  readonly store: Store;
  readonly registry: ReleaseRegistry;
  readonly facts: FactQueue;
  readonly router: FactRouter;
  /** Events on their way through the sandbox. */
  readonly undecided: () => number;
  readonly time: RecordedTime;
  readonly clock: Clock;
  readonly waiters: EndWaiters;
  /** Null: nobody traces. */
  readonly tracer: Tracer | null;
  readonly submit: (unit: Unit) => void;
}

/** A request whose data may have been read for its schema. */
interface Arrival extends IngestRequest {
  readonly parsed: ParsedData | null;
}

interface Pending {
  readonly content: string;
  readonly answer: Promise<{ seq: number; id: string }>;
}

export class Intake {
  readonly #deps: IntakeDeps;
  /** Events with an id that are not committed yet, by mark. */
  readonly #pending = new Map<string, Pending>();
  readonly #marks: MarkLookups;
  readonly #unacknowledged = new Unacknowledged();
  #sweeping = false;
  #closed: HoldfastError | null = null;
  #noRoom: HoldfastError | null = null;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    this.#marks = new MarkLookups(deps.store);
  }

  /** Takes nothing more; what is on its way is finished. */
  close(reason: HoldfastError): void {
    this.#closed ??= reason;
  }

  /** Takes nothing until `goOn`; what is on its way is finished. */
  hold(reason: HoldfastError): void {
    this.#noRoom = reason;
  }

  goOn(): void {
    this.#noRoom = null;
  }

  /** @throws HoldfastError `store.full` while there is no room */
  needRoom(): void {
    if (this.#noRoom !== null) throw this.#noRoom;
  }

  /** What is on its way cannot be committed now: those who can come again are told. */
  stalled(error: HoldfastError): void {
    this.#unacknowledged.stalled(error);
  }

  /** Waits for what is committed with others, not for room: gives up when there is none. */
  unlessStalled<T>(work: Promise<T>): Promise<T> {
    return this.#unacknowledged.unlessStalled(work);
  }

  /** Nothing on its way will be committed: nobody gets an acknowledgement. */
  fail(error: Error): void {
    this.close(
      error instanceof HoldfastError
        ? error
        : new HoldfastError('unavailable', error.message, { cause: error }),
    );
    this.#unacknowledged.fail(error);
  }

  async ingest(request: IngestRequest): Promise<IngestAnswer> {
    if (this.#closed !== null) throw this.#closed;
    this.needRoom();
    if (this.#deps.undecided() > MAX_UNDECIDED) {
      throw new HoldfastError(
        'overloaded',
        `${MAX_UNDECIDED} events wait for their sagas to decide`,
      );
    }
    const { event } = request;
    const check = this.#deps.registry.eventCheck(event.type);
    let parsed: ParsedData | null = null;
    if (check !== undefined) {
      parsed = { value: JSON.parse(event.data) };
      const faults = check.faults(parsed.value);
      if (faults.length > 0) return { status: 'invalid', faults };
    }
    const arrival: Arrival = { ...request, parsed };
    if (event.id === null) {
      // Behind those whose marks are being looked up: order of arrival is order in the journal.
      if (!this.#marks.isIdle) await this.#marks.inTurn();
      return this.#journal(arrival, randomUUID(), null, null);
    }
    const mark = dedupeMark(sha256, event.tenant, event.source, event.id);
    const content = contentHash(event);
    const pending = this.#pending.get(mark);
    if (pending !== undefined) return this.#meetPending(request, pending, content);
    // Reserved before the store is asked, so that a twin arriving meanwhile meets this one.
    return this.#ingestMarked(arrival, event.id, mark, content);
  }

  async #ingestMarked(
    arrival: Arrival,
    id: string,
    mark: string,
    content: string,
  ): Promise<IngestAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<{ seq: number; id: string }>();
    // Twins may or may not be listening.
    promise.catch(() => undefined);
    this.#pending.set(mark, { content, answer: promise });
    try {
      const hit = await this.#marks.find(mark);
      if (hit !== null) {
        this.#pending.delete(mark);
        resolve({ seq: hit.seq, id });
        return await this.#meetJournaled(arrival, hit, content, id);
      }
      const answer = await this.#journal(arrival, id, mark, content, (seq) => {
        this.#pending.delete(mark);
        resolve({ seq, id });
      });
      return answer;
    } catch (error) {
      if (error instanceof StalledError) {
        // On its way still: a twin that comes before it is journaled must meet it.
        // `#journal` takes the mark out when the event is.
        throw error;
      }
      this.#pending.delete(mark);
      reject(error);
      throw error;
    }
  }

  /** A twin is on its way: this one is answered when that one is. */
  async #meetPending(
    request: IngestRequest,
    pending: Pending,
    content: string,
  ): Promise<IngestAnswer> {
    const { seq, id } = await this.unlessStalled(pending.answer);
    if (content === pending.content) return this.#duplicate(request, seq, id);
    return this.#meetJournaled(request, { mark: '', seq, content: pending.content }, content, id);
  }

  async #meetJournaled(
    request: IngestRequest,
    hit: DedupeHit,
    content: string,
    id: string,
  ): Promise<IngestAnswer> {
    if (hit.content !== content) {
      const [journaled] = await this.#deps.store.readEvents([hit.seq]);
      if (journaled === undefined || !sameContent(journaled, request.event))
        return { status: 'conflict', seq: hit.seq };
    }
    return this.#duplicate(request, hit.seq, id);
  }

  /** Nothing to journal; what the broker must remember for this message is still to be committed. */
  async #duplicate(request: IngestRequest, seq: number, id: string): Promise<IngestAnswer> {
    const { broker } = request;
    if (broker !== undefined && broker.length > 0) await this.commitOps(broker);
    if (this.#deps.tracer !== null) await this.#traceRepeated(this.#deps.tracer, request, seq, id);
    const end = await this.#endOfFirst(request, id);
    const answer = { status: 'accepted', seq, id, duplicate: true } as const;
    return end === null ? answer : { ...answer, ended: end };
  }

  /** The first one may have begun a trace that this one names none of. */
  async #traceRepeated(
    tracer: Tracer,
    { event, protocol }: IngestRequest,
    seq: number,
    id: string,
  ): Promise<void> {
    const receivedAt = this.#deps.time.now();
    const [first] = await this.#deps.store.readEvents([seq]);
    const came = { ...event, id, stream: 'AGGREGATE_EVENTS', receivedAt } as const;
    tracer.repeated(came, first, seq, protocol ?? null);
  }

  /** Whoever repeats an event and waits, after a broken connection for one, waits for what the first one opened. */
  async #endOfFirst({ event, wait }: IngestRequest, id: string): Promise<SagaEnd | null> {
    if (wait === undefined) return null;
    const { router, time, waiters } = this.#deps;
    const repeated = { ...event, id, stream: 'AGGREGATE_EVENTS', receivedAt: time.now() } as const;
    const address = await router.instanceOf(repeated, wait.saga);
    return address === null ? null : waiters.ofInstance(address, wait.timeout);
  }

  /** Commits ops that come with no event. */
  commitOps(ops: readonly BrokerOp[]): Promise<void> {
    return this.commit({ build: (into) => void into.push(...ops) });
  }

  /** Resolves after the sync that covers the unit. */
  commit(unit: Pick<Unit, 'build'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#deps.submit({ build: unit.build, committed: () => resolve(), failed: reject });
    });
  }

  async #journal(
    arrival: Arrival,
    id: string,
    mark: string | null,
    content: string | null,
    journaled?: (seq: number) => void,
  ): Promise<IngestAnswer> {
    const { event, broker, wait, parsed, protocol } = arrival;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiting = { reject, patient: arrival.patient === true };
    this.#unacknowledged.add(waiting);
    const { tracer, time } = this.#deps;
    const named = { ...event, id, stream: 'AGGREGATE_EVENTS', receivedAt: time.now() } as const;
    const fact = new Fact({
      event: tracer === null ? named : tracer.enter(named),
      mark,
      content,
      target: null,
      extra:
        broker === undefined || broker.length === 0 ? null : (into) => void into.push(...broker),
      committed: (written) => {
        const { seq } = written;
        tracer?.published(written, protocol ?? null);
        this.#unacknowledged.delete(waiting);
        journaled?.(seq);
        resolve(seq);
      },
    });
    const ended = wait === undefined ? null : this.#waitForEnd(fact, wait);
    fact.parsed = parsed;
    this.#go(fact);
    // Routed: a fact that waits for its commit keeps only the text.
    fact.parsed = null;
    const seq = await promise;
    const end = ended === null ? null : await ended;
    return {
      status: 'accepted',
      seq,
      id,
      duplicate: false,
      ...(end === null ? {} : { ended: end }),
    };
  }

  /** Sends a fact of the engine's own on its way. */
  enter(fact: Fact): void {
    this.#go(fact);
  }

  /**
   * Puts the record of an act in line, before what the act does: nobody takes it. To be followed at once, in the same
   * turn of the loop, by `enter` or by a commit that writes it.
   */
  journal(fact: Fact): void {
    fact.arrived = this.#deps.clock.monotonic();
    // Not by a sweep between the two: the act and its record are of one commit.
    fact.leads = true;
    this.#deps.facts.add(fact);
  }

  /** Journals the record of an act, with what is written together with it. Resolves after the sync. */
  record(fact: Fact): Promise<void> {
    this.journal(fact);
    return this.commit({ build: (into) => this.#deps.facts.writeThrough(fact, into) });
  }

  #go(fact: Fact): void {
    const { clock, facts, router, submit } = this.#deps;
    fact.arrived = clock.monotonic();
    facts.add(fact);
    if (router.accept(fact)) this.#sweepLater();
    else submit(unroutedUnit(facts, fact));
  }

  /** Which instance the event opens is known once it is routed. */
  #waitForEnd(fact: Fact, wait: NonNullable<IngestRequest['wait']>): Promise<SagaEnd | null> {
    const opened = new Promise<string | null>((resolve) => {
      fact.opened = (saga, key) => {
        if (wait.saga === undefined || wait.saga === saga)
          resolve(instanceText(fact.event.tenant, saga, key));
      };
      fact.dealtWith = () => resolve(null);
    });
    return this.#deps.waiters.waitForOpened(opened, wait.timeout);
  }

  /** Journals events whose sagas take their time, so that the acknowledgement does not wait for them. */
  #sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#deps.clock.after(FUSE_MS, () => {
      this.#sweeping = false;
      const { facts, clock, submit } = this.#deps;
      const oldest = facts.oldest;
      if (oldest === undefined) return;
      const due = clock.monotonic() - FUSE_MS;
      if (oldest.arrived <= due) submit(quiet((into) => facts.writeArrived(due, into)));
      this.#sweepLater();
    });
  }
}

/** Journals an event that no saga takes. */
export function unroutedUnit(facts: FactQueue, fact: Fact): Unit {
  return quiet((into) => {
    facts.writeThrough(fact, into);
    const reason = `no active saga takes ${fact.event.type}`;
    fact.dealt();
    into.push({
      op: 'disposition',
      seq: fact.seq,
      saga: '',
      status: 'unrouted',
      reason,
      instanceId: null,
    });
  });
}
