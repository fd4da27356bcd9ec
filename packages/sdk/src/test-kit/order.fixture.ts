/** A saga to try the test kit on. */
import { z } from 'zod';
import { effect, event, log, saga, Undo, wait, waitFor } from '../index.ts';

export const OrderPlaced = event(
  'order.placed',
  z.object({ orderId: z.string(), amount: z.number().min(0) }),
);
export const Ready = wait('kitchen.ready', z.object({ shelf: z.string().optional() }));
export const reserve = effect('kitchen.reserve', {
  input: z.object({ orderId: z.string() }),
  output: z.object({ ticket: z.string() }),
});
export const release = effect('kitchen.release', {
  input: z.object({ ticket: z.string().optional(), orderId: z.string() }),
  output: z.null(),
});
export const charge = effect('payment.charge', {
  input: z.object({ amount: z.number() }),
  output: z.object({ chargeId: z.string() }),
});
export const refund = effect('payment.refund', {
  input: z.object({ chargeId: z.string().optional() }),
  output: z.null(),
});

/** `undoCharge`: whether a charge whose outcome is unknown is refunded, as it should be. */
function orderSaga(name: string, undoCharge: boolean) {
  return saga(name, { on: OrderPlaced, key: (o) => o.orderId }, function* (o) {
    yield* reserve(
      { orderId: o.orderId },
      { undo: (r) => release({ ticket: r?.ticket, orderId: o.orderId }) },
    );
    const paid = yield* charge(
      { amount: o.amount },
      {
        undo: (r) =>
          undoCharge || r !== undefined ? refund({ chargeId: r?.chargeId }) : undefined,
      },
    );
    log('paid', { chargeId: paid.chargeId });
    const ready = yield* waitFor('kitchen.ready', Ready, { timeout: '15m' });
    if (!ready) throw new Undo('kitchen silent');
    return { charge: paid.chargeId, shelf: ready.shelf ?? 'any' };
  });
}

export const order = orderSaga('order', true);
export const carelessOrder = orderSaga('careless-order', false);
