import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventSchema } from '@holdfast/core';
import type { IncomingEvent } from '@holdfast/core';
import { HttpHouse, systemClock } from '../support/http-house.ts';

let house: HttpHouse;
let open: ClientRequest[];

beforeEach(async () => {
  open = [];
  house = await new HttpHouse({ heartbeat: 40, limits: { maxStreams: 2 } }).start();
});
afterEach(async () => {
  for (const request of open) request.destroy();
  await house.stop();
});

function event(over: Partial<IncomingEvent> = {}): IncomingEvent {
  return {
    tenant: '',
    source: '/s',
    id: null,
    type: 'order.placed',
    subject: null,
    time: null,
    dataSchema: null,
    data: '{"a":1}',
    correlationId: null,
    causationId: null,
    traceparent: null,
    extensions: null,
    ...over,
  };
}

interface Tail {
  readonly response: IncomingMessage;
  text: string;
  ended: boolean;
  /** Seqs of the events seen. */
  seqs(): number[];
}

function tail(
  path = '',
  options: { key?: string; headers?: Record<string, string> } = {},
): Promise<Tail> {
  const key = options.key ?? house.key(['view']);
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${house.url}/v1/events/stream${path}`, {
      agent: false,
      headers: { authorization: `Bearer ${key}`, ...options.headers },
    });
    open.push(request);
    request.on('error', reject);
    request.on('response', (response) => {
      const seen: Tail = {
        response,
        text: '',
        ended: false,
        seqs: () =>
          [...seen.text.matchAll(/^data: (.*)$/gm)].map(
            ([, data]) => eventSchema.parse(JSON.parse(data ?? '')).seq,
          ),
      };
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (seen.text += chunk));
      response.on('end', () => (seen.ended = true));
      response.on('error', () => (seen.ended = true));
      resolve(seen);
    });
    request.end();
  });
}

test('begins at the end of the journal, and carries each event once with its seq as id', async () => {
  house.fake.append(event());
  const seen = await tail();
  expect(seen.response.statusCode).toBe(200);
  expect(seen.response.headers['content-type']).toBe('text/event-stream');
  await expect.poll(() => seen.text).toMatch(/^(: alive\n\n)*id: 1\n\n/);
  house.fake.append(event({ data: '{"b": "two words"}', correlationId: 'c' }));
  await expect.poll(() => seen.seqs()).toEqual([2]);
  expect(seen.text).toContain('id: 2\ndata: {"seq":2,');
  expect(seen.text).toContain('"data":{"b": "two words"}}\n\n');
});

test('goes on after `after` or Last-Event-ID, which goes first, across pages', async () => {
  for (let i = 0; i < 600; i++) house.fake.append(event());
  const all = await tail('?after=0');
  await expect.poll(() => all.seqs().length).toBe(600);
  expect(all.seqs()).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  const rest = await tail('?after=0', { headers: { 'last-event-id': '598' } });
  await expect.poll(() => rest.seqs()).toEqual([599, 600]);
});

test('a Last-Event-ID that is no seq is refused', async () => {
  const seen = await tail('', { headers: { 'last-event-id': 'x' } });
  expect(seen.response.statusCode).toBe(400);
  await expect.poll(() => seen.text).toContain('request.invalid');
});

test('filters by type, correlation and stream, and only shows its own tenant', async () => {
  const key = house.key(['view'], { tenant: 'acme' });
  const seen = await tail('?after=0&type=t&correlationId=c&stream=WORKFLOW_EVENTS', { key });
  const wanted = event({ tenant: 'acme', type: 't', correlationId: 'c' });
  const workflow = { stream: 'WORKFLOW_EVENTS' } as const;
  house.fake.append(wanted, workflow);
  house.fake.append(wanted);
  house.fake.append({ ...wanted, type: 'u' }, workflow);
  house.fake.append({ ...wanted, correlationId: 'd' }, workflow);
  house.fake.append({ ...wanted, tenant: 'other' }, workflow);
  house.fake.append({ ...wanted, tenant: '' }, workflow);
  house.fake.append(wanted, workflow);
  await expect.poll(() => seen.seqs()).toEqual([1, 7]);
});

test('data with line breaks stays in its field', async () => {
  const seen = await tail('?after=0');
  house.fake.append(event({ data: '{\n"a":\r\n1}' }));
  house.fake.append(event());
  await expect.poll(() => seen.seqs()).toEqual([1, 2]);
});

test('a comment keeps it open; an id without data moves past events that the filter left out', async () => {
  const seen = await tail('?after=0&type=never');
  await expect.poll(() => seen.text).toContain(': alive\n\n');
  house.fake.append(event());
  await expect.poll(() => seen.text).toContain(': alive\n\nid: 1\n\n');
  expect(seen.seqs()).toEqual([]);
});

describe('it ends', () => {
  test('when its key is revoked', async () => {
    const seen = await tail();
    house.keyRing.revoke('k-view-');
    await expect.poll(() => seen.ended).toBe(true);
    expect(house.fake.listeners).toBe(0);
  });

  test('when its key expires', async () => {
    let past = 0;
    const clock = { ...systemClock, now: () => Date.now() * 1000 + past };
    const other = await new HttpHouse({ clock, heartbeat: 20 }).start();
    try {
      const secret = other.key(['view'], { expiresAt: clock.now() + 60_000_000 });
      const request = httpRequest(`${other.url}/v1/events/stream`, {
        agent: false,
        headers: { authorization: `Bearer ${secret}` },
      });
      const ended = new Promise((resolve) => {
        request.on('response', (response) => response.resume().on('end', resolve));
      });
      request.end();
      await expect.poll(() => other.fake.listeners).toBe(1);
      past = 61_000_000;
      await ended;
      expect(other.fake.listeners).toBe(0);
    } finally {
      await other.stop();
    }
  });

  test('when the reader goes, and gives its place to another', async () => {
    await tail();
    await tail();
    const refused = await tail();
    expect(refused.response.statusCode).toBe(429);
    expect(house.fake.listeners).toBe(2);
    open[0]?.destroy();
    await expect.poll(() => house.fake.listeners).toBe(1);
    expect((await tail()).response.statusCode).toBe(200);
  });

  test('when the listener closes, without waiting for the grace', async () => {
    const seen = await tail();
    await house.listener.close(60_000);
    await expect.poll(() => seen.ended).toBe(true);
  });

  test('when the read model fails, so that the reader comes back', async () => {
    const seen = await tail();
    house.deps.readModel.eventsAfter = () => Promise.reject(new Error('reader thread is gone'));
    house.fake.append(event());
    await expect.poll(() => seen.ended).toBe(true);
    expect(house.lines.at(-1)).toMatchObject({ level: 'warn' });
  });
});

test('HEAD tells the type and opens nothing', async () => {
  const reply = await house.ask('HEAD', '/v1/events/stream', { key: house.key(['view']) });
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('text/event-stream');
  expect(house.fake.listeners).toBe(0);
});
