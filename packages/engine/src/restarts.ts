/**
 * Restart: a new run of an ended instance, with new keys, from the event that began its last run. An explicit act: the
 * outside effects of that run may be made once more, so they are said first (DESIGN, Words).
 *
 * @module
 */
import { CONTROL_TYPES, HoldfastError, WORKFLOW_TYPES } from '@holdfast/core';
import type { DoneEffect, InstanceRow } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import { depthOf, instanceSubject } from './addressing.ts';
import type {
  Actor,
  InstanceAddress,
  RepeatedEffect,
  RestartAnswer,
  RestartRequest,
} from './api.ts';
import type { Fact } from './fact.ts';

export class Restarts {
  readonly #deps: ActDeps;

  constructor(deps: ActDeps) {
    this.#deps = deps;
  }

  /**
   * Opens the next run, or with `dryRun` says what that would repeat.
   *
   * @throws HoldfastError `not_found`, `conflict` when it has not ended, when no active release has its saga, or when it
   *   would repeat effects and nobody has said that it may
   */
  async restart(
    address: InstanceAddress,
    { dryRun, repeatEffects }: RestartRequest,
    actor: Actor,
  ): Promise<RestartAnswer> {
    const row = await this.#ended(address);
    const { registry, store, facts } = this.#deps;
    const { saga, key, tenant } = row;
    if (registry.sagaByName(saga) === undefined)
      throw new HoldfastError('conflict', `no active release has a saga ${saga}`, {
        hint: 'activate a release that has it: holdfast release activate DIGEST',
      });
    const [first] = await store.decisionsOf(row.id, 0, 1);
    const [start] = first === undefined ? [] : await store.readEvents([first.seq]);
    if (start === undefined)
      throw new HoldfastError(
        'conflict',
        `the event that began run ${row.run} of ${saga}/${key} is no longer in the journal`,
        { hint: 'publish it anew, with an id of its own' },
      );
    const effects = repeatedEffects(await store.triedEffects([row.id]));
    if (dryRun) return { dryRun, run: row.run + 1, effects };
    if (effects.length > 0 && !repeatEffects) throw wouldRepeat(row, effects);
    const record = facts.control(
      {
        tenant,
        type: CONTROL_TYPES.sagaRestarted,
        subject: instanceSubject(row),
        what: {
          saga,
          key,
          afterRun: row.run,
          effects: effects.map(({ effect }) => effect),
          before: { run: row.run, status: row.status },
          after: { run: row.run + 1, status: 'running' },
        },
      },
      actor,
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    const fact = facts.again({
      type: WORKFLOW_TYPES.sagaRestarted,
      subject: instanceSubject(row),
      of: start,
      depth: depthOf(start),
      committed: () => resolve(),
    });
    const opened = whetherOpened(fact);
    this.#deps.journal(record);
    this.#deps.enter(fact);
    await promise;
    if (await opened) {
      // Its first decision is in a batch by now, or blocked it: shown to whoever asks next.
      await this.#deps.commit({ build: () => undefined });
      return { dryRun, run: row.run + 1, effects };
    }
    throw new HoldfastError('conflict', `${saga}/${key} was started again by something else`);
  }

  async #ended({ tenant, saga, key }: InstanceAddress): Promise<InstanceRow> {
    const { cache, commit } = this.#deps;
    const instance = await cache.whenLoaded(tenant, saga, key);
    const { row } = instance;
    if (row === null) {
      cache.release(instance);
      throw new HoldfastError('not_found', `there is no instance ${key} of saga ${saga}`);
    }
    if (!instance.ended) {
      const isNew = row.version === 0;
      throw new HoldfastError('conflict', `${saga}/${key} is ${row.status}: it has not ended`, {
        hint:
          row.status === 'blocked' && isNew
            ? 'it has decided nothing yet: mend its program and redrive it'
            : row.status === 'blocked'
              ? 'redrive it to let it go on, or cancel it first'
              : 'cancel it first',
      });
    }
    const ended = { ...row };
    // Its last outcomes may be on their way to the store.
    if (instance.uncommitted > 0) await commit({ build: () => undefined });
    cache.release(instance);
    return ended;
  }
}

/** Effects that happened, or may have; what undid them is said of them and is none of its own. */
export function repeatedEffects(tried: readonly DoneEffect[]): readonly RepeatedEffect[] {
  const undone = new Set(
    tried.flatMap(({ undoes, outcome }) =>
      undoes === null || outcome !== 'succeeded' ? [] : [`${undoes}`],
    ),
  );
  return tried.flatMap(({ undoes, outcome, commandId, step, effect }) =>
    undoes !== null || outcome === 'failed' || outcome === 'cancelled'
      ? []
      : [{ commandId, step, effect, outcome: outcome ?? 'unknown', undone: undone.has(step) }],
  );
}

/** Resolves once it is known whether the fact opened a run, or was dealt with in another way. */
function whetherOpened(fact: Fact): Promise<boolean> {
  return new Promise((resolve) => {
    fact.opened = () => resolve(true);
    fact.dealtWith = () => resolve(false);
  });
}

function wouldRepeat(
  { saga, key, run }: InstanceRow,
  effects: readonly RepeatedEffect[],
): HoldfastError {
  const names = [...new Set(effects.map(({ effect }) => effect))].join(', ');
  return new HoldfastError(
    'conflict',
    `restarting ${saga}/${key} may repeat ${effects.length} outside ${effects.length === 1 ? 'effect' : 'effects'} of run ${run}: ${names}`,
    {
      hint: 'look at them with ?dryRun=true, then say "repeatEffects": true (holdfast sagas restart … --yes)',
      faults: effects.map(({ step, effect, outcome, undone }) => ({
        at: step,
        message: `${effect} ${outcome}${undone ? ', undone' : ''}`,
      })),
    },
  );
}
