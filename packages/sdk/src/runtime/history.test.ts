import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  all,
  type AnySaga,
  ctx,
  effect,
  event,
  log,
  publish,
  saga,
  sleep,
  wait,
  waitFor,
} from '../index.ts';
import { Host } from './host.fixture.ts';

const Placed = event('order.placed', z.object({ n: z.number().optional() }));
const Told = event('order.told');
const a = effect('a', {});
const b = effect('b', {});
const Ready = wait('ready');

/** Starts with one version of a saga, goes on with another. */
function switched(before: AnySaga, after: AnySaga, upTo: (host: Host) => unknown): Host {
  const first = new Host(before).start({ n: 1 });
  upTo(first);
  const second = new Host(after);
  second.state = first.state;
  second.now = first.now;
  return second;
}

function fault(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a program that does not follow its history', () => {
  const original = saga('versioned', { on: Placed }, function* () {
    yield* a({ amount: 1, to: 'x' });
    yield* b({});
  });
  const oneStep = (host: Host): unknown => host.succeed('a#1', null);

  test.each<[string, AnySaga, string]>([
    [
      'another step',
      saga('versioned', { on: Placed }, function* () {
        yield* b({});
      }),
      'history has effect a#1 with {"amount":1,"to":"x"} here, and the program now asks for effect b#1 with {}',
    ],
    [
      'another request',
      saga('versioned', { on: Placed }, function* () {
        yield* a({ amount: 2, to: 'x' });
      }),
      'the program now asks for effect a#1 with {"amount":2,"to":"x"}',
    ],
    [
      'a step less',
      saga('versioned', { on: Placed }, function* () {
        yield* a({ amount: 1, to: 'x' });
      }),
      'history has effect b#1 with {} next, which the program does not ask for',
    ],
    [
      'a step more',
      saga('versioned', { on: Placed }, function* () {
        yield* a({ amount: 1, to: 'x' });
        yield* all([b({}), sleep('1s')]);
      }),
      'history has effect b#1 with {} here, and the program now asks for effect all#1/0/b#1',
    ],
  ])('asks for %s: it is named, and nothing is executed', (_name, changed, message) => {
    const host = switched(original, changed, oneStep);
    const { state } = host;
    const error = fault(() => host.succeed('b#1', null));
    expect(error).toMatchObject({ code: 'program.history' });
    expect(String(error)).toContain(message);
    expect(host.state).toBe(state);
    expect(host.decisions).toEqual([]);
  });

  test('the place of the step that differs is in the stack', () => {
    const changed = saga('versioned', { on: Placed }, function* () {
      yield* a({ amount: 3 });
    });
    const error = fault(() => switched(original, changed, oneStep).succeed('b#1', null));
    expect((error as Error).stack).toContain('history.test.ts');
  });

  test('other kinds of step are compared too', () => {
    const kinds = (ms: number, subject: string, timeout: string): AnySaga =>
      saga('versioned', { on: Placed }, function* () {
        yield* publish(Told, { x: 1 }, { subject });
        yield* sleep(ms);
        yield* waitFor('ready', Ready, { timeout });
      });
    const go = (host: Host): unknown => host.fire('sleep#1');
    const original = kinds(5, 's', '1m');
    const check = (changed: AnySaga): unknown =>
      fault(() => switched(original, changed, go).complete('ready#1', null));
    expect(check(kinds(5, 's', '60s'))).toBeUndefined();
    expect(String(check(kinds(6, 's', '1m')))).toContain('history has sleep sleep#1 with 5');
    expect(String(check(kinds(5, 't', '1m')))).toContain('history has publish order.told#1');
    expect(String(check(kinds(5, 's', '2m')))).toContain('history has wait ready#1');
  });

  test('the order of keys, and steps to come, may change', () => {
    const reordered = saga('versioned', { on: Placed }, function* () {
      yield* a({ to: 'x', amount: 1, left: undefined });
      yield* b({});
      yield* a({ more: true });
    });
    const host = switched(original, reordered, oneStep).succeed('b#1', null);
    expect(host.last.items).toMatchObject([{ step: 'a#2', input: { more: true } }]);
  });

  test('randomness where there was none is a mismatch', () => {
    const random = saga('versioned', { on: Placed }, function* () {
      const amount = ctx.random() < 2 ? 1 : 0;
      yield* a({ amount, to: 'x' });
      yield* b({});
    });
    const error = fault(() => switched(original, random, oneStep).succeed('b#1', null));
    expect(error).toMatchObject({ code: 'program.history' });
  });

  test('a state that no saga wrote is refused', () => {
    const host = new Host(original);
    host.state = '{"v":99}';
    expect(() => host.succeed('a#1', null)).toThrow('was not written by a generator saga');
  });
});

