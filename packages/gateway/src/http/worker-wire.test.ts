/** What a worker says of a try: the server takes it, whatever a target or a function wrote. */
import { commandResultSchema } from '@holdfast/core';
import type { EffectCall, EffectResult } from '@holdfast/core';
import { expect, test } from 'vitest';
import { valueFault } from '../ingest/json-value.ts';
import { commandResult, resultOf } from './worker-wire.ts';

const CALL: EffectCall = {
  mode: 'call',
  tenant: '',
  commandId: 'c1',
  attempt: 1,
  app: 'shop',
  release: 'r'.repeat(64),
  effect: 'pay',
  saga: 'order',
  key: 'k',
  run: 1,
  step: 's',
  timeout: 1000,
  correlationId: null,
  traceparent: null,
  input: '{}',
};
const AT = '2026-01-01T00:00:00Z';

function sent(result: EffectResult): EffectResult {
  const said: unknown = JSON.parse(JSON.stringify(commandResult(CALL, result, AT)));
  expect(valueFault(said, '')).toBeNull();
  return resultOf(commandResultSchema.parse(said));
}

test('an answer travels as it is', () => {
  const refused = { kind: 'failed', error: { code: 'http.402', message: 'no money' } } as const;
  expect(sent({ kind: 'succeeded', output: '{"ok":true}' })).toEqual({
    kind: 'succeeded',
    output: '{"ok":true}',
  });
  expect(sent(refused)).toEqual(refused);
  const later = { ...refused, kind: 'not_done', retryAfter: 1500 } as const;
  expect(sent(later)).toEqual(later);
});

test.each([
  ['a long message', { code: 'x', message: 'm'.repeat(20_000) }],
  ['a long code', { code: 'c'.repeat(500), message: 'm' }],
  ['no code', { code: '', message: 'm' }],
  ['U+0000', { code: 'a\u0000b', message: 'm\u0000' }],
  ['half a character', { code: '\ud800', message: '\udc00' }],
])('an error with %s keeps its kind', (_, error) => {
  expect(sent({ kind: 'failed', error }).kind).toBe('failed');
});

test.each([1e300, -5, 0.2])('a pause of %d milliseconds is one that is taken', (retryAfter) => {
  const result = { kind: 'not_done', error: { code: 'busy', message: '' }, retryAfter } as const;
  expect(sent(result).kind).toBe('not_done');
});
