/**
 * Kitchen, payment and courier: what the restaurant depends on and does not own.
 *
 * They honour idempotency keys: a key that was answered is answered the same again, and nothing more is done. What they
 * know follows from the record of their calls alone, so they take up after a restart where they stood.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { wasDone } from './call-record.ts';
import type { CallRecord } from './call-record.ts';
import { Reversible } from './reversible.ts';

/** Payments above it are declined. */
const MOST_PER_ORDER = 10_000;
/** A sku that the kitchen never has. */
const NEVER_IN_STOCK = 'unavailable';

const orderBody = z.object({ orderId: z.string().min(1) });
const reserveBody = orderBody.extend({
  items: z.array(z.object({ sku: z.string(), qty: z.number() })),
});
const chargeBody = orderBody.extend({ amount: z.number() });
const dispatchBody = orderBody.extend({ ticket: z.string() });

const SERVICE_NAMES = [
  'kitchen.reserve',
  'kitchen.release',
  'payment.charge',
  'payment.refund',
  'courier.dispatch',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export function serviceNamed(name: string): ServiceName | null {
  return SERVICE_NAMES.find((known) => known === name) ?? null;
}

export interface Answer {
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** A call between its arrival and its landing. Meanwhile anything may happen, another try with its key included. */
export interface ArrivedCall {
  readonly name: ServiceName;
  readonly idempotencyKey: string | null;
  readonly body: unknown;
  /** The idempotency key, or one of our own. */
  readonly key: string;
}

export class Services {
  readonly #reservations = new Reversible();
  readonly #charges = new Reversible();
  readonly #answered = new Map<string, { readonly request: string; readonly said: Answer }>();
  #keyless = 0;

  arrive(name: ServiceName, idempotencyKey: string | null, body: unknown): ArrivedCall {
    const key = idempotencyKey ?? `keyless ${++this.#keyless}`;
    const orderId = orderOf(body);
    if (orderId !== null) this.#reversible(name)?.arrive(orderId, key);
    return { name, idempotencyKey, body, key };
  }

  /** The call takes effect or is refused; where its key was answered before, it is answered so again. */
  land(call: ArrivedCall): Answer & { readonly repeated: boolean } {
    const request = JSON.stringify([call.name, call.body]);
    const before = this.#answered.get(call.key);
    if (before !== undefined) {
      if (before.request === request) return { ...before.said, repeated: true };
      const reused = refusal(422, KEY_REUSED, 'the key stands for another request');
      return { ...reused, repeated: false };
    }
    const said = this.#do(call);
    this.#answered.set(call.key, { request, said });
    this.#settle(call, said);
    return { ...said, repeated: false };
  }

  /** Takes up a call from the record, made before a restart or by another process. */
  recall(record: CallRecord): void {
    const name = serviceNamed(record.name);
    const { status, answer } = record;
    if (name === null || record.repeated || status === null || answer === null) return;
    if (answer['error'] === KEY_REUSED) return;
    const said = { status, answer };
    const call = this.arrive(name, record.idempotencyKey, record.body);
    this.#answered.set(call.key, { request: JSON.stringify([name, record.body]), said });
    const orderId = orderOf(record.body);
    if (orderId !== null && wasDone(record)) this.#take(name, orderId, call.key);
    this.#settle(call, said);
  }

  #do(call: ArrivedCall): Answer {
    const { name, key, body } = call;
    switch (name) {
      case 'kitchen.reserve':
        return checked(reserveBody, body, ({ orderId, items }) =>
          items.some(({ sku }) => sku === NEVER_IN_STOCK)
            ? refusal(409, 'out_of_stock', `the kitchen has no "${NEVER_IN_STOCK}"`)
            : this.#stand(call, orderId, { ticket: idOf('ticket', key) }),
        );
      case 'payment.charge':
        return checked(chargeBody, body, ({ orderId, amount }) =>
          amount > MOST_PER_ORDER
            ? refusal(402, 'card_declined', `${amount} is more than ${MOST_PER_ORDER}`)
            : this.#stand(call, orderId, { chargeId: idOf('charge', key) }),
        );
      case 'kitchen.release':
        return checked(orderBody, body, ({ orderId }) =>
          done({ released: this.#take(name, orderId, key) }),
        );
      case 'payment.refund':
        return checked(orderBody, body, ({ orderId }) =>
          done({ refunded: this.#take(name, orderId, key) }),
        );
      case 'courier.dispatch':
        return checked(dispatchBody, body, () => done({ courier: idOf('courier', key) }));
    }
  }

  #stand({ name, key }: ArrivedCall, orderId: string, answer: Answer['answer']): Answer {
    if (this.#reversible(name)?.isCalledOff(orderId, key) === true) {
      return refusal(409, CALLED_OFF, `order ${orderId} was called off`);
    }
    this.#take(name, orderId, key);
    return done(answer);
  }

  /** Makes it so. For what calls off: whether anything stood. */
  #take(name: ServiceName, orderId: string, key: string): boolean {
    if (name === 'kitchen.release') return this.#reservations.callOff(orderId);
    if (name === 'payment.refund') return this.#charges.callOff(orderId);
    this.#reversible(name)?.stand(orderId, key);
    return false;
  }

  /** What was refused on its own account leaves nothing to call off. */
  #settle({ name, key, body }: ArrivedCall, { status, answer }: Answer): void {
    const orderId = orderOf(body);
    if (orderId === null || status < 400 || answer['error'] === CALLED_OFF) return;
    this.#reversible(name)?.forget(orderId, key);
  }

  #reversible(name: ServiceName): Reversible | null {
    if (name === 'kitchen.reserve') return this.#reservations;
    return name === 'payment.charge' ? this.#charges : null;
  }
}

const CALLED_OFF = 'called_off';
const KEY_REUSED = 'key_reused';

function checked<S extends z.ZodType>(
  schema: S,
  body: unknown,
  then: (body: z.output<S>) => Answer,
): Answer {
  const parsed = schema.safeParse(body);
  return parsed.success
    ? then(parsed.data)
    : refusal(400, 'bad_request', z.prettifyError(parsed.error));
}

function done(answer: Answer['answer']): Answer {
  return { status: 200, answer };
}

function refusal(status: number, error: string, message: string): Answer {
  return { status, answer: { error, message } };
}

/** Follows from the key, so that an answer given twice is the same. */
function idOf(what: string, key: string): string {
  return `${what}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

function orderOf(body: unknown): string | null {
  const parsed = orderBody.safeParse(body);
  return parsed.success ? parsed.data.orderId : null;
}
