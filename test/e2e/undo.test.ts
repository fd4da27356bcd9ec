/**
 * Must show 2: what cannot be completed is undone, and the timeline tells it in order. The restaurant's own release is
 * deployed again with shorter times (`RestaurantLab.deploy`); nothing else of it is changed.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { countByName } from '../support/calls-file.ts';
import { eventually } from '../support/eventually.ts';
import { order, orderPlaced, TOO_MUCH, UNAVAILABLE } from '../support/orders.ts';
import type { Order } from '../support/orders.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';
import { callOnce, storyOf } from '../support/story.ts';

let lab: RestaurantLab;
beforeAll(async () => {
  lab = await RestaurantLab.open();
});
afterAll(() => lab[Symbol.asyncDispose]());

async function place(placed: Order): Promise<void> {
  await lab.server.api.publish(orderPlaced(placed));
}

function story(orderId: string): Promise<readonly string[]> {
  return storyOf(lab.server.api, 'order', orderId);
}

/** Of every order that the kitchen takes. */
const RESERVED = [
  'order.placed received',
  'version 1: running',
  ...callOnce('kitchen.reserve'),
  'version 2: running',
];
const PAID = [...RESERVED, ...callOnce('payment.charge'), 'version 3: waiting'];

test('an order over 10 000 is declined and undone: the kitchen is released once, nothing is charged', async () => {
  const placed = order({ amount: TOO_MUCH });
  await place(placed);
  const ended = await lab.server.api.waitForStatus('order', placed.orderId, 'compensated');
  expect(ended.failure).toMatchObject({ code: 'effect' });
  expect(JSON.stringify(ended.failure)).toContain('10000');
  expect(countByName(lab.callsOf(placed.orderId))).toEqual({
    'kitchen.reserve': 1,
    'payment.charge': 1,
    'kitchen.release': 1,
  });
  expect(lab.holdsMoney(placed.orderId)).toBe(false);
  const why = 'payment.charge#1: payment.charge failed: card_declined: 10001 is more than 10000';
  expect(await story(placed.orderId)).toEqual([
    ...RESERVED,
    'payment.charge requested',
    'payment.charge called (attempt 1)',
    'payment.charge failed (attempt 1): 10001 is more than 10000',
    `version 3: compensating (${why})`,
    ...callOnce('kitchen.release', 'kitchen.reserve'),
    `version 4: compensated (${why})`,
  ]);
});

test('an order of what cannot be had ends without a charge and without anything to undo', async () => {
  const placed = order({ items: [{ sku: UNAVAILABLE, qty: 1 }] });
  await place(placed);
  await lab.server.api.waitForStatus('order', placed.orderId, 'compensated');
  expect(countByName(lab.callsOf(placed.orderId))).toEqual({ 'kitchen.reserve': 1 });
  expect(await story(placed.orderId)).toEqual([
    'order.placed received',
    'version 1: running',
    'kitchen.reserve requested',
    'kitchen.reserve called (attempt 1)',
    'kitchen.reserve failed (attempt 1): the kitchen has no "unavailable"',
    'version 2: compensated (kitchen.reserve#1: kitchen.reserve failed: out_of_stock: the kitchen has no "unavailable")',
  ]);
});

describe('a kitchen that stays silent', () => {
  const undone = [
    ...PAID,
    'waiting on kitchen.ready until TIME',
    'kitchen.ready expired',
    'version 4: compensating (the kitchen stayed silent)',
    ...callOnce('payment.refund', 'payment.charge'),
    'version 5: compensating (the kitchen stayed silent)',
    ...callOnce('kitchen.release', 'kitchen.reserve'),
    'version 6: compensated (the kitchen stayed silent)',
  ];
  const calls = {
    'kitchen.reserve': 1,
    'payment.charge': 1,
    'payment.refund': 1,
    'kitchen.release': 1,
  };
  beforeAll(() => lab.deploy({ kitchen: '2s' }));
  afterAll(() => lab.deploy({}));

  test('has its order undone at the timeout, last step first', async () => {
    const placed = order();
    await place(placed);
    const ended = await lab.server.api.waitForStatus('order', placed.orderId, 'compensated');
    expect(ended.failure).toMatchObject({ code: 'undo' });
    expect(countByName(lab.callsOf(placed.orderId))).toEqual(calls);
    expect(lab.holdsMoney(placed.orderId)).toBe(false);
    expect(await story(placed.orderId)).toEqual(undone);
    // Whoever comes too late is told so.
    const late = await lab.server.api.completeWait('order', placed.orderId, 'kitchen.ready');
    expect(late.status).toBe(409);
  });

  test('also when the timeout passes while the server is down', async () => {
    const placed = order();
    await place(placed);
    await lab.server.api.waitForStatus('order', placed.orderId, 'waiting', 'compensated');
    await lab.server.sigkill();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await lab.server.restart();
    await lab.server.api.waitForStatus('order', placed.orderId, 'compensated');
    expect(countByName(lab.callsOf(placed.orderId))).toEqual(calls);
    expect(await story(placed.orderId)).toEqual(undone);
  });

  test('and one that speaks in time is not', async () => {
    await lab.deploy({ kitchen: '30s' });
    const placed = order();
    await place(placed);
    await lab.server.api.waitForStatus('order', placed.orderId, 'waiting');
    await lab.server.api.completeWait('order', placed.orderId, 'kitchen.ready', { shelf: '7' });
    await lab.server.api.waitForStatus('order', placed.orderId, 'completed');
    expect(lab.holdsMoney(placed.orderId)).toBe(true);
    await lab.deploy({ kitchen: '2s' });
  });
});

