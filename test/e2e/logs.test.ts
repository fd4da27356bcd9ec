/**
 * R13.1, R13.3: each line of a flow says whose it is, what goes out carries correlation and trace, and no line at any
 * level holds a key, a secret, a token or a payload.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../support/checkout.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { MqttUser } from '../support/mqtt.ts';
import { Project } from '../support/project.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const SECRET = 'sesame-4711';
/** In every payload that goes in or comes back. */
const PAYLOAD = 'pineapple-0815';
const FLOW = { tenant: '_', correlationId: 'c-77', traceId: TRACE };
const INSTANCE = { ...FLOW, saga: 'noted', key: 'n-1', run: 1 };

const line = z.looseObject({ level: z.number(), msg: z.string() });
type Line = z.infer<typeof line>;

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly token: string;
}

let server: HoldfastServer;
let target: Server;
let lines: readonly Line[];
const asked: Asked[] = [];

const linesOf = (): Line[] =>
  server.log
    .split('\n')
    .filter((text) => text.startsWith('{') && text.endsWith('}'))
    .map((text) => line.parse(JSON.parse(text)));

beforeAll(async () => {
  target = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { token } = z.looseObject({ token: z.string() }).parse(JSON.parse(body));
      asked.push({ headers: request.headers, token });
      // Once broken, with what must not be told in its answer.
      response.statusCode = asked.length === 1 ? 500 : 200;
      response.end(JSON.stringify({ error: `${PAYLOAD} ${SECRET}` }));
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const { port } = target.address() as AddressInfo;
  server = await HoldfastServer.start({
    restaurant: false,
    env: {
      HOLDFAST_LOG_LEVEL: 'trace',
      HOLDFAST_LOG_FORMAT: 'json',
      HOLDFAST_SECRET_TOKEN: SECRET,
      HOLDFAST_CONFIG_TARGET: `http://127.0.0.1:${port}`,
    },
  });
  using project = new Project('test/e2e/logged');
  await project.deploy(server);
  const { api } = server;
  await api.publish({
    specversion: '1.0',
    id: 'e-1',
    source: '/test',
    type: 'noted',
    correlationid: 'c-77',
    traceparent: TRACEPARENT,
    data: { id: 'n-1', note: PAYLOAD },
  });
  await api.waitForStatus('noted', 'n-1', 'waiting');
  await api.post('/v1/events', { type: 'noted', data: { id: 1, note: PAYLOAD } });
  await api.post('/v1/events', { type: 'noted', [PAYLOAD]: PAYLOAD });
  await using device = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  await device.publish('hf/events/noted', PAYLOAD);
  await device.publish('hf/events/noted', { id: 2, note: PAYLOAD });
  const answer = await api.completeWait('noted', 'n-1', 'answer', { note: PAYLOAD });
  expectStatus(answer, 200);
  await api.waitForStatus('noted', 'n-1', 'blocked');
  lines = await eventually('the instance is told to be blocked', () => {
    const found = linesOf();
    return found.some(({ msg }) => msg.startsWith('instance blocked')) ? found : undefined;
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await new Promise((resolve) => target.close(resolve));
});

test.each<[string, Record<string, unknown>]>([
  ['taken', { level: 30, ...INSTANCE, data: { step: 'first' } }],
  ['effect attempt started', { level: 20, ...INSTANCE, effect: 'ask', attempt: 1, mode: 'call' }],
  [
    'effect attempt ended',
    { level: 40, ...INSTANCE, effect: 'ask', attempt: 1, outcome: 'in_doubt', code: 'http.500' },
  ],
  [
    'effect attempt ended',
    { level: 20, ...INSTANCE, effect: 'ask', attempt: 2, outcome: 'succeeded' },
  ],
  ['about to lose it', { level: 30, ...INSTANCE, effect: 'lose', attempt: 1 }],
  ['effect attempt ended', { level: 40, ...INSTANCE, effect: 'lose', outcome: 'in_doubt' }],
  [
    'instance blocked: nobody knows whether its effect happened',
    { level: 40, ...INSTANCE, effect: 'lose' },
  ],
  ['release activated', { level: 30, app: 'logged' }],
  ['event refused', { level: 20, tenant: '_', protocol: 'http', code: 'event.invalid' }],
  ['quarantined', { level: 40, tenant: '_', origin: 'mqtt', code: 'event.not_json' }],
  ['quarantined', { level: 40, tenant: '_', origin: 'mqtt', code: 'event.invalid' }],
])('a line says: %s %o', (msg, fields) => {
  expect(lines).toContainEqual(expect.objectContaining({ msg, ...fields }));
});

test('every line about an instance has what leads to the rest of its flow', () => {
  const about = lines.filter((one) => 'key' in one);
  expect(about.length).toBeGreaterThan(6);
  for (const one of about) expect(one).toMatchObject(INSTANCE);
});

test('every field is in the reference', () => {
  const page = readFileSync(join(ROOT, 'docs/reference/logs.md'), 'utf8');
  const fields = new Set(lines.flatMap((one) => Object.keys(one)));
  expect([...fields].filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
});

test('no line holds a key, a secret, a token or a payload', () => {
  const { log } = server;
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([
    `Bearer ${SECRET}`,
    `Bearer ${SECRET}`,
  ]);
  expect(log).not.toContain(SECRET);
  expect(log).not.toContain(server.adminKey);
  expect(log).not.toContain(asked[0]?.token);
  expect(log).not.toContain(PAYLOAD);
});

test('what goes out carries tenant, correlation, trace and key, the second time as well', () => {
  expect(asked).toHaveLength(2);
  for (const { headers } of asked) {
    expect(headers).toMatchObject({
      'x-tenant-id': '_',
      'x-correlation-id': 'c-77',
      traceparent: TRACEPARENT,
    });
  }
  expect(asked[0]?.headers['idempotency-key']).toBe(asked[1]?.headers['idempotency-key']);
});
