import { expect, test } from 'vitest';
import type { KeyRow } from '@holdfast/store';
import { hashSecret, KeyRing } from '../access/key-ring.ts';
import { HeldAnswers } from './held-answers.ts';

const MOST = 5_000;
type Asker = Parameters<HeldAnswers['hold']>[0];

const never = (): Promise<never> => new Promise<never>(() => undefined);

function bench(): { held: HeldAnswers; ring: KeyRing; who: (id: string) => Asker } {
  const ring = new KeyRing({ clock: { now: () => 0, after: () => () => undefined } });
  const who = (id: string): Asker => {
    const row: KeyRow = {
      id,
      name: id,
      hash: hashSecret(id),
      tenant: '',
      scopes: ['view'],
      topics: null,
      types: null,
      createdAt: 0,
      expiresAt: null,
      revokedAt: null,
    };
    if (ring.find(id) === null) ring.add(row);
    const principal = ring.find(id);
    if (principal === null) throw new Error('no such key');
    return { principal, assertCurrent: () => expect(ring.isCurrent(principal)).toBe(true) };
  };
  return { held: new HeldAnswers(ring), ring, who };
}

test('so many answers of one key are held and no more; another key has its own', async () => {
  const { held, who } = bench();
  const release: (() => void)[] = [];
  const waiting = Array.from({ length: MOST }, () =>
    held.hold(who('k'), () => new Promise<void>((resolve) => release.push(resolve))),
  );
  await expect(held.hold(who('k'), never)).rejects.toMatchObject({
    code: 'overloaded',
    status: 429,
  });
  await held.hold(who('other'), () => Promise.resolve());
  for (const one of release) one();
  await Promise.all(waiting);
  await held.hold(who('k'), () => Promise.resolve());
});

test('what is waited for counts until it has come, though its caller has been told of its end', async () => {
  const { held, ring, who } = bench();
  const principal = who('k');
  let come: () => void = () => undefined;
  const one = held.hold(principal, () => new Promise<void>((resolve) => (come = resolve)));
  const rest = Array.from({ length: MOST - 1 }, () => held.hold(principal, never));
  const told = Promise.allSettled([one, ...rest]);
  ring.revoke('k');
  const ended = await told;
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['rejected']));
  // The same key anew: a place is free only once something has come.
  const again = who('k');
  await expect(held.hold(again, never)).rejects.toMatchObject({ code: 'overloaded' });
  come();
  await new Promise((resolve) => setImmediate(resolve));
  await held.hold(again, () => Promise.resolve());
});

test('what fails is told, and gives its place back', async () => {
  const { held, who } = bench();
  for (let i = 0; i <= MOST; i++) {
    const failing = held.hold(who('k'), () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
  }
});
