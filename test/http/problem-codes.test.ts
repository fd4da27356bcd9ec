/**
 * Every problem that the API's description lists is brought about here, by its status and code: on a real server, but for
 * what only a server in trouble answers, which a house with an engine that refuses does. A code that a route lists and
 * nobody brings about fails the first test.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HoldfastError, problemSchema } from '@holdfast/core';
import type { Clock } from '@holdfast/core';
import { apiRoutes, problemsOf } from '@holdfast/gateway';
import type { HttpApi } from '../support/http-api.ts';
import { HttpHouse } from '../support/http-house.ts';
import { Scene } from '../support/scene.ts';

interface Answered {
  readonly status: number;
  readonly text: string;
}
type Bring = () => Promise<Answered>;

const house = new HttpHouse({ limits: { maxStreams: 0 } });
const viewer = house.key(['view', 'publish']);
let scene: Scene;
let closing = (): Promise<void> => Promise.resolve();
beforeAll(async () => {
  await house.start();
  scene = await Scene.open();
  closing = () => scene[Symbol.asyncDispose]();
});
afterAll(async () => {
  await house.stop();
  await closing();
});

const asked = { type: 'errand.asked', specversion: '1.0', source: '/shop' } as const;
const keyed = (key: string | null): HttpApi => scene.server.api.with({ key });
const publish = (event: unknown, api = scene.api): Promise<Answered> =>
  api.post('/v1/events', event);
const worker = (): HttpApi => keyed(scene.keys.byScope.get('work') ?? '');

/** What the house answers to a publish while its engine refuses with this. */
async function refusing(error: Error): Promise<Answered> {
  house.fake.refusal = error;
  try {
    return await house.ask('POST', '/v1/events', {
      key: viewer,
      json: { ...asked, id: '1', data: {} },
    });
  } finally {
    house.fake.refusal = null;
  }
}

/** Of somebody who gives the server another name. */
function underName(host: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(`${scene.server.ready.http}/health`, { headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end();
  });
}

/** A lease that was answered already, answered otherwise. */
async function lateAnswer(): Promise<Answered> {
  const api = worker();
  const joined = await api.post('/v1/workers', {
    name: 'late',
    concurrency: 1,
    effects: ['errand.press'],
  });
  const { id } = z.looseObject({ id: z.string() }).parse(joined.json);
  const leased = api.post(`/v1/workers/${id}/lease`, { poll: 1, max: 1, wait: '30s' });
  await publish({ ...asked, id: 'late', data: { id: 'late', how: 'done' } });
  const { commands } = z
    .object({
      commands: z.array(
        z.looseObject({ commandId: z.string(), metadata: z.looseObject({ attempt: z.number() }) }),
      ),
    })
    .parse((await leased).json);
  const [command] = commands;
  const result = (resultType: string, payload: unknown) => ({
    tenantId: 'ours',
    commandId: command?.commandId,
    effectName: 'errand.press',
    attempt: command?.metadata.attempt,
    resultType,
    payload,
    timestamp: new Date().toISOString(),
  });
  const complete = `/v1/workers/${id}/complete`;
  expect((await api.post(complete, result('succeeded', { receipt: 'r' }))).status).toBe(200);
  return api.post(complete, result('failed', { code: 'no', message: 'changed my mind' }));
}

/** Time stands, and what is to wait does not. */
const still: Clock = {
  now: () => 1,
  monotonic: () => 1,
  after: (_delay, run) => {
    const soon = setImmediate(run);
    return () => clearImmediate(soon);
  },
};

/** Many wrong keys from one address. */
async function slowed(): Promise<Answered> {
  const strict = await new HttpHouse({ slowing: true, clock: still }).start();
  try {
    const wrong = Array.from({ length: 60 }, () =>
      strict.ask('GET', '/v1/sagas', { key: 'wrong' }),
    );
    const answers = await Promise.all(wrong);
    return answers.find(({ status }) => status === 429) ?? { status: 0, text: '' };
  } finally {
    await strict.stop();
  }
}

/** One key, more often than it may. */
async function limited(): Promise<Answered> {
  const strict = await new HttpHouse({ rates: { requestsPerSecond: 1, requestBurst: 1 } }).start();
  try {
    const key = strict.key(['view']);
    const asked = Array.from({ length: 20 }, () => strict.ask('GET', '/v1/sagas', { key }));
    const answers = await Promise.all(asked);
    return answers.find(({ status }) => status === 429) ?? { status: 0, text: '' };
  } finally {
    await strict.stop();
  }
}