describe('what a repeated run sees', () => {
  test('the time and randomness that the first run saw, segment by segment', () => {
    const seen = saga('seen', { on: Placed }, function* (_o, context) {
      const first = [context.now, ctx.uuid(), ctx.random()];
      yield* sleep('1s');
      const second = [ctx.now, ctx.timestamp, context.random()];
      yield* sleep('1s');
      return [...first, ...second, ctx.key, ctx.run, ctx.event.type, ctx.tenant, ctx.saga];
    });
    const host = new Host(seen).start({});
    const from = host.now / 1000;
    host.fire('sleep#1').fire('sleep#2');
    const { ending } = host.last;
    const result = ending?.as === 'completed' ? (ending.result as unknown[]) : [];
    expect(result[0]).toBe(from);
    expect(result[1]).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(result.slice(3, 5)).toEqual([from + 1000, new Date(from + 1000).toISOString()]);
    expect(result.slice(6)).toEqual(['k', 1, 'order.placed', '', 'saga']);
    expect(result[2]).not.toBe(result[5]);
    const state = JSON.parse(host.state ?? '') as {
      arrivals: { s?: string }[];
      start: { s?: string };
    };
    expect([state.start.s, ...state.arrivals.map(({ s }) => s)].map((s) => s?.length)).toEqual([
      32,
      32,
      undefined,
    ]);
  });

  test('ctx.timestamp is what Date would write', () => {
    const stamp = saga('stamp', { on: Placed }, function* () {
      yield* sleep(0);
      return ctx.timestamp;
    });
    for (const text of [
      '1970-01-01T00:00:00.000Z',
      '2000-02-29T23:59:59.999Z',
      '2100-03-01T00:00:00.001Z',
      '2026-12-31T12:00:00.000Z',
    ]) {
      const host = new Host(stamp).start({});
      host.now = Date.parse(text) * 1000 - 1_000_000;
      host.fire('sleep#1');
      expect(host.last.ending).toEqual({ as: 'completed', result: text });
    }
  });

  test('log lines are written once', () => {
    const chatty = saga('chatty', { on: Placed }, function* () {
      log('one', { n: 1 });
      yield* sleep(1);
      log.warn('two');
      yield* sleep(1);
      log.error('three');
      log.debug('four');
    });
    const host = new Host(chatty).start({}).fire('sleep#1').fire('sleep#2');
    expect(host.decisions.map(({ logs }) => logs)).toEqual([
      [{ level: 'info', message: 'one', data: { n: 1 } }],
      [{ level: 'warn', message: 'two' }],
      [
        { level: 'error', message: 'three' },
        { level: 'debug', message: 'four' },
      ],
    ]);
  });

  test('values that the saga was given may be changed by it', () => {
    const Lists = event('lists', z.object({ list: z.array(z.number()) }));
    const sorted = effect('sorted', { output: z.object({ list: z.array(z.number()) }) });
    const mutating = saga('mutating', { on: Lists }, function* (o) {
      o.list.push(9);
      const first = yield* sorted(o);
      first.list.sort((x, y) => x - y);
      first.list.pop();
      const second = yield* b(first);
      yield* sleep(1);
      return [o, first, second];
    });
    const host = new Host(mutating).start({ list: [3] });
    expect(host.last.items).toMatchObject([{ input: { list: [3, 9] } }]);
    host.succeed('sorted#1', { list: [3, 1, 2] });
    expect(host.last.items).toMatchObject([{ input: { list: [1, 2] } }]);
    host.succeed('b#1', null).fire('sleep#1');
    expect(host.last.ending).toEqual({
      as: 'completed',
      result: [{ list: [3, 9] }, { list: [1, 2] }, null],
    });
  });
});

describe('events that answer nothing', () => {
  test('are ignored and change nothing', () => {
    const host = new Host(
      saga('two', { on: Placed }, function* () {
        yield* a({});
        yield* b({});
      }),
    ).start({});
    host.succeed('a#1', null);
    const { state } = host;
    for (const send of [
      () => host.succeed('a#1', null),
      () => host.succeed('nothing#1', null),
      () => host.fire('b#1'),
      () => host.send('event', 'order.placed', null, {}),
      () => host.send('start', 'order.placed', null, {}),
      () => host.redrive(),
    ]) {
      send();
      expect(host.last).toMatchObject({
        ignored: true,
        items: [],
        ending: null,
        status: 'running',
      });
      expect(host.state).toBe(state);
    }
  });
});
