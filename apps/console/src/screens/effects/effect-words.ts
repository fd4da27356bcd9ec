import type { EffectResource } from '@holdfast/core';

/** The status word that a badge knows for where an effect stands. */
export function effectStatus({
  state,
  outcome,
  doubtful,
}: Pick<EffectResource, 'state' | 'outcome' | 'doubtful'>): string {
  if (state === 'settled') return outcome ?? 'settled';
  if (state === 'held') return 'held';
  return doubtful ? 'doubtful' : state;
}

/** Whether it took effect outside, in one sentence. */
export function didItHappen({
  state,
  outcome,
  doubtful,
  attempts,
}: Pick<EffectResource, 'state' | 'outcome' | 'doubtful' | 'attempts'>): string {
  if (outcome === 'succeeded') return 'Yes: it was answered, and the answer is on record.';
  if (outcome === 'failed') return 'No: the target refused it for certain.';
  if (outcome === 'unknown') return 'In doubt: no answer came, and no more tries are made.';
  if (state === 'held') return 'In doubt: a try ended without an answer. A person must find out.';
  if (doubtful)
    return 'In doubt: a try ended without an answer. It is called again with the same key.';
  if (attempts === 0) return 'Not yet: it has not been called.';
  return state === 'leased'
    ? 'Not yet: a call is under way.'
    : 'Not yet: it waits for its next try.';
}
