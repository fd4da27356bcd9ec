/**
 * Events that the last run left undecided are given to their sagas again (R5.5), without letting one that ends the
 * process do so for ever.
 *
 * 1. All is delivered in the order of the journal. What one start finds is decided on as usual; what two starts in a row
 *    found is suspect: the sandbox gets it by itself, and that is noted before, so that a crash points at it.
 * 2. One that was given as often as allowed goes to quarantine, or blocks the instance it is addressed to; the others go
 *    on (I9). A redrive gives it again.
 *
 * @module
 */
import { compose, type JournalEvent, type Seq } from '@holdfast/core';
import type { Store, StoreOp } from '@holdfast/store';
import type { Consumers } from './consumers.ts';
import { Fact } from './fact.ts';
import type { FactRouter } from './fact-router.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { Trigger } from './releases/registry.ts';
import type { ProgramFault } from './sandbox-port.ts';
import type { Suspect, SuspectGate } from './suspect-gate.ts';

/** Times that a suspect has been given at least: when it came, and by the start before this one. */
const GIVEN_BEFORE = 2;

/** An event that a consumer had not dealt with when the last run ended. */
export interface Undelivered {
  readonly saga: string;
  readonly trigger: Trigger | undefined;
  readonly event: JournalEvent;
  readonly target: number | null;
}

export interface RedeliveryDeps {
  readonly store: Store;
  readonly router: FactRouter;
  readonly consumers: Consumers;
  readonly gate: SuspectGate;
  readonly log: Log;
  /** Most times that an event is given to its saga. */
  readonly maxDeliver: number;
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** @param found in order of position; all of it is owed */
export async function redeliverAll(
  deps: RedeliveryDeps,
  found: readonly Undelivered[],
): Promise<void> {
  const { store, gate } = deps;
  const noted = await store.deliveries();
  const before = found.length === 0 ? null : await store.seqAtEpoch(store.counters.epoch - 1);
  const counts = new Map(noted.map(({ saga, seq, count }) => [compose(saga, seq), count]));
  const suspects = found
    .filter(({ event }) => before !== null && event.seq <= before)
    .map(({ saga, event }): Suspect => {
      const count = (counts.get(compose(saga, event.seq)) ?? GIVEN_BEFORE) + 1;
      const { tenant, id: eventId, seq } = event;
      return { saga, tenant, eventId, seq, count };
    });
  // Those that were decided since they were noted.
  const open = new Set(suspects.map(({ saga, seq }) => compose(saga, seq)));
  await forget(
    deps,
    noted.filter(({ saga, seq }) => !open.has(compose(saga, seq))),
  );
  const given = suspects.filter(({ count }) => count <= deps.maxDeliver);
  gate.suspect(given);
  const suspectOf = new Map(suspects.map((one) => [compose(one.saga, one.seq), one]));
  for (const one of found) {
    deps.consumers.redelivered(one.saga, one.event.tenant);
    const fact = Fact.journaled(one.event, one.target);
    const suspect = suspectOf.get(compose(one.saga, one.event.seq));
    if (suspect === undefined) give(deps, one, fact);
    else giveSuspect(deps, one, fact, suspect, given);
  }
}

function give({ router }: RedeliveryDeps, { trigger, event }: Undelivered, fact: Fact): void {
  if (event.stream === 'WORKFLOW_EVENTS') router.accept(fact);
  else if (trigger !== undefined) router.route(fact, trigger);
}

function giveSuspect(
  deps: RedeliveryDeps,
  one: Undelivered,
  fact: Fact,
  suspect: Suspect,
  given: readonly Suspect[],
): void {
  const { saga, event } = one;
  const { router, log, gate, maxDeliver } = deps;
  const about = { tenant: event.tenant, saga, seq: event.seq, type: event.type };
  if (suspect.count > maxDeliver) {
    const times = `${maxDeliver} ${maxDeliver === 1 ? 'time' : 'times'}`;
    const fault: ProgramFault = {
      code: 'delivery.exhausted',
      message: `it was given to its saga ${times}, and each time the process ended before it was decided on`,
      at: null,
      stack: null,
    };
    log.error({ ...about, code: fault.code }, `given up: ${fault.message}`);
    fact.dealtWith = () => void forget(deps, [suspect]).catch(deps.failed);
    router.giveUp(fact, saga, fault, maxDeliver);
    return;
  }
  log.warn(
    { ...about, delivery: suspect.count },
    'given again, by itself: two starts found it undecided',
  );
  fact.dealtWith = () => {
    // In the commit that deals with it or after it: a note too many is found and forgotten by the next start.
    if (gate.cleared(suspect)) forget(deps, given).catch(deps.failed);
  };
  give(deps, one, fact);
}

async function forget(
  { commit }: RedeliveryDeps,
  noted: readonly { readonly saga: string; readonly seq: Seq }[],
): Promise<void> {
  if (noted.length === 0) return;
  const ops = noted.map(({ saga, seq }): StoreOp => ({ op: 'delivery.forget', saga, seq }));
  await commit({ build: (into) => void into.push(...ops) });
}
