/**
 * Where a moment stands on the story's chart, from 0 to 1. Real time would waste the width: a call takes 40 ms, and the
 * wait after it a day. So stretches in which nothing happens are drawn no wider than an even share, and marked as broken.
 *
 * @module
 */

export interface TimeScale {
  readonly place: (at: number) => number;
  /** Long stretches, drawn shorter than they were: place of the middle, and how long they were, in milliseconds. */
  readonly breaks: readonly { readonly place: number; readonly millis: number }[];
  /** Moments worth a number, and their places. */
  readonly ticks: readonly { readonly place: number; readonly at: number }[];
}

/** How much wider than an even share a stretch may be drawn. */
const MOST_SHARES = 3;
/** A stretch is drawn at least so wide, in shares: what happened at one time still stands apart. */
const LEAST_SHARES = 0.35;
/** A stretch that holds this many times more time to the width than the finest is marked, with how long it was. */
const BROKEN = 20;
/** As many numbers as fit beside each other. */
const MOST_TICKS = 5;

/** @param moments in milliseconds, in any order */
export function timeScale(moments: readonly number[]): TimeScale {
  const points = [...new Set(moments)].sort((a, b) => a - b);
  const first = points[0] ?? 0;
  const last = points.at(-1) ?? first;
  if (points.length < 2) return { place: () => 0, breaks: [], ticks: [{ place: 0, at: first }] };
  const even = (last - first) / (points.length - 1);
  const widths: number[] = [];
  for (let index = 1; index < points.length; index++) {
    const share = ((points[index] ?? 0) - (points[index - 1] ?? 0)) / even;
    widths.push(Math.min(MOST_SHARES, Math.max(LEAST_SHARES, share)));
  }
  const total = widths.reduce((sum, width) => sum + width, 0);
  const places = [0];
  for (const width of widths) places.push((places.at(-1) ?? 0) + width / total);

  const density = widths.map(
    (width, index) => ((points[index + 1] ?? 0) - (points[index] ?? 0)) / width,
  );
  const finest = Math.min(...density);
  const breaks = density.flatMap((millisPerWidth, index) =>
    millisPerWidth > finest * BROKEN
      ? [
          {
            place: ((places[index] ?? 0) + (places[index + 1] ?? 0)) / 2,
            millis: (points[index + 1] ?? 0) - (points[index] ?? 0),
          },
        ]
      : [],
  );
  const place = (at: number): number => {
    if (at <= first) return 0;
    if (at >= last) return 1;
    const after = firstFrom(points, at);
    const from = points[after - 1] ?? first;
    const to = points[after] ?? last;
    const low = places[after - 1] ?? 0;
    const high = places[after] ?? 1;
    return low + ((at - from) / (to - from)) * (high - low);
  };
  return { place, breaks, ticks: ticksOf(points, places) };
}

/** Index of the first of ascending points that is not before `at`; a story may have thousands. */
function firstFrom(points: readonly number[], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The first, the last, and those between that leave each other room. These are written around their place, the first and
 * the last inward from theirs: beside them it takes half as much again.
 */
function ticksOf(points: readonly number[], places: readonly number[]): TimeScale['ticks'] {
  const room = 1 / MOST_TICKS;
  const ticks = [{ place: 0, at: points[0] ?? 0 }];
  let free = 1.5 * room;
  for (const [index, at] of points.entries()) {
    const place = places[index] ?? 0;
    if (place < free || place > 1 - 1.5 * room) continue;
    ticks.push({ place, at });
    free = place + room;
  }
  return [...ticks, { place: 1, at: points.at(-1) ?? 0 }];
}
