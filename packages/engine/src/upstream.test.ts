import type { EffectResult } from '@holdfast/core';
import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from './testing/manual-clock.ts';
import { type Admission, type BreakerState, Upstream } from './upstream.ts';

const COOLDOWN = 1000;
const settings = { window: 4, failureRate: 0.5, cooldown: COOLDOWN, maxCooldown: 3000 };
const CONCURRENCY = 4;

const well: EffectResult = { kind: 'succeeded', output: 'null' };
const refused: EffectResult = { kind: 'failed', error: { code: 'http.402', message: '' } };
const down: EffectResult = { kind: 'not_done', error: { code: 'connect', message: '' } };
const silent: EffectResult = { kind: 'in_doubt', error: { code: 'timeout', message: '' } };
const unset: EffectResult = { kind: 'not_done', error: { code: 'secret.unset', message: '' } };

let clock: ManualClock;
let states: BreakerState[];
let freed: number;
let upstream: Upstream;
beforeEach(() => {
  clock = new ManualClock();
  states = [];
  freed = 0;
  upstream = new Upstream('shop', 'payments', settings, {
    clock,
    freed: () => void (freed += 1),
    changed: ({ state }) => states.push(state),
  });
});

const admit = (mode: 'call' | 'check' = 'call'): Admission => upstream.admit(CONCURRENCY, mode);
const call = (...results: EffectResult[]): void => {
  for (const result of results) admit().end(result);
};

test('opens once more than the rate of the last tries failed, and half a window of them at least', () => {
  call(down);
  expect(upstream.state).toBe('closed');
  call(silent);
  expect(upstream.state).toBe('open');
  expect(upstream.admits).toBe(false);
  expect(upstream.retryIn).toBe(COOLDOWN);
});

test('stays closed while no more than the rate fail, however long', () => {
  for (let i = 0; i < 50; i++) call(well, down);
  expect(states).toEqual([]);
});

test('a refusal shows that it is there, and what never left us shows nothing', () => {
  for (let i = 0; i < 20; i++) call(refused, unset, unset, unset);
  expect(states).toEqual([]);
});

test('an answer to a check shows that it is there, and a check without one that it ails', () => {
  for (let i = 0; i < 20; i++) admit('check').end(down);
  expect(states).toEqual([]);
  for (let i = 0; i < 20; i++) admit('check').end(silent);
  expect(states).toEqual(['open']);
});

test('after the cooldown one call runs; if it fails, none for twice as long, up to the most', () => {
  call(down, down);
  const pauses: (number | null)[] = [];
  for (let i = 0; i < 3; i++) {
    clock.advance(COOLDOWN * 4);
    expect(upstream.state).toBe('half_open');
    const probe = admit();
    expect(upstream.admits).toBe(false);
    probe.end(down);
    pauses.push(upstream.retryIn);
  }
  expect(pauses).toEqual([2000, 3000, 3000]);
});

test('a probe that never left us is followed by another', () => {
  call(down, down);
  clock.advance(COOLDOWN);
  freed = 0;
  call(unset);
  expect(upstream).toMatchObject({ state: 'half_open', admits: true });
  expect(freed).toBe(1);
});

test('comes back a few calls at a time, until its effects have all they ask for', () => {
  call(down, down);
  clock.advance(COOLDOWN);
  const running = [admit()];
  const most: number[] = [];
  for (let i = 0; i < 3; i++) {
    running.shift()?.end(well);
    while (upstream.admits && running.length < 100) running.push(admit());
    most.push(running.length);
  }
  expect(most).toEqual([2, 3, 100]);
  for (const admission of running) admission.end(null);
  expect(states).toEqual(['open', 'half_open', 'recovering', 'closed']);
  call(down, down, down);
  expect(upstream.retryIn).toBe(COOLDOWN);
});

test('is closed as soon as nothing waits any more', () => {
  call(down, down);
  clock.advance(COOLDOWN);
  call(well);
  expect(upstream.state).toBe('recovering');
  call(well);
  expect(upstream.state).toBe('closed');
});

test('opens again when it fails while it comes back', () => {
  call(down, down);
  clock.advance(COOLDOWN);
  call(well, down, down);
  expect(upstream.state).toBe('open');
});

test('what began before it opened counts for nothing afterwards', () => {
  const late = [admit(), admit(), admit()];
  call(down, down);
  clock.advance(COOLDOWN);
  late[0]?.end(well);
  expect(upstream.state).toBe('half_open');
  late[1]?.end(down);
  expect(upstream.state).toBe('half_open');
  const probe = admit();
  late[2]?.end(null);
  expect(upstream.admits).toBe(false);
  probe.end(well);
  expect(upstream.state).toBe('recovering');
});

test('a target that says when to come back is asked no sooner', () => {
  call(down, { ...down, retryAfter: 2500 });
  expect(upstream.retryIn).toBe(2500);
  clock.advance(2500);
  call({ ...down, retryAfter: 60_000 });
  expect(upstream.retryIn).toBe(60_000);
});
