/** Names that are another's but for how they are written: encoded, normalised, cut, or alike to the eye. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import type { HttpApi } from '../../support/http-api.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { order, orderPlaced, UNAVAILABLE } from '../../support/orders.ts';
import { rawRequest } from '../../support/raw-request.ts';

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Ends at once, undone. */
async function place(api: HttpApi, orderId: string, id: string): Promise<void> {
  const placed = order({ orderId, items: [{ sku: UNAVAILABLE, qty: 1 }] });
  await api.publish({ ...orderPlaced(placed), id });
}

/** Each is one to somebody who normalises, folds case, decodes twice or cuts; here they are as many as are written. */
const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  ['normal forms', ['\u00e9', 'e\u0301', '\u0065\u0301\u0301', '\u1e9b\u0323', '\u1e69']],
  ['compatibility forms', ['ﬁ', 'fi', 'Ⅸ', 'IX', '①', '1', 'ａ', 'a']],
  ['case', ['Key', 'key', 'KEY', 'ı', 'i', 'I', 'İ', 'ß', 'ss', 'ẞ']],
  ['letters that look alike', ['paypal', 'pаypal', 'раураl']],
  ['what is not seen', ['x', 'x\u200b', '\u200bx', 'x\u00ad', 'x\ufeff', 'x\u2060', 'x\u180e']],
  ['white space', ['y', ' y', 'y ', '\ty', 'y\n', 'y\u00a0', 'y\u3000']],
  ['escapes', ['a/b', 'a%2Fb', 'a%252Fb', 'a%2fb', 'a\\b', 'a%5Cb', 'a+b', 'a b', 'a%20b']],
  ['paths', ['..', '.', '../..', '%2e%2e', '/', '//', '?', '#', ';', '..;/']],
  ['wildcards', ['%', '_', '*', '?*', '[a-z]', "' OR '1'='1", '"; DROP TABLE instances; --']],
  ['what ends elsewhere', ['z\u0001', 'z', 'z\u007f', 'z\u0085', 'z'.repeat(300), 'z'.repeat(301)]],
];

describe.each(FAMILIES)('%s', (family, names) => {
  test('are keys of instances of their own, by every address', async () => {
    for (const [i, name] of names.entries()) await place(server.api, name, `${family} ${i}`);
    for (const name of names) {
      // As it is written: a browser and `fetch` take "." and ".." for places.
      const path = `/v1/sagas/order/${encodeURIComponent(name)}?wait=60s`;
      const headers = { authorization: `Bearer ${server.adminKey}` };
      const { text } = await rawRequest(server.ready.http, path, { headers });
      expect(JSON.parse(text)).toMatchObject({ key: name, status: 'compensated' });
      // By prefix only those that begin so, byte by byte.
      const { json } = await server.api.get(`/v1/sagas?limit=500&key=${encodeURIComponent(name)}`);
      const { items } = json as { readonly items: readonly { readonly key: string }[] };
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) expect(item.key.startsWith(name)).toBe(true);
    }
    const all = await server.api.sagas();
    for (const name of names) expect(all.filter(({ key }) => key === name)).toHaveLength(1);
  });
});

describe('tenants', () => {
  const NAMES = [
    'acme',
    'Acme',
    'acme ',
    'acm\u0435',
    'acme\u200b',
    'acme%',
    'a%63me',
    'é',
    'e\u0301',
    '..',
    '%5F',
    '__',
  ];

  test('that are alike are each their own: keys, instances, events, MQTT', async () => {
    const made = [];
    for (const [i, tenant] of NAMES.entries()) {
      const scopes = ['publish', 'subscribe', 'view'];
      const { secret } = await server.api.createKey({ name: `t${i}`, tenant, scopes });
      const api = server.api.with({ key: secret });
      await place(api, 'same key', `of ${i}`);
      await api.waitForStatus('order', 'same key', 'compensated');
      const user = await MqttUser.connect(server.ready.mqtt, { key: secret, clientId: 'same' });
      await user.subscribe('#');
      await user.publish('same/topic', `words of ${i}`, { retain: true });
      made.push({ i, api, user });
    }
    for (const { i, api, user } of made) {
      const events = await api.events('?stream=AGGREGATE_EVENTS');
      expect(events.map(({ id }) => id)).toEqual([`of ${i}`]);
      expect(events[0]?.tenant).toBe(NAMES[i]);
      await user.message('its own', ({ payload }) => payload === `words of ${i}`);
      expect(new Set(user.received.map(({ payload }) => payload))).toEqual(
        new Set([`words of ${i}`]),
      );
      await user.end();
    }
  });

  test('are named by an admin as they are written, once decoded and not twice', async () => {
    for (const [written, ids] of [
      ['acme', ['of 0']],
      ['a%63me', ['of 0']],
      ['a%2563me', ['of 6']],
      ['acm%D0%B5', ['of 3']],
      ['ACME', []],
      ['%25', null],
    ] as const) {
      const { status, text } = await rawRequest(
        server.ready.http,
        '/v1/events?stream=AGGREGATE_EVENTS',
        {
          headers: { authorization: `Bearer ${server.adminKey}`, 'x-tenant-id': written },
        },
      );
      if (ids === null) {
        expect(status).toBe(200);
        continue;
      }
      const { items } = JSON.parse(text) as { readonly items: readonly { readonly id: string }[] };
      expect([written, items.map(({ id }) => id)]).toEqual([written, ids]);
    }
  });

  test('are named by nobody else, however they are written', async () => {
    const { secret } = await server.api.createKey({
      name: 'one',
      tenant: 'acme',
      scopes: ['view', 'publish'],
    });
    const ask = (tenant: string) =>
      rawRequest(server.ready.http, '/v1/events', {
        headers: { authorization: `Bearer ${secret}`, 'x-tenant-id': tenant },
      });
    for (const own of ['acme', '%61cme', '%61%63%6D%65']) expect((await ask(own)).status).toBe(200);
    for (const other of [
      '_',
      '%5F',
      'Acme',
      'acme ,other',
      'acme,other',
      '__',
      '*',
      'a%2563me',
      '%00',
      'acme%00',
      'acme/..',
      '..',
    ])
      expect([other, (await ask(other)).status]).toEqual([other, expect.toBeOneOf([400, 403])]);
    for (const tenantid of ['_', 'Acme', 'acme ', '%61cme', '*', '', ['acme'], { acme: 1 }, 1]) {
      const api = server.api.with({ key: secret });
      const answer = await api.post('/v1/events', { type: 'named', tenantid, data: {} });
      expect([tenantid, answer.status]).toEqual([tenantid, 403]);
    }
  });
});
