import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '@holdfast/core';
import {
  draftOf,
  emptyDraft,
  faultsAt,
  readDraft,
  shownPointers,
  withItem,
} from './field-drafts.ts';
import type { Draft } from './field-drafts.ts';
import { plainComplaint, plainLabel } from './labels.ts';
import { fieldOf } from './schema-fields.ts';
import type { Field } from './schema-fields.ts';

/** As a release build writes zod schemas out. */
function fieldOfZod(type: z.ZodType): Field {
  return fieldOf(z.toJSONSchema(type, { io: 'input' }));
}

const order = z.object({
  orderId: z.string().min(1),
  customer: z.string(),
  items: z.array(z.object({ sku: z.string(), qty: z.number().int().positive() })).min(1),
  amount: z.number().nonnegative(),
  note: z.string().max(500).optional(),
  gift: z.boolean().optional(),
  size: z.enum(['small', 'large']).nullable(),
});

test('an order has a field for each of its parts', () => {
  const field = fieldOfZod(order);
  expect(
    field.kind === 'group' && field.members.map((m) => [m.name, m.field.kind, m.required]),
  ).toEqual([
    ['orderId', 'text', true],
    ['customer', 'text', true],
    ['items', 'list', true],
    ['amount', 'number', true],
    ['note', 'text', false],
    ['gift', 'flag', false],
    ['size', 'choice', true],
  ]);
});

test.each<[string, Json]>([
  [
    'all of it',
    {
      orderId: 'o-1',
      customer: '',
      items: [
        { sku: 'soup', qty: 2 },
        { sku: 'bread', qty: 1 },
      ],
      amount: 12.5,
      note: 'no salt',
      gift: false,
      size: 'large',
    },
  ],
  ['only what is needed', { orderId: 'o-1', customer: 'Ada', items: [], amount: 0, size: null }],
])('a value goes into the form and comes out as it was: %s', (_, value) => {
  const field = fieldOfZod(order);
  const draft = draftOf(field, value);
  if (draft === null) throw new Error('the form has no place for it');
  expect(readDraft(field, draft)).toEqual({ value, faults: [] });
});

test('what the form has no place for is left to raw JSON', () => {
  const field = fieldOfZod(order);
  expect(draftOf(field, { orderId: 'o-1', tip: 3 })).toBeNull();
  expect(
    draftOf(field, { orderId: 7, customer: 'Ada', items: [], amount: 1, size: null }),
  ).toBeNull();
  expect(draftOf(field, 'text')).toBeNull();
});

test('an empty form begins with the items that are needed, and says which numbers are missing', () => {
  const field = fieldOfZod(order);
  const { value, faults } = readDraft(field, emptyDraft(field));
  expect(value).toEqual({ orderId: '', customer: '', items: [{ sku: '' }], size: null });
  expect(faults).toEqual([
    { at: '/items/0/qty', message: 'a number is needed' },
    { at: '/amount', message: 'a number is needed' },
  ]);
});

test.each([
  ['12', 12],
  ['-3.5', -3.5],
  ['2,5', 2.5],
  [' 7 ', 7],
])('a number may be typed as %j', (text, value) => {
  const field = fieldOfZod(z.number());
  expect(readDraft(field, { kind: 'text', text })).toEqual({ value, faults: [] });
});

test.each(['-', 'ten', '1.2.3', 'Infinity'])('%j is no number', (text) => {
  const field = fieldOfZod(z.number());
  expect(readDraft(field, { kind: 'text', text }).faults).toEqual([
    { at: '', message: 'is no number' },
  ]);
});

test('what need not be said and is not said is left out', () => {
  const field = fieldOfZod(
    z.object({
      shelf: z.string().optional(),
      rank: z.number().optional(),
      warm: z.boolean().optional(),
      by: z.object({ name: z.string() }).optional(),
      tags: z.array(z.string()).optional(),
      extra: z.record(z.string(), z.string()).optional(),
    }),
  );
  expect(readDraft(field, emptyDraft(field))).toEqual({ value: {}, faults: [] });
});

test('a yes or no that is needed is unanswered until somebody answers it', () => {
  const field = fieldOfZod(z.object({ salt: z.boolean(), hot: z.boolean().nullable() }));
  const empty = emptyDraft(field);
  expect(readDraft(field, empty).faults).toEqual([{ at: '/salt', message: 'say yes or no' }]);
  if (empty.kind !== 'group') throw new Error('an object is a group of fields');
  const said = { ...empty, members: { ...empty.members, salt: { kind: 'flag', value: false } } };
  expect(readDraft(field, said as Draft)).toEqual({
    value: { salt: false, hot: null },
    faults: [],
  });
});

