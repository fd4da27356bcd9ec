import { expect, test } from 'vitest';
import { timeScale } from './time-scale.ts';

const DAY_MS = 86_400_000;

test('keeps the order and fills the width', () => {
  const moments = [500, 0, 20, 20, 90];
  const { place } = timeScale(moments);
  const places = [0, 20, 90, 500].map(place);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect([places[0], places[3]]).toEqual([0, 1]);
  expect(place(-5)).toBe(0);
  expect(place(900)).toBe(1);
});

test('a day of waiting leaves room for the calls before and after it, and is named', () => {
  const { place, breaks } = timeScale([0, 40, 80, DAY_MS, DAY_MS + 40]);
  expect(place(40) - place(0)).toBeGreaterThan(0.05);
  expect(place(DAY_MS) - place(80)).toBeLessThan(0.8);
  expect(breaks.map(({ millis }) => millis)).toEqual([DAY_MS - 80]);
});

test('even steps are drawn evenly, with nothing broken', () => {
  const { place, breaks } = timeScale([0, 100, 200, 300]);
  expect(place(100)).toBeCloseTo(1 / 3);
  expect(place(250)).toBeCloseTo(5 / 6);
  expect(breaks).toEqual([]);
});

test('numbers begin and end the axis and leave each other room', () => {
  const { ticks } = timeScale(Array.from({ length: 200 }, (_, index) => index * 10));
  expect(ticks.map(({ at }) => at).at(0)).toBe(0);
  expect(ticks.map(({ at }) => at).at(-1)).toBe(1990);
  const gaps = ticks.slice(1).map(({ place }, index) => place - (ticks[index]?.place ?? 0));
  expect(gaps.length).toBeGreaterThan(2);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.19);
  // The outermost are written inward.
  expect(Math.min(gaps[0] ?? 0, gaps.at(-1) ?? 0)).toBeGreaterThanOrEqual(0.29);
});

test('one moment, or none, is a chart too', () => {
  expect(timeScale([7]).place(7)).toBe(0);
  expect(timeScale([]).place(7)).toBe(0);
});
