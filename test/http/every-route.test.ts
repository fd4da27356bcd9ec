/**
 * Every route of the API against every kind of key, on a real server: generated from the routes' own records, so that a
 * new route is tested the moment it is there, and fails here until it has a sample call.
 */
import { request } from 'node:http';
import { platform } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '@holdfast/core';
import { apiRoutes, problemsOf, SCOPES } from '@holdfast/gateway';
import type { Route } from '@holdfast/gateway';
import type { ApiAnswer } from '../support/http-api.ts';
import { HttpHouse } from '../support/http-house.ts';
import { sampleCalls } from '../support/sample-calls.ts';
import type { SampleCall } from '../support/sample-calls.ts';
import { MARK, Scene } from '../support/scene.ts';

const routes = apiRoutes(new HttpHouse().deps);
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const named = routes.map((route) => [nameOf(route), route] as const);
const keyed = named.filter(([, { scope }]) => scope !== 'open');

let scene: Scene;
let closing = (): Promise<void> => Promise.resolve();
let calls: Readonly<Record<string, SampleCall>>;
beforeAll(async () => {
  scene = await Scene.open();
  closing = () => scene[Symbol.asyncDispose]();
  calls = sampleCalls(scene);
}, 120_000);
afterAll(() => closing());

function callOf({ operation }: Route): SampleCall {
  const call = calls[operation];
  if (call === undefined)
    throw new Error(`${operation} has no sample call: add one to sample-calls.ts`);
  return call;
}

/** @param key null for none */
async function send(
  route: Route,
  key: string | null,
  { path, body, headers, stream }: SampleCall,
  text?: string,
): Promise<ApiAnswer> {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const method = stream === true ? 'HEAD' : route.method;
  const answer = await scene.server.api
    .with({ key })
    .send(method, path, sent, headers === undefined ? {} : { headers });
  listed(route, answer);
  return answer;
}

/** The same call, so that it changes nothing. */
function probe(route: Route, key: string | null): Promise<ApiAnswer> {
  const call = callOf(route);
  const { path = call.path, text } = call.harmless ?? {};
  return send(route, key, { ...call, path }, text);
}

/** A problem is one that the route's description lists. */
function listed(route: Route, { status, text }: Answered): void {
  if (status < 400 || text === '' || status in route.answers) return;
  const { code } = problemSchema.parse(JSON.parse(text));
  expect(problemsOf(route), nameOf(route)).toContainEqual({ status, code });
}

let addresses = 0;

