import type { Json } from '@holdfast/core';
import { EMPTY_DECISION, MAX_ITEMS_PER_DECISION } from '@holdfast/core';
import { describe, expect, test } from 'vitest';
import { checkDecision } from './decision-check.ts';
import { Nonsense } from './field-reader.ts';

test('fills in what is left out', () => {
  expect(checkDecision({})).toEqual(EMPTY_DECISION);
  expect(checkDecision({ waits: [{ step: 'w', name: 'w' }] }).waits).toEqual([
    { step: 'w', name: 'w', definition: null, expiresAt: null },
  ]);
});

test('keeps a decision with everything in it', () => {
  const full: Json = {
    items: [
      { step: 'charge', effect: 'payment.charge', input: { amount: 1 } },
      { step: 'undo/charge', effect: 'payment.refund', input: null, undoes: 'charge' },
    ],
    schedules: [{ name: 'sleep/1', dueAt: 1_700_000_000_000_000 }],
    cancelSchedules: ['sleep/0'],
    waits: [{ step: 'ready', name: 'kitchen.ready', definition: 'Ready', expiresAt: 5 }],
    closeWaits: ['other'],
    children: [{ step: 'child', saga: 'parcel', key: 'p1', input: [] }],
    cancelChildren: [{ step: 'child0', saga: 'parcel', key: 'p0' }],
    publishes: [
      { step: 'say', type: 'order.done', subject: 's', data: false },
      { step: 'say2', type: 'order.done', data: 0 },
    ],
    logs: [
      { level: 'info', message: 'm', data: { a: [1] } },
      { level: 'error', message: '' },
    ],
    search: { customer: 'ada:1', 'a.b-c_d': 'x'.repeat(256) },
    status: 'compensating',
    undo: [{ step: 'charge', effect: 'payment.charge', state: 'undoing', doubtful: true }],
    failure: { code: 'effect', message: 'declined', step: 'charge' },
    blocked: { code: 'undo', message: 'refund failed' },
    ending: { as: 'compensated', error: { code: 'undo', message: 'x' } },
    ignored: false,
  };
  expect(checkDecision(full)).toEqual(full);
  for (const ending of [
    { as: 'completed', result: null },
    { as: 'continued', input: { n: 1 } },
    { as: 'cancelled', error: { code: 'cancel', message: '' } },
  ]) {
    expect(checkDecision({ ending }).ending).toEqual(ending);
  }
});

const item = (step: string): Json => ({ step, effect: 'e', input: 1 });

