/** What must be true of orders that were moved between releases: told by the API, the disk and the effects themselves. */
import type { ReleaseName, ShopCall } from './shop.ts';

/** An order as the server says it ended. */
export interface EndedOrder {
  readonly key: string;
  readonly status: string;
  readonly release: string;
  /** Which release's program ended it. */
  readonly by: ReleaseName;
}

export interface Books {
  /** Keys of the orders whose placing was acknowledged. */
  readonly placed: readonly string[];
  readonly ended: readonly EndedOrder[];
  readonly calls: readonly ShopCall[];
  readonly digests: Readonly<Record<ReleaseName, string>>;
}

/** How each release asks for the charge. */
const CURRENCY: Readonly<Record<ReleaseName, string | undefined>> = {
  first: undefined,
  changed: 'EUR',
};

/** Empty when every order has one history, and it is that of the release that ended it. */
export function judge({ placed, ended, calls, digests }: Books): readonly string[] {
  const faults: string[] = [];
  const byKey = new Map(ended.map((order) => [order.key, order]));
  const byOrder = Map.groupBy(calls, ({ body }) => body.orderId);
  for (const key of placed) {
    const order = byKey.get(key);
    if (order?.status !== 'completed') {
      faults.push(`order ${key} is ${order?.status ?? 'nowhere'}, not completed`);
      continue;
    }
    if (digests[order.by] !== order.release)
      faults.push(`order ${key} was ended by the ${order.by} release, and is pinned to another`);
    const asked = byOrder.get(key) ?? [];
    for (const name of ['reserve', 'charge', 'dispatch'] as const) {
      const same = asked.filter((call) => call.name === name);
      if (same.length !== 1) faults.push(`order ${key}: ${name} was called ${same.length} times`);
    }
    const currency = asked.find(({ name }) => name === 'charge')?.body.currency;
    if (currency !== CURRENCY[order.by])
      faults.push(
        `order ${key} was charged in ${currency}, which the ${order.by} release does not`,
      );
  }
  if (ended.length !== placed.length)
    faults.push(`${ended.length} instances for ${placed.length} orders`);
  return faults;
}
