/** The services as a process, over real sockets. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnOutside } from '../start-outside.ts';
import type { OutsideProcess } from '../start-outside.ts';
import { callRecordSchema, wasDone } from './call-record.ts';
import type { CallRecord } from './call-record.ts';
import type { Mishap } from './mishaps.ts';

const ENTRY = join(import.meta.dirname, '../services-main.ts');
let folder: string;
let callsFile: string;
const running: OutsideProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-outside-'));
  callsFile = join(folder, 'calls.jsonl');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((outside) => outside.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(control = true): Promise<OutsideProcess> {
  const outside = await spawnOutside({ entry: ENTRY, callsFile, control });
  running.push(outside);
  return outside;
}

async function post({ url }: OutsideProcess, path: string, key: string | null, body: unknown) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: key === null ? {} : { 'idempotency-key': key },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

async function order({ url }: OutsideProcess, mishap: Partial<Mishap>): Promise<void> {
  const body = JSON.stringify(mishap);
  const response = await fetch(`${url}/control/mishaps`, { method: 'POST', body });
  expect(response.status).toBe(200);
}

function calls(): CallRecord[] {
  return readFileSync(callsFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => callRecordSchema.parse(JSON.parse(line)));
}

const charge = { orderId: 'o-1', amount: 100 };

test('each call is answered, and stands in the file', async () => {
  const outside = await start();
  const first = await post(outside, '/payment/charge', 'k1', charge);
  expect(first).toEqual({
    status: 200,
    answer: { chargeId: expect.stringMatching(/^charge-/) as string },
  });
  expect(await post(outside, '/payment/charge', 'k1', charge)).toEqual(first);
  expect(
    await post(outside, '/courier/dispatch', null, { orderId: 'o-1', ticket: 't' }),
  ).toMatchObject({
    status: 200,
  });
  expect(calls()).toMatchObject([
    { name: 'payment.charge', idempotencyKey: 'k1', body: charge, repeated: false, status: 200 },
    { name: 'payment.charge', idempotencyKey: 'k1', body: charge, repeated: true, status: 200 },
    { name: 'courier.dispatch', idempotencyKey: null, repeated: false },
  ]);
  expect(Number.isNaN(Date.parse(calls()[0]?.time ?? ''))).toBe(false);
});

test('what is no call is refused and not recorded', async () => {
  const outside = await start(false);
  expect((await post(outside, '/nowhere', 'k', {})).status).toBe(404);
  expect((await post(outside, '/payment/charge', 'k', '{')).status).toBe(400);
  expect((await post(outside, '/payment/charge', 'k', `"${'x'.repeat(2 << 20)}"`)).status).toBe(
    400,
  );
  expect((await fetch(`${outside.url}/payment/charge`)).status).toBe(404);
  expect((await post(outside, '/control/mishaps', null, { name: 'x', kind: 'reset' })).status).toBe(
    404,
  );
  expect(readFileSync(callsFile, 'utf8')).toBe('');
});

test('after a restart, even one without an end, keys are remembered', async () => {
  const before = await start();
  const said = await post(before, '/payment/charge', 'k1', charge);
  process.kill(before.pid, 'SIGKILL');
  await before.ended;
  appendFileSync(callsFile, '{"time":"cut sho');
  const after = await start();
  expect(await post(after, '/payment/charge', 'k1', charge)).toEqual(said);
  expect(await post(after, '/payment/refund', 'r1', { orderId: 'o-1' })).toMatchObject({
    answer: { refunded: true },
  });
  await after.close();
  const again = await start();
  expect(await post(again, '/payment/refund', 'r2', { orderId: 'o-1' })).toMatchObject({
    answer: { refunded: false },
  });
});

test('two processes that overlap agree', async () => {
  const one = await start();
  const other = await start();
  await post(one, '/payment/charge', 'k1', charge);
  expect((await post(other, '/payment/charge', 'k1', charge)).status).toBe(200);
  await post(other, '/payment/refund', 'r1', { orderId: 'o-1' });
  expect((await post(one, '/payment/refund', 'r2', { orderId: 'o-1' })).answer).toEqual({
    refunded: false,
  });
  expect(calls().map(({ repeated }) => repeated)).toEqual([false, true, false, false]);
});

/** Lets waiting calls go on. */
async function clear({ url }: OutsideProcess): Promise<void> {
  await fetch(`${url}/control/mishaps`, { method: 'DELETE' });
}

