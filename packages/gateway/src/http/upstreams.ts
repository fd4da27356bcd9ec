import type { UpstreamResource } from '@holdfast/core';
import type { EngineMetricsSnapshot } from '@holdfast/engine';
import type { ReadModel } from '@holdfast/store';
import { quantileOf } from '../metrics/quantile.ts';

type Unsettled = Awaited<ReturnType<ReadModel['unsettled']>>;
type ActiveEffects = Awaited<ReturnType<ReadModel['activeEffects']>>;
type EffectResource = UpstreamResource['effects'][number];

/** Upstreams with their effects: those of active releases, and those that were called since the start. */
export function upstreamsOf(
  metrics: Pick<EngineMetricsSnapshot, 'upstreams' | 'effects'>,
  unsettled: Unsettled,
  active: ActiveEffects,
): readonly UpstreamResource[] {
  const found = new Map<string, UpstreamResource>();
  for (const { app, upstream, effect } of active) {
    const one = upstreamIn(found, app, upstream);
    one.effects.push(effectOf(app, effect, metrics, unsettled));
  }
  for (const { app, upstream, state, retryIn, effects } of metrics.upstreams) {
    const one = upstreamIn(found, app, upstream);
    one.breaker = state;
    one.retryIn = retryIn;
    const known = new Set(one.effects.map(({ effect }) => effect));
    for (const effect of effects)
      if (!known.has(effect)) one.effects.push(effectOf(app, effect, metrics, unsettled));
  }
  return [...found.values()].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = ({ app, upstream }: Pick<UpstreamResource, 'app' | 'upstream'>): string =>
  JSON.stringify([app, upstream]);

/** Closed until it is known to be otherwise: it has not been called. */
function upstreamIn(
  found: Map<string, UpstreamResource>,
  app: string,
  upstream: string | null,
): UpstreamResource {
  const name = nameOf({ app, upstream });
  const one = found.get(name) ?? { app, upstream, breaker: 'closed', retryIn: null, effects: [] };
  found.set(name, one);
  return one;
}

function effectOf(
  app: string,
  effect: string,
  metrics: Pick<EngineMetricsSnapshot, 'effects'>,
  unsettled: Unsettled,
): EffectResource {
  const isIts = (one: { readonly app: string; readonly effect: string }): boolean =>
    one.app === app && one.effect === effect;
  const waiting = unsettled.filter(isIts);
  const inState = (state: string): number => waiting.find((one) => one.state === state)?.count ?? 0;
  const counted = metrics.effects.find(isIts);
  const attempts = { ...counted?.attempts };
  const tries = Object.values(attempts).reduce((sum, n) => sum + n, 0);
  const seconds = (q: number): number | null =>
    counted === undefined ? null : quantileOf(counted.duration, q);
  return {
    effect,
    pending: inState('pending'),
    inFlight: inState('leased'),
    held: inState('held'),
    attempts,
    outcomes: { ...counted?.outcomes },
    failureRate: tries === 0 ? null : 1 - (attempts.succeeded ?? 0) / tries,
    seconds: { p50: seconds(0.5), p95: seconds(0.95), p99: seconds(0.99) },
  };
}
