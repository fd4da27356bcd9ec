import { expect, test } from 'vitest';
import { parseUrlState } from '../../lib/url-state.ts';
import { readEffectSearch } from './effect-search.ts';

test('the links of alerts and of the overview are understood', () => {
  const read = (search: string) => readEffectSearch(parseUrlState(search));
  expect(read('?upstream=http%3A%2F%2Fpay.example')).toEqual({ upstream: 'http://pay.example' });
  expect(read('?status=pending')).toEqual({ status: ['pending'] });
  expect(read('?status=held&status=unknown&effect=charge&saga=order')).toEqual({
    status: ['held', 'unknown'],
    effect: 'charge',
    saga: 'order',
  });
  expect(read('?status=mad&other=1')).toEqual({});
});