describe('names what is wrong', () => {
  test.each<[Json, string]>([
    [null, 'decision: expected an object, got null'],
    [[], 'decision: expected an object, got a list'],
    ['x', 'decision: expected an object, got "x"'],
    [{ item: [] }, 'item: is not a field'],
    [{ ['__proto__']: 1 }, '__proto__: is not a field'],
    [{ search: null }, 'search: expected an object, got null'],
    [{ search: ['customer'] }, 'search: expected an object, got a list'],
    [{ search: { customer: 1 } }, 'search.customer: expected a string, got 1'],
    [{ search: { customer: '' } }, 'search.customer: is empty'],
    [{ search: { customer: 'x'.repeat(257) } }, 'search.customer: is longer than 256'],
    [{ search: { customer: '\ud800' } }, 'search.customer: holds half of a surrogate pair'],
    [{ search: { 'a:b': 'x' } }, 'search.a:b: is not a name of a search field'],
    [
      { search: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, 'x'])) },
      'search: has 17 fields, more than 16',
    ],
    [{ items: {} }, 'items: expected a list, got an object'],
    [{ items: null }, 'items: expected a list, got null'],
    [{ items: [1] }, 'items[0]: expected an object, got 1'],
    [{ items: [item('a'), { step: 'b', effect: 'e' }] }, 'items[1].input: is missing'],
    [{ items: [{ step: 1, effect: 'e', input: 1 }] }, 'items[0].step: expected a string, got 1'],
    [{ items: [{ step: '', effect: 'e', input: 1 }] }, 'items[0].step: is empty'],
    [
      { items: [{ step: 'x'.repeat(513), effect: 'e', input: 1 }] },
      'items[0].step: is longer than 512',
    ],
    [
      { items: [{ step: '\ud800', effect: 'e', input: 1 }] },
      'items[0].step: holds half of a surrogate pair',
    ],
    [{ items: [{ step: 'a', input: 1 }] }, 'items[0].effect: is missing'],
    [
      { items: [{ step: 'a', effect: 'e', input: 1, undoes: null }] },
      'items[0].undoes: expected a string, got null',
    ],
    [
      { items: [{ step: 'a', effect: 'e', input: 1, retries: 3 }] },
      'items[0].retries: is not a field',
    ],
    [{ items: [item('a'), item('b'), item('a')] }, 'items[2].step: "a" is there twice'],
    [
      { items: [item('a')], waits: [{ step: 'a', name: 'w' }] },
      'waits[0].step: "a" is there twice',
    ],
    [
      { items: [item('a')], publishes: [{ step: 'a', type: 't', data: 1 }] },
      'publishes[0].step: "a" is there twice',
    ],
    [
      { schedules: [{ name: 's', dueAt: 1.5 }] },
      'schedules[0].dueAt: expected a time in whole microseconds, got 1.5',
    ],
    [{ schedules: [{ name: 's', dueAt: -1 }] }, 'schedules[0].dueAt: expected a time'],
    [{ schedules: [{ name: 's', dueAt: '1' }] }, 'schedules[0].dueAt: expected a time'],
    [{ schedules: [{ name: 's', dueAt: 2 ** 53 }] }, 'schedules[0].dueAt: expected a time'],
    [
      {
        schedules: [
          { name: 's', dueAt: 1 },
          { name: 's', dueAt: 2 },
        ],
      },
      'schedules[1].name: "s" is there twice',
    ],
    [
      { schedules: [{ name: 'wait:w', dueAt: 1 }] },
      'schedules[0].name: "wait:w" is the timer of a wait',
    ],
    [{ cancelSchedules: [1] }, 'cancelSchedules[0]: expected a name, got 1'],
    [{ closeWaits: 'w' }, 'closeWaits: expected a list, got "w"'],
    [{ waits: [{ step: 'a', name: 'w', expiresAt: true }] }, 'waits[0].expiresAt: expected a time'],
    [
      { waits: [{ step: 'a', name: 'w', definition: 1 }] },
      'waits[0].definition: expected a string',
    ],
    [
      {
        waits: [
          { step: 'a', name: 'w' },
          { step: 'b', name: 'w' },
        ],
      },
      'waits[1].name: "w" is there twice',
    ],
    [{ children: [{ step: 'a', saga: 's', key: 'k' }] }, 'children[0].input: is missing'],
    [{ cancelChildren: [{ step: 'a', saga: 's' }] }, 'cancelChildren[0].key: is missing'],
    [
      { publishes: [{ step: 'a', type: 't', data: 1, subject: 1 }] },
      'publishes[0].subject: expected a string',
    ],
    [
      { logs: [{ level: 'loud', message: 'm' }] },
      'logs[0].level: expected one of debug, info, warn, error, got "loud"',
    ],
    [
      { status: 'completed' },
      'status: expected one of running, waiting, compensating, got "completed"',
    ],
    [
      { undo: [{ step: 'a', effect: 'e', state: 'armed', doubtful: 0 }] },
      'undo[0].doubtful: expected true or false',
    ],
    [{ failure: 'no' }, 'failure: expected an object, got "no"'],
    [{ failure: { code: 'x' } }, 'failure.message: is missing'],
    [
      { ending: { as: 'failed' } },
      'ending.as: expected one of completed, compensated, cancelled, continued',
    ],
    [{ ending: { as: 'completed' } }, 'ending.result: is missing'],
    [{ ending: { as: 'completed', result: 1, error: 2 } }, 'ending.error: is not a field'],
    [
      { ending: { as: 'cancelled', error: { code: 1, message: '' } } },
      'ending.error.code: expected a string',
    ],
    [{ ignored: 'yes' }, 'ignored: expected true or false, got "yes"'],
  ])('%j', (json, message) => {
    expect(() => checkDecision(json)).toThrow(Nonsense);
    expect(() => checkDecision(json)).toThrow(message);
  });
});

test('counts what is asked for together', () => {
  const items = Array.from({ length: MAX_ITEMS_PER_DECISION }, (_, at) => item(`s${at}`));
  expect(checkDecision({ items }).items).toHaveLength(MAX_ITEMS_PER_DECISION);
  expect(() => checkDecision({ items, schedules: [{ name: 's', dueAt: 1 }] })).toThrow(
    'together 257, more than 256',
  );
});
