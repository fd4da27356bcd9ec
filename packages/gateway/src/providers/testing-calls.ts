/** Calls and clocks for this folder's tests. */
import type { Clock, EffectCall, ProviderContext } from '@holdfast/core';

export const platformClock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

export function effectCall(changes: Partial<EffectCall> = {}): EffectCall {
  return {
    commandId: '0123456789abcdef0123456789abcdef',
    attempt: 1,
    mode: 'call',
    tenant: '',
    effect: 'payment.charge',
    app: 'restaurant',
    release: 'a'.repeat(64),
    saga: 'order',
    key: 'o-1',
    run: 1,
    step: 'payment.charge',
    input: '{"orderId":"o-1","amount":12.5}',
    timeout: 30_000,
    correlationId: 'o-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ...changes,
  };
}

/** A context whose references have the values given. */
export function contextOf(
  values: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
): ProviderContext {
  return {
    signal,
    resolve: ({ scheme, name }) => {
      const value = values[`${scheme}://${name}`];
      if (value === undefined) throw new Error(`${scheme}://${name} is not in the test's values`);
      return value;
    },
  };
}
