/**
 * Which lines of source the steps of an instance were made at: recorded decisions are made again in the sandbox, purely,
 * and compared with the record (I6). Only for a person who asks: nothing here is on the way of an event.
 *
 * A generator saga repeats its whole history in one decision. A reducer does not: a step that an earlier decision asked
 * for is found by making that one again.
 *
 * @module
 */
import {
  type DecisionCheck,
  HoldfastError,
  type ReleaseDigest,
  type SourcePlace,
} from '@holdfast/core';
import type { Store } from '@holdfast/store';
import { differenceOf } from './releases/decision-difference.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import { decidedOn } from './releases/rehearsal.ts';
import type { Sandbox, TraceAnswer } from './sandbox-port.ts';

/** Most earlier decisions that are made again for one question. */
const MOST_EARLIER = 20;
/** To know where each step was made costs more than to decide: the limit is this many times the saga's own. */
const GAS_FACTOR = 10;

export interface PlaceRequest {
  /** The run asked about. */
  readonly instanceId: number;
  /** The release that made the decision. */
  readonly release: ReleaseDigest;
  /** The decision to make again; 0 for none. */
  readonly version: number;
  /** Steps whose lines are wanted, each with the version that asked for it. */
  readonly steps: readonly { readonly step: string; readonly version: number }[];
  /** `file:line:column` of the author's source whose text is wanted as well, and the release it is of; null for none. */
  readonly at: { readonly release: ReleaseDigest; readonly place: string } | null;
}

export interface PlaceAnswer {
  readonly check: DecisionCheck;
  /** By step; those that could not be found are not there. */
  readonly places: Readonly<Record<string, SourcePlace>>;
  /** Where the failure was thrown that it compensates for. */
  readonly failedAt: SourcePlace | null;
  /** `at`, with its text. */
  readonly at: SourcePlace | null;
  /** Why `places` is empty although the decision was made again; null where it need not be. */
  readonly missing: string | null;
}

const NO_DECISION = 'nothing has been decided yet';
const CANNOT_TELL = 'its release was built with an SDK that does not record where steps are made';

const NOTHING_FOUND = { places: {}, failedAt: null, at: null, missing: null } as const;

type Traced = TraceAnswer & { readonly recorded?: string };

export class StepPlaces {
  readonly #deps: { store: Store; sandbox: Sandbox; registry: ReleaseRegistry };

  constructor(deps: {
    readonly store: Store;
    readonly sandbox: Sandbox;
    readonly registry: ReleaseRegistry;
  }) {
    this.#deps = deps;
  }

  /** Answers what can be told; never refuses. */
  async find(request: PlaceRequest): Promise<PlaceAnswer> {
    try {
      return await this.#find(request);
    } catch (error) {
      // A release that is gone is a reason to say less, not to say nothing.
      if (!(error instanceof HoldfastError)) throw error;
      return { ...NOTHING_FOUND, check: notMade(error.message) };
    }
  }

  async #find(request: PlaceRequest): Promise<PlaceAnswer> {
    const found = new Map<string, SourcePlace>();
    const answer = await this.#trace(request, request.version);
    if (!answer.ok) {
      const { code, message, at } = answer.failure;
      const where = at === null ? '' : ` at ${at}`;
      const check: DecisionCheck =
        code === 'program.missing'
          ? notMade(message)
          : { state: 'differs', reason: `the program now fails${where}: ${message}` };
      return { ...NOTHING_FOUND, check, at: await this.#textOf(request) };
    }
    this.#note(answer, found);
    const left = request.steps.filter(({ step }) => !found.has(step));
    const earlier = new Set(left.map(({ version }) => version));
    earlier.delete(request.version);
    for (const version of [...earlier].toSorted((a, b) => b - a).slice(0, MOST_EARLIER))
      this.#note(await this.#trace(request, version), found);
    return {
      check: checkOf(request, answer),
      places: Object.fromEntries(found),
      failedAt: answer.failedAt,
      at: await this.#textOf(request),
      missing: answer.steps === null ? CANNOT_TELL : null,
    };
  }

  /** The place that is asked for, with its text; null where its release is gone. */
  async #textOf({ instanceId, at }: PlaceRequest): Promise<SourcePlace | null> {
    if (at === null) return null;
    const { sandbox, registry, store } = this.#deps;
    const [instance] = await store.loadInstancesById([instanceId]);
    if (instance === undefined || instance === null || !registry.isRegistered(at.release))
      return null;
    const { release } = at;
    const { saga } = instance.row;
    const { gas } = registry.ready(release, saga);
    const answer = await sandbox.trace({ release, saga, gas, input: null, places: [at.place] });
    return answer.ok ? (answer.places[0] ?? null) : null;
  }

  #note(answer: TraceAnswer, found: Map<string, SourcePlace>): void {
    if (!answer.ok) return;
    for (const { step, at } of answer.steps ?? []) if (at !== null) found.set(step, at);
  }

  async #trace({ instanceId, release }: PlaceRequest, version: number): Promise<Traced> {
    const { store, sandbox, registry } = this.#deps;
    const [instance] = await store.loadInstancesById([instanceId]);
    if (instance === undefined || instance === null)
      throw new HoldfastError('not_found', 'the run is no longer there');
    const { saga, tenant, key, run } = instance.row;
    const { gas } = registry.ready(release, saga);
    const ask = { release, saga, gas: gas * GAS_FACTOR, places: [] };
    if (version === 0) return sandbox.trace({ ...ask, input: null });
    // The one before as well: its state is what this one was decided on.
    const recorded = await store.decisionsOf(instanceId, Math.max(0, version - 2), 2);
    const decided = recorded.find((each) => each.version === version);
    const before = recorded.find((each) => each.version === version - 1);
    const [event] = decided === undefined ? [] : await store.readEvents([decided.seq]);
    if (decided === undefined || event === undefined || (version > 1 && before === undefined))
      throw new HoldfastError('not_found', `version ${version} is no longer there`);
    const made = decidedOn(decided, event, before?.state ?? null);
    const input = { ...made, saga, tenant, key, run };
    return { ...(await sandbox.trace({ ...ask, input })), recorded: decided.decision };
  }
}

function checkOf({ version }: PlaceRequest, answer: Extract<Traced, { ok: true }>): DecisionCheck {
  if (answer.recorded === undefined || answer.decision === null) return notMade(NO_DECISION);
  const difference = differenceOf(version, answer.recorded, answer.decision);
  if (difference !== null) {
    const { history, asks } = difference;
    return { state: 'differs', reason: `the record ${history}; made again, it ${asks}` };
  }
  return { state: 'same', reason: null };
}

function notMade(reason: string): DecisionCheck {
  return { state: 'not_made', reason };
}
