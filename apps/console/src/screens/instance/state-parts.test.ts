import { expect, test } from 'vitest';
import { statePartsOf } from './state-parts.ts';

const CHANGED = { kind: 'changed', before: 1, after: 2 } as const;

test('of a reducer its own state stands apart from what the runtime keeps', () => {
  const beside = { v: 1, version: 1, counts: { beep: 2 }, calls: {}, waits: {}, timers: {} };
  expect(
    statePartsOf({
      state: { ...beside, state: { readings: 2 } },
      changes: [
        { path: '/state/readings', ...CHANGED },
        { path: '/counts/beep', ...CHANGED },
      ],
    }),
  ).toEqual({
    own: { state: { readings: 2 }, changes: [{ path: '/readings', ...CHANGED }] },
    runtime: { state: beside, changes: [{ path: '/counts/beep', ...CHANGED }] },
  });
});

test('any other state is shown as it is', () => {
  for (const state of [null, 7, [1], { state: 'open' }, { v: 1, arrivals: [] }]) {
    const changes = [{ path: '/state', ...CHANGED }];
    expect(statePartsOf({ state, changes })).toEqual({ own: { state, changes }, runtime: null });
  }
});
