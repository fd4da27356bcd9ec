/** The effects as Holdfast runs them, against the real services. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NotDone, Refused } from '@holdfast/sdk';
import type { EffectContext } from '@holdfast/sdk';
import { effectTable } from '@holdfast/sdk/release';
import './effects.ts';
import type { Mishap } from './outside/mishaps.ts';
import { spawnOutside } from './start-outside.ts';
import type { OutsideProcess } from './start-outside.ts';

let folder: string;
let outside: OutsideProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-effects-'));
  outside = await spawnOutside({
    entry: join(import.meta.dirname, 'services-main.ts'),
    callsFile: join(folder, 'calls.jsonl'),
    control: true,
  });
});
afterAll(async () => {
  await outside.close();
  rmSync(folder, { recursive: true, force: true });
});

function context(idempotencyKey: string, signal = new AbortController().signal): EffectContext {
  const write = (): void => undefined;
  return {
    idempotencyKey,
    attempt: 1,
    signal,
    secrets: { get: (name) => `no secret ${name}` },
    config: { get: () => outside.url },
    log: Object.assign(write, { debug: write, info: write, warn: write, error: write }),
    tenant: '',
    correlationId: 'o-1',
    traceparent: null,
  };
}

async function run(
  name: string,
  key: string,
  input: object,
  signal?: AbortSignal,
): Promise<unknown> {
  const entry = effectTable()[name];
  if (entry === undefined) throw new Error(`no effect ${name}`);
  return await entry.run(input, context(key, signal));
}

async function befall(mishap: Partial<Mishap>): Promise<void> {
  await fetch(`${outside.url}/control/mishaps`, { method: 'POST', body: JSON.stringify(mishap) });
}

const items = [{ sku: 'pizza', qty: 1 }];

test('an order is reserved, charged and dispatched, and the same key gets the same answer', async () => {
  const seat = await run('kitchen.reserve', 'a1', { orderId: 'o-1', items });
  expect(seat).toEqual({ ticket: expect.stringMatching(/^ticket-/) as string });
  const paid = await run('payment.charge', 'a2', { orderId: 'o-1', amount: 10 });
  expect(paid).toEqual({ chargeId: expect.stringMatching(/^charge-/) as string });
  expect(await run('payment.charge', 'a2', { orderId: 'o-1', amount: 10 })).toEqual(paid);
  const trip = await run('courier.dispatch', 'a3', { orderId: 'o-1', ticket: 't' });
  expect(trip).toEqual({ courier: expect.stringMatching(/^courier-/) as string });
});

test('a definite no is Refused, with the code the service gave', async () => {
  const declined = run('payment.charge', 'b1', { orderId: 'o-2', amount: 10_001 });
  await expect(declined).rejects.toBeInstanceOf(Refused);
  await expect(declined).rejects.toMatchObject({ code: 'card_declined' });
  const none = run('kitchen.reserve', 'b2', {
    orderId: 'o-2',
    items: [{ sku: 'unavailable', qty: 1 }],
  });
  await expect(none).rejects.toMatchObject({ code: 'out_of_stock' });
});

test('"later" is NotDone', async () => {
  await befall({ name: 'payment.charge', kind: 'status', status: 503 });
  const later = run('payment.charge', 'c1', { orderId: 'o-3', amount: 1 });
  await expect(later).rejects.toBeInstanceOf(NotDone);
});

test('a server error, a broken connection and a timeout are neither', async () => {
  await befall({ name: 'payment.charge', kind: 'status', status: 502 });
  await befall({ name: 'payment.charge', kind: 'reset' });
  await befall({ name: 'payment.charge', kind: 'hang', ms: 60_000 });
  for (const key of ['d1', 'd2', 'd3']) {
    const signal = key === 'd3' ? AbortSignal.timeout(20) : undefined;
    const error = await run('payment.charge', key, { orderId: 'o-4', amount: 1 }, signal).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Refused);
    expect(error).not.toBeInstanceOf(NotDone);
  }
});

test('a charge in doubt is refunded by its order, and does not stick however late it lands', async () => {
  await befall({ name: 'payment.charge', kind: 'hang', ms: 60_000 });
  const late = run('payment.charge', 'e1', { orderId: 'o-5', amount: 1 }, AbortSignal.timeout(20));
  await expect(late).rejects.toThrow('timeout');
  await run('payment.refund', 'e2', { orderId: 'o-5' });
  await fetch(`${outside.url}/control/mishaps`, { method: 'DELETE' });
  const again = run('payment.charge', 'e1', { orderId: 'o-5', amount: 1 });
  await expect(again).rejects.toMatchObject({ code: 'called_off' });
});
