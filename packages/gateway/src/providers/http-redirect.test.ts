import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { EffectFault, type EffectResult } from '@holdfast/core';
import type { HttpSettings } from './http-outcome.ts';
import { HttpProvider } from './http-provider.ts';
import { contextOf, effectCall, platformClock } from './testing-calls.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Answer = (seen: Seen, response: ServerResponse) => void;

/** A server that notes each request and answers as told. `port` is on every address of the loopback interface. */
async function target(answer: Answer): Promise<{ port: number; url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const one = { line: `${request.method} ${request.url}`, headers: request.headers, body };
      seen.push(one);
      answer(one, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, seen };
}

const ok: Answer = (_, response) => void response.end('done');
const to =
  (status: number, location: string): Answer =>
  (_, response) =>
    void response.writeHead(status, { location }).end();

function call(
  changes: Partial<HttpSettings>,
  input: unknown = {},
  values: Record<string, string> = {},
): Promise<EffectResult> {
  const provider = new HttpProvider({ clock: platformClock });
  ends.push(() => provider.close());
  const settings: HttpSettings = {
    kind: 'http',
    method: 'POST',
    url: 'config://BASE/start',
    headers: { Authorization: 'Bearer secret://TOKEN', 'X-Api': 'k', Accept: 'text/plain' },
    retryStatuses: [],
    doubtStatuses: [],
    ...changes,
  };
  const context = contextOf({ 'secret://TOKEN': 's3cret-token', ...values });
  return provider.execute(effectCall({ input: JSON.stringify(input) }), settings, context);
}
const codeOf = (result: EffectResult): string =>
  result.kind === 'succeeded' ? result.kind : `${result.kind} ${result.error.code}`;

describe('a URL of the input', () => {
  const given = { url: '{callback}', headers: {} };

  test.each([
    (port: number) => `http://127.0.0.1:${port}/`,
    (port: number) => `http://localhost:${port}/`,
    (port: number) => `http://0x7f.1:${port}/`,
    (port: number) => `http://2130706433:${port}/`,
    (port: number) => `http://0177.0.0.1:${port}/`,
    (port: number) => `http://[::ffff:127.0.0.1]:${port}/`,
    (port: number) => `http://[::1]:${port}/`,
  ])('does not lead to this machine, however it is written', async (of) => {
    const { port, seen } = await target(ok);
    const result = await call(given, { callback: of(port) });
    expect(codeOf(result)).toBe('failed target.refused');
    expect(seen).toEqual([]);
  });

  test('leads to the hosts that the release allows', async () => {
    const { port, seen } = await target(ok);
    const allowed = { ...given, allowHosts: ['LocalHost', '127.0.0.1'] };
    const callback = `http://localhost:${port}/hooks/1?a=b`;
    expect(codeOf(await call(allowed, { callback }))).toBe('succeeded');
    const numbered = { callback: `http://0x7f.1:${port}` };
    expect(codeOf(await call(allowed, numbered))).toBe('succeeded');
    expect(seen.map(({ line }) => line)).toEqual(['POST /hooks/1?a=b', 'POST /']);
  });

  test('goes on in the template, and a connection of a named host serves none that is given', async () => {
    const { port, url, seen } = await target(ok);
    const provider = new HttpProvider({ clock: platformClock });
    ends.push(() => provider.close());
    const settings: HttpSettings = {
      kind: 'http',
      method: 'POST',
      url: `http://localhost:${port}/named`,
      headers: {},
      retryStatuses: [],
      doubtStatuses: [],
    };
    const named = await provider.execute(effectCall(), settings, contextOf());
    expect(codeOf(named)).toBe('succeeded');
    const input = JSON.stringify({ callback: `http://localhost:${port}` });
    const second = { ...settings, url: '{callback}/given' };
    const result = await provider.execute(effectCall({ input }), second, contextOf());
    expect(codeOf(result)).toBe('failed target.refused');
    expect(url).toContain(String(port));
    expect(seen).toHaveLength(1);
  });

  test.each([
    'ftp://x/',
    'file:///etc/passwd',
    'http://user:pw@x/',
    'http://x/#f',
    'x',
    '',
    7,
    null,
  ])('is refused where it is %j', async (callback) => {
    const result = await call(given, { callback }).catch((error: unknown) =>
      error instanceof EffectFault ? error.result : error,
    );
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'template' } });
  });
});