async function untilOneWaits({ url }: OutsideProcess): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/control/mishaps`);
    if (((await response.json()) as { waiting: number }).waiting === 1) return;
  }
}

const MINUTE = 60_000;

test('a charge that hangs and is refunded meanwhile does not stick', async () => {
  const outside = await start();
  await order(outside, { name: 'payment.charge', kind: 'hang', ms: MINUTE });
  const hanging = post(outside, '/payment/charge', 'k1', charge);
  await untilOneWaits(outside);
  await post(outside, '/payment/refund', 'r1', { orderId: 'o-1' });
  await clear(outside);
  expect(await hanging).toMatchObject({ status: 409 });
  expect(calls().filter((call) => call.name === 'payment.charge' && wasDone(call))).toEqual([]);
});

test('a call that hangs takes effect although its caller has gone', async () => {
  const outside = await start();
  await order(outside, { name: 'payment.charge', kind: 'hang', ms: MINUTE });
  const controller = new AbortController();
  const gone = fetch(`${outside.url}/payment/charge`, {
    method: 'POST',
    headers: { 'idempotency-key': 'k1' },
    body: JSON.stringify(charge),
    signal: controller.signal,
  });
  await untilOneWaits(outside);
  controller.abort();
  await expect(gone).rejects.toThrow('aborted');
  await clear(outside);
  expect(calls()).toMatchObject([{ name: 'payment.charge', status: 200, repeated: false }]);
});

test('a slow call has taken effect while its caller still waits', async () => {
  const outside = await start();
  await order(outside, { name: 'payment.charge', kind: 'slow', ms: MINUTE });
  const slow = post(outside, '/payment/charge', 'k1', charge);
  await untilOneWaits(outside);
  expect(calls()).toHaveLength(1);
  await clear(outside);
  expect((await slow).status).toBe(200);
});

test('mishaps befall as many calls as were ordered, and are over then', async () => {
  const outside = await start();
  await order(outside, { name: 'payment.charge', kind: 'status', status: 503, times: 2 });
  await order(outside, { name: 'payment.charge', kind: 'status', status: 500, takesEffect: true });
  await order(outside, { name: 'payment.charge', kind: 'reset' });
  const statuses: (number | null)[] = [];
  for (let i = 0; i < 5; i++) {
    const result = await post(outside, '/payment/charge', 'k1', charge).catch(() => null);
    statuses.push(result?.status ?? null);
  }
  expect(statuses).toEqual([503, 503, 500, null, 200]);
  expect(calls().map(({ status, repeated }) => [status, repeated])).toEqual([
    [503, false],
    [503, false],
    [200, false],
    [null, false],
    [200, true],
  ]);
  expect(calls().filter(wasDone)).toHaveLength(1);
});

test('a mishap is not what a key is answered with after a restart', async () => {
  const before = await start();
  await order(before, { name: 'payment.charge', kind: 'status', status: 500 });
  expect((await post(before, '/payment/charge', 'k1', charge)).status).toBe(500);
  await before.close();
  const after = await start();
  expect((await post(after, '/payment/charge', 'k1', charge)).status).toBe(200);
});

test('mishaps can be called off, and nonsense is refused', async () => {
  const outside = await start();
  await order(outside, { name: 'payment.charge', kind: 'reset' });
  await clear(outside);
  expect((await post(outside, '/payment/charge', 'k1', charge)).status).toBe(200);
  expect((await post(outside, '/control/mishaps', null, { kind: 'explode' })).status).toBe(400);
});

test('a port that is taken is an error that names it', async () => {
  const outside = await start();
  const port = Number(new URL(outside.url).port);
  await expect(spawnOutside({ entry: ENTRY, callsFile, port })).rejects.toThrow(/exit code 69/);
});

test('services that do not come up in time are ended', async () => {
  const entry = join(folder, 'mute.js');
  writeFileSync(entry, 'setInterval(() => undefined, 1000);');
  await expect(spawnOutside({ entry, callsFile, readyWithin: 200 })).rejects.toThrow(
    /ended by SIGKILL before they were ready/,
  );
});
