/** Header injection: requests hidden in requests, headers said twice, and what comes back in the headers of answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { problemOf } from '../../support/http-api.ts';
import { order, orderPlaced, UNAVAILABLE } from '../../support/orders.ts';
import { rawBytes, rawRequest, signIn } from '../../support/raw-request.ts';

let server: HoldfastServer;
let base: string;
let weak: string;

beforeAll(async () => {
  server = await HoldfastServer.start();
  base = server.ready.http;
  weak = (await server.api.createKey({ name: 'weak', scopes: ['view'] })).secret;
});
afterAll(() => server[Symbol.asyncDispose]());

async function planted(name: string): Promise<boolean> {
  const { json } = await server.api.get('/v1/keys');
  return (json as { items: { name: string }[] }).items.some((key) => key.name === name);
}

/** A whole request that makes a key, as somebody would hide it. */
function hidden(name: string): string {
  const body = JSON.stringify({ name, scopes: ['view'] });
  return (
    `POST /v1/keys HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.adminKey}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  );
}

const HEAD = 'POST /v1/session HTTP/1.1\r\nHost: localhost\r\n';
const answersIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => status ?? '');

describe('a request hidden in another', () => {
  test('that is honestly the next one is answered, so that the rest says something', async () => {
    const honest = await rawBytes(
      base,
      `GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n${hidden('honest')}`,
    );
    expect(answersIn(honest)).toEqual(['200', '201']);
    expect(await planted('honest')).toBe(true);
  });

  const chunks = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  test.each<[string, (request: string) => string]>([
    [
      'behind a length and a coding that contradict each other',
      (it) => `Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${it}`,
    ],
    [
      'the same in the other order',
      (it) =>
        `Transfer-Encoding: chunked\r\nContent-Length: ${it.length + 5}\r\n\r\n0\r\n\r\n${it}`,
    ],
    [
      'behind two lengths',
      (it) => `Content-Length: 2\r\nContent-Length: ${it.length + 2}\r\n\r\n{}${it}`,
    ],
    ['behind a list of lengths', (it) => `Content-Length: 2, ${it.length}\r\n\r\n{}${it}`],
    ['behind a signed length', (it) => `Content-Length: +2\r\n\r\n{}${it}`],
    ['behind a negative length', (it) => `Content-Length: -1\r\n\r\n${it}`],
    ['behind a length in hex', (it) => `Content-Length: 0x2\r\n\r\n{}${it}`],
    [
      'behind a length that overflows',
      (it) => `Content-Length: 18446744073709551618\r\n\r\n{}${it}`,
    ],
    [
      'behind a coding of another name',
      (it) => `Transfer-Encoding: xchunked\r\n\r\n${chunks('{}')}${it}`,
    ],
    [
      'behind a coding that is not the last',
      (it) => `Transfer-Encoding: chunked, identity\r\n\r\n${chunks('{}')}${it}`,
    ],
    [
      'behind two codings',
      (it) =>
        `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${chunks('{}')}${it}`,
    ],
    [
      'behind a coding with a space before its colon',
      (it) => `Transfer-Encoding : chunked\r\n\r\n${chunks('{}')}${it}`,
    ],
    [
      'behind a coding on a folded line',
      (it) => `X: y\r\n Transfer-Encoding: chunked\r\n\r\n${chunks('{}')}${it}`,
    ],
    [
      'behind a chunk whose size overflows',
      (it) => `Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n${it}`,
    ],
    [
      'behind a chunk whose size has a sign',
      (it) => `Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n${it}`,
    ],
    [
      'behind a chunk that ends without CR',
      (it) => `Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n${it}`,
    ],
    ['behind lines that end in LF alone', (it) => `X: y\nContent-Length: 2\n\n{}${it}`],
    ['behind a CR inside a header', (it) => `X: y\rContent-Length: 0\r\n\r\n${it}`],
    ['behind U+0000 in a header', (it) => `X: y\u0000\r\nContent-Length: 0\r\n\r\n${it}`],
    ['behind a header name with a space', (it) => `X Y: z\r\nContent-Length: 0\r\n\r\n${it}`],
    ['behind a header without a name', (it) => `: z\r\nContent-Length: 0\r\n\r\n${it}`],
  ])('%s is not carried out', async (what, around) => {
    const text = await rawBytes(base, HEAD + around(hidden(what)));
    // One refusal at most, and nothing answered behind it.
    const answers = answersIn(text);
    expect(answers.length).toBeLessThanOrEqual(1);
    for (const status of answers) expect(status).toBe('400');
    expect(await planted(what)).toBe(false);
  });

  test('in a body that is refused unread is not carried out', async () => {
    for (const [i, head] of [
      'Content-Encoding: gzip\r\n',
      'Content-Length: 99999999\r\n',
      'Expect: 200-ok\r\n',
    ].entries()) {
      const name = `unread ${i}`;
      const it = hidden(name);
      const length = head.startsWith('Content-Length') ? '' : `Content-Length: ${it.length}\r\n`;
      const text = await rawBytes(base, `${HEAD}${head}${length}Connection: close\r\n\r\n${it}`);
      expect(answersIn(text)).toHaveLength(1);
      expect(answersIn(text)[0]).toMatch(/^4/);
      expect(await planted(name)).toBe(false);
    }
  });
});

describe('a header said twice', () => {
  const ask = (headers: readonly string[]): Promise<string> =>
    rawBytes(
      base,
      `GET /v1/keys HTTP/1.1\r\nHost: localhost\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    );

  test('two keys are none, whichever comes first', async () => {
    const [strong, low] = [server.adminKey, weak].map((key) => `Authorization: Bearer ${key}`);
    expect(await ask([strong ?? ''])).toMatch(/^HTTP\/1\.1 200 /);
    for (const both of [
      [strong, low],
      [low, strong],
      [strong, low?.toLowerCase()],
      [strong, strong],
    ])
      expect(await ask(both.map((one) => one ?? ''))).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('two tenants are none', async () => {
    const key = `Authorization: Bearer ${server.adminKey}`;
    expect(await ask([key, 'X-Tenant-Id: a'])).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask([key, 'X-Tenant-Id: a', 'x-tenant-id: b'])).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('two origins, and two of the console’s own header, are a page of elsewhere', async () => {
    const cookie = await signIn(base, server.adminKey);
    const post = (headers: string): Promise<string> =>
      rawBytes(
        base,
        `POST /v1/keys HTTP/1.1\r\nHost: ${new URL(base).host}\r\nCookie: ${cookie}\r\n${headers}` +
          'Content-Length: 2\r\nConnection: close\r\n\r\n{}',
      );
    const mark = 'X-Holdfast-Console: 1\r\n';
    // The body is at fault: the request came so far.
    expect(await post(`${mark}Origin: ${base}\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    for (const headers of [
      `${mark}Origin: ${base}\r\nOrigin: http://evil.example\r\n`,
      `${mark}Origin: http://evil.example\r\nOrigin: ${base}\r\n`,
      `${mark}X-Holdfast-Console: 2\r\n`,
      `${mark}Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n`,
    ])
      expect(await post(headers)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('what a request says of itself', () => {
  test('of another method is not believed', async () => {
    const { id } = await server.api.createKey({ name: 'stays', scopes: ['view'] });
    for (const name of [
      'x-http-method-override',
      'x-http-method',
      'x-method-override',
      '_method',
    ]) {
      const headers = { authorization: `Bearer ${server.adminKey}`, [name]: 'DELETE' };
      for (const method of ['GET', 'POST'])
        expect((await rawRequest(base, `/v1/keys/${id}`, { method, headers })).status).toBe(405);
    }
    expect((await server.api.get('/v1/keys?_method=DELETE')).status).toBe(400);
    expect(await planted('stays')).toBe(true);
  });

  test.each(['TRACE', 'TRACK', 'OPTIONS', 'PROPFIND', 'PURGE'])(
    '%s echoes nothing, does nothing and tells nothing',
    async (method) => {
      for (const path of ['/v1/keys', '/', '/v1/events/stream']) {
        const text = await rawBytes(
          base,
          `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.adminKey}\r\n` +
            'X-Probe: echo-me\r\nConnection: close\r\n\r\n',
        );
        expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
        expect(text).not.toContain('echo-me');
        expect(text).not.toContain(server.adminKey);
        expect(text.toLowerCase()).not.toContain('access-control');
      }
    },
  );

  test('CONNECT opens nothing', async () => {
    const text = await rawBytes(
      base,
      `CONNECT 127.0.0.1:${server.mqttPort} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    expect(text).not.toMatch(/^HTTP\/1\.1 2/);
  });

  test('HEAD is refused where GET is, and has no body', async () => {
    for (const [path, key, status] of [
      ['/v1/keys', null, 401],
      ['/v1/keys', weak, 403],
      ['/v1/keys', server.adminKey, 200],
      ['/v1/sagas/none/none', server.adminKey, 404],
    ] as const) {
      const headers = key === null ? {} : { authorization: `Bearer ${key}` };
      const answer = await rawRequest(base, path, { method: 'HEAD', headers });
      expect([path, answer.status, answer.bytes.length]).toEqual([path, status, 0]);
    }
  });

  test('of where it comes from is not believed: forwarded addresses and hosts change nothing', async () => {
    const forwarded = (i: number) => ({
      'x-forwarded-for': `198.51.100.${i % 250}`,
      'x-real-ip': `198.51.100.${i % 250}`,
      forwarded: `for=198.51.100.${i % 250};host=localhost`,
      'x-forwarded-host': 'localhost',
      'x-original-url': '/health',
      'x-rewrite-url': '/health',
    });
    const foreign = { ...forwarded(0), host: 'evil.example' };
    expect((await rawRequest(base, '/health', { headers: foreign })).status).toBe(421);
    const plain = { ...forwarded(0) };
    expect((await rawRequest(base, '/v1/keys', { headers: plain })).status).toBe(401);
    const guesses = await Promise.all(
      Array.from({ length: 120 }, (_, i) =>
        rawRequest(base, '/v1/events', {
          headers: { ...forwarded(i), authorization: `Bearer hf_${'A'.repeat(43)}` },
        }),
      ),
    );
    expect(guesses.filter(({ code }) => code === 'auth.slowed').length).toBeGreaterThan(60);
  });
});

describe('what comes back in a header', () => {
  /** Its instance is undone at once, so that its end can be waited for. */
  const doomed = (orderId: string) => ({
    ...orderPlaced(order({ orderId, items: [{ sku: UNAVAILABLE, qty: 1 }] })),
    id: `event of ${Buffer.from(orderId).toString('hex')}`,
  });

  test.each([
    ['ends of lines', 'a\r\nSet-Cookie: holdfast_session=planted\r\n\r\n<script>'],
    ['letters of any script, and emoji', 'ключ-鍵-🔑-e\u0301'],
    ['what leads elsewhere', '//evil.example/../..?x#y'],
    ['percent signs', '100%25%0d%0a%'],
    ['marks that turn the line around', '\u202eevil\u0085\u2028'],
  ])('Location leads to the very instance: %s', async (_, key) => {
    const answer = await rawRequest(base, '/v1/events?wait=60s&saga=order', {
      method: 'POST',
      json: doomed(key),
      headers: { authorization: `Bearer ${server.adminKey}` },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    const { location = '' } = answer.headers;
    expect(location).toMatch(/^\/v1\/sagas\/order\/[\x21-\x7e]+$/);
    expect(new URL(location, base).origin).toBe(base);
    expect((await server.api.get(location)).json).toMatchObject({ key });
  });

  test('half a surrogate pair names no instance, and stops nobody', async () => {
    const { seq } = await server.api.publish({
      ...doomed('half'),
      data: { ...order(), orderId: 'x' },
    });
    expect(seq).toBeGreaterThan(0);
    const raw = JSON.stringify(doomed('half')).replace('"orderId":"half"', '"orderId":"\\ud800"');
    const answer = await server.api.send('POST', '/v1/events', raw.replace('event of', 'half of'));
    expect(answer.status).toBe(202);
    const taken = (answer.json as { seq: number }).seq;
    const dispositions = await eventually('it is disposed of', async () => {
      const { dispositions: found = [] } = await server.api.event(taken);
      return found.length > 0 ? found : undefined;
    });
    expect(dispositions[0]?.status).toBe('quarantined');
    await server.api.publish(doomed('after the half'));
    await server.api.waitForStatus('order', 'after the half', 'compensated');
  });

  test('ETag is a digest, and If-None-Match comes back in nothing', async () => {
    await server.api.publish(doomed('tagged'));
    await server.api.waitForStatus('order', 'tagged', 'compensated');
    const path = '/v1/sagas/order/tagged';
    const authorization = `Bearer ${server.adminKey}`;
    const ask = (tag: string, more: Record<string, string> = { authorization }) =>
      rawRequest(base, path, { headers: { 'if-none-match': tag, ...more } });
    const { headers } = await rawRequest(base, path, { headers: { authorization } });
    const etag = headers.etag ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
      expect((await ask(tag)).status).toBe(304);
    for (const tag of [
      '',
      '"',
      '""',
      etag.slice(1, -1),
      `"${'x'.repeat(8000)}"`,
      ',,,',
      '"\u00ff"',
    ]) {
      const answer = await ask(tag);
      expect([tag, answer.status, answer.headers.etag]).toEqual([tag, 200, etag]);
    }
    // Whoever knows the tag knows nothing by it: who may not see the thing is told what everybody is.
    for (const tag of [etag, '*']) {
      expect((await ask(tag, {})).status).toBe(401);
      const foreign = await server.api.createKey({
        name: 'f',
        tenant: 'elsewhere',
        scopes: ['view'],
      });
      const bearer = { authorization: `Bearer ${foreign.secret}` };
      expect((await ask(tag, bearer)).status).toBe(404);
    }
  });

  test('a tenant’s name is read from its header, and never written to one', async () => {
    const ask = (tenant: string) =>
      server.api.send('GET', '/v1/sagas', undefined, {
        headers: { 'x-tenant-id': tenant },
      });
    for (const tenant of ['a%0d%0aSet-Cookie:x=1', 'a%00', 'a/b', '+', '%23', 'x'.repeat(129)]) {
      const answer = await ask(tenant);
      expect([tenant, answer.status]).toEqual([tenant, 400]);
      expect(problemOf(answer).code).toBe('request.invalid');
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    expect((await ask('%C3%BCber%20uns')).status).toBe(200);
  });
});

describe('what goes out in a header', () => {
  test('correlation ids and keys of any kind reach the outside encoded, and add no header', async () => {
    const key = 'o\r\nX-Injected: 1\u0085\u202e🔑';
    const correlationid = 'c\r\nx-tenant-id: other\r\n\r\n';
    const traceparent = '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-a\r\nx-evil: 1';
    await server.api.publish({ ...doomedWith(key), correlationid, traceparent });
    await server.api.waitForStatus('order', key, 'compensated');
    const call = server.calls().find(({ body }) => JSON.stringify(body).includes('X-Injected'));
    expect(call).toBeDefined();
    const [event] = await server.api.events(`?correlationId=${encodeURIComponent(correlationid)}`);
    expect(event).toMatchObject({ traceparent: null });
  });

  function doomedWith(orderId: string) {
    return { ...orderPlaced(order({ orderId, items: [{ sku: UNAVAILABLE, qty: 1 }] })), id: 'odd' };
  }
});
