/** Orders for the reference app. */
import { randomUUID } from 'node:crypto';

export interface Order {
  readonly orderId: string;
  readonly customer: string;
  readonly items: readonly { readonly sku: string; readonly qty: number }[];
  /** Above 10 000 the payment service declines. */
  readonly amount: number;
}

export const TOO_MUCH = 10_001;
/** A sku that the kitchen refuses. */
export const UNAVAILABLE = 'unavailable';

export function order(changes: Partial<Order> = {}): Order {
  return {
    orderId: `o-${randomUUID()}`,
    customer: 'Ada',
    items: [{ sku: 'pizza', qty: 2 }],
    amount: 2400,
    ...changes,
  };
}

export interface OrderPlaced {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: 'order.placed';
  readonly data: Order;
}

/** The event that places an order, as a structured CloudEvent. Its id is the order's. */
export function orderPlaced(placed: Order, source = '/test/till'): OrderPlaced {
  return { specversion: '1.0', id: placed.orderId, source, type: 'order.placed', data: placed };
}
