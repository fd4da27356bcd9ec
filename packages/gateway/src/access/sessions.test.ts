import { beforeEach, expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import type { SessionRow } from '@holdfast/store';
import { hashSecret, KeyRing } from './key-ring.ts';
import type { Principal } from './key-ring.ts';
import { LoginLinks } from './login-links.ts';
import { Sessions } from './sessions.ts';

const MINUTE = 60_000_000;
const IDLE = 10;
const LIFETIME = 100;

let now = 0;
let rows: SessionRow[];
let seen: number[];
let full: boolean;
let ring: KeyRing;
let sessions: Sessions;
let timers: { readonly at: number; readonly run: () => void }[];
const clock = {
  now: () => now,
  after: (delay: number, run: () => void) => {
    const timer = { at: now + delay * 1000, run };
    timers.push(timer);
    return () => void (timers = timers.filter((one) => one !== timer));
  },
};

/** Time passes, and timers run at their time. */
function pass(micros: number): void {
  const until = now + micros;
  for (;;) {
    const [next] = timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    if (next === undefined) break;
    timers = timers.filter((one) => one !== next);
    now = Math.max(now, next.at);
    next.run();
  }
  now = until;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function key(id: string, expiresAt: number | null = null): Principal {
  ring.add({
    id,
    name: id,
    hash: hashSecret(`secret of ${id}`),
    tenant: '',
    scopes: ['view'],
    topics: null,
    types: null,
    createdAt: 0,
    expiresAt,
    revokedAt: null,
  });
  const principal = ring.find(id);
  if (principal === null) throw new Error('no such key');
  return principal;
}

function make(): Sessions {
  return new Sessions({
    keyRing: ring,
    engine: {
      openSession: (row) => {
        if (full) return Promise.reject(new HoldfastError('store.full', 'no room'));
        rows.push(row);
        return Promise.resolve();
      },
      endSession: ({ id }) => {
        rows = rows.filter((row) => row.id !== id);
        return Promise.resolve();
      },
      seenSession: (_, at) => {
        seen.push(at);
        return Promise.resolve();
      },
    },
    clock,
    times: { idle: IDLE * 60_000, lifetime: LIFETIME * 60_000 },
    log: silent,
  });
}

beforeEach(() => {
  now = 1_000 * MINUTE;
  rows = [];
  seen = [];
  full = false;
  timers = [];
  ring = new KeyRing({ clock });
  sessions = make();
});

const how = { by: 'key', address: '127.0.0.1' } as const;

test('a session is its key with an id; at rest there is only its hash', async () => {
  const { secret, expiresAt } = await sessions.open(key('k'), how);
  expect(secret).toMatch(/^hs_[A-Za-z0-9_-]{43}$/);
  expect(sessions.find(secret)).toMatchObject({ keyId: 'k', session: rows[0]?.id });
  expect(rows[0]?.hash).toBe(hashSecret(secret));
  expect(JSON.stringify(rows)).not.toContain(secret);
  expect(expiresAt).toBe(now + LIFETIME * MINUTE);
  expect(sessions.find(`${secret}x`)).toBeNull();
  expect(sessions.find('')).toBeNull();
});

test('it ends when it was idle for too long, and using it puts that off', async () => {
  const { secret, principal } = await sessions.open(key('k'), how);
  for (let i = 0; i < 5; i++) {
    now += (IDLE - 1) * MINUTE;
    expect(sessions.find(secret)).not.toBeNull();
  }
  expect(ring.isCurrent(principal)).toBe(true);
  now += IDLE * MINUTE;
  expect(ring.isCurrent(principal)).toBe(false);
  expect(sessions.find(secret)).toBeNull();
  expect(rows).toEqual([]);
});

test('it ends after its lifetime however much it is used, and with its key if that is sooner', async () => {
  const long = await sessions.open(key('k'), how);
  const short = await sessions.open(key('brief', now + 5 * MINUTE), how);
  expect(short.expiresAt).toBe(now + 5 * MINUTE);
  for (let i = 0; i < LIFETIME; i++) {
    expect(sessions.find(long.secret)).not.toBeNull();
    expect(sessions.find(short.secret) !== null).toBe(i < 5);
    now += MINUTE;
  }
  expect(sessions.find(long.secret)).toBeNull();
});

test('after a restart it is as it was; what has ended meanwhile is cleared away', async () => {
  const kept = await sessions.open(key('k'), how);
  const before = rows;
  ring = new KeyRing({ clock });
  key('k');
  sessions = make();
  sessions.load([...before, { ...before[0], id: 'old', hash: 'x', seenAt: 0 } as SessionRow]);
  expect(sessions.size).toBe(1);
  expect(sessions.find(kept.secret)).toMatchObject({ keyId: 'k' });
});

test('when it was used is kept now and then, not each time', async () => {
  const { secret } = await sessions.open(key('k'), how);
  for (let i = 0; i < 100; i++) sessions.find(secret);
  expect(seen).toEqual([]);
  now += 2 * MINUTE;
  for (let i = 0; i < 100; i++) sessions.find(secret);
  expect(seen).toEqual([now]);
});

test('those who hold it open hear of its end, of their key, and of no other', async () => {
  const principal = key('k');
  const one = await sessions.open(principal, how);
  const two = await sessions.open(principal, how);
  const told: string[] = [];
  ring.onEnded(one.principal, () => told.push('one'));
  ring.onEnded(two.principal, () => told.push('two'));
  ring.onEnded(principal, () => told.push('key'));
  ring.onEnded(key('other'), () => told.push('other'));
  await sessions.end(one.principal);
  expect(told).toEqual(['one']);
  expect(sessions.find(one.secret)).toBeNull();
  expect(sessions.find(two.secret)).not.toBeNull();
  ring.revoke('k');
  expect(told.toSorted()).toEqual(['key', 'one', 'two']);
  expect(sessions.find(two.secret)).toBeNull();
});

test('those who hold it open hear of its idle end, which using it puts off', async () => {
  const { secret, principal } = await sessions.open(key('k'), how);
  let ended = 0;
  ring.onEnded(principal, () => (ended += 1));
  pass((IDLE - 1) * MINUTE);
  expect(sessions.find(secret)).not.toBeNull();
  pass((IDLE - 1) * MINUTE);
  expect(ended).toBe(0);
  pass(MINUTE);
  expect(ended).toBe(1);
  expect(timers).toEqual([]);
});

test('who comes back with a session that has just ended has not guessed', async () => {
  const principal = key('k');
  const out = await sessions.open(principal, how);
  const revoked = await sessions.open(principal, how);
  await sessions.end(out.principal);
  ring.revoke('k');
  expect([out, revoked].map(({ secret }) => sessions.hasJustEnded(secret))).toEqual([true, true]);
  expect(sessions.hasJustEnded('hs_never')).toBe(false);
  now += MINUTE;
  expect(sessions.hasJustEnded(out.secret)).toBe(false);
});

test('a key that is revoked while somebody signs in gives no session', async () => {
  const opening = sessions.open(key('k'), how);
  ring.revoke('k');
  await expect(opening).rejects.toMatchObject({ code: 'auth.refused' });
  expect(sessions.size).toBe(0);
});

test('a full disk does not keep an operator out', async () => {
  full = true;
  const { secret } = await sessions.open(key('k'), how);
  expect(sessions.find(secret)).toMatchObject({ keyId: 'k' });
});

test('a key has so many sessions at most; the one unused for longest goes', async () => {
  const principal = key('k');
  const opened = [];
  for (let i = 0; i < 64; i++) {
    opened.push(await sessions.open(principal, how));
    now += 1;
  }
  const [first, second] = opened.map(({ secret }) => secret);
  sessions.find(first ?? '');
  await sessions.open(principal, how);
  expect(sessions.size).toBe(64);
  expect(sessions.find(first ?? '')).not.toBeNull();
  expect(sessions.find(second ?? '')).toBeNull();
});

test('a login link opens once, within five minutes, while its key is good', () => {
  const links = new LoginLinks(ring, clock);
  key('k');
  const { token, expiresAt } = links.make('k');
  expect(expiresAt).toBe(now + 5 * MINUTE);
  expect(links.take(token)).toMatchObject({ keyId: 'k' });
  expect(() => links.take(token)).toThrow('used already');
  const late = links.make('k').token;
  now += 5 * MINUTE;
  expect(() => links.take(late)).toThrow('expired');
  const orphan = links.make('k').token;
  ring.revoke('k');
  expect(() => links.take(orphan)).toThrow('revoked');
});

test('no more links are remembered than so many', () => {
  const links = new LoginLinks(ring, clock);
  key('k');
  const tokens = Array.from({ length: 1001 }, () => links.make('k').token);
  expect(() => links.take(tokens[0] ?? '')).toThrow('unknown');
  expect(links.take(tokens.at(-1) ?? '')).toMatchObject({ keyId: 'k' });
});