/** From an address of its own each time: many wrong keys from one address are slowed. */
function fromElsewhere(route: Route, key: string): Promise<Answered> {
  const { path, stream } = callOf(route);
  addresses += 1;
  const localAddress = `127.0.${1 + (addresses >> 7)}.${1 + (addresses & 127)}`;
  const method = stream === true ? 'HEAD' : route.method;
  const headers = { authorization: `Bearer ${key}` };
  return new Promise((resolve, reject) => {
    const options = { method, headers, ...(platform() === 'linux' ? { localAddress } : {}) };
    const sent = request(scene.server.ready.http + path, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end();
  });
}

type Answered = Pick<ApiAnswer, 'status' | 'text'>;

function codeOf({ text }: Answered): string | null {
  return text === '' ? null : problemSchema.parse(JSON.parse(text)).code;
}

test('every route has a sample call, and there is none of a route that is gone', () => {
  expect(Object.keys(calls).toSorted()).toEqual(
    routes.map(({ operation }) => operation).toSorted(),
  );
});

test('what changes something has a harmless form', () => {
  const bare = routes.filter(
    (route) => route.method !== 'GET' && callOf(route).harmless === undefined,
  );
  expect(bare.map(nameOf)).toEqual([]);
});

/**
 * A group of what needs a person is what its members have in common, whoever asks: in another tenant it is empty, and an
 * act on it is about another number than was confirmed.
 */
const HIDDEN: Readonly<Record<string, number>> = { listAttention: 200, actOnAttention: 409 };

describe.each(keyed)('%s', (_name, route) => {
  test('is refused to who has no key that is in force', async () => {
    const missing = await probe(route, null);
    expect([missing.status, codeOf(missing) ?? 'auth.missing']).toEqual([401, 'auth.missing']);
    for (const key of [scene.keys.revoked, scene.keys.expired, 'hf_nobody']) {
      const refused = await fromElsewhere(route, key);
      expect([refused.status, codeOf(refused) ?? 'auth.refused']).toEqual([401, 'auth.refused']);
    }
  });

  test.each(SCOPES)('allows the scope "%s" what its record says', async (scope) => {
    const answer = await probe(route, scene.keys.byScope.get(scope) ?? '');
    if (scope === route.scope || scope === 'admin' || route.scope === 'any') {
      expect([401, 403], answer.text).not.toContain(answer.status);
    } else {
      expect([answer.status, codeOf(answer) ?? 'auth.scope']).toEqual([403, 'auth.scope']);
    }
  });

  test('shows a key of another tenant nothing, and does nothing for it', async () => {
    const call = callOf(route);
    if (route.scope === 'admin') {
      expect((await probe(route, scene.keys.foreign)).status).toBe(403);
      return;
    }
    if (call.shared === true) {
      expect((await probe(route, scene.keys.foreign)).text).not.toContain(MARK);
      return;
    }
    // The very call, not a harmless one: what it names is another's.
    const answer = await send(route, scene.keys.foreign, call);
    const hidden = HIDDEN[route.operation] ?? 404;
    if (route.path.includes('{')) expect(answer.status, answer.text).toBe(hidden);
    const told = answer.text
      .replaceAll(call.path, '')
      .replaceAll(decodeURIComponent(call.path), '');
    const inPath = call.path.split('/').filter((part) => part.includes(MARK));
    const rest = inPath.reduce((text, part) => text.replaceAll(decodeURIComponent(part), ''), told);
    expect(rest).not.toContain(MARK);
  });
});

const paged = keyed.filter(([, { query }]) => 'cursor' in query.shape);
const pageSchema = z.looseObject({ next: z.string().nullable() });

/** What a cursor holds: base64url of JSON, the list's name first. */
function partsOf(cursor: string): unknown[] {
  return z.array(z.unknown()).parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
}
const cursorOf = (parts: unknown): string =>
  Buffer.from(JSON.stringify(parts).replaceAll('"INFINITY"', '1e400')).toString('base64url');

function pageAt(route: Route, key: string, cursor: string): Promise<ApiAnswer> {
  const call = callOf(route);
  const mark = call.path.includes('?') ? '&' : '?';
  const path = `${call.path}${mark}limit=1&cursor=${encodeURIComponent(cursor)}`;
  return send(route, key, { ...call, path });
}

describe('a cursor', () => {
  test('is taken by the list that gave it, and by no other; tampered with, it fails nobody', async () => {
    expect(paged.length).toBeGreaterThan(8);
    const admin = scene.keys.byScope.get('admin') ?? '';
    const given = new Map<Route, string>();
    for (const [, route] of paged) {
      const { path } = callOf(route);
      const first = await send(route, admin, {
        path: `${path}${path.includes('?') ? '&' : '?'}limit=1`,
      });
      const { next } = pageSchema.parse(JSON.parse(first.text));
      if (next !== null) given.set(route, next);
    }
    expect(given.size).toBeGreaterThan(4);
    for (const [, route] of paged) {
      const name = nameOf(route);
      for (const [of, cursor] of given) {
        const own = partsOf(cursor)[0] === partsOf(given.get(route) ?? cursor)[0];
        const answer = await pageAt(route, admin, cursor);
        // Of a list that gave none it is not known what its cursors are like: but none of another's is.
        const taken = of === route || (own && given.has(route));
        expect([name, nameOf(of), answer.status]).toEqual([name, nameOf(of), taken ? 200 : 400]);
      }
      const [list = 'x', ...rest] = partsOf(given.get(route) ?? cursorOf(['x', 1]));
      for (const parts of [
        [list],
        [list, ...rest, 1],
        [list, ...rest.map(() => -1)],
        [list, ...rest.map(() => 'INFINITY')],
        [list, ...rest.map(() => 1.5)],
        [list, ...rest.map(() => Number.MAX_SAFE_INTEGER)],
        [list, ...rest.map(() => "' OR 1=1 --")],
        [list, ...rest.map(() => 'x'.repeat(5000))],
        [list, ...rest.map((part) => (typeof part === 'string' ? 'a\u0000b\ud800' : part))],
        [list, ...rest.map(() => null)],
        [list, ...rest.map(() => ({ __proto__: null, toString: 1 }))],
        [list, ...rest.map(() => [1])],
        ['__proto__', ...rest],
        [null, ...rest],
        {},
        null,
        'text',
      ]) {
        const answer = await pageAt(route, admin, cursorOf(parts));
        expect([name, parts, answer.status]).toEqual([name, parts, expect.toBeOneOf([200, 400])]);
      }
      for (const cursor of ['%', '....', 'A', '\u0000', 'e30', '💥', '[]'])
        expect([name, (await pageAt(route, admin, cursor)).status]).toEqual([name, 400]);
    }
  }, 120_000);

  test('of one tenant shows another only its own', async () => {
    const admin = scene.keys.byScope.get('admin') ?? '';
    let tried = 0;
    for (const [, route] of paged) {
      const { path, shared } = callOf(route);
      const mark = path.includes('?') ? '&' : '?';
      const first = await send(route, admin, { path: `${path}${mark}limit=1` });
      const { next } = pageSchema.parse(JSON.parse(first.text));
      if (next === null || route.scope === 'admin' || shared === true) continue;
      tried += 1;
      const answer = await pageAt(route, scene.keys.foreign, next);
      expect(answer.text.replaceAll(path, ''), nameOf(route)).not.toContain(MARK);
      expect(answer.text, nameOf(route)).not.toContain('"tenant":"ours"');
      expect([200, 400], nameOf(route)).toContain(answer.status);
    }
    expect(tried).toBeGreaterThan(3);
  });
});

/** What a sample call cannot bring about on this scene, and the problem that it meets instead. */
const REFUSED: Readonly<Record<string, string>> = {
  // The clock is believed.
  confirmClock: 'conflict',
  // A key has no session.
  signOut: 'conflict',
  // Nothing was leased.
  completeCommand: 'not_found',
};

/** Their answers name nothing that is marked. */
const UNMARKED: ReadonlySet<string> = new Set([
  'info',
  'tailEvents',
  'followChanges',
  'getOverview',
  'getAttention',
  'alerts',
]);

describe('as its record says', () => {
  const order = (): readonly string[] => Object.keys(calls);
  test('each route answers its sample call in the shape that is described', async () => {
    const byOperation = new Map(routes.map((route) => [route.operation, route]));
    const work = scene.keys.byScope.get('work') ?? '';
    const admin = scene.keys.byScope.get('admin') ?? '';
    for (const operation of order()) {
      const route = byOperation.get(operation);
      if (route === undefined) continue;
      // A worker is who it says only with the key that it joined with.
      const key = operation.endsWith('Worker') && route.scope === 'work' ? work : admin;
      const own = ['leaseCommands', 'completeCommand'].includes(operation) ? work : key;
      const answer = await send(route, route.scope === 'open' ? null : own, callOf(route));
      const refused = REFUSED[operation];
      if (refused !== undefined && answer.status >= 400) {
        expect([operation, codeOf(answer)]).toEqual([operation, refused]);
        continue;
      }
      expect(Object.keys(route.answers), `${operation}: ${answer.text}`).toContain(
        String(answer.status),
      );
      // Or else it would prove nothing that others are not shown it.
      if (route.method === 'GET' && callOf(route).shared !== true && !UNMARKED.has(operation))
        expect(answer.text, operation).toContain(MARK);
      const shape = route.answers[answer.status];
      if (shape instanceof z.ZodType) shape.parse(JSON.parse(answer.text));
      else if (typeof shape === 'string')
        expect(answer.headers.get('content-type')).toContain(shape);
    }
  }, 120_000);
});
