/** An order, from the till to the courier. When it cannot be had, everything done for it is undone. */
import { event, saga, Undo, wait, waitFor } from '@holdfast/sdk';
import { z } from 'zod';
import { charge, dispatch, refund, release, reserve } from './effects.ts';

export const OrderPlaced = event(
  'order.placed',
  z.object({
    orderId: z.string().min(1),
    customer: z.string(),
    items: z.array(z.object({ sku: z.string(), qty: z.number().int().positive() })).min(1),
    amount: z.number().nonnegative(),
  }),
);

export const KitchenReady = wait('kitchen.ready', z.object({ shelf: z.string().optional() }), {
  title: 'The order stands ready in the kitchen',
});

export const order = saga(
  'order',
  { on: OrderPlaced, key: (o) => o.orderId, search: { customer: (o) => o.customer } },
  function* (o) {
    const { orderId, items, amount } = o;

    const seat = yield* reserve(
      { orderId, items },
      { undo: (r) => release({ orderId, ticket: r?.ticket }) },
    );
    const paid = yield* charge(
      { orderId, amount },
      { undo: (r) => refund({ orderId, chargeId: r?.chargeId }) },
    );

    const ready = yield* waitFor('kitchen.ready', KitchenReady, { timeout: '15m' });
    if (!ready) throw new Undo('the kitchen stayed silent');

    const trip = yield* dispatch({ orderId, ticket: seat.ticket, shelf: ready.shelf });
    return { courier: trip.courier, charge: paid.chargeId };
  },
);