test('a union of objects is a choice of shapes, named by what tells them apart', () => {
  const type = z.discriminatedUnion('how', [
    z.object({ how: z.literal('card'), number: z.string() }),
    z.object({ how: z.literal('cash') }),
  ]);
  const field = fieldOfZod(type);
  expect(field.kind === 'variants' && field.variants.map(({ name }) => name)).toEqual([
    'how: card',
    'how: cash',
  ]);
  const draft = draftOf(field, { how: 'cash' });
  expect(draft?.kind === 'variants' && draft.chosen).toBe(1);
  expect(draft !== null && readDraft(field, draft).value).toEqual({ how: 'cash' });
  expect(readDraft(field, emptyDraft(field)).value).toEqual({ how: 'card', number: '' });
});

test.each<[string, unknown]>([
  ['no schema', null],
  ['anything', {}],
  ['a map', { type: 'object', additionalProperties: { type: 'string' } }],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }] }],
  ['an intersection', { allOf: [{ type: 'object' }, { type: 'object' }] }],
  ['a reference to elsewhere', { $ref: 'https://example.com/schema.json' }],
  ['a reference to nothing', { $ref: '#/$defs/none' }],
])('%s is raw JSON', (_, schema) => {
  expect(fieldOf(schema).kind).toBe('json');
});

test('a schema that holds itself ends in raw JSON', () => {
  const schema = {
    type: 'object',
    required: ['next'],
    properties: { next: { $ref: '#' } },
  };
  let field = fieldOf(schema);
  let depth = 0;
  while (field.kind === 'group') {
    const [member] = field.members;
    if (member === undefined) throw new Error('no member');
    field = member.field;
    depth += 1;
  }
  expect(field.kind).toBe('json');
  expect(depth).toBeGreaterThan(2);
});

test('references inside the schema are followed', () => {
  const field = fieldOf({
    type: 'object',
    properties: { to: { $ref: '#/$defs/a~1b' } },
    $defs: { 'a/b': { type: 'integer', minimum: 1 } },
  });
  expect(field.kind === 'group' && field.members[0]?.field).toMatchObject({
    kind: 'number',
    whole: true,
    min: 1,
  });
});

test('defaults of the schema are filled in', () => {
  const field = fieldOfZod(z.object({ size: z.enum(['small', 'large']).default('large') }));
  expect(readDraft(field, emptyDraft(field)).value).toEqual({ size: 'large' });
});

test('a fault of the server stands at its field, or at the nearest that is shown', () => {
  const field = fieldOfZod(order);
  const draft = emptyDraft(field);
  const known = shownPointers(field, draft);
  const faults = [
    { at: '/items/0/qty', message: 'must be > 0' },
    { at: '/items/3/qty', message: 'must be integer' },
    { at: '/elsewhere', message: 'must not be there' },
    { at: '/', message: 'must be object' },
  ];
  const messages = (at: string): string[] =>
    faultsAt(faults, at, known).map(({ message }) => message);
  expect(messages('/items/0/qty')).toEqual(['must be > 0']);
  expect(messages('/items')).toEqual(['must be integer']);
  expect(messages('')).toEqual(['must not be there', 'must be object']);
});

test('an item keeps its name when one before it goes', () => {
  const draft: Draft = { kind: 'text', text: '' };
  const three = withItem(withItem(withItem([], draft), draft), draft);
  const two = three.filter(({ id }) => id !== 1);
  expect(withItem(two, draft).map(({ id }) => id)).toEqual([0, 2, 3]);
});

test.each([
  ['orderId', 'Order id'],
  ['shelf_no', 'Shelf no'],
  ['kitchen.ready', 'Kitchen ready'],
  ['…', '…'],
])('%s reads as %s', (name, label) => {
  expect(plainLabel(name)).toBe(label);
});

test.each([
  ['must be > 0', 'must be more than 0'],
  ['must be integer', 'must be a whole number'],
  ['must NOT have fewer than 1 characters', 'must not be empty'],
  ["must have required property 'shelf'", 'is needed'],
  ['must match format "email"', 'must match format "email"'],
])('%s is said as: %s', (message, plain) => {
  expect(plainComplaint(message)).toBe(plain);
});
