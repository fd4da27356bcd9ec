import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KeyRow } from '@holdfast/store';
import { hashSecret, KeyRing, mayUseType, newKey, SCOPES } from './key-ring.ts';
import type { Principal } from './key-ring.ts';

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

/** Time that passes when it is told to. */
class Hand {
  time: number;
  due: { readonly at: number; readonly run: () => void }[] = [];

  constructor(time: number) {
    this.time = time;
  }

  readonly now = (): number => this.time;
  readonly after = (delay: number, run: () => void): (() => void) => {
    const timer = { at: this.time + delay * 1000, run };
    this.due.push(timer);
    return () => void (this.due = this.due.filter((one) => one !== timer));
  };

  leap(micros: number): void {
    this.time += micros;
    for (const timer of this.due.filter(({ at }) => at <= this.time)) {
      this.due = this.due.filter((one) => one !== timer);
      timer.run();
    }
  }
}

function ringAt(now: number): KeyRing {
  return new KeyRing({ clock: new Hand(now) });
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
  const clock = new Hand(99);
  const ring = new KeyRing({ clock });
  ring.add(row('s', { expiresAt: 100 }));
  const principal = ring.authenticate('s');
  expect(principal?.expiresAt).toBe(100);
  clock.time = 100;
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

function held(ring: KeyRing, secret: string): Principal {
  const principal = ring.authenticate(secret);
  if (principal === null) throw new Error('no such key');
  return principal;
}

test('those who hold a key open hear of its end once: when it is revoked, and when its time is up', () => {
  const clock = new Hand(0);
  const ring = new KeyRing({ clock });
  ring.load([
    row('lasting'),
    row('brief', { id: 'k2', expiresAt: 5_000_000 }),
    row('long', { id: 'k3', expiresAt: 3_600_000_000 }),
  ]);
  const told: string[] = [];
  for (const secret of ['lasting', 'brief', 'long'])
    ring.onEnded(held(ring, secret), () => told.push(secret));
  ring.onEnded(held(ring, 'brief'), () => told.push('left'))();
  clock.leap(4_999_000);
  expect(told).toEqual([]);
  clock.leap(1_000);
  expect(told).toEqual(['brief']);
  ring.revoke('k1');
  ring.revoke('k3');
  expect(told).toEqual(['brief', 'lasting', 'long']);
  // Nobody waits any more, and so nothing is timed.
  expect(clock.due).toEqual([]);
});

test('the wall clock may be set: it is looked at again and again', () => {
  const clock = new Hand(0);
  const ring = new KeyRing({ clock });
  ring.add(row('s', { expiresAt: 3_600_000_000 }));
  let ended = false;
  ring.onEnded(held(ring, 's'), () => (ended = true));
  clock.time = 3_600_000_000;
  expect(ended).toBe(false);
  clock.leap(30_000_000);
  expect(ended).toBe(true);
});

test('who comes to hold a key that has ended meanwhile hears of it, though not before it holds it', () => {
  const clock = new Hand(0);
  const ring = new KeyRing({ clock });
  ring.add(row('s'));
  const principal = held(ring, 's');
  ring.revoke('k1');
  let told = 0;
  ring.onEnded(principal, () => (told += 1));
  expect(told).toBe(0);
  clock.leap(0);
  expect(told).toBe(1);
  clock.leap(60_000_000);
  expect(told).toBe(1);
});

test('who offers what was a key a moment ago has not guessed; later, or with another, it has', () => {
  const clock = new Hand(0);
  const ring = new KeyRing({ clock });
  ring.load([
    row('revoked'),
    row('expired', { id: 'k2', expiresAt: 1 }),
    row('good', { id: 'k3' }),
  ]);
  ring.revoke('k1');
  clock.leap(1_000_000);
  const known = () => ['revoked', 'expired', 'good', 'never'].map((one) => ring.hasJustEnded(one));
  expect(known()).toEqual([true, true, false, false]);
  clock.leap(60_000_000);
  expect(known()).toEqual([false, false, false, false]);
});

test('of what has just ended so much is remembered and no more', () => {
  const ring = ringAt(0);
  for (let i = 0; i <= 1_000; i++) {
    ring.add(row(`secret ${i}`, { id: `k${i}` }));
    ring.revoke(`k${i}`);
  }
  expect(ring.hasJustEnded('secret 0')).toBe(false);
  expect(ring.hasJustEnded('secret 1')).toBe(true);
});
