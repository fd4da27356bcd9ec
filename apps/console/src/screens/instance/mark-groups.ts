import type { Tone } from '../../ui/badge.tsx';
import type { LaneMark } from './story-model.ts';

/** Moments that stand where one has room. */
export interface MarkGroup {
  /** From 0 to 1. */
  readonly place: number;
  readonly first: LaneMark;
  readonly last: LaneMark;
  readonly count: number;
  /** Of the gravest in it. */
  readonly tone: Tone;
}

/** As many marks as stand beside each other on a lane of a narrow window. */
const MOST = 60;
/** Gravest first. */
const GRAVITY: readonly Tone[] = ['stop', 'care', 'hold', 'busy', 'go', 'rest'];

/**
 * Marks one by one where all have room; else those of one stretch together. A device has a thousand decisions an hour: no
 * eye tells them apart at that width, and no hand meets one.
 *
 * @param marks in order of time
 */
export function groupMarks(
  marks: readonly LaneMark[],
  place: (at: number) => number,
): readonly MarkGroup[] {
  const groups: MarkGroup[] = [];
  let stretch = -1;
  for (const [index, mark] of marks.entries()) {
    const at = place(mark.at);
    const own = marks.length <= MOST ? index : Math.floor(at * MOST);
    const before = groups.at(-1);
    if (before === undefined || own !== stretch) {
      stretch = own;
      groups.push({ place: at, first: mark, last: mark, count: 1, tone: mark.tone });
    } else {
      const tone = graver(before.tone, mark.tone);
      groups[groups.length - 1] = { ...before, last: mark, count: before.count + 1, tone };
    }
  }
  return groups;
}

function graver(one: Tone, other: Tone): Tone {
  return GRAVITY.indexOf(one) <= GRAVITY.indexOf(other) ? one : other;
}
