/**
 * Reprocess: chosen events are run again for one saga, effects included, by an explicit act (DESIGN, Words).
 *
 * 1. The journal stays as it is (I7): each event is given to the saga as a new event that the first one caused.
 * 2. Where a reprocess stands is moved in the commit that journals each such event: through a crash, none is run again
 *    twice and none is left out. The next start goes on with what has not ended.
 * 3. Events are taken in batches, the next one once the saga has dealt with the last: it holds nobody up.
 * 4. Nothing begins unless the count was repeated back, and is still the count.
 *
 * @module
 */
import { CONTROL_TYPES, HoldfastError, type JournalEvent, WORKFLOW_TYPES } from '@holdfast/core';
import type { EventSelection, ReprocessRow } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import { depthOf, sagaSubject } from './addressing.ts';
import type { Actor, ReprocessAnswer, ReprocessRequest } from './api.ts';
import type { Numbering } from './numbering.ts';
import type { Trigger } from './releases/registry.ts';
import { repeatedEffects } from './restarts.ts';

/** Events run again at a time. */
const BATCH = 100;
/** Positions counted, and events looked at for their effects, without letting anything else go on. */
const COUNT_STRIDE = 20_000;
const LOOK_BATCH = 500;
/** Events that a dry run looks at for their effects. */
const MAX_LOOKED = 50_000;
/** Most positions that a list may hold. */
const MAX_LISTED = 10_000;

export interface ReprocessorDeps extends ActDeps {
  readonly numbering: Numbering;
  readonly failed: (error: unknown) => void;
}

export class Reprocessor {
  readonly #deps: ReprocessorDeps;
  #stopped = false;

  constructor(deps: ReprocessorDeps) {
    this.#deps = deps;
  }

  /** Goes on with what has not ended: at start. */
  async resume(): Promise<number> {
    const open = await this.#deps.store.openReprocesses();
    for (const row of open) this.#begin(row);
    return open.length;
  }

  /** Begins no further batch. */
  stop(): void {
    this.#stopped = true;
  }

  /** @throws HoldfastError `not_found`, `request.invalid`, `conflict` */
  async reprocess(request: ReprocessRequest, actor: Actor): Promise<ReprocessAnswer> {
    const { tenant, saga } = request;
    const { store, registry, numbering } = this.#deps;
    const trigger = registry.sagaByName(saga);
    if (trigger === undefined)
      throw new HoldfastError('not_found', `no active release has a saga ${saga}`);
    const upTo = numbering.lastSeq;
    const selection = selectionOf(request, trigger, upTo);
    const count = await this.#count(tenant, selection, upTo);
    if (selection.seqs === null) {
      await this.#refuseEverything(request, trigger, count, upTo);
    } else if (count !== selection.seqs.length) {
      throw await this.#notChosen(request, selection, selection.seqs);
    }
    if (request.dryRun)
      return { dryRun: true, count, ...(await this.#effects(request, selection)) };
    if (request.confirmCount !== count)
      throw new HoldfastError(
        'conflict',
        request.confirmCount === undefined
          ? `this runs ${count} events again: repeat that count back`
          : `this would run ${count} events again, not ${request.confirmCount}`,
        { hint: `look again with a dry run, then confirm the count it gives` },
      );
    if (count === 0) throw new HoldfastError('conflict', 'no event was chosen');
    const { by, reason } = actor;
    const progress = { position: 0, done: 0, endedAt: null };
    const row = { tenant, saga, selection: JSON.stringify(selection), upTo, total: count };
    let opened: ReprocessRow | null = null;
    const act = this.#deps.facts.control(
      { tenant, type: CONTROL_TYPES.reprocess, subject: saga, what: { saga, count, selection } },
      actor,
      (into, fact) => {
        const at = fact.event.receivedAt;
        opened = { id: fact.seq, ...row, ...progress, at, by, reason };
        into.push({ op: 'reprocess.open', row: opened });
      },
    );
    await this.#deps.record(act);
    const begun = await store.reprocess(act.seq);
    if (begun === null) throw new Error('the reprocess that was opened is not there');
    this.#begin(begun);
    return { dryRun: false, count, id: act.seq };
  }

  async #count(tenant: string, selection: EventSelection, upTo: number): Promise<number> {
    let count = 0;
    const end = Math.min(selection.toSeq, upTo);
    for (let low = selection.fromSeq; low <= end; low += COUNT_STRIDE) {
      const high = Math.min(end, low + COUNT_STRIDE - 1);
      count += await this.#deps.store.countEvents({ tenant, selection, low, high });
      await othersFirst();
    }
    return count;
  }

