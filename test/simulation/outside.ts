import type { EffectCall, EffectResult } from '@holdfast/core';
import type { SimRandom } from './random.ts';

/** What befalls a call on its way. */
type Fate = 'answered' | 'refused' | 'not_done' | 'doubt_done' | 'doubt_undone';

/** A call that has left and not come back. */
export interface OpenCall {
  readonly call: EffectCall;
  readonly resolve: (result: EffectResult) => void;
  /** Which process made it; the answers of an earlier one reach nobody. */
  readonly life: number;
}

const DOUBT: EffectResult = {
  kind: 'in_doubt',
  error: { code: 'timeout', message: 'no answer in time' },
};
const NOT_DONE: EffectResult = {
  kind: 'not_done',
  error: { code: 'connect', message: 'connection refused' },
};

/** The services that effects call: they act, or do not, and answer, or do not. */
export class Outside {
  /** Commands that took effect. */
  readonly acted = new Set<string>();
  readonly open: OpenCall[] = [];

  readonly #mixesUp: boolean;

  /** @param mixesUp for a mutant: answers reach another call of the same effect */
  constructor(mixesUp: boolean) {
    this.#mixesUp = mixesUp;
  }

  take(call: EffectCall, life: number): Promise<EffectResult> {
    return new Promise((resolve) => this.open.push({ call, resolve, life }));
  }

  /** Lets one of the open calls come to its end. */
  answerOne(random: SimRandom, isCalm: boolean): void {
    const at = random.below(this.open.length);
    const [found] = this.open.splice(at, 1);
    if (found === undefined) return;
    const result = this.#result(found.call, isCalm ? 'answered' : fateOf(random));
    const { effect, mode } = found.call;
    const other = this.open.findIndex(({ call }) => call.effect === effect && call.mode === mode);
    if (!this.#mixesUp || other === -1) found.resolve(result);
    else this.open.splice(other, 1, found)[0]?.resolve(result);
  }

  /** The process that made the calls is gone: some acted before, some act yet. */
  orphan(random: SimRandom): void {
    for (const { call } of this.open.splice(0)) {
      if (call.mode === 'call' && random.chance(0.5)) this.acted.add(call.commandId);
    }
  }

  #result(call: EffectCall, fate: Fate): EffectResult {
    const { commandId, mode } = call;
    if (fate === 'doubt_undone') return DOUBT;
    if (fate === 'not_done' && mode === 'call') return NOT_DONE;
    if (mode === 'check') {
      if (fate !== 'answered') return DOUBT;
      return this.acted.has(commandId) ? { kind: 'succeeded', output: call.input } : NOT_DONE;
    }
    if (fate === 'refused') {
      return { kind: 'failed', error: { code: 'refused', message: 'declined' } };
    }
    this.acted.add(commandId);
    return fate === 'doubt_done' ? DOUBT : { kind: 'succeeded', output: call.input };
  }
}

function fateOf(random: SimRandom): Fate {
  return random.weighted<Fate>([
    [10, 'answered'],
    [1, 'refused'],
    [2, 'not_done'],
    [2, 'doubt_done'],
    [2, 'doubt_undone'],
  ]);
}
