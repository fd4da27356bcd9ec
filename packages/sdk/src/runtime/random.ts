/**
 * Randomness from a seed: the same seed gives the same numbers everywhere (I6).
 *
 * @module
 */

/** Rounds that mix the seed in before the first number is taken. */
const WARM_UP = 12;

/**
 * Numbers in [0, 1) from 32 hex digits. The generator is sfc32 by Chris Doty-Humphrey (PractRand), whose 128 bits of
 * state the seed fills.
 */
export function seededRandom(seed: string): () => number {
  let a = Number.parseInt(seed.slice(0, 8), 16) | 0;
  let b = Number.parseInt(seed.slice(8, 16), 16) | 0;
  let c = Number.parseInt(seed.slice(16, 24), 16) | 0;
  let counter = Number.parseInt(seed.slice(24, 32), 16) | 0;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < WARM_UP; i++) next();
  return next;
}

/** A version 4 UUID (RFC 9562 §5.4) from a source of randomness. */
export function uuidFrom(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}
