import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '@holdfast/core';
import { apiRoutes, createHttpApp, SCOPES } from '@holdfast/gateway';
import type { Route, Scope } from '@holdfast/gateway';
import { instance } from '../support/fake-house.ts';
import { HttpHouse } from '../support/http-house.ts';
import type { Reply } from '../support/http-house.ts';
import { asConsole, signIn } from '../support/raw-request.ts';

const house = new HttpHouse();
const routes = apiRoutes(house.deps);
const keyed = routes.filter((route) => route.scope !== 'open');
const keys = new Map<Scope, string>(SCOPES.map((scope) => [scope, house.key([scope])]));

beforeAll(() => house.start());
afterAll(() => house.stop());

const SAMPLES: Readonly<Record<string, string>> = { seq: '1', version: '1', id: '1', token: 't' };

/** A path of the route with something in place of each parameter. */
function pathOf(route: Route): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? 'x');
}

/** Event streams never end by themselves: they are asked with HEAD. */
function ask(route: Route, key?: string, headers: Record<string, string> = {}): Promise<Reply> {
  const method = route.answers[200] === 'text/event-stream' ? 'HEAD' : route.method;
  return house.ask(method, pathOf(route), { ...(key === undefined ? {} : { key }), headers });
}

const name = (route: Route): string => `${route.method} ${route.path}`;

