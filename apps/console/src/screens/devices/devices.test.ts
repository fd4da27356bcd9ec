import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { releaseFileSchema } from '@holdfast/core';
import type { Json } from '@holdfast/core';
import { readDeviceSearch } from './device-search.ts';
import { eventCode, sourceLines, yamlText } from './source-lines.ts';
import type { Sample } from './topic-guess.ts';
import {
  extractions,
  filterOf,
  guessLevels,
  guessSource,
  jsonOf,
  matches,
  notForSources,
} from './topic-guess.ts';

test('the lines are what a release file takes', () => {
  const choice = {
    mqtt: 'home/+/door',
    type: 'door.opened',
    id: '/id',
    correlation: '{2}',
    subject: null,
  };
  const lines = sourceLines(choice);
  expect(lines).toBe(
    "sources:\n  - mqtt: home/+/door\n    type: door.opened\n    id: /id\n    correlation: '{2}'\n",
  );
  const file = releaseFileSchema.parse({ app: 'house', ...(parse(lines) as object) });
  expect(file.sources).toEqual([
    { mqtt: 'home/+/door', type: 'door.opened', id: '/id', correlation: '{2}' },
  ]);
});

test.each([
  'home/+/door',
  '+/door',
  '#',
  'a/#',
  '{2}',
  '/id',
  '/a b',
  "it's",
  'yes',
  'null',
  '12',
  '1e3',
  '0x1F',
  '12:30:00',
  '2026-01-31',
  '-',
  '- x',
  'a: b',
  'a #b',
  '&anchor',
  '*',
  '!tag',
  '',
  ' ',
  'two\nlines',
  'tab\there',
  '\u0085',
  'ünï/cödé',
  '~',
  '[x]',
  'x:',
  'a.',
])('%j is itself again after YAML', (text) => {
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(`a: ${yamlText(text)}\n`, { version })).toEqual({ a: text });
  }
});

test('levels in which like topics with like payloads differ are those of the single device', () => {
  const door = { open: true };
  const sample = (topic: string, payload: Json = door): Sample => ({ topic, payload });
  const guessed = (topic: string, others: readonly Sample[]): string =>
    filterOf(topic, guessLevels(sample(topic), others));
  const others: readonly Sample[] = [
    sample('home/hall/door'),
    sample('home/kitchen/light', { on: true }),
    { topic: 'home/kitchen/fan', payload: undefined },
    sample('home/kitchen/door/battery'),
    sample('shop/x/y'),
  ];
  expect(guessed('home/kitchen/door', others)).toBe('home/+/door');
  expect(guessed('home/kitchen/door', [...others, sample('home/kitchen/window')])).toBe('home/+/+');
  expect(guessed('a', [sample('b'), sample('c')])).toBe('a');
});

test.each([
  ['home/+/door', 'home/kitchen/door', true],
  ['home/+/door', 'home/kitchen/door/battery', false],
  ['home/#', 'home', true],
  ['home/#', 'home/kitchen/door', true],
  ['#', '$SYS/uptime', false],
  ['+/uptime', '$SYS/uptime', false],
  ['home/+', 'home/', true],
  ['home/+', 'home', false],
])('%s takes %s: %s', (filter, topic, takes) => {
  expect(matches(filter, topic)).toBe(takes);
});

test('a beginning is guessed from the topic, its neighbours and a message', () => {
  const payload: Json = { id: 'x-17', open: true, battery: { level: 97 } };
  expect(
    guessSource({ topic: 'home/kitchen/door', payload }, [{ topic: 'home/hall/door', payload }]),
  ).toEqual({
    levels: [false, true, false],
    choice: { type: 'door.reported', id: '/id', correlation: '{2}', subject: null },
  });
  expect(guessSource({ topic: 'meter', payload: 12 }, []).choice).toEqual({
    type: 'meter.reported',
    id: null,
    correlation: null,
    subject: null,
  });
});

test('identity may come from levels, texts and numbers, and from nothing else', () => {
  const payload: Json = {
    'a/b': 1,
    ok: true,
    none: null,
    list: [1],
    deep: { er: { id: 'x' } },
    empty: '',
  };
  expect(extractions('home/door', payload)).toEqual([
    { written: '{1}', value: 'home' },
    { written: '{2}', value: 'door' },
    { written: '/a~1b', value: '1' },
    { written: '/deep/er/id', value: 'x' },
  ]);
});

test('the event is defined as wide as the message allows', () => {
  const payload: Json = {
    open: true,
    battery: 97,
    'signal-db': -60,
    tags: ['a'],
    odd: [1, 'a'],
    at: { x: null },
  };
  expect(eventCode('door.opened', payload)).toBe(`export const DoorOpened = event(
  "door.opened",
  z.object({
    open: z.boolean(),
    battery: z.number(),
    "signal-db": z.number(),
    tags: z.array(z.string()),
    odd: z.array(z.unknown()),
    at: z.object({
      x: z.unknown(),
    }),
  }),
);
`);
  expect(eventCode('2nd.door', 1)).toContain('export const Event2ndDoor = event(');
});

test('the topics of the house are no sources', () => {
  expect(notForSources('hf/events/order.placed')).toMatch(/an event already/);
  expect(notForSources('hf/workflow/saga.completed')).not.toBeNull();
  expect(notForSources('home/door')).toBeNull();
});

test('a payload that is cut off or no JSON is none', () => {
  expect(jsonOf({ payload: '{"a":1}', encoding: 'utf8' })).toEqual({ a: 1 });
  expect(jsonOf({ payload: '{"a":', encoding: 'utf8' })).toBeUndefined();
  expect(jsonOf({ payload: 'ON', encoding: 'utf8' })).toBeUndefined();
  expect(jsonOf({ payload: 'AAE=', encoding: 'base64' })).toBeUndefined();
});

test('an address is read as a view', () => {
  expect(readDeviceSearch({ view: 'clients', prefix: 'a', topic: 'x/y', more: '1' })).toEqual({
    view: 'clients',
    prefix: 'a',
    topic: 'x/y',
  });
  expect(readDeviceSearch({ view: 'elsewhere' })).toEqual({});
});
