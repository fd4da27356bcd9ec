import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { gatewayCommandSchema } from '@holdfast/core';
import type { EffectCall, EffectResult, ProviderSettings } from '@holdfast/core';
import { GatewayProvider } from './gateway-provider.ts';
import { HttpProvider } from './http-provider.ts';
import { contextOf, effectCall, platformClock } from './testing-calls.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Submission {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A gateway that takes a command once, by its id, and says so each time. */
async function gateway(statuses: readonly number[] = []) {
  const submissions: Submission[] = [];
  const taken = new Map<string, string>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      submissions.push({ headers: request.headers, body });
      const { command_id: id, name } = gatewayCommandSchema.parse(JSON.parse(body));
      const status = statuses[submissions.length - 1] ?? 202;
      // One that breaks after it has taken the command on.
      if (status !== 503) taken.set(id, name);
      if (status === 0) request.socket.destroy();
      else {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ticket: taken.size }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const http = new HttpProvider({ clock: platformClock });
  ends.push(() => http.close());
  const provider = new GatewayProvider(http);
  const settings: ProviderSettings = {
    kind: 'gateway',
    gateway: 'erp',
    command: 'invoice.create',
    url: 'config://ERP/commands',
    headers: { Authorization: 'Bearer secret://ERP' },
    retryStatuses: [503],
    doubtStatuses: [504],
  };
  const context = contextOf({
    'config://ERP': `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    'secret://ERP': 't0ken-of-the-erp',
  });
  const submit = (changes: Partial<EffectCall> = {}): Promise<EffectResult> =>
    provider.execute(effectCall(changes), settings, context);
  return { submit, submissions, taken };
}

test('a command goes in its envelope, with tenant, correlation, trace and its own id', async () => {
  const { submit, submissions } = await gateway();
  const input = '{"orderId":"o-1","amount":12.50,"big":12345678901234567890}';
  expect(await submit({ tenant: 'north', input })).toEqual({
    kind: 'succeeded',
    output: '{"ticket":1}',
  });
  const [submission] = submissions;
  expect(submission?.headers).toMatchObject({
    'x-tenant-id': 'north',
    'x-correlation-id': 'o-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'idempotency-key': '0123456789abcdef0123456789abcdef',
    'content-type': 'application/json',
    authorization: 'Bearer t0ken-of-the-erp',
  });
  expect(JSON.parse(submission?.body ?? '')).toEqual({
    tenant_id: 'north',
    command_id: '0123456789abcdef0123456789abcdef',
    name: 'invoice.create',
    payload: JSON.parse(input) as unknown,
    metadata: {
      app: 'restaurant',
      saga: 'order',
      key: 'o-1',
      run: 1,
      step: 'payment.charge',
      correlation_id: 'o-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
  });
  // As it was recorded, digit for digit.
  expect(submission?.body).toContain(`"payload":${input}`);
});

test('every try submits the same, and the gateway takes the command once', async () => {
  const { submit, submissions, taken } = await gateway([503, 0]);
  const tries = [await submit(), await submit({ attempt: 2 }), await submit({ attempt: 3 })];
  expect(tries.map(({ kind }) => kind)).toEqual(['not_done', 'in_doubt', 'succeeded']);
  expect(new Set(submissions.map(({ body }) => body)).size).toBe(1);
  expect([...taken]).toEqual([['0123456789abcdef0123456789abcdef', 'invoice.create']]);
});

test.each([
  [409, 'failed'],
  [422, 'failed'],
  [504, 'in_doubt'],
  [200, 'succeeded'],
])('a gateway that answers %i: %s', async (status, kind) => {
  const { submit } = await gateway([status]);
  expect((await submit()).kind).toBe(kind);
});

test('the empty tenant is empty in the envelope, and "_" in the header', async () => {
  const { submit, submissions } = await gateway();
  await submit({ tenant: '' });
  expect(submissions[0]?.headers['x-tenant-id']).toBe('_');
  expect(JSON.parse(submissions[0]?.body ?? '')).toMatchObject({ tenant_id: '' });
});
