import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { EffectResult, ProviderSettings } from '@holdfast/core';
import { HttpProvider } from './http-provider.ts';
import type { HttpSettings } from './http-outcome.ts';
import { contextOf, effectCall, platformClock } from './testing-calls.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that notes each request and answers as told. */
async function target(
  answer: (seen: Seen, response: Parameters<RequestListener>[1]) => void,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body,
      };
      seen.push(one);
      answer(one, response);
    });
  });
  return { url: await listen(server), seen };
}

function provider(options: { maxResponseBytes?: number } = {}): HttpProvider {
  const made = new HttpProvider({ clock: platformClock, ...options });
  ends.push(() => made.close());
  return made;
}

function settings(changes: Partial<HttpSettings>): HttpSettings {
  return {
    kind: 'http',
    method: 'POST',
    url: 'config://BASE/charge',
    headers: {},
    retryStatuses: [425, 429, 503],
    doubtStatuses: [408, 500, 502, 504],
    ...changes,
  };
}

const ok = (_: Seen, response: Parameters<RequestListener>[1]): void => {
  response.setHeader('content-type', 'application/json').end('{"chargeId":"c-1"}');
};

function at(base: string): ReturnType<typeof contextOf> {
  return contextOf({ 'config://BASE': base, 'secret://TOKEN': 's3cret-token' });
}

