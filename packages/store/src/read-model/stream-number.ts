import { HoldfastError } from '@holdfast/core';
import type { StreamName } from '@holdfast/core';

import { STREAM_NUMBERS } from '../write/journal-rows.ts';

const STREAMS: ReadonlySet<string> = new Set<StreamName>([
  'AGGREGATE_EVENTS',
  'WORKFLOW_EVENTS',
  'CONTROL_EVENTS',
]);

function isStream(text: string): text is StreamName {
  return STREAMS.has(text);
}

/** @throws HoldfastError `request.invalid` */
export function streamNumber(stream: string): number {
  if (isStream(stream)) return STREAM_NUMBERS[stream];
  throw new HoldfastError('request.invalid', `there is no stream ${stream}`, {
    faults: [{ at: 'stream', message: `one of ${[...STREAMS].join(', ')}` }],
  });
}
