/**
 * Commands to an outside gateway (R2.4, R7.2, R7.3), from both styles of saga, through a gateway that refuses, breaks off
 * and says back what it was sent: nothing of the secret stays anywhere (R8.2).
 */
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gatewayCommandSchema } from '@holdfast/core';
import type { GatewayCommand } from '@holdfast/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';

const SECRET = 'erp-t0ken-nobody-may-see';

const RELEASE_FILE = `app: books
config: { ERP: 'http://erp.invalid' }
gateways:
  erp:
    url: config://ERP/commands
    headers: { X-Erp: 'key secret://ERP_TOKEN' }
    idempotency: { window: 1h }
    retry: { attempts: 5, backoff: 1ms, max: 1ms }
`;

const CODE = `import { command, event, reducer, saga } from '@holdfast/sdk';
import { z } from 'zod';

const Sold = event('sold', z.object({ id: z.string(), amount: z.number() }));
const Counted = event('counted', z.object({ shelf: z.string(), left: z.number() }));

const book = command('invoice.book', {
  gateway: 'erp',
  input: z.object({ id: z.string(), amount: z.number() }),
  output: z.object({ ticket: z.number() }),
});
const unbook = command('invoice.unbook', { gateway: 'erp', command: 'invoice.storno' });
const refill = command('shelf.refill', { gateway: 'erp' });

export const sale = saga('sale', { on: Sold, key: (o) => o.id }, function* (o) {
  const first = yield* book({ id: o.id, amount: o.amount }, { undo: () => unbook({ id: o.id }) });
  if (o.amount > 100) yield* book({ id: o.id + '-rest', amount: -1 });
  return first;
});

export const shelf = reducer('shelf', {
  on: { counted: Counted },
  key: ({ shelf }) => shelf,
  state: z.object({ tickets: z.number() }),
  initial: { tickets: 0 },
  effects: { refill },
  handlers: {
    counted: (state, { shelf, left }, ctx) => {
      if (left === 0) ctx.call('refill', { shelf });
      return state;
    },
  },
  outcomes: { refill: (state) => ({ tickets: state.tickets + 1 }) },
});
`;

const commands: GatewayCommand[] = [];
const effects = z.looseObject({
  items: z.array(
    z.looseObject({ commandId: z.string(), effect: z.string(), kind: z.string(), key: z.string() }),
  ),
});
let gateway: Server;
let server: HoldfastServer;

beforeAll(async () => {
  gateway = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const command = gatewayCommandSchema.parse(JSON.parse(body));
      const tries = commands.filter(({ command_id: id }) => id === command.command_id).length;
      commands.push(command);
      const { amount } = z.looseObject({ amount: z.number().optional() }).parse(command.payload);
      const echo = `no: ${JSON.stringify(request.headers)}`;
      if (amount === -1) response.writeHead(422).end(echo);
      else if (tries === 0) response.writeHead(503).end(echo);
      else if (tries === 1 && command.name === 'invoice.book') request.socket.destroy();
      else response.writeHead(202, { 'content-type': 'application/json' }).end('{"ticket":7}');
    });
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const { port } = gateway.address() as AddressInfo;
  server = await HoldfastServer.start({
    restaurant: false,
    env: {
      HOLDFAST_CONFIG_ERP: `http://127.0.0.1:${port}`,
      HOLDFAST_SECRET_ERP_TOKEN: SECRET,
      HOLDFAST_LOG_LEVEL: 'debug',
    },
  });
  using project = new Project();
  project.write('holdfast.release.yaml', RELEASE_FILE);
  project.write('package.json', '{ "name": "books", "type": "module", "private": true }');
  project.write('src/index.ts', CODE);
  await project.deploy(server);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  gateway.closeAllConnections();
  gateway.close();
});

const event = (type: string, data: unknown) => ({
  specversion: '1.0',
  type,
  source: 'test',
  id: crypto.randomUUID(),
  data,
});

test('a saga goes on once its gateway has confirmed, tried as often as needed under one id', async () => {
  await server.api.publish(event('sold', { id: 's-1', amount: 10 }));
  const ended = await server.api.waitForStatus('sale', 's-1', 'completed');
  expect(ended.result).toEqual({ ticket: 7 });
  const mine = commands.filter(({ metadata: { key } }) => key === 's-1');
  expect(mine).toHaveLength(3);
  expect(new Set(mine.map((command) => JSON.stringify(command))).size).toBe(1);
  expect(mine[0]).toMatchObject({ name: 'invoice.book', payload: { id: 's-1', amount: 10 } });
  const { json } = await server.api.get('/v1/effects?state=settled');
  const item = effects.parse(json).items.find(({ key }) => key === 's-1');
  expect(item).toMatchObject({ kind: 'command', effect: 'invoice.book' });
  expect(item?.commandId).toBe(mine[0]?.command_id);
  const told = (await server.api.get('/v1/sagas/sale/s-1/timeline')).text;
  expect(told).toContain('"kind":"command"');
});

test('a refused command is undone by another, under the name that the gateway knows', async () => {
  await server.api.publish(event('sold', { id: 's-2', amount: 101 }));
  await server.api.waitForStatus('sale', 's-2', 'compensated');
  const names = commands
    .filter(({ metadata: { key } }) => key === 's-2')
    .map(({ name, payload }) => `${name} ${JSON.stringify(payload)}`);
  expect(new Set(names)).toEqual(
    new Set([
      'invoice.book {"amount":101,"id":"s-2"}',
      'invoice.book {"amount":-1,"id":"s-2-rest"}',
      'invoice.storno {"id":"s-2"}',
    ]),
  );
});

test('a reducer submits commands too', async () => {
  await server.api.publish(event('counted', { shelf: 'tea', left: 0 }));
  await eventually('the shelf has its ticket', async () => {
    const { text } = await server.api.get('/v1/sagas/shelf/tea');
    return text.includes('"tickets":1') ? true : undefined;
  });
  expect(commands.filter(({ name }) => name === 'shelf.refill')).toHaveLength(2);
});

test('the secret is in no error, record, release or log line, though the gateway says it back', async () => {
  for (const [saga, key] of [
    ['sale', 's-1'],
    ['sale', 's-2'],
    ['shelf', 'tea'],
  ]) {
    const { text } = await server.api.get(`/v1/sagas/${saga}/${key}/timeline`);
    expect(text).not.toContain(SECRET);
  }
  const { text } = await server.api.get('/v1/sagas/sale/s-2/timeline');
  expect(text).toContain('[secret]');
  expect(server.log).not.toContain(SECRET);
  expect(await server.stop()).toBe(0);
  const holding = filesIn(server.dataDir).filter((file) => readFileSync(file).includes(SECRET));
  expect(holding).toEqual([]);
  // What this would have found is there.
  const errors = filesIn(server.dataDir).filter((file) => readFileSync(file).includes('[secret]'));
  expect(errors).not.toEqual([]);
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
