/**
 * Whether a release decides as an instance has decided so far (DESIGN, Decided: activation moves those for which it does).
 *
 * 1. Pure: programs are asked again with what is recorded; no effect is called and nothing is written (I6).
 * 2. Decisions are compared by their canonical bytes. Each is asked of the state that was recorded before it, not of the
 *    one the new release would have kept: that is what it will be given when it takes the instance over.
 * 3. The state after the last decision is tried as well: a reducer may be unable to migrate it, and a generator saga that
 *    cannot repeat it would fail at the next event.
 *
 * @module
 */
import {
  type JournalEvent,
  type JsonText,
  type ProgramEventKind,
  type ProgramInput,
  type ReleaseDigest,
  WORKFLOW_TYPES,
} from '@holdfast/core';
import type { InstanceRow, RecordedDecision, Store } from '@holdfast/store';
import { addressee, programType } from '../addressing.ts';
import type { DecideAnswer, ProgramFault, Sandbox } from '../sandbox-port.ts';
import { type Difference, differenceOf, firstPartOf } from './decision-difference.ts';
import type { ReleaseRegistry } from './registry.ts';

/** Recorded decisions, each with its state, in memory at a time. */
const BATCH = 32;

export interface RehearsalDeps {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly registry: ReleaseRegistry;
}

export type Rehearsed = Pick<InstanceRow, 'id' | 'tenant' | 'saga' | 'key' | 'run'>;

type DecidedOn = Pick<ProgramInput, 'state' | 'event' | 'now' | 'seed'>;

/** What a recorded decision was made on. @param state the one recorded before it; null before the first */
export function decidedOn(
  decided: RecordedDecision,
  event: JournalEvent,
  state: JsonText | null,
): DecidedOn {
  const to = addressee(event);
  const isAddressed = event.stream === 'WORKFLOW_EVENTS' && to.to === 'instance';
  const usual: ProgramEventKind = isAddressed ? to.kind : 'event';
  return {
    state,
    event: {
      kind: decided.version === 1 ? 'start' : usual,
      type: programType(event),
      id: event.id,
      step: isAddressed ? to.step : null,
      data: event.data,
    },
    now: decided.recordedAt,
    seed: decided.seed,
  };
}

/** One instance being rehearsed on one release; it may go on deciding meanwhile. */
export class InstanceRehearsal {
  readonly #deps: RehearsalDeps;
  readonly #of: Rehearsed;
  readonly #release: ReleaseDigest;
  #last: RecordedDecision | null = null;
  /** What took the sandbox down; null unless the difference is that. */
  stuck: ProgramFault['code'] | null = null;

  constructor(deps: RehearsalDeps, of: Rehearsed, release: ReleaseDigest) {
    this.#deps = deps;
    this.#of = of;
    this.#release = release;
  }

  /** The instance's version up to which the release decides in the same way. */
  get version(): number {
    return this.#last?.version ?? 0;
  }

  /** Takes all that is committed by now. Null when the release decides it in the same way. */
  async catchUp(): Promise<Difference | null> {
    const { store } = this.#deps;
    const began = this.#last;
    for (;;) {
      const recorded = await store.decisionsOf(this.#of.id, this.version, BATCH);
      const events = await store.readEvents(recorded.map(({ seq }) => seq));
      for (const [at, decided] of recorded.entries()) {
        const event = events[at];
        if (decided.version !== this.version + 1 || event?.seq !== decided.seq) {
          const asks = 'cannot be asked about what is no longer there';
          return { version: decided.version, step: null, history: 'is no longer whole', asks };
        }
        const difference = await this.#compare(decided, event);
        if (difference !== null) return difference;
        this.#last = decided;
      }
      if (recorded.length < BATCH) break;
    }
    return this.#last === began ? null : this.#tryState();
  }

  async #compare(
    decided: RecordedDecision,
    event: Awaited<ReturnType<Store['readEvents']>>[number],
  ): Promise<Difference | null> {
    const answer = await this.#decide(decidedOn(decided, event, this.#last?.state ?? null));
    if (answer.ok) return differenceOf(decided.version, decided.decision, answer.decision);
    const { step, words } = firstPartOf(decided.decision);
    const asks = this.#failing(answer.failure);
    return { version: decided.version, step, history: words, asks };
  }

  /** Asks for a redrive, which changes nothing where nothing is blocked: what counts is that the state can be taken. */
  async #tryState(): Promise<Difference | null> {
    const last = this.#last;
    if (last === null) return null;
    const answer = await this.#decide({
      state: last.state,
      event: {
        kind: 'redrive',
        type: WORKFLOW_TYPES.redriveAsked,
        id: 'rehearsal',
        step: null,
        data: '{"reason":null}',
      },
      now: last.recordedAt,
      seed: last.seed,
    });
    if (answer.ok) return null;
    const history = 'the state it has come to';
    return { version: last.version, step: null, history, asks: this.#failing(answer.failure) };
  }

  #decide(input: DecidedOn): Promise<DecideAnswer> {
    const { sandbox, registry } = this.#deps;
    const { saga, tenant, key, run } = this.#of;
    const release = this.#release;
    const { gas } = registry.ready(release, saga);
    return sandbox.decide({ release, saga, gas, input: { saga, tenant, key, run, ...input } });
  }

  #failing({ code, message, at }: ProgramFault): string {
    if (code === 'program.stuck' || code === 'program.memory') this.stuck = code;
    return `fails${at === null ? '' : ` at ${at}`}: ${message}`;
  }
}
