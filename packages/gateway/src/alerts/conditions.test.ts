import { expect, test } from 'vitest';
import { AlertBook } from './alert-book.ts';
import type { AlertFacts } from './alert-facts.ts';
import { conditionsOf } from './conditions.ts';
import {
  alertFacts,
  alertSettings,
  LIMITS,
  needGroup,
  NOW,
  SECOND,
} from './testing/alert-fixtures.ts';

const found = (over: Partial<AlertFacts>, open: readonly string[] = []) =>
  conditionsOf(alertFacts(over), LIMITS, (key) => open.includes(key)).conditions;
const engine = { noRoom: false, draining: false, upstreams: [], clockHeld: null };
const breaker = (state: 'closed' | 'open' | 'half_open' | 'recovering') => ({
  engine: {
    ...engine,
    upstreams: [{ app: 'shop', upstream: 'bank', state, retryIn: null, effects: ['charge'] }],
  },
});
const bridge = (state: 'connected' | 'waiting' | 'stopped') => ({
  bridges: [{ name: 'home', tenant: 'flat', state, since: NOW, error: 'refused' }],
});

test('where all is well nothing needs a person', () => {
  const found = conditionsOf(alertFacts(), LIMITS, () => false);
  expect(found.conditions).toEqual([]);
  expect(found.known.size).toBe(8);
});

test.each([
  ['blocked', 'critical', '3 instances of order are blocked'],
  ['doubtful', 'critical', '3 calls of charge are in doubt'],
  ['quarantine', 'warning', '3 entries in quarantine: program.failed'],
] as const)(
  '%s: what, where, since when, how many, what next, and where to look',
  (kind, severity, title) => {
    const group = needGroup({ kind, tenant: 'shop', count: 3, effect: 'charge' });
    const [one] = found({ needs: { groups: [group], nextDueAt: null } });
    expect(one).toMatchObject({
      kind,
      severity,
      title,
      tenant: 'shop',
      count: 3,
      message: 'no price',
      since: group.since,
      path: `/needs-you?group=${group.id}`,
      about: { saga: 'order', effect: 'charge', release: group.release, code: 'program.failed' },
    });
    expect(one?.next).toContain('holdfast ');
  },
);

test('one cause keeps its key while its count, words and time change, and shares it with no other', () => {
  const keyOf = (over: Parameters<typeof needGroup>[0] = {}) =>
    found({ needs: { groups: [needGroup(over)], nextDueAt: null } })[0]?.key;
  const key = keyOf();
  expect(keyOf({ count: 9, message: 'other', since: NOW })).toBe(key);
  const others = [
    keyOf({ kind: 'quarantine' }),
    keyOf({ tenant: 'north' }),
    keyOf({ saga: 'parcel' }),
    keyOf({ release: 'b'.repeat(64) }),
    keyOf({ code: 'program.gas' }),
    keyOf({ effect: 'charge' }),
  ];
  expect(new Set([key, ...others]).size).toBe(7);
});

test('a breaker is told of from open to closed, not when it only tries', () => {
  expect(found(breaker('closed'))).toEqual([]);
  expect(found(breaker('half_open'))).toEqual([]);
  const [open] = found(breaker('open'));
  expect(open).toMatchObject({
    kind: 'breaker',
    title: 'upstream bank is not called',
    tenant: null,
  });
  const keys = [open?.key ?? ''];
  expect(found(breaker('half_open'), keys)).toHaveLength(1);
  expect(found(breaker('recovering'), keys)).toHaveLength(1);
  expect(found(breaker('closed'), keys)).toEqual([]);
});

test('room on the disk: low below the limit, enough only well above it, none is critical', () => {
  expect(found({ diskFree: 1000 })).toEqual([]);
  expect(found({ diskFree: 999 })).toMatchObject([{ key: 'disk', severity: 'warning' }]);
  expect(found({ diskFree: 1200 }, ['disk'])).toHaveLength(1);
  expect(found({ diskFree: 1250 }, ['disk'])).toEqual([]);
  expect(found({ diskFree: 5000, engine: { ...engine, noRoom: true } })).toMatchObject([
    { key: 'disk', severity: 'critical' },
  ]);
});

test('schedules that are late, and a clock that has leapt instead', () => {
  const needs = { groups: [], nextDueAt: NOW - 61 * SECOND * 1000 };
  expect(found({ needs: { groups: [], nextDueAt: NOW - 59 * SECOND * 1000 } })).toEqual([]);
  expect(found({ needs })).toMatchObject([
    { key: 'schedules/late', title: 'schedules are 1 min late', since: needs.nextDueAt },
  ]);
  const clockHeld = { jump: 3 * 3600 * SECOND, since: NOW - 5, recorded: NOW, due: 4 };
  expect(found({ needs, engine: { ...engine, clockHeld } })).toMatchObject([
    { key: 'schedules/clock', severity: 'critical', title: 'the clock has leapt forward by 3 h' },
  ]);
});

test('a saga that lags: from the limit on, until it is down to half of it', () => {
  const lag = (pending: number) => ({ lag: [{ saga: 'order', tenant: 'shop', pending }] });
  expect(found(lag(99))).toEqual([]);
  const [one] = found(lag(100));
  expect(one).toMatchObject({ kind: 'lag', tenant: 'shop', count: 100, after: LIMITS.sagaLagFor });
  const keys = [one?.key ?? ''];
  expect(found(lag(50), keys)).toHaveLength(1);
  expect(found(lag(49), keys)).toEqual([]);
});

test('a bridge counts once it has been away for long, however often it was tried meanwhile', () => {
  expect(found(bridge('connected'))).toEqual([]);
  expect(found(bridge('stopped'))).toEqual([]);
  const book = new AlertBook();
  const look = (state: 'connected' | 'waiting', after: number): number => {
    const at = NOW + after * SECOND * 1000;
    book.observe(conditionsOf(alertFacts({ at, ...bridge(state) }), LIMITS, book.isOpen), at);
    return book.due(alertSettings({ window: 0 }), at).length;
  };
  expect([look('waiting', 0), look('waiting', 59)]).toEqual([0, 0]);
  expect([look('connected', 59.5), look('waiting', 60), look('waiting', 119)]).toEqual([0, 0, 0]);
  expect(look('waiting', 120)).toBe(1);
  expect(book.open[0]).toMatchObject({
    since: NOW + 60 * SECOND * 1000,
    condition: { kind: 'bridge', tenant: 'flat', message: 'refused' },
  });
});

test('of one that drains, or does not answer, nothing is concluded', () => {
  const needs = { groups: [], nextDueAt: 1 };
  const drained = { ...breaker('open').engine, draining: true };
  expect(found({ needs, engine: drained })).toEqual([]);
  const of = (over: Partial<AlertFacts>) => [
    ...conditionsOf(alertFacts(over), LIMITS, () => false).known,
  ];
  expect(of({ engine: drained })).toEqual(['blocked', 'doubtful', 'quarantine', 'disk', 'bridge']);
  expect(of({ needs: null })).toEqual(['breaker', 'disk', 'bridge', 'lag']);
  expect(of({ engine: null })).toEqual(['blocked', 'doubtful', 'quarantine', 'bridge']);
  expect(of({ diskFree: null, lag: null })).not.toContain('disk');
});
