import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { ERROR_CODES } from '@holdfast/core';
import { apiRoutes, EXAMPLES } from '@holdfast/gateway';
import { HttpHouse } from '../support/http-house.ts';

const house = new HttpHouse();
beforeAll(() => house.start());
afterAll(() => house.stop());

const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string(),
        summary: z.string().min(1),
        security: z.array(z.unknown()),
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })),
        responses: z.record(z.string(), z.looseObject({ description: z.string() })),
      }),
    ),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

const read = async () => documentSchema.parse((await house.ask('GET', '/openapi.json')).body);

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : refsIn(member),
  );
}

test('describes every route, its parameters and whether it needs a key', async () => {
  const document = await read();
  for (const route of apiRoutes(house.deps)) {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.operationId).toBe(route.operation);
    const keyed = [{ key: [] }, { session: [] }];
    expect(operation?.security).toEqual(route.scope === 'open' ? [] : keyed);
    const inPath = operation?.parameters.filter((one) => one.in === 'path').map((one) => one.name);
    expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    const statuses = Object.keys(operation?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining([...Object.keys(route.answers), 'default']));
    for (const code of route.errors) {
      const { status } = ERROR_CODES[code];
      expect(operation?.responses[status]?.description).toContain(`\`${code}\``);
    }
  }
});

test('operation ids are unique', async () => {
  const { paths } = await read();
  const ids = Object.values(paths).flatMap((path) =>
    Object.values(path).map((one) => one.operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('every reference resolves within the document', async () => {
  const document = await read();
  const refs = new Set(refsIn(document));
  expect(refs.size).toBeGreaterThan(20);
  const known = new Set([
    ...Object.keys(document.components.schemas).map((id) => `#/components/schemas/${id}`),
    '#/components/headers/etag',
  ]);
  expect([...refs].filter((ref) => !known.has(ref))).toEqual([]);
});

test('durations are described as the text that is sent, and answers may gain members', async () => {
  const document = await read();
  const wait = document.paths['/v1/sagas/{saga}/{key}']?.['get']?.parameters.find(
    (parameter) => parameter.name === 'wait',
  );
  expect(wait).toMatchObject({ in: 'query', required: false, schema: { type: 'string' } });
  expect(document.components.schemas['Saga']).not.toHaveProperty('additionalProperties');
});

test("Redocly's recommended rules find nothing, not even a warning", async () => {
  const source = (await house.ask('GET', '/openapi.json')).text;
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, config, absoluteRef: '/openapi.json' });
  expect(
    problems.map(({ ruleId, severity, message, location: [place] }) => {
      return `${severity} ${ruleId}: ${message} (${place?.pointer})`;
    }),
  ).toEqual([]);
  // The rules do bite.
  const broken = source.replace('"operationId":"listEvents"', '"operationId":"listSagas"');
  expect(broken).not.toBe(source);
  const found = await lintFromString({ source: broken, config, absoluteRef: '/openapi.json' });
  expect(found.map(({ ruleId }) => ruleId)).toContain('operation-operationId-unique');
});

test('every chapter is described', async () => {
  const document = z
    .looseObject({ tags: z.array(z.object({ name: z.string(), description: z.string().min(10) })) })
    .parse((await house.ask('GET', '/openapi.json')).body);
  const { paths } = await read();
  const used = Object.values(paths).flatMap((path) =>
    Object.values(path).flatMap((one) => z.array(z.string()).parse(one['tags'])),
  );
  expect(document.tags.map(({ name }) => name).toSorted()).toEqual([...new Set(used)].toSorted());
});

describe('examples', () => {
  const routes = apiRoutes(house.deps);

  test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'of %s are of the shapes that are described',
    (_name, route) => {
      const example = EXAMPLES[route.operation];
      // It describes itself, and a stream never ends.
      if (['openapi', 'tailEvents', 'followChanges'].includes(route.operation)) {
        expect(example).toBeUndefined();
        return;
      }
      expect(example, 'run `npm run examples`').toBeDefined();
      for (const [status, answer] of Object.entries(example?.answers ?? {})) {
        const shape = route.answers[Number(status)];
        expect(shape).toBeInstanceOf(z.ZodType);
        if (shape instanceof z.ZodType) expect(shape.safeParse(answer).error).toBeUndefined();
      }
      const [taken] = Object.values(route.body?.content ?? {});
      if (taken instanceof z.ZodType && example?.body !== undefined)
        expect(taken.safeParse(example.body).error).toBeUndefined();
      if (route.body?.required === true) expect(example?.body).toBeDefined();
    },
  );

  test('nearly every answer has one', () => {
    const isJson = (route: (typeof routes)[number]): boolean =>
      Object.values(route.answers).some((shape) => shape instanceof z.ZodType);
    const without = routes
      .filter(
        (route) =>
          isJson(route) && Object.keys(EXAMPLES[route.operation]?.answers ?? {}).length === 0,
      )
      .map(({ operation }) => operation);
    // They need what a sample call cannot bring about: see every-route.test.ts.
    expect(without.toSorted()).toEqual(['completeCommand', 'confirmClock', 'openapi']);
  });
});
