/** A story too long to be told at one time, in a terminal. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';

test('the terminal tells the newest decisions, and how to see the earlier ones', async () => {
  await using own = await HoldfastServer.start({ restaurant: false });
  using devices = new Project('test/support/readings-release');
  await devices.deploy(own);
  for (const n of [1, 2, 3])
    await own.api.publish({
      type: 'reading.taken',
      source: 'test',
      id: `own-${n}`,
      data: { id: `own-${n}`, device: "kitchen's" },
    });
  await eventually('the device has decided on all', async () =>
    (await own.api.saga('device', "kitchen's"))?.version === 3 ? true : undefined,
  );
  const told = await own.cli('sagas', 'show', 'device', "kitchen's", '--limit', '1');
  expect(told.stdout).toContain('version 3: waiting');
  expect(told.stdout).not.toContain('version 2: waiting');
  expect(told.stdout).toContain(
    `2 earlier decisions: holdfast sagas show device 'kitchen'\\''s' --run 1 --before 3`,
  );
  const before = await own.cli('sagas', 'show', 'device', "kitchen's", '--before', '3');
  expect(before.stdout).toContain('version 1: waiting');
  expect(before.stdout).not.toContain('version 3: waiting');
  expect(before.stdout).not.toContain('earlier decisions');
});