  /** A choice by bounds that leaves nothing out is everything, however it is said. */
  async #refuseEverything(
    { tenant, saga, all }: ReprocessRequest,
    trigger: Trigger,
    count: number,
    upTo: number,
  ): Promise<void> {
    if (all || count === 0) return;
    const total = await this.#count(tenant, selectionOf({ saga }, trigger, upTo), upTo);
    if (count < total) return;
    throw new HoldfastError(
      'request.invalid',
      `this chooses all ${total} events that ${saga} was ever given`,
      {
        hint: 'narrow it down, or say that you mean everything: "all": true (--all)',
        faults: [{ at: '/all', message: 'is needed to choose everything' }],
      },
    );
  }

  async #notChosen(
    { tenant, saga }: ReprocessRequest,
    selection: EventSelection,
    seqs: readonly number[],
  ): Promise<HoldfastError> {
    const found = await this.#deps.store.selectEvents({
      tenant,
      selection,
      after: 0,
      limit: seqs.length,
    });
    const there = new Set(found.map(({ seq }) => seq));
    const wrong = seqs.filter((seq) => !there.has(seq));
    return new HoldfastError(
      'request.invalid',
      `${wrong.slice(0, 10).join(', ')}: no ${wrong.length === 1 ? 'event' : 'events'} from outside that ${saga} takes`,
      { faults: [{ at: '/seqs', message: `not events that ${saga} takes` }] },
    );
  }

  /** Of the runs that took the first of the chosen events: the effects that happened, or may have. */
  async #effects(
    { tenant, saga }: ReprocessRequest,
    selection: EventSelection,
  ): Promise<{ effects: { effect: string; count: number }[]; looked: number }> {
    const { store } = this.#deps;
    const seen = new Set<number>();
    const counts = new Map<string, number>();
    let after = 0;
    let looked = 0;
    while (looked < MAX_LOOKED) {
      const events = await store.selectEvents({ tenant, selection, after, limit: LOOK_BATCH });
      const runs = await store.runsTaking(
        saga,
        events.map(({ seq }) => seq),
      );
      const fresh = runs.filter((id) => !seen.has(id));
      for (const id of fresh) seen.add(id);
      for (const { effect } of repeatedEffects(await store.triedEffects(fresh)))
        counts.set(effect, (counts.get(effect) ?? 0) + 1);
      looked += events.length;
      after = events.at(-1)?.seq ?? after;
      if (events.length < LOOK_BATCH) break;
      await othersFirst();
    }
    const effects = [...counts].map(([effect, count]) => ({ effect, count }));
    return { effects: effects.toSorted((a, b) => b.count - a.count), looked };
  }

  #begin(row: ReprocessRow): void {
    this.#run(row).catch((error: unknown) => {
      // Cut short by the end of the engine: the next start goes on.
      if (!this.#stopped) this.#deps.failed(error);
    });
  }

  async #run(row: ReprocessRow): Promise<void> {
    const { store, log, time } = this.#deps;
    const { id, tenant, saga, total } = row;
    const selection = JSON.parse(row.selection) as EventSelection;
    let { position } = row;
    log.info({ id, tenant, saga, total, done: row.done }, 'reprocess: events are run again');
    for (;;) {
      if (this.#stopped) return;
      const events = await store.selectEvents({ tenant, selection, after: position, limit: BATCH });
      if (events.length === 0) break;
      await Promise.all(events.map((event) => this.#again(id, saga, event)));
      position = events.at(-1)?.seq ?? position;
    }
    await this.#deps.commit({
      build: (into) => void into.push({ op: 'reprocess.end', id, at: time.now() }),
    });
    log.info({ id, tenant, saga, total }, 'reprocess: all events have been run again');
  }

  /** Resolves once the saga has dealt with it and it is synced. */
  #again(id: number, saga: string, of: JournalEvent): Promise<unknown> {
    const committed = Promise.withResolvers<void>();
    const dealt = Promise.withResolvers<void>();
    const fact = this.#deps.facts.again({
      type: WORKFLOW_TYPES.eventReprocessed,
      subject: sagaSubject(saga),
      of,
      depth: depthOf(of),
      extra: (into) => void into.push({ op: 'reprocess.advance', id, position: of.seq }),
      committed: () => committed.resolve(),
    });
    fact.dealtWith = dealt.resolve;
    this.#deps.enter(fact);
    return Promise.all([committed.promise, dealt.promise]);
  }
}

function selectionOf(
  request: Pick<ReprocessRequest, 'saga' | 'type' | 'seqs' | 'fromSeq' | 'toSeq' | 'from' | 'to'>,
  { saga: settings }: Trigger,
  upTo: number,
): EventSelection {
  const { saga, type, seqs, fromSeq = 1, toSeq = upTo, from = null, to = null } = request;
  if (type !== undefined && !settings.on.includes(type))
    throw new HoldfastError('request.invalid', `${saga} takes no events of type ${type}`, {
      faults: [{ at: '/type', message: `one of ${settings.on.join(', ')}` }],
    });
  if (seqs !== undefined && seqs.length > MAX_LISTED)
    throw new HoldfastError('request.invalid', `a list holds at most ${MAX_LISTED} positions`, {
      faults: [{ at: '/seqs', message: `at most ${MAX_LISTED}` }],
    });
  return {
    types: type === undefined ? settings.on : [type],
    fromSeq: Math.max(1, fromSeq),
    toSeq: Math.min(toSeq, upTo),
    fromTime: from,
    toTime: to,
    seqs: seqs === undefined ? null : [...new Set(seqs)].toSorted((a, b) => a - b),
  };
}

/** Lets the loop turn, so that a long count holds nobody up. */
function othersFirst(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