async function brokenConfiguration(): Promise<Answered> {
  const file = join(scene.server.dataDir, 'holdfast.yaml');
  writeFileSync(file, 'log: { level: nonsense }\n');
  try {
    return await scene.api.post('/admin/reload', {});
  } finally {
    rmSync(file);
  }
}

const conflicting = async (): Promise<Answered> => {
  await publish({ ...asked, id: 'twice', data: { id: 'twice', how: 'done' } });
  return publish({ ...asked, id: 'twice', data: { id: 'other', how: 'done' } });
};
const closedWait = async (): Promise<Answered> => {
  const token = scene.tokens.get(scene.errands.token) ?? '';
  const path = `/v1/waits/${encodeURIComponent(token)}/complete`;
  expect((await keyed(null).post(path, { shelf: 'A' })).status).toBe(200);
  return keyed(null).post(path, { shelf: 'B' });
};

/** By status and code. Draining is last: nothing is taken in afterwards. */
const BROUGHT: Readonly<Record<string, Bring>> = {
  '400 event.not_json': () => scene.api.send('POST', '/v1/events', '{"type":'),
  '400 event.invalid': () => publish({ ...asked, id: '1', data: { id: 7 } }),
  '400 request.invalid': () => scene.api.get('/v1/sagas?limit=0'),
  '401 auth.missing': () => keyed(null).get('/v1/sagas'),
  '401 auth.refused': () => keyed(scene.keys.revoked).get('/v1/sagas'),
  '401 auth.link': () => keyed(null).post('/v1/session', { link: 'x'.repeat(43) }),
  '403 auth.origin': () =>
    keyed(null).post('/v1/session', { key: 'x' }, { headers: { origin: 'https://evil.example' } }),
  '429 auth.slowed': () => slowed(),
  '429 rate.limited': () => limited(),
  '403 auth.scope': () => keyed(scene.keys.foreign).get('/v1/keys'),
  '403 auth.tenant': () => keyed(scene.keys.foreign).with({ tenant: 'ours' }).get('/v1/sagas'),
  '403 event.reserved': () =>
    publish({ ...asked, source: 'holdfast:engine', id: '1', data: { id: 'x', how: 'done' } }),
  '404 not_found': () => scene.api.get('/v1/sagas/errand/nobody'),
  '404 release.unknown': () => scene.api.post(`/v1/releases/${'0'.repeat(64)}/activate`, {}),
  '404 worker.unknown': () => worker().post('/v1/workers/w_none/beat', {}),
  '409 conflict': () => scene.api.post(`/v1/sagas/errand/${scene.errands.done}/redrive`, {}),
  '409 event.conflict': conflicting,
  '409 lease.lost': lateAnswer,
  '409 wait.closed': closedWait,
  '413 event.too_large': () => publish({ ...asked, id: 'large', data: 'x'.repeat(2_000_000) }),
  '413 request.invalid': () =>
    scene.api.post('/v1/keys', { name: 'x'.repeat(2_000_000), scopes: ['view'] }),
  '415 request.invalid': () =>
    scene.api.send('POST', '/v1/keys', '{}', { headers: { 'content-encoding': 'gzip' } }),
  '421 request.invalid': () => underName('evil.example'),
  '422 config.invalid': brokenConfiguration,
  '422 release.invalid': () => scene.api.post('/v1/releases', { format: 1, files: {} }),
  '429 overloaded': () => house.ask('GET', '/v1/events/stream', { key: viewer }),
  '500 internal': () => refusing(new Error('a fault nobody foresaw')),
  '503 unavailable': () => refusing(new HoldfastError('unavailable', 'the engine has ended')),
  // A disk that is really full: test/e2e/full-disk.test.ts.
  '507 store.full': () => refusing(new HoldfastError('store.full', 'no room')),
  '503 draining': async () => {
    expect((await scene.api.post('/admin/drain', { timeout: '1s' })).status).toBe(200);
    return publish({ ...asked, id: 'drained', data: { id: 'drained', how: 'done' } });
  },
};

test('each problem that a route lists is brought about here, and no other', () => {
  const listed = apiRoutes(house.deps).flatMap((route) =>
    problemsOf(route).map(({ status, code }) => `${status} ${code}`),
  );
  expect(Object.keys(BROUGHT).toSorted()).toEqual([...new Set(listed)].toSorted());
});

describe('the API answers', () => {
  test.each(Object.entries(BROUGHT))(
    '%s',
    async (name, bring) => {
      const answer = await bring();
      const problem = problemSchema.parse(JSON.parse(answer.text));
      const { code } = problem;
      expect(`${answer.status} ${code}`).toBe(name);
      expect(problem).toMatchObject({ status: answer.status, type: `urn:holdfast:error:${code}` });
    },
    60_000,
  );
});
