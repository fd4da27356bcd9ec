import { expect, test } from 'vitest';
import {
  curlOf,
  grouped,
  hasInside,
  insideOf,
  isLike,
  operationsOf,
  typeLine,
} from './openapi-model.ts';
import type { Description, Schema } from './openapi-model.ts';

const DESCRIPTION: Description = {
  info: { title: 'Holdfast', version: '1' },
  paths: {
    '/health': {
      get: { operationId: 'health', tags: ['server'], summary: 'Is it well?', security: [] },
    },
    '/v1/sagas/{saga}/cancel': {
      post: {
        operationId: 'cancelSaga',
        tags: ['sagas'],
        summary: 'Stop one.',
        security: [{ key: [] }],
        'x-scope': 'operate',
        requestBody: { content: { 'application/json': { example: { reason: "it's late" } } } },
      },
    },
  },
  components: {
    schemas: {
      Wait: {
        type: 'object',
        properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Wait' } },
        required: ['name'],
      },
    },
  },
};

test('operations, in groups, with the scope that they need', () => {
  const operations = operationsOf(DESCRIPTION);
  expect(operations.map(({ id, method, scope }) => [id, method, scope])).toEqual([
    ['health', 'GET', null],
    ['cancelSaga', 'POST', 'operate'],
  ]);
  expect([...grouped(operations).keys()]).toEqual(['server', 'sagas']);
  expect(operations.filter((one) => isLike(one, 'post CANCEL')).map(({ id }) => id)).toEqual([
    'cancelSaga',
  ]);
});

test.each([
  [{ type: 'string', maxLength: 10, format: 'uuid' }, 'string, uuid, at most 10 characters'],
  [{ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }, 'integer'],
  [{ type: 'array', items: { $ref: '#/components/schemas/Wait' } }, 'array of Wait'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
  [{ type: ['string', 'null'] }, 'string or null'],
  [{ enum: ['a', 'b'] }, '"a" or "b"'],
  [{ const: 'cron' }, '"cron"'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, 'object of integer'],
  [{ $ref: '#/components/schemas/Gone' }, 'Gone'],
  [{}, 'anything'],
])('%j reads as %s', (schema, line) => {
  expect(typeLine(schema, DESCRIPTION)).toBe(line);
});

test('a schema that holds itself opens one level at a time', () => {
  const { fields } = insideOf({ $ref: '#/components/schemas/Wait' }, DESCRIPTION);
  expect(fields.map(({ name, required }) => [name, required])).toEqual([
    ['name', true],
    ['next', false],
  ]);
});

test('any JSON, which holds itself in every way, is read to its end', () => {
  const json = { $ref: '#/components/schemas/Json' };
  const schemas: Record<string, Schema> = {
    Json: { anyOf: [{ type: 'string' }, { type: 'array', items: json }] },
    Maybe: { anyOf: [{ $ref: '#/components/schemas/Maybe' }, { type: 'null' }] },
  };
  const description = { ...DESCRIPTION, components: { schemas } };
  expect(typeLine(json, description)).toBe('string or array of Json');
  expect(insideOf(json, description)).toEqual({ fields: [], alternatives: [] });
  expect(hasInside({ $ref: '#/components/schemas/Maybe' }, description)).toBe(false);
});

test('a call to paste survives a shell', () => {
  const [health, cancel] = operationsOf(DESCRIPTION);
  expect(health && curlOf(health, 'http://h')).toBe('curl http://h/health');
  expect(cancel && curlOf(cancel, 'http://h')).toBe(
    [
      'curl -X POST http://h/v1/sagas/SAGA/cancel',
      '  -H "authorization: Bearer $HOLDFAST_KEY"',
      "  -H 'content-type: application/json'",
      String.raw`  -d '{"reason":"it'\''s late"}'`,
    ].join(' \\\n'),
  );
});
