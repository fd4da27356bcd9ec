/**
 * Events that the last run left undecided are given to their sagas again (R5.5), without letting one that ends the
 * process do so for ever.
 *
 * 1. All is given in the order of the journal. What one start finds is decided on as usual; what two starts in a row
 *    found is suspect: the sandbox gets it by itself, and that is noted before, so that a crash points at it.
 * 2. One that was given by itself as often as allowed goes to quarantine, or blocks the instance it is addressed to; the
 *    others go on (I9). A redrive gives it again. Deliveries among others do not count: whoever kills the process again
 *    and again finds thousands undecided, of which none is to blame.
 *
 * @module
 */
import { compose, type Seq } from '@holdfast/core';
import type { Store } from '@holdfast/store';
import type { Consumers } from './consumers.ts';
import type { Fact } from './fact.ts';
import type { FactRouter } from './fact-router.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { ProgramFault } from './sandbox-port.ts';
import type { Suspect, SuspectGate } from './suspect-gate.ts';

export interface RedeliveryDeps {
  readonly store: Store;
  readonly router: FactRouter;
  readonly consumers: Consumers;
  readonly gate: SuspectGate;
  readonly log: Log;
  /** Most times that a suspect is given to its saga. */
  readonly maxDeliver: number;
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

export class Redelivery {
  readonly #deps: RedeliveryDeps;
  readonly #counts = new Map<string, number>();
  /** Consumers of which it has been said that they have suspects: one that lags has thousands. */
  readonly #told = new Set<string>();
  /** Where the journal ended when this run began, and when the run before it did. */
  #startedAt: Seq = 0;
  #startedBefore: Seq = 0;

  constructor(deps: RedeliveryDeps) {
    this.#deps = deps;
  }

  /** Before anything is given: reads what earlier starts noted. */
  async start(): Promise<void> {
    const { store, gate } = this.#deps;
    const { epoch, seq } = store.counters;
    for (const noted of await store.deliveries())
      this.#counts.set(compose(noted.saga, noted.seq), noted.count);
    this.#startedAt = seq;
    this.#startedBefore = (await store.seqAtEpoch(epoch - 1)) ?? 0;
    if (this.#startedBefore > 0) gate.watch();
  }

  /** Gives an event of the journal to the one consumer it is owed to. */
  give(fact: Fact, saga: string): void {
    const { router, consumers } = this.#deps;
    if (fact.seq <= this.#startedAt) consumers.redelivered(saga, fact.event.tenant);
    if (fact.seq <= this.#startedBefore) this.#giveSuspect(fact, saga);
    else router.give(fact, saga);
  }

  #giveSuspect(fact: Fact, saga: string): void {
    const { router, log, gate, maxDeliver } = this.#deps;
    const { seq, event } = fact;
    const { tenant, id: eventId, type } = event;
    const count = (this.#counts.get(compose(saga, seq)) ?? 0) + 1;
    const suspect: Suspect = { saga, tenant, eventId, seq, count };
    if (count > maxDeliver) {
      const times = `${maxDeliver} ${maxDeliver === 1 ? 'time' : 'times'}`;
      const fault: ProgramFault = {
        code: 'delivery.exhausted',
        message: `it was given to its saga by itself ${times}, and each time the process ended before it was decided on`,
        at: null,
        stack: null,
      };
      log.error({ tenant, saga, seq, type, code: fault.code }, `given up: ${fault.message}`);
      fact.dealtWith = () => this.#forget(suspect);
      router.giveUp(fact, saga, fault, maxDeliver);
      return;
    }
    const about = { tenant, saga, seq, type, delivery: count };
    const consumer = compose(saga, tenant);
    const isTold = this.#told.has(consumer) && count === 1;
    this.#told.add(consumer);
    log[isTold ? 'debug' : 'warn'](about, 'given again, by itself: two starts found it undecided');
    gate.suspect(suspect);
    fact.dealtWith = () => {
      gate.cleared(suspect);
      this.#forget(suspect);
    };
    router.give(fact, saga);
  }

  /** With what deals with the event, or after it: a note too many is of an event that is never given again. */
  #forget({ saga, seq }: Suspect): void {
    this.#deps
      .commit({ build: (into) => void into.push({ op: 'delivery.forget', saga, seq }) })
      .catch(this.#deps.failed);
  }
}