describe('a payment service that answers after the timeout', () => {
  /** Longer than both tries with their pauses. */
  const TOO_LATE_MS = 4000;

  afterEach(() => lab.noMishaps());

  /** The services have answered every try, however late. */
  async function allLanded(orderId: string, tries: number): Promise<void> {
    await eventually(`${tries} charges have landed`, () => {
      const landed = lab.callsOf(orderId).filter(({ name }) => name === 'payment.charge').length;
      return landed === tries ? true : undefined;
    });
  }

  test.each([
    ['hangs, and charges late', 'hang'],
    ['charges, and says so late', 'slow'],
  ] as const)('and %s: no order is left charged and not refunded', async (_, kind) => {
    const placed = order();
    await lab.mishap({ name: 'payment.charge', kind, times: 2, ms: TOO_LATE_MS });
    await place(placed);
    await lab.server.api.waitForStatus('order', placed.orderId, 'compensated');
    await allLanded(placed.orderId, 2);
    expect(lab.holdsMoney(placed.orderId)).toBe(false);

    const calls = lab.callsOf(placed.orderId);
    const keys = calls
      .filter(({ name }) => name === 'payment.charge')
      .map((call) => call.idempotencyKey);
    expect(new Set(keys).size).toBe(1);
    const counts = countByName(calls.filter(({ name }) => name !== 'payment.charge'));
    expect(counts).toEqual({ 'kitchen.reserve': 1, 'payment.refund': 1, 'kitchen.release': 1 });
    const why =
      'payment.charge#1: payment.charge has an unknown outcome: timeout: no answer in 1000 ms';
    expect(await story(placed.orderId)).toEqual([
      ...RESERVED,
      'payment.charge requested',
      'payment.charge called (attempt 1)',
      'payment.charge in doubt (attempt 1): no answer in 1000 ms',
      'payment.charge called (attempt 2)',
      'payment.charge in doubt (attempt 2): no answer in 1000 ms',
      'payment.charge ended with its outcome unknown (attempt 2): no answer in 1000 ms',
      `version 3: compensating (${why})`,
      ...callOnce('payment.refund', 'payment.charge'),
      `version 4: compensating (${why})`,
      ...callOnce('kitchen.release', 'kitchen.reserve'),
      `version 5: compensated (${why})`,
    ]);
  });

  test('and answers the next try: charged once, and the order goes on', async () => {
    const placed = order();
    await lab.mishap({ name: 'payment.charge', kind: 'slow', times: 1, ms: TOO_LATE_MS });
    await place(placed);
    await lab.server.api.waitForStatus('order', placed.orderId, 'waiting');
    const charges = lab.callsOf(placed.orderId).filter(({ name }) => name === 'payment.charge');
    expect(charges.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(new Set(charges.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(lab.holdsMoney(placed.orderId)).toBe(true);
  });

  test.each([true, false])(
    'or breaks the connection (charged: %s): the same',
    async (takesEffect) => {
      const placed = order();
      await lab.mishap({ name: 'payment.charge', kind: 'reset', times: 2, takesEffect });
      await place(placed);
      await lab.server.api.waitForStatus('order', placed.orderId, 'compensated');
      expect(lab.holdsMoney(placed.orderId)).toBe(false);
    },
  );

  test('while the server is killed over the hanging call: the same', async () => {
    const placed = order();
    await lab.mishap({ name: 'payment.charge', kind: 'slow', times: 3, ms: TOO_LATE_MS });
    await place(placed);
    await eventually('the charge is made', () =>
      lab.callsOf(placed.orderId).some(({ name }) => name === 'payment.charge') ? true : undefined,
    );
    await lab.server.sigkill();
    await lab.server.restart();
    await lab.server.api.waitForStatus('order', placed.orderId, 'compensated', 'waiting');
    const { status } = (await lab.server.api.saga('order', placed.orderId)) ?? {};
    expect(lab.holdsMoney(placed.orderId)).toBe(status === 'waiting');
    const charges = lab.callsOf(placed.orderId).filter(({ name }) => name === 'payment.charge');
    expect(new Set(charges.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });
});