describe('the request', () => {
  test('carries the input, and the headers that every call carries', async () => {
    const { url, seen } = await target(ok);
    const result = await provider().execute(effectCall({ tenant: 'north' }), settings({}), at(url));
    expect(result).toEqual({ kind: 'succeeded', output: '{"chargeId":"c-1"}' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/charge',
      body: '{"orderId":"o-1","amount":12.5}',
      headers: {
        'idempotency-key': '0123456789abcdef0123456789abcdef',
        'x-tenant-id': 'north',
        'x-correlation-id': 'o-1',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'content-type': 'application/json',
        host: url.slice('http://'.length),
      },
    });
  });

  test('writes the empty tenant as "_", and leaves out a trace that is not known', async () => {
    const { url, seen } = await target(ok);
    const call = effectCall({ correlationId: null, traceparent: null, key: 'Zürich\n' });
    await provider().execute(call, settings({}), at(url));
    expect(seen[0]?.headers['x-tenant-id']).toBe('_');
    expect(seen[0]?.headers['x-correlation-id']).toBe('Z%C3%BCrich%0A');
    expect(seen[0]?.headers).not.toHaveProperty('traceparent');
  });

  test('encodes what fills the path and the query', async () => {
    const { url, seen } = await target(ok);
    const input = JSON.stringify({ id: 'a/b?c#d %', deep: { list: [{ sku: 'ä' }] } });
    await provider().execute(
      effectCall({ input }),
      settings({ url: 'config://BASE/o/{id}/{deep.list.0.sku}?again={id}&key={$key}' }),
      at(`${url}/`),
    );
    expect(seen[0]?.url).toBe('/o/a%2Fb%3Fc%23d%20%25/%C3%A4?again=a%2Fb%3Fc%23d%20%25&key=o-1');
  });

  test.each([
    ['a dot segment', '..'],
    ['an encoded dot segment', '%2e%2e/..'],
    ['an empty segment', ''],
    ['a missing value', undefined],
    ['an object', {}],
    ['null', null],
  ])('is refused for a path with %s, before anything is sent', async (name, id) => {
    const { url, seen } = await target(ok);
    const attempt = provider().execute(
      effectCall({ input: JSON.stringify({ id }) }),
      settings({ url: 'config://BASE/o/{id}' }),
      at(url),
    );
    // `%2e%2e/..` becomes `%252e%252e%2F..`: one segment that no server resolves.
    if (name === 'an encoded dot segment') {
      await attempt;
      expect(seen[0]?.url).toBe('/o/%252e%252e%2F..');
      return;
    }
    await expect(attempt).rejects.toMatchObject({
      result: { kind: 'failed', error: { code: 'template' } },
    });
    expect(seen).toHaveLength(0);
  });

  test('fills a structural body, types kept', async () => {
    const { url, seen } = await target(ok);
    const body = {
      amount: '{amount}',
      note: 'order {orderId} of {$tenant}',
      lines: ['{items}', '{nothing}'],
      gone: '{nothing}',
      fixed: [1, true, null, { brace: '{{x}}' }],
      token: 'secret://TOKEN',
    };
    const input = JSON.stringify({ orderId: 'o-1', amount: 12.5, items: [{ sku: 'x' }] });
    await provider().execute(effectCall({ input }), settings({ body }), at(url));
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      amount: 12.5,
      note: 'order o-1 of _',
      lines: [[{ sku: 'x' }], null],
      fixed: [1, true, null, { brace: '{x}' }],
      token: 's3cret-token',
    });
  });

  test('fills headers, which may replace the content type but not the key', async () => {
    const { url, seen } = await target(ok);
    const headers = {
      Authorization: 'Bearer secret://TOKEN',
      'X-Request': '{orderId}-{$idempotencyKey}',
      'Content-Type': 'application/vnd.shop+json',
    };
    await provider().execute(effectCall(), settings({ headers }), at(url));
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret-token',
      'x-request': 'o-1-0123456789abcdef0123456789abcdef',
      'content-type': 'application/vnd.shop+json',
    });
  });

  test('is refused for a header that would break out of its line', async () => {
    const { url, seen } = await target(ok);
    const attempt = provider().execute(
      effectCall({ input: JSON.stringify({ evil: 'a\r\nX-Admin: 1' }) }),
      settings({ headers: { 'X-Note': '{evil}' } }),
      at(url),
    );
    await expect(attempt).rejects.toMatchObject({ result: { kind: 'failed' } });
    expect(seen).toHaveLength(0);
  });

  test('a value of the configuration is not read as a template', async () => {
    const { url, seen } = await target(ok);
    const context = contextOf({
      'config://BASE': url,
      'config://NOTE': '{orderId} secret://TOKEN',
    });
    await provider().execute(effectCall(), settings({ body: { note: 'config://NOTE' } }), context);
    expect(seen[0]?.body).toBe('{"note":"{orderId} secret://TOKEN"}');
  });

  test('GET sends no body; credentials of the URL become basic authorization', async () => {
    const { url, seen } = await target(ok);
    await provider().execute(
      effectCall(),
      settings({ method: 'GET' }),
      at(url.replace('http://', 'http://me:p%40ss@')),
    );
    expect(seen[0]).toMatchObject({ method: 'GET', body: '' });
    expect(seen[0]?.headers.authorization).toBe(`Basic ${btoa('me:p@ss')}`);
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('keeps connections', async () => {
    const ports = new Set<number | undefined>();
    const server = createServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const url = await listen(server);
    const one = provider();
    for (let i = 0; i < 5; i++) await one.execute(effectCall(), settings({}), at(url));
    expect(ports.size).toBe(1);
  });
});

