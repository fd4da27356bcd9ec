import { expect, test } from 'vitest';
import { HistoryText, stateText } from './history-text.ts';

const step = (n: number): string => `{"step":"s#${n}","kind":"effect","request":{"n":${n}}}`;
const START = '{"type":"t","id":"e","data":{"arrivals":[]},"t":1}';
const arrival = (n: number): string => `{"type":"a","step":"s#${n}","data":null,"t":${n}}`;

test('grows by steps and arrivals as if it were written anew', () => {
  let text = stateText([step(1)], START, []);
  for (let n = 2; n < 6; n++) {
    const past = new HistoryText(text);
    for (let at = 1; at < n; at++) expect(past.goesOnWith(step(at))).toBe(true);
    expect(past.goesOnWith(step(n))).toBe(false);
    text = past.extended([step(n)], arrival(n - 1));
  }
  const numbers = [1, 2, 3, 4, 5];
  expect(text).toBe(stateText(numbers.map(step), START, numbers.slice(0, -1).map(arrival)));
  const past = new HistoryText(text);
  for (const n of numbers) past.goesOnWith(step(n));
  expect(past.extended([], null)).toBe(text);
});

test('begins with steps where history has none', () => {
  const past = new HistoryText(stateText([], START, []));
  expect(past.extended([step(1), step(2)], arrival(0))).toBe(
    stateText([step(1), step(2)], START, [arrival(0)]),
  );
});

test('is written anew where it has another form', () => {
  const spaced = JSON.stringify(JSON.parse(stateText([step(1)], START, [arrival(0)])), null, 1);
  const turned = `{"v":1,"start":${START},"arrivals":[${arrival(0)}],"steps":[${step(1)}]}`;
  for (const text of [spaced, turned]) {
    const past = new HistoryText(text);
    expect(past.goesOnWith(step(1))).toBe(false);
    past.pass(step(1));
    expect(past.extended([step(2)], arrival(1))).toBe(
      stateText([step(1), step(2)], START, [arrival(0), arrival(1)]),
    );
  }
});

test('goes past a step that is written in another way there', () => {
  const was = '{"step":"s#1","kind":"effect","request":{"b":1,"a":2}}';
  const past = new HistoryText(stateText([was, step(2)], START, []));
  expect(past.goesOnWith('{"step":"s#1","kind":"effect","request":{"a":2,"b":1}}')).toBe(false);
  past.pass(was);
  expect(past.goesOnWith(step(2))).toBe(true);
  expect(past.extended([step(3)], null)).toBe(stateText([was, step(2), step(3)], START, []));
});
