import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  command,
  Done,
  effect,
  event,
  NotDone,
  reducer,
  Refused,
  saga,
  sleep,
  wait,
} from '../index.ts';
import { describeRelease } from '../release/describe.ts';
import { effectTable } from '../release/effect-table.ts';
import type { EffectContext } from './sources.ts';

const Placed = event('order.placed', z.object({ n: z.number() }));

/** For settings that the types would refuse. */
function loose(settings: object, run?: unknown): () => unknown {
  return () => effect('loose', settings as never, run as never);
}

describe('a definition that cannot work is refused at once, naming the fix', () => {
  test.each<[string, () => unknown, string]>([
    [
      'retry without a window',
      loose({ inDoubt: 'retry' }),
      'effect "loose": inDoubt: "retry" needs idempotency.window',
    ],
    ['check without a check', loose({ inDoubt: 'check' }), '"check" needs a `check`'],
    ['an unknown setting', loose({ retires: 3 }), 'Unrecognized key: "retires"'],
    ['no duration', loose({ timeout: '5 sec' }), 'timeout: not a duration: "5 sec"'],
    ['no function', loose({}, 'fetch'), 'its third argument must be a function'],
    ['a command to nobody', () => command('c', {} as never), 'command "c": gateway: names the'],
    [
      'a command with a function',
      () => command('c', { gateway: 'erp', check: () => undefined } as never),
      'command "c": Unrecognized key: "check"',
    ],
    [
      'a name with a space',
      () => effect('two words', {}),
      'effect "two words": a name starts with a letter',
    ],
    ['an empty event type', () => event(''), 'event: its type must not be empty'],
    ['a wait of no name', () => wait('1st'), 'wait "1st"'],
    [
      'tries out of range',
      () =>
        saga('s', { on: Placed, tries: 11 }, function* () {
          yield* sleep(1);
        }),
      'saga "s": tries',
    ],
    [
      'a misspelt option',
      () =>
        saga('s', { on: Placed, pinn: 'always' } as never, function* () {
          yield* sleep(1);
        }),
      'Unrecognized key: "pinn"',
    ],
    [
      'no body',
      () => saga('s', { on: Placed }, undefined as never),
      'its third argument must be a generator function',
    ],
    [
      'no schema',
      () => reducer('r', { on: {}, state: {} as never, initial: {} as never, handlers: {} }),
      'state: must be a zod schema',
    ],
    [
      'a start that is no event',
      () =>
        reducer('r', {
          on: {},
          starts: ['x' as never],
          state: z.object({}),
          initial: {},
          handlers: {},
        }),
      'starts: x is not in `on`',
    ],
    [
      'a timer that is named as the timeout of a wait is',
      () =>
        reducer('r', {
          on: {},
          state: z.object({}),
          initial: {},
          handlers: {},
          timers: { 'wait:x': () => undefined },
        }),
      'timers: wait:x is named as the timeout of a wait is',
    ],
  ])('%s', (_what, define, message) => {
    expect(define).toThrow(TypeError);
    expect(define).toThrow(message);
  });
});

describe('describeRelease', () => {
  test('names every definition, sorted, with JSON Schema of what goes in', () => {
    const described = saga(
      'described',
      { on: [Placed, event('order.moved')], pin: 'always' },
      function* () {
        yield* sleep(1);
      },
    );
    effect(
      'described.act',
      { input: z.object({ a: z.string().default('x') }), secrets: ['KEY'], timeout: '2s' },
      () => 1,
    );
    wait('described.wait', z.object({ on: z.date() }), { title: 'T' });
    const { sagas, effects, waits, events, faults, sdk } = describeRelease({ renamed: described });
    expect(sdk).toMatch(/^\d+\.\d+\.\d+$/);
    expect(sagas.find(({ name }) => name === 'described')).toMatchObject({
      style: 'generator',
      on: ['order.placed', 'order.moved'],
      starts: ['order.placed', 'order.moved'],
      pin: 'always',
      restart: 'refuse',
      tries: 1,
      exportName: 'renamed',
    });
    expect(effects.find(({ name }) => name === 'described.act')).toEqual({
      name: 'described.act',
      options: { timeout: '2s' },
      hasFunction: true,
      hasCheck: false,
      secrets: ['KEY'],
      input: { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
    });
    expect(waits.find(({ name }) => name === 'described.wait')).toEqual({
      name: 'described.wait',
      title: 'T',
    });
    expect(events.map(({ type }) => type)).toEqual(events.map(({ type }) => type).toSorted());
    expect(faults).toEqual([
      expect.stringMatching(/^wait described\.wait: the schema says what JSON Schema cannot/),
    ]);
  });
});

describe('effectTable', () => {
  const context = {} as EffectContext;

  test('has the functions; check gives the output or throws what it answered', async () => {
    const answers: unknown[] = [];
    effect(
      'tabled',
      { output: z.number(), inDoubt: 'check', check: () => answers.shift() as never },
      (input) => Number(input) + 1,
    );
    effect('untabled', { provider: 'echo' });
    const table = effectTable();
    expect(table['untabled']).toBeUndefined();
    const entry = table['tabled'];
    expect(entry?.run(1, context)).toBe(2);
    answers.push(Done(7), NotDone, new NotDone('later', { retryAfter: 5 }), 7, undefined);
    expect(await entry?.check?.(1, context)).toBe(7);
    await expect(entry?.check?.(1, context)).rejects.toBeInstanceOf(NotDone);
    await expect(entry?.check?.(1, context)).rejects.toMatchObject({
      name: 'NotDone',
      retryAfter: 5,
    });
    await expect(entry?.check?.(1, context)).rejects.toThrow(
      '`check` must answer Done(output) or NotDone',
    );
    await expect(entry?.check?.(1, context)).rejects.toThrow('`check` must answer');
    expect(new Refused('card.declined')).toMatchObject({
      name: 'Refused',
      code: 'card.declined',
      message: 'card.declined',
    });
  });
});

test('a command is described as an effect of its gateway, and has no function', () => {
  const book = command('invoice.book', {
    gateway: 'erp',
    command: 'book',
    input: z.object({ id: z.string() }),
    timeout: '5s',
  });
  expect(book({ id: 'i-1' }).request).toMatchObject({ kind: 'effect', name: 'invoice.book' });
  const described = describeRelease({}).effects.find(({ name }) => name === 'invoice.book');
  expect(described).toMatchObject({
    options: { provider: { kind: 'gateway', gateway: 'erp', command: 'book' }, timeout: '5s' },
    hasFunction: false,
    secrets: [],
    input: { type: 'object' },
  });
  expect(effectTable()).not.toHaveProperty(['invoice.book']);
});
