import { expect, test } from 'vitest';
import type { SagaDetail } from '@holdfast/core';
import { BOX, familyLayout } from './family-layout.ts';

const CAUSE: SagaDetail['cause'] = {
  seq: 1,
  id: 'e',
  source: '/s',
  type: 'order.placed',
  receivedAt: '2026-01-01T00:00:00Z',
  saga: null,
  instance: null,
};
const PARENT = { saga: 'shop', key: 's', run: 1, step: 'order' };

function child(step: string): SagaDetail['children'][number] {
  return { saga: 'line', key: step, run: 1, step, status: 'running' };
}

test('origins above, children below two abreast, no box upon another', () => {
  const layout = familyLayout({
    cause: CAUSE,
    parent: PARENT,
    children: ['a', 'b', 'c'].map(child),
  });
  const rows = Object.groupBy(layout, ({ y }) => String(y));
  expect(Object.values(rows).map((row) => row?.map(({ id }) => id))).toEqual([
    ['cause', 'parent'],
    ['self'],
    ['child a', 'child b'],
    ['child c'],
  ]);
  for (const row of Object.values(rows)) {
    const [left, right] = row ?? [];
    if (left !== undefined && right !== undefined)
      expect(right.x - left.x).toBeGreaterThan(BOX.width);
  }
});

test('without an origin it stands on top', () => {
  const [self] = familyLayout({ cause: null, parent: null, children: [child('a')] });
  expect(self).toMatchObject({ role: 'self', y: 0 });
});
