import { order, TOO_MUCH, UNAVAILABLE } from '../../support/orders.ts';
import type { Order } from '../../support/orders.ts';

/** What an order of the drill is bound to come to. */
export type OrderKind = 'waits' | 'completes' | 'declined' | 'unavailable';

/** Of ten orders: four wait for ever, three are completed, two are declined, one cannot be had. */
const KINDS: readonly OrderKind[] = [
  'waits',
  'completes',
  'declined',
  'waits',
  'completes',
  'unavailable',
  'waits',
  'declined',
  'completes',
  'waits',
];

export interface DrillOrder {
  readonly kind: OrderKind;
  readonly over: 'http' | 'mqtt';
  readonly order: Order;
}

/** The order of a drill with this number, from 0: each kind over both protocols in turn. */
export function drillOrder(index: number): DrillOrder {
  const kind = KINDS[Math.floor(index / 2) % KINDS.length] ?? 'waits';
  const changes = {
    ...(kind === 'declined' ? { amount: TOO_MUCH } : {}),
    ...(kind === 'unavailable' ? { items: [{ sku: UNAVAILABLE, qty: 1 }] } : {}),
  };
  return { kind, over: index % 2 === 0 ? 'http' : 'mqtt', order: order(changes) };
}

export function expectedStatus(kind: OrderKind): string {
  switch (kind) {
    case 'waits':
      return 'waiting';
    case 'completes':
      return 'completed';
    case 'declined':
    case 'unavailable':
      return 'compensated';
  }
}
