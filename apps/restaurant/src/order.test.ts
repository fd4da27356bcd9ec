/** The order's stories, without a server. */
import { expect, test } from 'vitest';
import { Refused } from '@holdfast/sdk';
import { explore, models, play } from '@holdfast/sdk/test';
import { charge, dispatch, refund, release, reserve } from './effects.ts';
import { KitchenReady, order } from './order.ts';

const placed = {
  orderId: 'o-1',
  customer: 'Ada',
  items: [{ sku: 'pizza', qty: 2 }],
  amount: 2400,
};

/** Reserved, charged, and waiting for the kitchen. */
function playToWait() {
  return play(order)
    .start(placed)
    .asks(reserve, { orderId: 'o-1', items: placed.items })
    .succeed(reserve, { ticket: 't-1' })
    .asks(charge, { orderId: 'o-1', amount: 2400 })
    .succeed(charge, { chargeId: 'c-1' })
    .waitsFor(KitchenReady)
    .is('waiting');
}

test('an order is reserved, charged, cooked and dispatched', () => {
  playToWait()
    .complete(KitchenReady, { shelf: '3' })
    .asks(dispatch, { orderId: 'o-1', ticket: 't-1', shelf: '3' })
    .succeed(dispatch, { courier: 'Grace' })
    .ends('completed', { courier: 'Grace', charge: 'c-1' });
});

test('the kitchen may name no shelf', () => {
  playToWait().complete(KitchenReady, {}).asks(dispatch, { orderId: 'o-1', ticket: 't-1' });
});

test('what the kitchen cannot make is never charged', () => {
  play(order).start(placed).fail(reserve, 'out_of_stock').asksOnly().ends('compensated');
});

test('a declined charge gives the kitchen its ticket back, and refunds nothing', () => {
  play(order)
    .start(placed)
    .succeed(reserve, { ticket: 't-1' })
    .fail(charge, 'card_declined')
    .asksOnly(release)
    .asks(release, { orderId: 'o-1', ticket: 't-1' })
    .succeed(release)
    .ends('compensated');
});

test('a charge that nobody knows the end of is refunded by its order, then the kitchen released', () => {
  play(order)
    .start(placed)
    .succeed(reserve, { ticket: 't-1' })
    .unknown(charge)
    .asksOnly(refund)
    .asks(refund, { orderId: 'o-1' })
    .succeed(refund)
    .asksOnly(release)
    .succeed(release)
    .ends('compensated');
});

test('a reservation that nobody knows the end of is released by its order', () => {
  play(order)
    .start(placed)
    .unknown(reserve)
    .asks(release, { orderId: 'o-1' })
    .succeed(release)
    .ends('compensated');
});

test('a kitchen that stays silent for 15 minutes costs the guest nothing', () => {
  playToWait()
    .skip('14m59s')
    .is('waiting')
    .skip('1s')
    .asksOnly(refund)
    .asks(refund, { orderId: 'o-1', chargeId: 'c-1' })
    .succeed(refund)
    .succeed(release)
    .ends('compensated');
});

test('an order that no courier takes is undone, last first', () => {
  playToWait()
    .complete(KitchenReady, {})
    .fail(dispatch, 'no_courier')
    .asksOnly(refund)
    .succeed(refund)
    .asksOnly(release)
    .succeed(release)
    .ends('compensated');
});

test('an order that is cancelled while it waits is undone', () => {
  playToWait().cancel('guest left').succeed(refund).succeed(release).ends('cancelled');
});

test('a refund that is refused waits for a person', () => {
  playToWait().skip('15m').fail(refund, 'bank_closed').is('blocked');
});

interface World {
  seated: boolean;
  charged: boolean;
  brought: boolean;
}

test('however it goes, an order is seated, charged and brought, or none of it', () => {
  const ended = explore(order, {
    world: (): World => ({ seated: false, charged: false, brought: false }),
    start: (random) => ({ ...placed, amount: Math.floor(random() * 12_000) }),
    effects: [
      models(reserve, (_, world: World) => {
        world.seated = true;
        return { ticket: 't-1' };
      }),
      models(release, (_, world: World) => {
        world.seated = false;
        return null;
      }),
      models(charge, ({ amount }, world: World) => {
        if (amount > 10_000) throw new Refused('card_declined');
        world.charged = true;
        return { chargeId: 'c-1' };
      }),
      models(refund, (_, world: World) => {
        world.charged = false;
        return null;
      }),
      models(dispatch, (_, world: World) => {
        world.brought = true;
        return { courier: 'Grace' };
      }),
    ],
    waits: { 'kitchen.ready': () => ({ shelf: '3' }) },
    check: ({ status, world }) => {
      const { seated, charged } = world;
      const isBrought = status === 'completed';
      expect({ seated, charged }).toEqual({ seated: isBrought, charged: isBrought });
      if (isBrought) expect(world.brought).toBe(true);
    },
    runs: 500,
  });
  expect(ended.completed).toBeGreaterThan(0);
  expect(ended.compensated).toBeGreaterThan(0);
});
