import { describe, expect, it } from 'vitest';
import { keyState, listOf } from './key-state.ts';

describe('keyState', () => {
  const at = '2026-01-01T00:00:00.000000Z';
  const then = Date.parse(at);

  it('is revoked before it is expired', () => {
    expect(keyState({ revokedAt: at, expiresAt: at }, then + 1)).toBe('revoked');
  });

  it('expires at its very time', () => {
    expect(keyState({ revokedAt: null, expiresAt: at }, then - 1)).toBe('active');
    expect(keyState({ revokedAt: null, expiresAt: at }, then)).toBe('expired');
    expect(keyState({ revokedAt: null, expiresAt: null }, then)).toBe('active');
  });
});

describe('listOf', () => {
  it('reads lists as people type them', () => {
    expect(listOf(' a/+, b/#\n c ')).toEqual(['a/+', 'b/#', 'c']);
    expect(listOf(' , ')).toBeNull();
  });
});
