/** Settings of who may do what, how often, and for how long. */
import { z } from 'zod';
import { count, duration } from './setting-fields.ts';

const MAX_RATE = 1_000_000;

/** Of the console's sign-in. */
export function sessions() {
  return z
    .strictObject({
      idle: duration(60_000, '1m')
        .prefault('12h')
        .describe('A session of the console ends when it was not used for so long.'),
      lifetime: duration(60_000, '1m')
        .prefault('7d')
        .describe('A session of the console ends so long after sign-in, however much it is used.'),
    })
    .prefault({});
}

/** Of one key over HTTP; part of `limits`. */
export const keyRate = {
  requestsPerSecond: count(0, MAX_RATE)
    .prefault(0)
    .describe(
      'Most HTTP requests of one key a second, on average, its sessions included; beyond it they get 429. 0 for any number.',
    ),
  requestBurst: count(0, MAX_RATE)
    .prefault(0)
    .describe('Most such requests at once after a pause; 0 for as many as two seconds allow.'),
};
