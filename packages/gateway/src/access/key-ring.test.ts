import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KeyRow } from '@holdfast/store';
import { hashSecret, KeyRing, mayUseType, newKey, SCOPES } from './key-ring.ts';

function row(secret: string, over: Partial<KeyRow> = {}): KeyRow {
  return {
    id: 'k1',
    name: 'shop',
    hash: hashSecret(secret),
    tenant: 'acme',
    scopes: ['publish'],
    topics: null,
    types: null,
    createdAt: 0,
    expiresAt: null,
    revokedAt: null,
    ...over,
  };
}

function ringAt(now: number): KeyRing {
  return new KeyRing({ clock: { now: () => now } });
}

test('a new key is hf_ and 256 bits of base64url, stored as its SHA-256', () => {
  const key = newKey();
  expect(key.secret).toMatch(/^hf_[A-Za-z0-9_-]{43}$/);
  expect(key.hash).toBe(createHash('sha256').update(key.secret).digest('hex'));
  expect(key.id).toMatch(/^[0-9a-f]{12}$/);
  expect(newKey().secret).not.toBe(key.secret);
});

test('the secret of a loaded key gives its principal; another gives none', () => {
  const ring = ringAt(0);
  ring.load([row('right')]);
  expect(ring.authenticate('right')).toMatchObject({ keyId: 'k1', tenant: 'acme', name: 'shop' });
  expect(ring.authenticate('wrong')).toBeNull();
  expect(ring.authenticate('')).toBeNull();
});

test('a key is good until the microsecond it expires', () => {
  let now = 99;
  const ring = new KeyRing({ clock: { now: () => now } });
  ring.add(row('s', { expiresAt: 100 }));
  const principal = ring.authenticate('s');
  expect(principal?.expiresAt).toBe(100);
  now = 100;
  expect(ring.authenticate('s')).toBeNull();
  expect(principal !== null && ring.isCurrent(principal)).toBe(false);
});

test('revoking refuses the key from then on and tells listeners', () => {
  const ring = ringAt(0);
  ring.load([row('s'), row('other', { id: 'k2' })]);
  const told: string[] = [];
  const end = ring.onRevoked((id) => told.push(id));
  ring.revoke('k1');
  ring.revoke('unknown');
  expect(ring.authenticate('s')).toBeNull();
  expect(ring.authenticate('other')).not.toBeNull();
  expect(told).toEqual(['k1']);
  end();
  ring.revoke('k2');
  expect(told).toEqual(['k1']);
});

test('a row that is revoked already authenticates nobody, and loading anew tells of those gone', () => {
  const ring = ringAt(0);
  const told: string[] = [];
  ring.onRevoked((id) => told.push(id));
  ring.load([row('s'), row('r', { id: 'k2', revokedAt: 5 })]);
  expect(ring.authenticate('r')).toBeNull();
  ring.load([row('s', { revokedAt: 7 })]);
  expect(ring.authenticate('s')).toBeNull();
  expect(told).toEqual(['k1']);
});

test('a key taken up again under the same id replaces its secret', () => {
  const ring = ringAt(0);
  ring.add(row('old'));
  ring.add(row('new'));
  expect(ring.authenticate('old')).toBeNull();
  expect(ring.authenticate('new')).not.toBeNull();
});

test('admin holds every scope; an unknown scope grants nothing', () => {
  const ring = ringAt(0);
  ring.load([row('a', { scopes: ['admin'] }), row('b', { id: 'k2', scopes: ['view', 'future'] })]);
  expect([...(ring.authenticate('a')?.scopes ?? [])].toSorted()).toEqual([...SCOPES].toSorted());
  expect([...(ring.authenticate('b')?.scopes ?? [])]).toEqual(['view']);
});

test('type limits are exact or a prefix ending in .*', () => {
  const ring = ringAt(0);
  ring.add(row('s', { types: ['order.placed', 'kitchen.*'] }));
  const principal = ring.authenticate('s');
  if (!principal) throw new Error('not authenticated');
  expect(mayUseType(principal, 'order.placed')).toBe(true);
  expect(mayUseType(principal, 'order.placed.twice')).toBe(false);
  expect(mayUseType(principal, 'kitchen.ready')).toBe(true);
  expect(mayUseType(principal, 'kitchenette.ready')).toBe(false);
});