describe('the answer', () => {
  const statuses: [number, EffectResult['kind']][] = [
    [200, 'succeeded'],
    [201, 'succeeded'],
    [204, 'succeeded'],
    [301, 'failed'],
    [302, 'failed'],
    [304, 'failed'],
    [400, 'failed'],
    [402, 'failed'],
    [404, 'failed'],
    [409, 'failed'],
    [408, 'in_doubt'],
    [425, 'not_done'],
    [429, 'not_done'],
    [500, 'in_doubt'],
    [501, 'in_doubt'],
    [502, 'in_doubt'],
    [503, 'not_done'],
    [504, 'in_doubt'],
  ];
  test.each(statuses)('%i is %s', async (status, kind) => {
    const { url, seen } = await target((_, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    const result = await provider().execute(effectCall(), settings({}), at(url));
    expect(result.kind).toBe(kind);
    if (result.kind === 'succeeded') expect(result.output).toBe('null');
    else expect(result.error.code).toBe(`http.${status}`);
    expect(seen.map((request) => request.url)).toEqual(['/charge']);
  });

  test('the release may classify statuses otherwise', async () => {
    const { url } = await target((_, response) => response.writeHead(409).end());
    const own = settings({ retryStatuses: [409], doubtStatuses: [] });
    expect((await provider().execute(effectCall(), own, at(url))).kind).toBe('not_done');
  });

  test('Retry-After is honoured, in seconds and as a date', async () => {
    let retryAfter = '7';
    const { url } = await target((_, response) => {
      response.writeHead(503, { 'retry-after': retryAfter }).end();
    });
    const one = provider();
    const seconds = await one.execute(effectCall(), settings({}), at(url));
    expect(seconds).toMatchObject({ kind: 'not_done', retryAfter: 7000 });
    retryAfter = new Date(Date.now() + 3_600_000).toUTCString();
    const date = await one.execute(effectCall(), settings({}), at(url));
    expect(date.kind === 'not_done' && date.retryAfter).toBeGreaterThan(3_000_000);
    retryAfter = 'soon';
    expect(await one.execute(effectCall(), settings({}), at(url))).not.toHaveProperty('retryAfter');
  });

  test('a refusal keeps the head of its body', async () => {
    const { url } = await target((_, response) => {
      response.writeHead(402).end(`card declined ${'x'.repeat(5000)}`);
    });
    const result = await provider().execute(effectCall(), settings({}), at(url));
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'http.402' } });
    const message = result.kind === 'failed' ? result.error.message : '';
    expect(message).toMatch(/^402 Payment Required: card declined/);
    expect(message.length).toBeLessThan(600);
  });

  test('text, and JSON that is none, become a string', async () => {
    let type = '';
    const { url } = await target((_, response) => {
      response.setHeader('content-type', type).end('{"a":\u0000');
    });
    const one = provider();
    for (type of ['text/plain', 'application/json']) {
      const result = await one.execute(effectCall(), settings({}), at(url));
      expect(JSON.parse(result.kind === 'succeeded' ? result.output : 'null')).toBe('{"a":\ufffd');
    }
  });

  test('U+0000 in JSON becomes U+FFFD, an escaped backslash before it stays', async () => {
    const { url } = await target((_, response) => {
      response
        .setHeader('content-type', 'application/problem+json; charset=utf-8')
        .end('{"a":"\\u0000\\u0000","b":"\\\\u0000","c":"\\\\\\u0000"}');
    });
    const result = await provider().execute(effectCall(), settings({}), at(url));
    const output = result.kind === 'succeeded' ? result.output : '';
    expect(JSON.parse(output)).toEqual({ a: '\ufffd\ufffd', b: '\\u0000', c: '\\\ufffd' });
  });

  test('one too large is in doubt, for it took effect; a refusal stays a refusal', async () => {
    let status = 200;
    const { url } = await target((_, response) => response.writeHead(status).end('x'.repeat(2000)));
    const one = provider({ maxResponseBytes: 1000 });
    expect(await one.execute(effectCall(), settings({}), at(url))).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'output.incomplete' },
    });
    status = 400;
    expect((await one.execute(effectCall(), settings({}), at(url))).kind).toBe('failed');
  });

  test('one cut off inside its body is in doubt', async () => {
    const { url } = await target((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect(await provider().execute(effectCall(), settings({}), at(url))).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'output.incomplete' },
    });
  });

  test('one in an encoding that nobody asked for is in doubt', async () => {
    const { url } = await target((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('?');
    });
    expect((await provider().execute(effectCall(), settings({}), at(url))).kind).toBe('in_doubt');
  });
});

