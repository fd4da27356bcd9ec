import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatHour } from '../lib/format.ts';
import { useTheme } from '../app/theme.ts';
import type { ChartProps } from './chart.tsx';

/** Reads a token's colour as the browser has resolved it: a canvas knows no custom properties. */
function colourOf(host: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--color-${token})`;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** 1, 2, 5 and their tens: numbers that are easy to read. */
const FREE_STEPS = stepsFrom(-3, 15);
/** Things that are counted have no halves. */
const WHOLE_STEPS = stepsFrom(0, 15);

function stepsFrom(least: number, most: number): number[] {
  return Array.from({ length: most - least }, (_, index) => 10 ** (least + index)).flatMap(
    (ten) => [ten, 2 * ten, 5 * ten],
  );
}

/** @param first of the points that are shown, as an index; `last` likewise */
function isSingle(_: uPlot, __: number, first: number, last: number): boolean {
  return first === last;
}

const FONT = '11px system-ui, sans-serif';

export function ChartDrawn({
  times,
  series,
  span,
  format = String,
  height = 96,
  whole = false,
}: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { shown } = useTheme();
  const shape = series.map(({ label, tone }) => `${label}\0${tone}`).join('\0');
  const data: uPlot.AlignedData = [times.slice(), ...series.map(({ values }) => values.slice())];
  const latest = useRef({ data, series, format });
  latest.current = { data, series, format };

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const axis = colourOf(element, 'ink-3');
    const grid = colourOf(element, 'line');
    const drawn = new uPlot(
      {
        width: Math.max(element.clientWidth, 40),
        height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false } },
        // At the right: half of the last label of the axis.
        padding: [6, 20, 0, 0],
        scales: {
          x: { range: (_, __, last) => [last - span, last] },
          y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.1] },
        },
        axes: [
          {
            stroke: axis,
            font: FONT,
            size: 22,
            space: 60,
            grid: { show: false },
            ticks: { show: false },
            values: (_, splits) => splits.map((seconds) => formatHour(seconds * 1_000)),
          },
          {
            stroke: axis,
            font: FONT,
            size: 56,
            space: 28,
            grid: { stroke: grid, width: 1 },
            ticks: { show: false },
            incrs: whole ? WHOLE_STEPS : FREE_STEPS,
            values: (_, splits) => splits.map((value) => latest.current.format(value)),
          },
        ],
        series: [
          {},
          ...latest.current.series.map(({ label, tone }) => {
            const stroke = colourOf(element, `${tone}-mark`);
            return {
              label,
              stroke,
              width: 1.5,
              fill: colourOf(element, `${tone}-wash`),
              // A line needs two.
              points: { show: isSingle },
            };
          }),
        ],
      },
      latest.current.data,
      element,
    );
    plot.current = drawn;
    const observer = new ResizeObserver(() => {
      drawn.setSize({ width: Math.max(element.clientWidth, 40), height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [shown, height, shape, span, whole]);

  useEffect(() => {
    plot.current?.setData(latest.current.data);
  }, [times, series]);

  return <div ref={host} className="size-full" />;
}
