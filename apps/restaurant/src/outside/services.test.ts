import { describe, expect, test } from 'vitest';
import type { CallRecord } from './call-record.ts';
import { Services } from './services.ts';
import type { ServiceName } from './services.ts';

/** Services, and the record that they would have written. */
function open(record: CallRecord[] = []) {
  const services = new Services();
  for (const line of record) services.recall(line);
  const land = (call: ReturnType<Services['arrive']>) => {
    const { name, idempotencyKey, body } = call;
    const said = services.land(call);
    record.push({ time: '', name, idempotencyKey, body, ...said });
    return said;
  };
  return {
    record,
    land,
    arrive: (name: ServiceName, key: string | null, body: object) =>
      services.arrive(name, key, body),
    call: (name: ServiceName, key: string | null, body: object) =>
      land(services.arrive(name, key, body)),
  };
}

const o1 = { orderId: 'o-1' };
const charge = { ...o1, amount: 100 };

test('a repeated key gets the answer it got, refusals included, and nothing more is done', () => {
  const { call } = open();
  const first = call('payment.charge', 'k1', charge);
  expect(first).toMatchObject({ status: 200, repeated: false });
  expect(call('payment.charge', 'k1', charge)).toEqual({ ...first, repeated: true });
  const declined = call('payment.charge', 'k2', { ...o1, amount: 10_001 });
  expect(declined).toMatchObject({ status: 402, answer: { error: 'card_declined' } });
  expect(call('payment.charge', 'k2', { ...o1, amount: 10_001 }).repeated).toBe(true);
});

test('a key that stands for another request is refused', () => {
  const { call } = open();
  call('payment.charge', 'k1', charge);
  expect(call('payment.charge', 'k1', { ...o1, amount: 7 }).status).toBe(422);
  expect(call('payment.charge', 'k1', charge)).toMatchObject({ status: 200, repeated: true });
});

test('what cannot be had is refused, what makes no sense too', () => {
  const { call } = open();
  const items = (sku: string) => ({ ...o1, items: [{ sku, qty: 1 }] });
  expect(call('kitchen.reserve', 'k1', items('unavailable')).status).toBe(409);
  expect(call('kitchen.reserve', 'k2', items('pizza')).status).toBe(200);
  expect(call('payment.charge', 'k3', { ...o1, amount: 10_000 }).status).toBe(200);
  expect(call('payment.charge', 'k4', { amount: 1 }).status).toBe(400);
  expect(call('courier.dispatch', 'k5', { ...o1, ticket: 't' }).status).toBe(200);
});

describe('a refund is final', () => {
  test('for a charge that stands', () => {
    const { call } = open();
    call('payment.charge', 'k1', charge);
    expect(call('payment.refund', 'r1', o1).answer).toEqual({ refunded: true });
    expect(call('payment.refund', 'r2', o1).answer).toEqual({ refunded: false });
  });

  test('for a charge that hangs: it does not stick when it lands', () => {
    const { arrive, call, land } = open();
    const hanging = arrive('payment.charge', 'k1', charge);
    expect(call('payment.refund', 'r1', o1).answer).toEqual({ refunded: false });
    expect(land(hanging)).toMatchObject({ status: 409, answer: { error: 'called_off' } });
    expect(call('payment.charge', 'k1', charge)).toMatchObject({ status: 409, repeated: true });
  });

  test('for a charge that has yet to arrive', () => {
    const { call } = open();
    call('payment.refund', 'r1', o1);
    expect(call('payment.charge', 'k1', charge).status).toBe(409);
  });

  test('but a charge asked for after it, as a new run of the order does, goes through', () => {
    const { call } = open();
    call('payment.charge', 'k1', charge);
    call('payment.refund', 'r1', o1);
    expect(call('payment.charge', 'k2', charge).status).toBe(200);
    expect(call('payment.refund', 'r2', o1).answer).toEqual({ refunded: true });
  });

  test('but a declined charge is nothing to refund', () => {
    const { call } = open();
    call('payment.charge', 'k1', { ...o1, amount: 10_001 });
    call('payment.refund', 'r1', o1);
    expect(call('payment.charge', 'k2', charge).status).toBe(409);
    expect(call('payment.charge', 'k3', charge).status).toBe(200);
  });

  test('for its own order alone', () => {
    const { call } = open();
    call('payment.refund', 'r1', o1);
    expect(call('payment.charge', 'k1', { orderId: 'o-2', amount: 1 }).status).toBe(200);
  });

  test('as a release is for a reservation', () => {
    const { arrive, call, land } = open();
    const hanging = arrive('kitchen.reserve', 'k1', { ...o1, items: [] });
    call('kitchen.release', 'r1', o1);
    expect(land(hanging).status).toBe(409);
  });
});

test('services that start from the record go on where the others stood', () => {
  const before = open();
  before.call('payment.charge', 'k1', charge);
  before.call('payment.charge', 'k2', { orderId: 'o-2', amount: 20_000 });
  before.call('kitchen.reserve', 'k3', { ...o1, items: [] });
  before.call('payment.refund', 'r4', { orderId: 'o-4' });
  const hanging = before.arrive('payment.charge', 'k5', { orderId: 'o-5', amount: 1 });
  before.call('payment.refund', 'r5', { orderId: 'o-5' });
  before.land(hanging);

  const after = open(before.record);
  expect(after.call('payment.charge', 'k1', charge)).toMatchObject({ status: 200, repeated: true });
  expect(after.call('payment.charge', 'k2', { orderId: 'o-2', amount: 20_000 })).toMatchObject({
    status: 402,
    repeated: true,
  });
  expect(after.call('kitchen.release', 'r3', o1).answer).toEqual({ released: true });
  expect(after.call('payment.refund', 'r1', o1).answer).toEqual({ refunded: true });
  expect(after.call('payment.charge', 'k4', { orderId: 'o-4', amount: 1 }).status).toBe(409);
  expect(after.call('payment.charge', 'k5', { orderId: 'o-5', amount: 1 })).toMatchObject({
    status: 409,
    repeated: true,
  });
  expect(after.call('payment.charge', 'k6', { orderId: 'o-5', amount: 1 }).status).toBe(200);
});

test('a charge that hung when the services were killed, and was refunded, does not stick when it comes again', () => {
  const before = open();
  before.arrive('payment.charge', 'k1', charge);
  before.call('payment.refund', 'r1', o1);
  const after = open(before.record);
  expect(after.call('payment.charge', 'k1', charge).status).toBe(409);
});
