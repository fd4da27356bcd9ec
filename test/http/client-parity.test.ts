/**
 * Nothing that the CLI can do is closed to others: it has only the typed client, and each call of the client is a route
 * of the API's description, with the query parameters that it sends.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiRoutes } from '@holdfast/gateway';
import type { Route } from '@holdfast/gateway';
import { createClient } from '@holdfast/sdk/client';
import { ROOT } from '../support/checkout.ts';
import { HttpHouse } from '../support/http-house.ts';

const routes = apiRoutes(new HttpHouse().deps);
const patterns = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
}

/** What each answer is taken for: a page, an end, nothing more to come. */
const ANSWER = {
  items: [],
  next: null,
  status: 'completed',
  seq: 1,
  id: 'x',
  duplicate: false,
  done: 1,
  refused: [],
  left: 0,
};
const REFUSAL = { type: 'x', title: 'x', status: 403, code: 'auth.scope' };
const asked: Asked[] = [];
const client = createClient({
  url: 'http://127.0.0.1:9',
  key: 'k',
  fetch: async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? 'GET';
    asked.push({ method, path: url.pathname, query: [...url.searchParams.keys()] });
    // A tail comes back by itself, unless it is refused.
    if (/\/(?:stream|changes)$/.test(url.pathname)) return Response.json(REFUSAL, { status: 403 });
    return Response.json(ANSWER);
  },
});

/** Arguments where "x", "x" and an empty filter are not what a call takes. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  publish: [{ type: 'x', id: 'x' }],
  publishBatch: [[{ type: 'x', id: 'x' }]],
  'events.tail': [{ type: 'x' }],
  'events.list': [{ type: 'x', limit: 1 }],
  'events.get': [1],
  'sagas.list': [{ saga: 'x', limit: 1 }],
  'sagas.get': ['x', 'x', { wait: '1s', run: 1 }],
  'sagas.at': ['x', 'x', 1, { run: 1 }],
  'sagas.timeline': ['x', 'x', { run: 1 }],
  'sagas.restart': ['x', 'x', { reason: 'x', dryRun: true }],
  'waits.list': [{ state: 'open' }],
  'waits.complete': [{ token: 'x' }, {}],
  'waits.fail': [{ saga: 'x', key: 'x', name: 'x' }],
  'quarantine.list': [{ state: 'open' }],
  'effects.list': [{ state: 'held' }],
  'reprocess.list': [{ limit: 1 }],
  'audit.list': [{ by: 'x', act: 'x', target: 'x', since: 'x', until: 'x' }],
  'audit.journal.show': ['1s'],
  'schedules.list': [{ kind: 'timer' }],
  'releases.activate': ['x', { wait: '1s' }],
  'releases.rollback': ['x', { wait: '1s' }],
  'releases.rehearse': [{ format: 1, files: {} }, { wait: '1s' }],
  'releases.rehearsal': ['x', { wait: '1s', after: 1, limit: 1 }],
  'workers.records': [{ worker: 'x' }],
  'workers.lease': ['x', { poll: 1, max: 1, wait: '1s' }],
  changes: [],
  'attention.list': ['x', { limit: 1 }],
  'overview.series': [{ minutes: 1 }],
  outbox: [{ state: 'held' }],
  'mqtt.clients': [{ prefix: 'x' }],
  'mqtt.retained': [{ prefix: 'x' }],
  'mqtt.topics': [{ prefix: 'x' }],
};

type Callable = (...args: readonly unknown[]) => unknown;

function callsOf(part: object, prefix = ''): readonly (readonly [string, Callable])[] {
  return Object.entries(part).flatMap(([name, member]: [string, unknown]) => {
    if (typeof member === 'function') return [[prefix + name, member as Callable] as const];
    return typeof member === 'object' && member !== null
      ? callsOf(member, `${prefix}${name}.`)
      : [];
  });
}

const calls = callsOf(client);
const reached = new Set<Route>();

test.each(calls)('client.%s asks for a route that is described', async (name, call) => {
  asked.length = 0;
  const answer = call(...(ARGUMENTS[name] ?? ['x', 'x', {}]));
  if (name === 'events.tail' || name === 'changes') {
    await expect((answer as AsyncGenerator<unknown>).next()).rejects.toMatchObject({
      code: 'auth.scope',
    });
  } else await answer;
  expect(asked.length).toBeGreaterThan(0);
  for (const { method, path, query } of asked) {
    const found = patterns.find((one) => one.route.method === method && one.pattern.test(path));
    expect(found, `${method} ${path}`).toBeDefined();
    if (found === undefined) continue;
    reached.add(found.route);
    const known = Object.keys(found.route.query.shape);
    expect(known).toEqual(expect.arrayContaining([...query]));
  }
});

test('a route that the client has no call for is one for other programs', async () => {
  // A wait is addressed in two ways; the table has one of each.
  await client.waits.complete({ saga: 'x', key: 'x', name: 'x' });
  await client.waits.fail({ token: 'x' });
  for (const { method, path } of asked.splice(0)) {
    const found = patterns.find((one) => one.route.method === method && one.pattern.test(path));
    if (found !== undefined) reached.add(found.route);
  }
  const left = routes.filter((route) => !reached.has(route));
  expect(left.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
    'GET /metrics',
    'POST /admin/heap-snapshot',
    'POST /admin/profile',
  ]);
});

/** Ways to ask a server that are not the client. */
const OWN_WAYS =
  /\bfetch\(|\b(?:EventSource|XMLHttpRequest|WebSocket|sendBeacon)\b|from '(?:node:(?:http|https|http2|net|tls)|undici)'|\/v1\//;

/** Program text below a folder. */
function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
    .map((file) => join(folder, file));
}

test.each([
  // They hold the server's certificate against its fingerprint, and the client asks through them.
  ['commands', ['commands', 'cli', 'mcp'].map((name) => `apps/server/src/${name}`), 'own-trust.ts'],
  // What it gives the client to ask by, so that an end of the session is noticed.
  ['the console', ['apps/console/src'], join('api', 'client.ts')],
])('%s ask the server in no other way', (_, folders, door) => {
  const files = folders.flatMap(sourcesOf);
  expect(files.length).toBeGreaterThan(80);
  const others = files.filter((file) => OWN_WAYS.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(others.filter((file) => !file.endsWith(door))).toEqual([]);
});

test.each([
  "const answer = await fetch('/health');",
  "import { request } from 'node:http';",
  "new EventSource('/changes');",
  'const url = `${base}/v1/sagas`;',
])('another way is seen for one: %s', (line) => {
  expect(line).toMatch(OWN_WAYS);
});
