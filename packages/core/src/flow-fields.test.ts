import { expect, test } from 'vitest';
import { flowFields, traceIdOf } from './flow-fields.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

test('the trace id is taken out of a traceparent', () => {
  expect(traceIdOf(`00-${TRACE}-b7ad6b7169203331-01`)).toBe(TRACE);
});

test.each([null, undefined, '', 'nonsense', `00-${TRACE}`])('%s names no trace', (text) => {
  expect(traceIdOf(text)).toBeNull();
});

test('the empty tenant is written out, and what is not known is left out', () => {
  expect(flowFields({ tenant: '' })).toEqual({ tenant: '_' });
  expect(
    flowFields({
      tenant: 'north',
      correlationId: 'o-1',
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    }),
  ).toEqual({ tenant: 'north', correlationId: 'o-1', traceId: TRACE });
});
