/**
 * What the outbox holds, in words: what is on its way, and what is held and calls nobody until a person has spoken. The
 * two are told apart, since only the first has an age that grows into trouble.
 *
 * @module
 */
import type { Overview } from '@holdfast/core';
import { formatDuration, formatShort } from '../../lib/format.ts';

type Outbox = Overview['outbox'];

const SECOND_MS = 1_000;

/** `3 on their way, 2 held for a person`. */
export function outboxNow({ depth, held }: Outbox): string {
  const onTheWay = depth - held;
  const parts = [
    ...(onTheWay > 0
      ? [`${formatShort(onTheWay)} on ${onTheWay === 1 ? 'its' : 'their'} way`]
      : []),
    ...(held > 0 ? [`${formatShort(held)} held for a person`] : []),
  ];
  return parts.length === 0 ? 'empty' : parts.join(', ');
}

/** Of what waits to be called: neither what is being called, nor what is held. */
export function outboxAge({ oldestAgeSeconds }: Outbox): string {
  return oldestAgeSeconds === null
    ? 'none waits'
    : `oldest ${formatDuration(oldestAgeSeconds * SECOND_MS)}`;
}
