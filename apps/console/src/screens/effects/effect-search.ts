import type { EffectResource } from '@holdfast/core';
import { oneOf, someOf } from '../../lib/url-state.ts';

export type EffectState = EffectResource['state'];

/** As the API names them, with the words a person reads. */
export const STATES: readonly { readonly value: EffectState; readonly text: string }[] = [
  { value: 'pending', text: 'pending' },
  { value: 'leased', text: 'in flight' },
  { value: 'held', text: 'held for a person' },
  { value: 'settled', text: 'settled' },
];

/** The filters of the list, as the address holds them. */
export interface EffectSearch {
  readonly state?: EffectState;
  readonly effect?: string;
}

export function readEffectSearch(search: Readonly<Record<string, unknown>>): EffectSearch {
  const state = someOf(
    search,
    'state',
    STATES.map(({ value }) => value),
  )?.[0];
  const effect = oneOf(search, 'effect');
  return {
    ...(state === undefined ? {} : { state }),
    ...(effect === undefined ? {} : { effect }),
  };
}
