import type { KeyResource } from '@holdfast/core';

/** @param now milliseconds since 1970 */
export function keyState(
  { revokedAt, expiresAt }: Pick<KeyResource, 'revokedAt' | 'expiresAt'>,
  now: number,
): 'active' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'active';
}

/** Comma or space between, as people type lists; null for none. */
export function listOf(text: string): readonly string[] | null {
  const found = text.split(/[\s,]+/).filter((part) => part !== '');
  return found.length === 0 ? null : found;
}
