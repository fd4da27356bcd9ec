import type { HistogramSnapshot } from '@holdfast/core';

/**
 * A quantile as a histogram knows it: linear within its bucket, as Prometheus' `histogram_quantile`. What lies above the
 * last bound is told as that bound. Null without values.
 *
 * @param q from 0 to 1
 */
export function quantileOf({ bounds, counts }: HistogramSnapshot, q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (below + count < rank || count === 0) {
      below += count;
      continue;
    }
    const low = bounds[i - 1] ?? 0;
    const high = bounds[i];
    return high === undefined ? low : low + ((high - low) * (rank - below)) / count;
  }
  return bounds.at(-1) ?? null;
}
