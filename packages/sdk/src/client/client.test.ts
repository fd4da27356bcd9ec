/** The client against an HTTP server that answers as the test says; the real one is in test/http. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHANGE_TOPICS, toProblem } from '@holdfast/core';
import type { Changes } from '@holdfast/core';
import { ApiError, createClient, HoldfastError } from './index.ts';
import type { ClientOptions } from './index.ts';

type Script = (request: Seen, response: ServerResponse) => void;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let seen: Seen[];
let script: Script;
let pauses: number[];

beforeEach(async () => {
  seen = [];
  pauses = [];
  script = (_, response) => response.end('{}');
  server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body };
      seen.push(request);
      script(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function urlOf(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(over: Partial<ClientOptions> = {}) {
  return createClient({
    url: urlOf(),
    key: 'hf_key',
    pauses: {
      random: () => 1,
      sleep: async (pause) => {
        pauses.push(pause);
      },
    },
    ...over,
  });
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function eventsOf(request: Seen | undefined): { id?: string } {
  return JSON.parse(request?.body ?? '{}') as { id?: string };
}

const ACCEPTED = { seq: 1, id: 'x', duplicate: false };

describe('publishing', () => {
  test('gives every event an id, so that the repetition is the same event', async () => {
    script = (_, response) =>
      seen.length < 3 ? json(response, 503, {}) : json(response, 202, ACCEPTED);
    expect(await client().publish({ type: 'order.placed', data: { a: 1 } })).toEqual({
      ...ACCEPTED,
      ended: null,
    });
    const ids = seen.map((request) => eventsOf(request).id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(pauses).toEqual([200, 400]);
  });

  test('a connection that breaks is tried again; the pause is at least what Retry-After asks', async () => {
    script = (_, response) => {
      if (seen.length === 1) response.destroy();
      else if (seen.length === 2) json(response, 429, {}, { 'retry-after': '3' });
      else json(response, 202, ACCEPTED);
    };
    await client().publish({ type: 't', id: 'x' });
    expect(pauses).toEqual([200, 3000]);
  });

  test.each([400, 401, 403, 409, 413, 500, 507])('%i is not tried again', async (status) => {
    script = (_, response) => json(response, status, {});
    await expect(client().publish({ type: 't' })).rejects.toMatchObject({ status });
    expect(seen).toHaveLength(1);
  });

  test('tries end; the last failure is thrown', async () => {
    script = (_, response) => json(response, 503, toProblem({ code: 'draining', message: 'bye' }));
    await expect(client({ retry: { attempts: 3 } }).publish({ type: 't' })).rejects.toMatchObject({
      code: 'draining',
      status: 503,
    });
    expect(seen).toHaveLength(3);
  });

  test('attributes go out under their CloudEvents names', async () => {
    await client().publish({
      type: 't',
      id: 'i',
      source: '/s',
      dataSchema: 'urn:x',
      correlationId: 'c',
      extensions: { partitionkey: 'p' },
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      partitionkey: 'p',
      id: 'i',
      source: '/s',
      type: 't',
      dataschema: 'urn:x',
      correlationid: 'c',
    });
  });

  test('an empty batch asks nobody', async () => {
    expect(await client().publishBatch([])).toEqual([]);
    expect(seen).toEqual([]);
  });
});

describe('what goes out', () => {
  test('key and tenant are headers; the empty tenant is written _', async () => {
    await client({ tenant: '' }).info();
    await client({ tenant: 'köln' }).info();
    await client().info();
    expect(seen.map(({ headers }) => [headers.authorization, headers['x-tenant-id']])).toEqual([
      ['Bearer hf_key', '_'],
      ['Bearer hf_key', 'k%C3%B6ln'],
      ['Bearer hf_key', undefined],
    ]);
  });

  test('keys are percent-encoded; what no URL can carry is refused before it is sent', async () => {
    const { sagas } = client({ url: `${urlOf()}/behind/a/proxy/` });
    await sagas.get('order', 'a/b?c#ü%');
    expect(seen[0]?.url).toBe('/behind/a/proxy/v1/sagas/order/a%2Fb%3Fc%23%C3%BC%25');
    for (const key of ['', '.', '..', '\ud800']) {
      await expect(sagas.get('order', key)).rejects.toBeInstanceOf(HoldfastError);
    }
    expect(seen).toHaveLength(1);
  });

  test.each([{ url: 'nonsense' }, { url: 'ftp://x' }, { key: '' }, { key: 'two words' }])(
    '%j is refused at once',
    (over) => {
      expect(() => client(over)).toThrow(HoldfastError);
    },
  );
});

describe('failures', () => {
  test('problem details become an error with code, hint, faults and status', async () => {
    const faults = [{ at: '/type', message: 'is required' }];
    script = (_, response) =>
      json(response, 400, toProblem({ code: 'event.invalid', message: 'm', hint: 'h', faults }));
    const error: unknown = await client()
      .info()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'event.invalid',
      status: 400,
      message: 'm',
      hint: 'h',
      faults,
    });
  });

  test('an error page of something in between is told by its status', async () => {
    script = (_, response) => response.writeHead(502).end('<html>');
    await expect(client().info()).rejects.toMatchObject({ code: 'unavailable', status: 502 });
  });

  test('a page that is no Holdfast, and no server at all, are unavailable and not asked twice', async () => {
    script = (_, response) => response.end('<html>');
    await expect(client().info()).rejects.toMatchObject({ code: 'unavailable' });
    const nowhere = client({ url: 'http://127.0.0.1:1' });
    await expect(nowhere.info()).rejects.toMatchObject({ code: 'unavailable', exitCode: 69 });
    expect(seen).toHaveLength(1);
  });

  test('a redirect is not followed: the key is for this server', async () => {
    script = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    await expect(client().info()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('an answer that does not come in time', async () => {
    script = () => undefined;
    await expect(client({ timeout: '50ms' }).info()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('health answers also when it is not well', async () => {
    script = (_, response) => json(response, 503, { status: 'failing', checks: {} });
    expect(await client().health()).toMatchObject({ status: 'failing' });
  });
});

describe('tail', () => {
  const block = (seq: number): string => `id: ${seq}\ndata: {"seq":${seq}}\n\n`;

  test('takes up where the connection broke, by Last-Event-ID', async () => {
    let closed = false;
    script = (_, response) => {
      if (seen.length === 2) {
        json(response, 503, {});
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (seen.length > 2) {
        response.on('close', () => (closed = true));
        response.write(block(6));
      }
      if (seen.length === 1) response.write(`id: 4\n\n${block(5)}`, () => response.destroy());
    };
    const got: number[] = [];
    for await (const event of client().events.tail({ after: 4, type: 't' })) {
      got.push(event.seq);
      if (got.length === 2) break;
    }
    expect(got).toEqual([5, 6]);
    expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '5', '5']);
    expect(seen[0]?.url).toBe('/v1/events/stream?after=4&type=t');
    // Leaving the loop lets the connection go.
    await expect.poll(() => closed).toBe(true);
  });

  test('is ended by its signal without an error', async () => {
    script = (_, response) => response.writeHead(200).write('id: 1\n\n');
    const controller = new AbortController();
    const next = client().events.tail({ signal: controller.signal }).next();
    await expect.poll(() => seen.length).toBe(1);
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('ends with what trying again cannot mend', async () => {
    script = (_, response) => {
      if (seen.length === 1) response.writeHead(200).end(block(1));
      else json(response, 401, toProblem({ code: 'auth.refused', message: 'revoked' }));
    };
    const tail = client().events.tail();
    expect((await tail.next()).value).toEqual({ seq: 1 });
    await expect(tail.next()).rejects.toMatchObject({ code: 'auth.refused' });
    await expect(client({ url: 'http://127.0.0.1:1' }).events.tail().next()).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('changes', () => {
  test('a connection that broke before anything changed: the next one begins with every topic', async () => {
    script = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (seen.length === 1) response.write(': here\n\n', () => response.destroy());
      else response.write('event: changes\ndata: {"head":7,"topics":["waits"]}\n\n');
    };
    const states: boolean[] = [];
    const got: Changes[] = [];
    const onConnection = (connected: boolean): unknown => states.push(connected);
    for await (const changes of client().changes({ onConnection })) {
      got.push(changes);
      if (got.length === 2) break;
    }
    expect(got).toEqual([
      { head: 0, topics: [...CHANGE_TOPICS] },
      { head: 7, topics: ['waits'] },
    ]);
    expect(states).toEqual([true, false, true]);
  });
});

describe('waiting for the end', () => {
  test('asks again until it has come', async () => {
    script = (_, response) =>
      json(response, 200, { status: seen.length < 3 ? 'running' : 'failed' });
    expect(await client().sagas.waitForEnd('order', 'o1')).toEqual({ status: 'failed' });
    expect(seen.map(({ url }) => url)).toEqual(Array(3).fill('/v1/sagas/order/o1?wait=30000ms'));
  });

  test('null when the time has passed', async () => {
    script = (_, response) => json(response, 200, { status: 'waiting' });
    expect(await client().sagas.waitForEnd('order', 'o1', { timeout: 0 })).toBeNull();
  });
});
