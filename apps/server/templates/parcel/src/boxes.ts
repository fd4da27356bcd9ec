import { effect, Refused } from '@holdfast/sdk';
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a box can bear. */
const MAX_KILOS = 30;
const BOXES = 24;

/**
 * Takes a free box. A stand-in for a real wall of lockers: the box follows from the idempotency key, so that asking
 * again gives the same one. A real wall is sent the key and does that itself.
 *
 * Throwing `Refused` is a definite no. Anything else that goes wrong leaves the try in doubt; `inDoubt: 'retry'` then
 * asks again with the same key, as long as the wall honours it.
 */
export const assignBox = effect(
  'box.assign',
  {
    input: z.object({ parcelId: z.string(), kilos: z.number() }),
    output: z.object({ box: z.number(), code: z.string() }),
    timeout: '5s',
    inDoubt: 'retry',
    idempotency: { window: '24h' },
  },
  ({ kilos }, { idempotencyKey }) => {
    if (kilos > MAX_KILOS) throw new Refused('too.heavy', `no box bears ${kilos} kg`);
    const digest = createHash('sha256').update(idempotencyKey).digest();
    return { box: 1 + (digest.readUInt16BE(0) % BOXES), code: digest.toString('hex', 2, 4) };
  },
);

/** Gives a box back. Freeing a free one is no error, so it may be called at any time. */
export const freeBox = effect(
  'box.free',
  {
    input: z.object({ parcelId: z.string() }),
    timeout: '5s',
    inDoubt: 'retry',
    idempotency: { window: '24h' },
  },
  ({ parcelId }, { log }) => {
    log(`the box of ${parcelId} is free`);
    return null;
  },
);
