import { expect, test } from 'vitest';
import { blockedByDecision } from './blocked-by.ts';

const failure = { code: 'undo', message: 'the undo of kitchen.reserve#1 failed: no' };

test.each([
  ['kitchen.release#1', 'kitchen.release'],
  ['undo/kitchen.reserve#1/kitchen.release#1', 'kitchen.release'],
  ['undo/kitchen.reserve#1@3/all#1/0/kitchen.release#12', 'kitchen.release'],
])('an undo that failed at %s is blocked at the effect %s', (step, effect) => {
  expect(JSON.parse(blockedByDecision({ ...failure, step }, () => true))).toEqual({
    ...failure,
    step,
    effect,
  });
});

test('no effect is named where the step is none, where there is none, and where its id does not say', () => {
  const wait = { ...failure, step: 'undo/kitchen.reserve#1/ready#1' };
  expect(JSON.parse(blockedByDecision(wait, () => false))).toEqual(wait);
  expect(JSON.parse(blockedByDecision(failure, () => true))).toEqual(failure);
  const own = { ...failure, step: 'a step of my own' };
  expect(JSON.parse(blockedByDecision(own, () => true))).toEqual(own);
});
