import { expect, test } from 'vitest';
import { effectFilterFault, holdsTenant, namesEffect, tenantRangeFault } from './worker-scope.ts';

test('a range holds its first tenant and not the one it ends before', () => {
  expect(holdsTenant(['b..d'], 'b')).toBe(true);
  expect(holdsTenant(['b..d'], 'c-17')).toBe(true);
  expect(holdsTenant(['b..d'], 'd')).toBe(false);
  expect(holdsTenant(['b..d'], 'a')).toBe(false);
});

test('ranges that meet share every tenant out, and none to two', () => {
  const ranges = ['..g', 'g..n', 'n..'];
  for (const tenant of ['', 'a', 'g', 'gz', 'n', 'shop-7', 'ö']) {
    expect(ranges.filter((range) => holdsTenant([range], tenant))).toHaveLength(1);
  }
});

test('one tenant can be named alone, the empty one as "_"', () => {
  expect(holdsTenant(['shop-7', '_'], 'shop-7')).toBe(true);
  expect(holdsTenant(['shop-7', '_'], '')).toBe(true);
  expect(holdsTenant(['shop-7', '_'], 'shop-70')).toBe(false);
  expect(holdsTenant([], 'anyone')).toBe(true);
});

test.each(['', 'n..a', 'a..a', 'a/b'])('%j is no range of tenants', (written) => {
  expect(tenantRangeFault(written)).not.toBeNull();
});

test.each(['a..n', '..n', 'n..', '..', 'shop-7', '_'])('%j is a range of tenants', (written) => {
  expect(tenantRangeFault(written)).toBeNull();
});

test('effects are named whole or by their beginning', () => {
  expect(namesEffect(['payment.*'], 'payment.charge')).toBe(true);
  expect(namesEffect(['payment.*'], 'kitchen.reserve')).toBe(false);
  expect(namesEffect(['payment.charge'], 'payment.charge')).toBe(true);
  expect(namesEffect(['payment.charge'], 'payment.chargeback')).toBe(false);
  expect(namesEffect([], 'payment.charge')).toBe(true);
  expect(effectFilterFault('pay*ment')).not.toBeNull();
  expect(effectFilterFault('payment.*')).toBeNull();
});
