import { describe, expect, test } from 'vitest';
import { keyPathOf } from './build-key-path.ts';

describe('a key that only looks a member up', () => {
  test.each([
    ['(o) => o.orderId', ['orderId']],
    ['o => o.a.b', ['a', 'b']],
    ['(o) => (o?.a?.b)', ['a', 'b']],
    ["(o) => o['order id'].n", ['order id', 'n']],
    ['(o, type) => o.orderId', ['orderId']],
    ['(o) => { return o.orderId; }', ['orderId']],
    ['function (o) { return o.orderId }', ['orderId']],
    ['function byOrder(o) { return o.orderId }', ['orderId']],
    ['key(o) { return o.orderId; }', ['orderId']],
    ['({ orderId }) => orderId', ['orderId']],
    ['({ amount, orderId: id }) => id', ['orderId']],
    ['({ order: { id } }) => id', ['order', 'id']],
    ['({ order }) => order.id', ['order', 'id']],
  ])('%s', (source, path) => {
    expect(keyPathOf(source)).toEqual(path);
  });
});

describe('a key that must be run', () => {
  test.each([
    '(o) => o',
    '() => "one"',
    '(o) => String(o.orderId)',
    '(o) => `${o.orderId}`',
    '(o) => o.a ?? o.b',
    '(o) => o.orderId.trim()',
    '(o) => o[name]',
    '(o) => o[0]',
    '(o) => other.orderId',
    '(o, type) => type.length',
    '(o, o2 = o.a) => o.orderId',
    '(o, { length }) => o.orderId',
    'function (o, o) { return o.orderId }',
    '(o = { orderId: "x" }) => o.orderId',
    '(...o) => o.orderId',
    '([first]) => first.id',
    '({ orderId = "x" }) => orderId',
    '({ [name]: id }) => id',
    '({ ...rest }) => rest.orderId',
    '({ orderId, other: { id } }) => orderId',
    '({ other: { id }, orderId }) => orderId',
    '(o) => { o.orderId = "x"; return o.orderId; }',
    '(o) => { "use strict"; return o.orderId; }',
    'async (o) => o.orderId',
    'function* (o) { return o.orderId }',
    'get key() { return o.orderId; }',
    'function () { [native code] }',
    '(o) => o.orderId), (0',
    '',
  ])('%s', (source) => {
    expect(keyPathOf(source)).toBeNull();
  });
});
