/**
 * What the order asks of the world outside: the kitchen, the payment service, the courier.
 *
 * All three answer a repeated idempotency key with what they answered first. So a try without an answer may simply be
 * made again (`inDoubt: 'retry'`), for as long as they remember the key.
 */
import { effect } from '@holdfast/sdk';
import { z } from 'zod';
import { post } from './outside-call.ts';

const orderId = z.string();
const ticket = z.string();
const chargeId = z.string();

const repeatable = {
  timeout: '10s',
  retry: { attempts: 8, backoff: '1s', max: '1m' },
  idempotency: { window: '24h' },
  inDoubt: 'retry',
} as const;

/** An undo is tried for as long as the key is remembered; then a person has to look. */
const undoing = { ...repeatable, retry: { attempts: 1000, backoff: '1s', max: '5m' } } as const;

export const reserve = effect(
  'kitchen.reserve',
  {
    input: z.object({ orderId, items: z.array(z.object({ sku: z.string(), qty: z.number() })) }),
    output: z.object({ ticket }),
    ...repeatable,
    // Whether or not it took effect: the saga is told, and undoes it.
    onUnknown: 'fail',
  },
  (input, context) => post('/kitchen/reserve', input, context),
);

export const release = effect(
  'kitchen.release',
  { input: z.object({ orderId, ticket: ticket.optional() }), ...undoing },
  (input, context) => post('/kitchen/release', input, context),
);

export const charge = effect(
  'payment.charge',
  {
    input: z.object({ orderId, amount: z.number() }),
    output: z.object({ chargeId }),
    ...repeatable,
    onUnknown: 'fail',
  },
  (input, context) => post('/payment/charge', input, context),
);

/** By order, for the charge's id is not known when the charge was in doubt. It is final: a charge that lands after it does not stick. */
export const refund = effect(
  'payment.refund',
  { input: z.object({ orderId, chargeId: chargeId.optional() }), ...undoing },
  (input, context) => post('/payment/refund', input, context),
);

/** Nothing undoes it: once its outcome stays unknown, a person finds out where the courier is (`onUnknown: 'hold'`). */
export const dispatch = effect(
  'courier.dispatch',
  {
    input: z.object({ orderId, ticket, shelf: z.string().optional() }),
    output: z.object({ courier: z.string() }),
    ...repeatable,
    onUnknown: 'hold',
  },
  (input, context) => post('/courier/dispatch', input, context),
);