describe('redirects', () => {
  test('are not followed unless asked', async () => {
    const { url, seen } = await target(to(302, '/next'));
    const result = await call({}, {}, { 'config://BASE': url });
    expect(codeOf(result)).toBe('failed http.302');
    expect(seen).toHaveLength(1);
  });

  test('on the same host repeat the request or ask for its answer, with all headers', async () => {
    const { url, seen } = await target((one, response) => {
      const next = { 'POST /start': '/again', 'POST /again': '/answer' }[one.line];
      if (next === undefined) ok(one, response);
      else to(next === '/again' ? 307 : 303, next)(one, response);
    });
    const result = await call({ redirects: 2 }, { a: 1 }, { 'config://BASE': url });
    expect(result).toEqual({ kind: 'succeeded', output: '"done"' });
    expect(seen.map(({ line, body }) => [line, body])).toEqual([
      ['POST /start', '{"a":1}'],
      ['POST /again', '{"a":1}'],
      ['GET /answer', ''],
    ]);
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer s3cret-token']),
    );
    expect(seen[2]?.headers['content-type']).toBeUndefined();
  });

  test('to another host take no header of the release and no body along', async () => {
    const other = await target(ok);
    const first = await target(to(303, `http://localhost:${other.port}/x`));
    const changes = { redirects: 1, allowHosts: ['localhost'] };
    const result = await call(changes, {}, { 'config://BASE': first.url });
    expect(codeOf(result)).toBe('succeeded');
    expect(other.seen[0]?.headers).toMatchObject({
      accept: 'text/plain',
      'idempotency-key': '0123456789abcdef0123456789abcdef',
    });
    for (const name of ['authorization', 'x-api', 'content-type']) {
      expect(other.seen[0]?.headers).not.toHaveProperty(name);
    }
    const repeated = await target(to(307, `http://localhost:${other.port}/x`));
    const kept = await call(changes, {}, { 'config://BASE': repeated.url });
    expect(codeOf(kept)).toBe('failed http.307');
    expect(other.seen).toHaveLength(1);
  });

  test('to a host that is not named and not public are refused; a request that was taken is in doubt', async () => {
    const inner = await target(ok);
    const named = await target(to(302, `http://localhost:${inner.port}/x`));
    const values = { 'config://BASE': named.url };
    expect(codeOf(await call({ method: 'GET', redirects: 3 }, {}, values))).toBe(
      'failed target.refused',
    );
    expect(codeOf(await call({ redirects: 3 }, {}, values))).toBe('in_doubt target.refused');
    const metadata = await target(to(302, 'http://169.254.169.254/latest/meta-data/'));
    const at = { 'config://BASE': metadata.url };
    expect(codeOf(await call({ method: 'GET', redirects: 3 }, {}, at))).toBe(
      'failed target.refused',
    );
    expect(inner.seen).toEqual([]);
  });

  test('end where there are more than were asked for, or where they lead nowhere', async () => {
    const loop = await target(to(302, '/start'));
    const values = { 'config://BASE': loop.url };
    expect(codeOf(await call({ method: 'GET', redirects: 3 }, {}, values))).toBe('failed http.302');
    expect(loop.seen).toHaveLength(4);
    const odd = await target(to(302, 'ftp://example.com/'));
    const at = { 'config://BASE': odd.url };
    expect(codeOf(await call({ method: 'GET', redirects: 3 }, {}, at))).toBe('failed http.302');
  });
});
