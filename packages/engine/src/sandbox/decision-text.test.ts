import { canonicalJson, type Decision, EMPTY_DECISION } from '@holdfast/core';
import { expect, test } from 'vitest';
import { decisionText } from './decision-text.ts';

const failure = { step: 's"1', message: 'ä', code: 'undo' };
const FULL: Required<Decision> = {
  items: [{ step: 'a#1', effect: 'a', input: { z: 1, b: [null] }, undoes: 'b#1' }],
  schedules: [{ name: 'n', dueAt: 5 }],
  cancelSchedules: ['x', 'y'],
  waits: [{ step: 'w#1', name: 'w', definition: null, expiresAt: 7 }],
  closeWaits: ['w#2'],
  children: [{ step: 'c#1', saga: 'c', key: 'k', input: 1 }],
  cancelChildren: [{ step: 'c#2', saga: 'c', key: 'k' }],
  publishes: [{ type: 't', step: 'p#1', data: 'x' }],
  logs: [{ message: 'm', level: 'info' }],
  status: 'compensating',
  undo: [{ step: 'a#1', effect: 'a', state: 'armed', doubtful: true }],
  failure,
  blocked: failure,
  ending: { as: 'compensated', error: failure },
  search: { z: '1', a: 'ä"' },
  ignored: true,
};

test('a decision’s text is its canonical JSON, whatever it holds', () => {
  expect(decisionText(EMPTY_DECISION)).toBe(canonicalJson(EMPTY_DECISION));
  expect(decisionText(FULL)).toBe(canonicalJson(FULL));
  for (const [field, value] of Object.entries(FULL)) {
    const decision = { ...EMPTY_DECISION, [field]: value };
    expect(decisionText(decision)).toBe(canonicalJson(decision));
  }
});
