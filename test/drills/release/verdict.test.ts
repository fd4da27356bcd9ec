/** The verdict of the release drill finds each fault it is there for. */
import { expect, test } from 'vitest';
import type { ShopCall } from './shop.ts';
import { type Books, judge } from './verdict.ts';

const digests = { first: 'f'.repeat(64), changed: 'c'.repeat(64) };
const call = (name: ShopCall['name'], currency?: string): ShopCall => ({
  name,
  key: `${name}-key`,
  body: { orderId: 'a', ...(currency === undefined ? {} : { currency }) },
});
const good: Books = {
  placed: ['a'],
  ended: [{ key: 'a', status: 'completed', release: digests.changed, by: 'changed' }],
  calls: [call('reserve'), call('charge', 'EUR'), call('dispatch')],
  digests,
};

test('books that agree have no fault', () => {
  expect(judge(good)).toEqual([]);
});

test.each<[string, Partial<Books>, string]>([
  ['an order that is gone', { ended: [] }, 'order a is nowhere'],
  [
    'one that did not end',
    { ended: [{ key: 'a', status: 'blocked', release: digests.first, by: 'first' }] },
    'order a is blocked',
  ],
  [
    'one that another release ended than it is pinned to',
    { ended: [{ key: 'a', status: 'completed', release: digests.first, by: 'changed' }] },
    'is pinned to another',
  ],
  ['an effect that was called twice', { calls: [...good.calls, call('dispatch')] }, '2 times'],
  ['one that was not called', { calls: good.calls.slice(0, 2) }, 'dispatch was called 0 times'],
  [
    'one that moved though its history differs',
    { calls: [call('reserve'), call('charge'), call('dispatch')] },
    'was charged in undefined',
  ],
  ['one that nobody placed', { placed: [], ended: good.ended }, '1 instances for 0 orders'],
])('%s', (_what, change, fault) => {
  expect(judge({ ...good, ...change }).join('\n')).toContain(fault);
});
