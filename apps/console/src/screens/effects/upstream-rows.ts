import type { UpstreamResource } from '@holdfast/core';

export interface UpstreamRow {
  readonly id: string;
  readonly upstream: string | null;
  readonly effect: string;
  readonly breaker: UpstreamResource['breaker'];
  /** Milliseconds. */
  readonly retryIn: number | null;
  readonly inFlight: number;
  /** That ended, however they did. */
  readonly tries: number;
  readonly failureRate: number | null;
  /** Seconds. */
  readonly p50: number | null;
  readonly p99: number | null;
}

/** One row an effect; upstreams whose breaker holds calls back come first. */
export function rowsOf(upstreams: readonly UpstreamResource[]): readonly UpstreamRow[] {
  return upstreams
    .toSorted((a, b) => Number(a.breaker === 'closed') - Number(b.breaker === 'closed'))
    .flatMap(({ app, upstream, breaker, retryIn, effects }) =>
      effects.map(({ effect, inFlight, attempts, failureRate, seconds }) => ({
        id: `${app}/${upstream ?? ''}/${effect}`,
        upstream,
        effect,
        breaker,
        retryIn,
        inFlight,
        tries: Object.values(attempts).reduce((sum, count) => sum + count, 0),
        failureRate,
        p50: seconds.p50,
        p99: seconds.p99,
      })),
    );
}
