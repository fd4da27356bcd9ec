/** The order's stories, without a server. */
import { test } from 'vitest';
import { play } from '@holdfast/sdk/test';
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
