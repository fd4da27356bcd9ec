import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { saga, sleep } from '../index.ts';
import { explore } from './explore.ts';
import { type ExploreOptions, models } from './explore-options.ts';
import {
  carelessOrder,
  charge,
  order,
  OrderPlaced,
  refund,
  release,
  reserve,
} from './order.fixture.ts';

interface World {
  charged: number;
  seats: number;
}

type Placed = { orderId: string; amount: number };

const options: ExploreOptions<World, Placed> = {
  world: () => ({ charged: 0, seats: 0 }),
  start: (random) => ({ orderId: 'o1', amount: 1 + Math.floor(random() * 100) }),
  effects: [
    models(reserve, (_input, world: World) => {
      world.seats += 1;
      return { ticket: 't' };
    }),
    models(release, (_input, world: World) => {
      world.seats = 0;
      return null;
    }),
    models(charge, ({ amount }, world: World) => {
      world.charged += amount;
      return { chargeId: 'c' };
    }),
    models(refund, (_input, world: World) => {
      world.charged = 0;
      return null;
    }),
  ],
  waits: { 'kitchen.ready': () => ({}) },
  check: ({ status, world }) => {
    if (status !== 'completed') assert.deepEqual(world, { charged: 0, seats: 0 });
    else assert.equal(world.seats, 1);
  },
};

describe('explore', () => {
  test('finds no fault in a saga that undoes what it did', () => {
    const report = explore(order, { ...options, runs: 300 });
    expect(report.completed).toBeGreaterThan(50);
    expect(report.compensated).toBeGreaterThan(20);
    expect(report.cancelled).toBeGreaterThan(2);
  });

  test('the same seed makes the same runs', () => {
    expect(explore(order, { ...options, seed: 7 })).toEqual(
      explore(order, { ...options, seed: 7 }),
    );
  });

  test('finds a doubtful charge that is never refunded, and says how to see it again', () => {
    let message = '';
    try {
      explore(carelessOrder, options);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain('effect.unknown of payment.charge#1');
    const only = Number(/only: (\d+)/.exec(message)?.[1]);
    expect(() => explore(carelessOrder, { ...options, only })).toThrow(`run ${only} of seed 1`);
  });

  test('finds a saga that cannot end, and an effect without a model', () => {
    const endless = saga('endless', { on: OrderPlaced }, function* () {
      for (;;) yield* sleep('1s');
    });
    expect(() => explore(endless, { ...options, mishaps: { cancel: 0 }, maxEvents: 50 })).toThrow(
      'it did not end within 50 events',
    );
    expect(() => explore(order, { ...options, effects: [] })).toThrow('has no model');
  });
});
