import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { DiskRoom } from './disk-room.ts';
import { temporaryDirectory } from './testing/store-fixtures.ts';

let data: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  data = temporaryDirectory();
});
afterEach(() => data.remove());

const ballast = (): string => join(data.dir, 'ballast');

test('the ballast has real blocks, is given up at once, and made whole again', async () => {
  const room = new DiskRoom(data.dir);
  const { missing } = room;
  expect(missing).toBeGreaterThan(0);
  expect(await room.restore()).toBe(true);
  const { size, blocks } = statSync(ballast());
  expect(size).toBe(missing);
  // `blocks` counts 512 bytes; a sparse file would have fewer.
  expect(blocks * 512).toBeGreaterThanOrEqual(size);
  expect(room.missing).toBe(0);
  expect(room.release()).toBe(true);
  expect(existsSync(ballast())).toBe(false);
  expect(room.release()).toBe(false);
  expect(await room.restore()).toBe(true);
});

test('given up while it is being made, it is not there afterwards', async () => {
  const room = new DiskRoom(data.dir);
  const making = room.restore();
  room.release();
  expect(await making).toBe(false);
  expect(existsSync(ballast())).toBe(false);
});

test('says what is free, and what must be', () => {
  const { free, lowWater } = new DiskRoom(data.dir).look();
  expect(free).toBeGreaterThan(0);
  expect(lowWater).toBeGreaterThan(0);
  expect(lowWater).toBeLessThanOrEqual(64 * 1024 * 1024);
});
