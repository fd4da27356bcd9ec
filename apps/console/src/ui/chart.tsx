/**
 * Small time charts on uPlot, loaded when the first is shown. A chart says the same as its caption: it is drawn for the
 * eye, and named for those who have none.
 *
 * @module
 */
import { lazy, Suspense } from 'react';
import type { Tone } from './badge.tsx';

export interface ChartSeries {
  readonly label: string;
  readonly tone: Tone;
  /** null: nothing was measured. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  /** What it shows, in words: `Accepted per minute, last hour`. */
  readonly label: string;
  /** Seconds since 1970, ascending; as long as each series' values. */
  readonly times: readonly number[];
  /** Seconds up to the last time that are shown, whether or not there are values for all of them. */
  readonly span: number;
  readonly series: readonly ChartSeries[];
  readonly format?: (value: number) => string;
  /** The values are counts: the axis has no fractions. */
  readonly whole?: boolean;
  /** Pixels. Default 96. */
  readonly height?: number;
}

const Drawn = lazy(() =>
  import('./chart-drawn.tsx').then(({ ChartDrawn }) => ({ default: ChartDrawn })),
);

const DEFAULT_HEIGHT = 96;

export function Chart(props: ChartProps) {
  const { label, height = DEFAULT_HEIGHT } = props;
  return (
    <div role="img" aria-label={label} style={{ height }} className="w-full min-w-0">
      <Suspense fallback={null}>
        <Drawn {...props} height={height} />
      </Suspense>
    </div>
  );
}
