/** `holdfast status --history`: how the overview's numbers went. */
import type { OverviewSeries } from '@holdfast/core';
import type { CliContext } from '../cli/context.ts';
import { sizeText } from '../cli/size-text.ts';
import { highest, lowest, sparkline, summed } from '../cli/sparkline.ts';
import { spanText } from '../cli/time-text.ts';

const CELLS = 32;
const MILLIS = 1000;
const MINUTE_S = 60;

export function historyFacts(
  { stepSeconds, series }: OverviewSeries,
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  const { accepted, ended, outboxDepth, outboxAgeSeconds, scheduleLagSeconds, diskFreeBytes } =
    series;
  const span = spanText(accepted.length * stepSeconds * MILLIS);
  const line = (samples: readonly number[], fold: typeof summed, said: string): string =>
    `${out.paint.name(sparkline(samples, CELLS, fold))}  ${said}`;
  const rate = (samples: readonly number[]): string => {
    const total = summed(samples);
    const minutes = Math.max(1, (samples.length * stepSeconds) / MINUTE_S);
    return `${total} in ${span}, ${Number((total / minutes).toPrecision(2))} a minute`;
  };
  const seconds = (value: number): string => spanText(Math.round(value) * MILLIS);
  const last = (samples: readonly number[]): number => samples.at(-1) ?? 0;
  return [
    ['accepted', line(accepted, summed, rate(accepted))],
    ['ended', line(ended, summed, rate(ended))],
    [
      'outbox',
      line(outboxDepth, highest, `now ${last(outboxDepth)}, most ${highest(outboxDepth)}`),
    ],
    [
      'outbox age',
      line(
        outboxAgeSeconds,
        highest,
        `now ${seconds(last(outboxAgeSeconds))}, most ${seconds(highest(outboxAgeSeconds))}`,
      ),
    ],
    [
      'lag',
      line(
        scheduleLagSeconds,
        highest,
        `now ${seconds(last(scheduleLagSeconds))}, most ${seconds(highest(scheduleLagSeconds))}`,
      ),
    ],
    [
      'disk free',
      line(
        diskFreeBytes,
        lowest,
        `now ${sizeText(last(diskFreeBytes))}, least ${sizeText(lowest(diskFreeBytes))}`,
      ),
    ],
  ];
}
