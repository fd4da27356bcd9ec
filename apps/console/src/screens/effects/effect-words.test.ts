import { describe, expect, it } from 'vitest';
import { didItHappen, effectStatus } from './effect-words.ts';

const effect = { state: 'pending', outcome: null, doubtful: false, attempts: 0 } as const;

describe('effectStatus', () => {
  it('is the outcome once there is one', () => {
    expect(effectStatus({ state: 'settled', outcome: 'failed', doubtful: false })).toBe('failed');
  });

  it('says doubt before state, but held before doubt', () => {
    expect(effectStatus({ ...effect, doubtful: true })).toBe('doubtful');
    expect(effectStatus({ ...effect, state: 'held', doubtful: true })).toBe('held');
    expect(effectStatus({ ...effect, state: 'leased' })).toBe('leased');
  });
});

describe('didItHappen', () => {
  it.each([
    [{ ...effect, state: 'settled', outcome: 'succeeded', attempts: 1 }, /^Yes/],
    [{ ...effect, state: 'settled', outcome: 'failed', attempts: 1 }, /^No:/],
    [{ ...effect, state: 'settled', outcome: 'unknown', attempts: 1 }, /^In doubt/],
    [{ ...effect, state: 'held', doubtful: true, attempts: 1 }, /^In doubt.*person/],
    [{ ...effect, doubtful: true, attempts: 2 }, /^In doubt.*same key/],
    [effect, /^Not yet: it has not been called/],
    [{ ...effect, state: 'leased', attempts: 1 }, /^Not yet: a call/],
    [{ ...effect, attempts: 1 }, /^Not yet: it waits/],
  ] as const)('%o', (given, expected) => {
    expect(didItHappen(given)).toMatch(expected);
  });
});
