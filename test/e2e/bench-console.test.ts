/** `npm run bench -- --console` measures every thing it reports, and calls no screen smooth that is not. */
import { expect, test } from 'vitest';
import { DEFINITION, faultsOf } from '../bench/console/smoothness.ts';
import { ROOT } from '../support/checkout.ts';
import { runToEnd } from '../support/child.ts';
import { missingTools } from '../support/tools.ts';

const missing = missingTools('chromium');
const SCREENS = ['One instance', 'Events'];
const WITHIN_MS = 150_000;

/** Cells of each row of a screen, table after table. */
function rowsOf(report: string, screen: string): readonly (readonly string[])[] {
  return report
    .split('\n')
    .filter((line) => line.startsWith(`| ${screen} |`))
    .map((line) =>
      line
        .split('|')
        .slice(2, -1)
        .map((cell) => cell.trim()),
    );
}

test('screens at rest and under load: frames, tasks, acts, heap, requests, messages, and what it costs', async (context) => {
  context.skip(missing !== null, missing ?? '');
  const args = ['--console', '--quick', '--events', '0', '--instances', '0', '--seconds', '1'];
  const bench = await runToEnd(
    process.execPath,
    [`${ROOT}/test/bench/run.ts`, ...args, '--screens', SCREENS.join(',')],
    { withinMs: WITHIN_MS },
  );
  expect(bench.code, bench.stderr).toBe(0);
  expect(bench.stdout).toContain(DEFINITION);
  expect(bench.stdout.match(/\d of 2 screens are smooth/g)).toHaveLength(2);
  for (const screen of SCREENS) {
    const [restFelt, restCost, loadFelt, loadCost] = rowsOf(bench.stdout, screen);
    for (const felt of [restFelt, loadFelt]) {
      const numbers = (felt ?? []).slice(0, -1).map(Number);
      expect(numbers).toHaveLength(11);
      expect(numbers.filter(Number.isNaN)).toEqual([]);
      const [, , , longestFrame = 0, , , , acts = 0, , , longestAct = 0] = numbers;
      expect(longestFrame).toBeGreaterThan(0);
      // A click there and back or the palette's, and at least Control, K, three letters and Escape.
      expect(acts).toBeGreaterThanOrEqual(6);
      expect(longestAct).toBeGreaterThan(0);
      expect(felt?.at(-1)).toMatch(/^(yes|no: .+)$/);
    }
    const [heap = 0, , nodes = 0, , , , , restEvents = -1] = (restCost ?? []).map(Number);
    const [, , , , , requests = 0, messages = 0, events = 0, server = 0] = (loadCost ?? []).map(
      Number,
    );
    expect(heap).toBeGreaterThan(1);
    expect(nodes).toBeGreaterThan(50);
    expect(restEvents).toBe(0);
    expect(messages).toBeGreaterThan(0);
    // The tail of events comes by itself: it asks for nothing.
    if (screen !== 'Events') expect(requests).toBeGreaterThan(0);
    expect(events).toBeGreaterThan(0);
    expect(server).toBeGreaterThan(0);
  }
  expect(bench.stdout).toMatch(/In all \d+ events, \d+ a second acknowledged, 0 not/);
  for (const who of ['nobody looks', 'Events is open', 'nobody looks, again']) {
    const [numbers] = rowsOf(bench.stdout, who).map((cells) => cells.map(Number));
    expect(numbers, who).toHaveLength(4);
    expect(
      numbers?.every((one) => one > 0),
      who,
    ).toBe(true);
  }
});

test('a screen is smooth only where all holds, and what was not measured does not hold', () => {
  const smooth = {
    screen: 'Today',
    seconds: 20,
    frames: [...Array.from({ length: 95 }, () => 16.7), 34, 34, 34, 34, 300],
    tasks: [60, 200],
    acts: [8, 100],
    heapMb: { begin: 10, end: 18 },
    nodes: { begin: 500, end: 500 },
    busy: 0.2,
    requestsPerSecond: 1,
    messagesPerSecond: 4,
  };
  expect(faultsOf(smooth)).toEqual([]);
  expect(faultsOf({ ...smooth, frames: [16, 35] })).toEqual(['frame p95 35 ms']);
  expect(faultsOf({ ...smooth, tasks: [201] })).toEqual(['longest task 201 ms']);
  expect(faultsOf({ ...smooth, acts: [8, 101] })).toEqual(['act p95 101 ms']);
  expect(faultsOf({ ...smooth, heapMb: { begin: 10, end: 19 } })).toEqual(['heap grown by 9 MB']);
  expect(faultsOf({ ...smooth, frames: [], acts: [] })).toHaveLength(2);
});
