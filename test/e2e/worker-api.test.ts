/** The workers' protocol over HTTP, spoken by hand to a real server in mode `saga` (R5.2, R8.1, R15.2). */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { HttpApi } from '../support/http-api.ts';
import { order, orderPlaced } from '../support/orders.ts';

const joined = z.object({ id: z.string(), ackWait: z.number(), lost: z.array(z.unknown()) });
const commands = z.object({
  commands: z.array(
    z.object({
      tenantId: z.string(),
      commandId: z.string(),
      effectName: z.string(),
      payload: z.looseObject({ orderId: z.string() }),
      metadata: z.looseObject({ attempt: z.number(), release: z.string(), leaseUntil: z.string() }),
    }),
  ),
});
type Command = z.infer<typeof commands>['commands'][number];

let server: HoldfastServer;
let worker: HttpApi;

beforeAll(async () => {
  server = await HoldfastServer.start({ args: ['--mode', 'saga'] });
  const { secret } = await server.api.createKey({ name: 'worker', scopes: ['work'] });
  worker = new HttpApi(server.ready.http, secret);
});
afterAll(() => server[Symbol.asyncDispose]());

const join = async (name: string): Promise<string> =>
  joined.parse((await worker.post('/v1/workers', { name, concurrency: 4 })).json).id;

let polls = 0;
async function leaseOne(id: string): Promise<Command> {
  const answer = await worker.post(`/v1/workers/${id}/lease`, {
    poll: ++polls,
    max: 1,
    wait: '30s',
  });
  const [command] = commands.parse(answer.json).commands;
  if (command === undefined) throw new Error('nothing was leased');
  return command;
}

const resultOf = (command: Command, payload: unknown, resultType = 'succeeded') => ({
  tenantId: command.tenantId,
  commandId: command.commandId,
  effectName: command.effectName,
  attempt: command.metadata.attempt,
  resultType,
  payload,
  timestamp: new Date().toISOString(),
});

test('a worker carries a saga from its start to its end, and its answers may be repeated', async () => {
  const id = await join('by-hand');
  const placed = order();
  await server.api.publish(orderPlaced(placed));
  const reserve = await leaseOne(id);
  expect(reserve).toMatchObject({
    tenantId: '',
    effectName: 'kitchen.reserve',
    metadata: { attempt: 1, mode: 'call', saga: 'order', key: placed.orderId, run: 1 },
  });
  expect(Date.parse(reserve.metadata.leaseUntil)).toBeGreaterThan(Date.now());
  const complete = `/v1/workers/${id}/complete`;
  const result = resultOf(reserve, { ticket: 't-1' });
  expect((await worker.post(complete, result)).json).toMatchObject({ duplicate: false });
  expect((await worker.post(complete, result)).json).toMatchObject({ duplicate: true });
  const other = resultOf(reserve, { code: 'no', message: 'changed my mind' }, 'failed');
  const refused = await worker.post(complete, other);
  expect([refused.status, refused.json]).toMatchObject([409, { code: 'lease.lost' }]);
  const charge = await leaseOne(id);
  expect(charge.effectName).toBe('payment.charge');
  const declined = resultOf(charge, { code: 'card', message: 'declined' }, 'failed');
  expect((await worker.post(complete, declined)).status).toBe(200);
  const release = await leaseOne(id);
  expect(release.effectName).toBe('kitchen.release');
  await worker.post(complete, resultOf(release, { released: true }));
  await server.api.waitForStatus('order', placed.orderId, 'compensated');
  // Nobody but the worker made a call.
  expect(server.calls()).toEqual([]);
});

test('the release a command names can be fetched, and has the digest that it is named by', async () => {
  const { items } = z
    .object({ items: z.array(z.looseObject({ digest: z.string() })) })
    .parse((await server.api.get('/v1/releases')).json);
  const digest = items[0]?.digest ?? '';
  const { files } = z
    .object({ files: z.record(z.string(), z.string()) })
    .parse((await worker.get(`/v1/releases/${digest}/bundle`)).json);
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const sums = Object.keys(files)
    .toSorted()
    .map((path) => [path, sha256(files[path] ?? '')] as const);
  expect(sha256(JSON.stringify(Object.fromEntries(sums)))).toBe(digest);
  expect((await worker.get(`/v1/releases/${'0'.repeat(64)}/bundle`)).status).toBe(404);
});

test('only keys with the scope may be workers, and only an admin places them', async () => {
  const id = await join('placed');
  const { secret } = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
  const viewer = new HttpApi(server.ready.http, secret);
  expect((await viewer.post('/v1/workers', { name: 'x', concurrency: 1 })).status).toBe(403);
  const body = JSON.stringify({ tenants: ['a..n'], reason: 'moved' });
  expect((await worker.send('PATCH', `/v1/workers/${id}`, body)).status).toBe(403);
  const bad = await server.api.send('PATCH', `/v1/workers/${id}`, '{"tenants":["n..a"]}');
  expect(bad.status).toBe(400);
  const placed = await server.api.send('PATCH', `/v1/workers/${id}`, body);
  expect(placed.json).toMatchObject({ name: 'placed', tenants: ['a..n'] });
  expect((await worker.post(`/v1/workers/${id}/leave`, {})).status).toBe(204);
  const gone = await worker.post(`/v1/workers/${id}/beat`, {});
  expect([gone.status, gone.json]).toMatchObject([404, { code: 'worker.unknown' }]);
  const records = await server.api.get(`/v1/workers/records?worker=${id}`);
  expect(records.json).toMatchObject({
    items: [
      { kind: 'left', name: 'placed' },
      { kind: 'placed', detail: { tenants: ['a..n'], reason: 'moved' } },
      { kind: 'joined' },
    ],
  });
});

test('workers are listed, and `holdfast status` shows them', async () => {
  const id = await join('listed');
  const listed = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
  const { items } = listed.parse((await server.api.get('/v1/workers')).json);
  expect(items.find((one) => one.id === id)).toMatchObject({
    name: 'listed',
    state: 'joined',
    inFlight: 0,
    concurrency: 4,
  });
  const { stdout } = await server.cli('status');
  expect(stdout).toMatch(/listed +joined +0 of 4 calls/);
  const status = z.object({
    mode: z.string(),
    workers: z.array(z.looseObject({ id: z.string() })),
  });
  const { mode, workers } = status.parse(await server.cliJson('status'));
  expect(mode).toBe('saga');
  expect(workers.map((one) => one.id)).toContain(id);
});
