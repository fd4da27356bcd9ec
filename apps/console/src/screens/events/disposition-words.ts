/**
 * What became of an event, in sentences: what it started or moved, or why nothing.
 *
 * @module
 */
import type { DispositionResource, EventResource } from '@holdfast/core';

export interface DispositionStory {
  readonly text: string;
  /** What a person may do about it. */
  readonly next?: string;
}

export function storyOf(disposition: DispositionResource): DispositionStory {
  const { status, version, reason, run } = disposition;
  switch (status) {
    case 'applied': {
      if (version === 1) {
        return { text: run !== null && run > 1 ? `Started run ${run}.` : 'Started this instance.' };
      }
      return { text: version === null ? 'Taken.' : `Taken; made version ${version}.` };
    }
    case 'ignored':
      return { text: sentence(reason ?? 'ignored') };
    case 'parked':
      return {
        text: sentence(reason ?? 'the instance is blocked'),
        next: 'It is taken up in order once the instance goes on.',
      };
    case 'quarantined':
      return {
        text: sentence(reason ?? 'could not be processed'),
        next: 'It stands under Needs you, to be redriven or discarded.',
      };
    case 'unrouted':
      return { text: sentence(reason ?? 'no saga takes it') };
    case 'pending':
      return { text: 'Recorded, and not looked at yet.' };
  }
}

/** Why nothing came of an event that nobody has a word on. */
export function silenceOf(stream: EventResource['stream']): string {
  return stream === 'CONTROL_EVENTS'
    ? 'The record of an act; no saga takes it.'
    : 'No saga of an active release takes events of this type.';
}

function sentence(text: string): string {
  const [first = '', ...rest] = text.trim();
  const end = /[.!?]$/.test(text.trim()) ? '' : '.';
  return `${first.toUpperCase()}${rest.join('')}${end}`;
}
