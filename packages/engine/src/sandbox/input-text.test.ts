import type { ProgramInput } from '@holdfast/core';
import { expect, test } from 'vitest';
import { inputText } from './input-text.ts';

test('is ProgramInput as JSON, with state and data nested', () => {
  const input: ProgramInput = {
    saga: 'order',
    tenant: 'a"b',
    key: 'k\\1\n',
    run: 2,
    state: '{"n":1}',
    event: {
      kind: 'effect',
      type: 'effect.succeeded',
      id: 'e"1',
      step: 'pay/2',
      data: '[1,{"x":"ü"}]',
    },
    now: 1_700_000_000_000_123,
    seed: 'ab'.repeat(16),
  };
  expect(JSON.parse(inputText(input))).toEqual({
    ...input,
    stateLength: 7,
    state: { n: 1 },
    event: { ...input.event, data: [1, { x: 'ü' }] },
  });
});

test('has nulls where there is no state and no step', () => {
  const event = { kind: 'start', type: 't', id: 'e', step: null, data: 'null' } as const;
  const text = inputText({
    saga: 's',
    tenant: '',
    key: 'k',
    run: 1,
    state: null,
    event,
    now: 0,
    seed: '0',
  });
  expect(JSON.parse(text)).toMatchObject({ state: null, event: { step: null, data: null } });
});
