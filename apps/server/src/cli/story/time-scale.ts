/**
 * Where an instant stands on a line of so many characters.
 *
 * To scale where that shows everything. Where one wait of minutes would squeeze calls of milliseconds into nothing, the
 * stretches between instants are drawn by the logarithm of their length: order is kept, what is longer is drawn longer.
 *
 * @module
 */

export interface TimeScale {
  /** Column of an instant in milliseconds since the start, from 0 to `width`. */
  readonly columnOf: (millis: number) => number;
  /** False where long stretches are drawn shorter than they were. */
  readonly toScale: boolean;
}

/** Least columns of the shortest span, else the scale is no longer linear. */
const LEAST_COLUMNS = 1;
/** Stretches shorter than this, in milliseconds, count as this. */
const QUANTUM_MS = 1;

/**
 * @param instants milliseconds since the start, of everything that is drawn
 * @param shortest the shortest span that must be seen, in milliseconds
 */
export function timeScale(instants: readonly number[], shortest: number, width: number): TimeScale {
  const sorted = [...new Set([0, ...instants])].toSorted((a, b) => a - b);
  const end = Math.max(sorted.at(-1) ?? 0, Number.MIN_VALUE);
  if ((shortest / end) * width >= LEAST_COLUMNS)
    return { columnOf: (millis) => (millis / end) * width, toScale: true };
  const weights = sorted.slice(1).map((at, i) => weightOf(at - (sorted[i] ?? 0)));
  const total = Math.max(
    Number.MIN_VALUE,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  const columnOf = (millis: number): number => {
    let before = 0;
    for (const [i, weight] of weights.entries()) {
      const [from, to] = [sorted[i] ?? 0, sorted[i + 1] ?? end];
      if (millis < to) {
        const part = Math.max(0, millis - from) / (to - from);
        return ((before + part * weight) / total) * width;
      }
      before += weight;
    }
    return width;
  };
  return { columnOf, toScale: false };
}

function weightOf(millis: number): number {
  return Math.log2(1 + millis / QUANTUM_MS);
}