test('the app mounts the routes of the table and no others', () => {
  const mounted = createHttpApp(house.deps).routes.map(
    (route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  expect(mounted.toSorted()).toEqual(routes.map(name).toSorted());
});

test('what needs no key is exactly this', () => {
  expect(
    routes
      .filter((route) => route.scope === 'open')
      .map(name)
      .toSorted(),
  ).toEqual([
    'GET /health',
    'GET /openapi.json',
    'GET /ready',
    'GET /v1/waits/{token}',
    'POST /v1/session',
    'POST /v1/waits/{token}/complete',
    'POST /v1/waits/{token}/fail',
  ]);
});

test('which scope each other route needs', () => {
  const table: Record<string, string[]> = {};
  for (const route of keyed) (table[route.scope] ??= []).push(name(route));
  for (const list of Object.values(table)) list.sort();
  expect(table).toMatchInlineSnapshot(`
    {
      "admin": [
        "DELETE /v1/keys/{id}",
        "DELETE /v1/secrets/{name}",
        "GET /v1/audit/verify",
        "GET /v1/audit/verify/journal",
        "GET /v1/keys",
        "GET /v1/releases/{digest}/rehearsal",
        "GET /v1/secrets",
        "GET /v1/settings",
        "GET /v1/tenants",
        "GET /v1/workers/records",
        "PATCH /v1/workers/{id}",
        "POST /admin/drain",
        "POST /admin/heap-snapshot",
        "POST /admin/profile",
        "POST /admin/reload",
        "POST /v1/alerts/test",
        "POST /v1/audit/verify/journal",
        "POST /v1/keys",
        "POST /v1/releases",
        "POST /v1/releases/rehearse",
        "POST /v1/releases/rollback",
        "POST /v1/releases/{digest}/activate",
        "POST /v1/schedules/confirm",
        "POST /v1/session/links",
        "PUT /v1/secrets/{name}",
      ],
      "any": [
        "DELETE /v1/session",
        "GET /v1/session",
      ],
      "operate": [
        "POST /v1/attention/{group}/{act}",
        "POST /v1/effects/{commandId}/resolve",
        "POST /v1/quarantine/{id}/discard",
        "POST /v1/quarantine/{id}/redrive",
        "POST /v1/reprocess",
        "POST /v1/sagas/{saga}/{key}/cancel",
        "POST /v1/sagas/{saga}/{key}/redrive",
        "POST /v1/sagas/{saga}/{key}/restart",
        "POST /v1/sagas/{saga}/{key}/waits/{name}/complete",
        "POST /v1/sagas/{saga}/{key}/waits/{name}/fail",
      ],
      "publish": [
        "POST /v1/events",
      ],
      "view": [
        "GET /info",
        "GET /metrics",
        "GET /v1/alerts",
        "GET /v1/attention",
        "GET /v1/attention/{group}",
        "GET /v1/audit",
        "GET /v1/changes",
        "GET /v1/effects",
        "GET /v1/effects/{commandId}",
        "GET /v1/event-types",
        "GET /v1/events",
        "GET /v1/events/stream",
        "GET /v1/events/{seq}",
        "GET /v1/mqtt/clients",
        "GET /v1/mqtt/retained",
        "GET /v1/mqtt/topics",
        "GET /v1/outbox",
        "GET /v1/overview",
        "GET /v1/overview/series",
        "GET /v1/quarantine",
        "GET /v1/quarantine/{id}",
        "GET /v1/releases",
        "GET /v1/releases/{digest}",
        "GET /v1/reprocess",
        "GET /v1/reprocess/{id}",
        "GET /v1/sagas",
        "GET /v1/sagas/fields",
        "GET /v1/sagas/{saga}/{key}",
        "GET /v1/sagas/{saga}/{key}/at/{version}",
        "GET /v1/sagas/{saga}/{key}/explain",
        "GET /v1/sagas/{saga}/{key}/timeline",
        "GET /v1/schedules",
        "GET /v1/upstreams",
        "GET /v1/waits",
        "GET /v1/workers",
      ],
      "work": [
        "GET /v1/releases/{digest}/bundle",
        "POST /v1/workers",
        "POST /v1/workers/{id}/beat",
        "POST /v1/workers/{id}/complete",
        "POST /v1/workers/{id}/drain",
        "POST /v1/workers/{id}/lease",
        "POST /v1/workers/{id}/leave",
      ],
    }
  `);
});

describe.each(keyed.map((route) => [name(route), route] as const))('%s', (_, route) => {
  test('no key: 401 with a challenge', async () => {
    const reply = await ask(route);
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="holdfast"');
    expectCode(reply, 'auth.missing');
  });

  test.each([
    ['a wrong key', 'Bearer hf_wrong'],
    ['no secret', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
    ['two secrets', `Bearer ${keys.get('admin')} x`],
  ])('%s: 401', async (_what, authorization) => {
    const reply = await ask(route, undefined, { authorization });
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toContain('error="invalid_token"');
    expectCode(reply, 'auth.refused');
  });

  test.each(SCOPES)('a key with the scope %s', async (scope) => {
    const reply = await ask(route, keys.get(scope));
    if (scope === route.scope || scope === 'admin' || route.scope === 'any') {
      expect([401, 403]).not.toContain(reply.status);
    } else {
      expect(reply.status).toBe(403);
      expect(reply.headers['www-authenticate']).toContain(`scope="${route.scope}"`);
      expectCode(reply, 'auth.scope');
    }
  });

  test('a session is answered as its key is, and only from the console', async () => {
    const secret = keys.get(route.scope === 'any' ? 'view' : (route.scope as Scope)) ?? '';
    const cookie = await signIn(house.url, secret);
    const byKey = await ask(route, secret);
    const bySession = await ask(route, undefined, asConsole(cookie));
    // Signing out is what only a session can.
    if (route.operation !== 'signOut') {
      expect(bySession.status).toBe(byKey.status);
      expect([401, 403]).not.toContain(bySession.status);
    } else expect([byKey.status, bySession.status]).toEqual([409, 204]);
    const foreign = await ask(route, undefined, { cookie, 'sec-fetch-site': 'cross-site' });
    expect(foreign.status).toBe(403);
    expectCode(foreign, 'auth.origin');
    if (route.method === 'GET') return;
    const bare = await ask(route, undefined, { cookie });
    expect(bare.status).toBe(403);
    expectCode(bare, 'auth.origin');
  });

  test("naming a foreign tenant: only an admin's key may", async () => {
    const everything = house.key(['publish', 'subscribe', 'view', 'operate', 'work']);
    if (route.scope !== 'admin') {
      const refused = await ask(route, everything, { 'x-tenant-id': 'foreign' });
      expect(refused.status).toBe(403);
      expectCode(refused, 'auth.tenant');
      const own = await ask(route, everything, { 'x-tenant-id': '_' });
      expect([401, 403]).not.toContain(own.status);
    }
    const admin = await ask(route, keys.get('admin'), { 'x-tenant-id': 'foreign' });
    expect([401, 403]).not.toContain(admin.status);
  });
});

function expectCode(reply: Reply, code: string): void {
  // HEAD brings no body.
  if (reply.text !== '') expect(problemSchema.parse(reply.body).code).toBe(code);
}

describe('tenants', () => {
  const acme = house.key(['view', 'operate', 'publish'], { tenant: 'acme' });
  const other = house.key(['view', 'operate', 'publish'], { tenant: 'other' });

  test('one never sees or touches what is of another', async () => {
    house.fake.instances.push(instance({ tenant: 'acme', key: 'secret-1' }));
    const event = { type: 'order.placed', id: '1', source: '/s', specversion: '1.0' };
    expect((await house.ask('POST', '/v1/events', { key: acme, json: event })).status).toBe(202);
    const [stored] = house.fake.events;
    expect(stored?.tenant).toBe('acme');
    for (const path of [
      '/v1/sagas/order/secret-1',
      '/v1/sagas/order/secret-1/timeline',
      '/v1/sagas/order/secret-1/at/4',
      `/v1/events/${stored?.seq}`,
    ]) {
      expect((await house.ask('GET', path, { key: acme })).status).toBe(200);
      expect((await house.ask('GET', path, { key: other })).status).toBe(404);
    }
    const cancel = '/v1/sagas/order/secret-1/cancel';
    expect((await house.ask('POST', cancel, { key: other })).status).toBe(404);
    expect(house.fake.acts.filter(({ act }) => act === 'cancel')).toEqual([]);
    expect((await house.ask('POST', cancel, { key: acme })).status).toBe(200);
    // The same source and id of another tenant is another event.
    const twin = await house.ask('POST', '/v1/events', { key: other, json: event });
    expect(twin.body).toMatchObject({ duplicate: false });
  });

  test('an admin acts for the tenant it names, percent-encoded where it is not ASCII', async () => {
    const admin = keys.get('admin') ?? '';
    house.fake.instances.push(instance({ tenant: 'köln', key: 'k' }));
    const path = '/v1/sagas/order/k';
    const named = { 'x-tenant-id': encodeURIComponent('köln') };
    expect((await house.ask('GET', path, { key: admin, headers: named })).status).toBe(200);
    expect((await house.ask('GET', path, { key: admin })).status).toBe(404);
    for (const wrong of ['a/b', 'a+b', 'x'.repeat(129)]) {
      const reply = await house.ask('GET', path, { key: admin, headers: { 'x-tenant-id': wrong } });
      expect(reply.status).toBe(400);
    }
  });
});

describe('keys that end', () => {
  test('a revoked key is refused from the next request on', async () => {
    const key = house.key(['view'], { tenant: 'leaving' });
    expect((await house.ask('GET', '/v1/sagas', { key })).status).toBe(200);
    house.keyRing.revoke('k-view-leaving');
    expect((await house.ask('GET', '/v1/sagas', { key })).status).toBe(401);
  });
});

describe('the Host header', () => {
  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:9', '[::1]:7420', 'localhost.'])(
    'on loopback %s is taken',
    async (host) => {
      expect((await house.ask('GET', '/health', { headers: { host } })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'user@localhost'])(
    'on loopback %s is refused (DNS rebinding)',
    async (host) => {
      const reply = await house.ask('GET', '/health', { headers: { host } });
      expect([400, 421]).toContain(reply.status);
      expectCode(reply, 'request.invalid');
    },
  );

  test('configured names are taken; off loopback any address is, and no other name', async () => {
    const named = await new HttpHouse({ allowedHosts: ['holdfast.lan'] }).start();
    const wide = await new HttpHouse({ loopback: false }).start();
    const narrow = await new HttpHouse({ loopback: false, allowedHosts: ['holdfast.lan'] }).start();
    const any = await new HttpHouse({ loopback: false, allowedHosts: ['*'] }).start();
    try {
      const ask = async (to: HttpHouse, host: string): Promise<number> =>
        (await to.ask('GET', '/health', { headers: { host } })).status;
      expect(await ask(named, 'holdfast.lan:7420')).toBe(200);
      expect(await ask(named, 'other.lan')).toBe(421);
      expect(await ask(named, '192.0.2.1')).toBe(421);
      expect(await ask(wide, 'other.lan')).toBe(421);
      expect(await ask(wide, '192.0.2.1:7420')).toBe(200);
      expect(await ask(wide, '[2001:db8::1]')).toBe(200);
      expect(await ask(narrow, 'holdfast.lan')).toBe(200);
      expect(await ask(narrow, 'localhost')).toBe(200);
      expect(await ask(narrow, 'other.lan')).toBe(421);
      expect(await ask(any, 'other.lan')).toBe(200);
    } finally {
      await Promise.all([named.stop(), wide.stop(), narrow.stop(), any.stop()]);
    }
  });
});