describe('the connection', () => {
  async function freePort(): Promise<number> {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  test('refused: certainly not done', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await provider().execute(effectCall(), settings({}), at(url))).toMatchObject({
      kind: 'not_done',
      error: { code: 'connect', message: expect.stringContaining('ECONNREFUSED') as string },
    });
  });

  test('a name that does not resolve: certainly not done', async () => {
    const url = 'http://nowhere.invalid';
    expect(await provider().execute(effectCall(), settings({}), at(url))).toMatchObject({
      kind: 'not_done',
      error: { code: 'connect' },
    });
  });

  test('a TLS handshake that fails: certainly not done', async () => {
    const url = await listen(createTcpServer((socket) => socket.end('this is not TLS\r\n')));
    const secure = url.replace('http:', 'https:');
    expect(await provider().execute(effectCall(), settings({}), at(secure))).toMatchObject({
      kind: 'not_done',
      error: { code: 'connect' },
    });
  });

  test('reset once the request was read: in doubt', async () => {
    const url = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    expect(await provider().execute(effectCall(), settings({}), at(url))).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'connection.lost' },
    });
  });

  test('closed without an answer, an upgrade nobody asked for, and nonsense: in doubt', async () => {
    for (const answer of [
      '',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      'nonsense\r\n\r\n',
    ]) {
      const url = await listen(
        createTcpServer((socket) => {
          socket.on('error', () => undefined);
          socket.once('data', () => socket.end(answer));
        }),
      );
      expect((await provider().execute(effectCall(), settings({}), at(url))).kind).toBe('in_doubt');
    }
  });

  test('out of time once the request was sent: in doubt, at once', async () => {
    const controller = new AbortController();
    const { url } = await target(() => controller.abort());
    const context = contextOf({ 'config://BASE': url }, controller.signal);
    expect(await provider().execute(effectCall(), settings({}), context)).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'timeout' },
    });
  });

  test('out of time before there was one: certainly not done', async () => {
    const { url, seen } = await target(ok);
    const context = contextOf({ 'config://BASE': url }, AbortSignal.abort());
    expect((await provider().execute(effectCall(), settings({}), context)).kind).toBe('not_done');
    expect(seen).toHaveLength(0);
  });

  test('none within the connect timeout: certainly not done, before the call runs out of time', async () => {
    // A TCP server that answers no TLS handshake: connected, but nothing of the request can have left.
    const url = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
    const timers: (() => void)[] = [];
    const clock = {
      ...platformClock,
      after: (_: number, run: () => void) => {
        timers.push(run);
        return () => undefined;
      },
    };
    const one = new HttpProvider({ clock });
    ends.push(() => one.close());
    const result = one.execute(effectCall(), settings({}), at(url.replace('http:', 'https:')));
    while (timers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    timers[0]?.();
    expect(await result).toMatchObject({ kind: 'not_done', error: { code: 'connect' } });
  });
});

describe('check', () => {
  const check = { method: 'GET' as const, url: 'config://BASE/charges/{orderId}' };
  const asking = effectCall({ mode: 'check' });

  test.each([
    [200, 'succeeded'],
    [404, 'not_done'],
    [410, 'not_done'],
    [401, 'in_doubt'],
    [429, 'in_doubt'],
    [500, 'in_doubt'],
    [503, 'in_doubt'],
  ] satisfies [number, EffectResult['kind']][])('%i is %s', async (status, kind) => {
    const { url, seen } = await target((_, response) => response.writeHead(status).end());
    const result = await provider().execute(asking, settings({ check }), at(url));
    expect(result.kind).toBe(kind);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/charges/o-1' });
  });

  test('a question that reaches nobody says nothing about the call', async () => {
    const { url } = await target(ok);
    const context = contextOf({ 'config://BASE': url }, AbortSignal.abort());
    expect((await provider().execute(asking, settings({ check }), context)).kind).toBe('in_doubt');
  });

  test('without a check request it stays in doubt, and nothing is called', async () => {
    const { url, seen } = await target(ok);
    expect((await provider().execute(asking, settings({}), at(url))).kind).toBe('in_doubt');
    expect(seen).toHaveLength(0);
  });
});

test('settings of another provider are refused', async () => {
  const other: ProviderSettings = { kind: 'echo' };
  await expect(provider().execute(effectCall(), other, contextOf())).rejects.toThrow(/echo/);
});
