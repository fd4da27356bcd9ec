import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { bootOf, systemClock } from './system-clock.ts';

const HOUR = 3_600_000;

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-clock-'));
  file = join(dir, 'boot_id');
  writeFileSync(file, 'f00d\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a machine that has slept since its start is known by the name of that start', () => {
  expect(bootOf(5 * HOUR, 3 * HOUR, file)).toBe('f00d');
  expect(bootOf(5 * HOUR - 10, 5 * HOUR, file)).toBe('f00d');
});

test('a container with an uptime of its own is not: that begins anew under the same name', () => {
  expect(bootOf(HOUR, 5 * HOUR, file)).toBeNull();
});

test('nor is a system that names no start', () => {
  expect(bootOf(5 * HOUR, 5 * HOUR, join(dir, 'missing'))).toBeNull();
});

test('the machine’s uptime, sleep included, is no less than the time this process has run', () => {
  const machine = systemClock.machine?.();
  expect(machine?.uptime).toBeGreaterThanOrEqual(systemClock.monotonic() - 1000);
});

test.each([2 ** 31, 30 * 24 * HOUR, 2 ** 40, Number.MAX_SAFE_INTEGER])(
  'what is to come after %d ms does not come at once',
  async (delay) => {
    let isCalled = false;
    onTestFinished(systemClock.after(delay, () => (isCalled = true)));
    // Later than any timer that the platform could not take, and ran after a millisecond.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isCalled).toBe(false);
  },
);

test('a timer that is cancelled stays so', async () => {
  let isCalled = false;
  systemClock.after(1, () => (isCalled = true))();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isCalled).toBe(false);
});
