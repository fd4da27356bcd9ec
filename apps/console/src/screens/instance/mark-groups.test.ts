import { expect, test } from 'vitest';
import { groupMarks } from './mark-groups.ts';
import type { LaneMark } from './story-model.ts';

const END = 1_000;
const place = (at: number): number => at / END;
const decisions = (count: number): LaneMark[] =>
  Array.from({ length: count }, (_, n) => ({
    at: (n / (count - 1)) * END,
    tone: 'busy',
    label: `version ${n + 1}`,
    version: n + 1,
  }));

test('as long as there is room each stands by itself, also where two are of one moment', () => {
  const marks = [
    ...decisions(10),
    { at: END, tone: 'go', label: 'version 11', version: 11 } as const,
  ];
  const groups = groupMarks(marks, place);
  expect(groups.map(({ first }) => first)).toEqual(marks);
  expect(groups.every(({ count, first, last }) => count === 1 && first === last)).toBe(true);
});

test('a thousand are told in stretches, in order, with none left out', () => {
  const marks = decisions(1_000);
  const groups = groupMarks(marks, place);
  expect(groups.length).toBeLessThanOrEqual(61);
  expect(groups.length).toBeGreaterThan(50);
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  expect(groups[0]?.first).toBe(marks[0]);
  expect(groups.at(-1)?.last).toBe(marks.at(-1));
  for (const [index, group] of groups.entries())
    expect(group.first.version).toBe((groups[index - 1]?.last.version ?? 0) + 1);
});

test('a stretch has the look of its gravest', () => {
  const marks = decisions(1_000).map((mark) =>
    mark.version === 500 ? { ...mark, tone: 'stop' as const } : mark,
  );
  const groups = groupMarks(marks, place);
  expect(groups.filter(({ tone }) => tone === 'stop')).toHaveLength(1);
});
