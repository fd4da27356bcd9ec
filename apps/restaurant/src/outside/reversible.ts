/**
 * Something done for an order that can be called off: a reservation, a charge.
 *
 * Calling off is final for everything that was asked for before it, whether that is done, still hangs, or has yet to
 * arrive. So it does not matter which of a slow charge and its refund comes first: the charge does not stick.
 */
export class Reversible {
  readonly #orders = new Map<string, Order>();

  /** A request is here, and may take its time. */
  arrive(orderId: string, key: string): void {
    const order = this.#order(orderId);
    if (order.requests.has(key)) return;
    // One that was called off before it came.
    const isAhead = order.calledOffAhead > 0;
    if (isAhead) order.calledOffAhead--;
    order.requests.set(key, isAhead ? 'called off' : 'arrived');
  }

  isCalledOff(orderId: string, key: string): boolean {
    return this.#order(orderId).requests.get(key) === 'called off';
  }

  /** The request was done. */
  stand(orderId: string, key: string): void {
    this.#order(orderId).requests.set(key, 'standing');
  }

  /** The request was refused for another reason: there is nothing to call off. */
  forget(orderId: string, key: string): void {
    this.#order(orderId).requests.delete(key);
  }

  /** Calls off all that was asked for; where that is nothing, the next to arrive. Tells whether anything stood. */
  callOff(orderId: string): boolean {
    const order = this.#order(orderId);
    const states = [...order.requests.values()];
    if (states.every((state) => state === 'called off')) order.calledOffAhead++;
    for (const key of order.requests.keys()) order.requests.set(key, 'called off');
    return states.includes('standing');
  }

  #order(orderId: string): Order {
    let order = this.#orders.get(orderId);
    if (order === undefined) {
      order = { requests: new Map(), calledOffAhead: 0 };
      this.#orders.set(orderId, order);
    }
    return order;
  }
}

interface Order {
  /** By idempotency key. */
  readonly requests: Map<string, 'arrived' | 'standing' | 'called off'>;
  /** Requests called off before they arrived. */
  calledOffAhead: number;
}
