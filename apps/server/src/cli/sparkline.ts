const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** How several samples become one cell. */
type Fold = (cell: readonly number[]) => number;
export const summed: Fold = (cell) => cell.reduce((sum, value) => sum + value, 0);
export const highest: Fold = (cell) => Math.max(...cell);
export const lowest: Fold = (cell) => Math.min(...cell);

/** Samples as a line of at most so many cells, each as high as its share of the highest. Empty without samples. */
export function sparkline(samples: readonly number[], cells: number, fold: Fold): string {
  const size = Math.max(1, Math.ceil(samples.length / Math.max(1, cells)));
  const values: number[] = [];
  // From the end, so that the newest cell is a whole one.
  for (let end = samples.length; end > 0; end -= size)
    values.unshift(fold(samples.slice(Math.max(0, end - size), end)));
  const most = Math.max(0, ...values);
  return values
    .map((value) => {
      const level = most === 0 ? 0 : Math.round((value / most) * (LEVELS.length - 1));
      // Something is never drawn as nothing.
      return LEVELS[value > 0 ? Math.max(1, level) : 0] ?? '';
    })
    .join('');
}
