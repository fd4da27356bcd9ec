import type { InstanceStatusWire } from '@holdfast/core';
import type { Overview } from '@holdfast/core';
import type { Tone } from '../../ui/badge.tsx';

type SumPart = Exclude<keyof Overview['sum'], 'accepted'>;

export interface PartLook {
  readonly part: SumPart;
  readonly text: string;
  readonly tone: Tone;
  /** What of the list of sagas it is made of. */
  readonly status: readonly InstanceStatusWire[];
}

/** The parts of the sum, in the order they are said. */
export const PARTS: readonly PartLook[] = [
  { part: 'completed', text: 'completed', tone: 'go', status: ['completed'] },
  { part: 'compensated', text: 'undone', tone: 'rest', status: ['compensated'] },
  { part: 'failed', text: 'failed', tone: 'stop', status: ['failed'] },
  { part: 'cancelled', text: 'cancelled', tone: 'rest', status: ['cancelled'] },
  {
    part: 'inProgress',
    text: 'in progress',
    tone: 'busy',
    status: ['running', 'waiting', 'retrying', 'compensating'],
  },
  { part: 'needsYou', text: 'needs you', tone: 'care', status: ['blocked'] },
];

/** How many runs were accepted and are in none of the parts. 0 when nothing is lost. */
export function missing(sum: Overview['sum']): number {
  return sum.accepted - PARTS.reduce((all, { part }) => all + sum[part], 0);
}
