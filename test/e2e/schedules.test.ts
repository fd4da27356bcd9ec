/** Cron triggers and a leap of the clock, as an operator sees them from the command line. */
import { expect, test } from 'vitest';
import { ShiftedClock } from '../drills/clock/shifted-clock.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';
import { missingTools } from '../support/tools.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const REFUSED = 1;

test('triggers of a release are listed, fire, survive a kill; a leap is shown, held and confirmed', async (context) => {
  const missing = missingTools('gcc');
  if (missing !== null) return context.skip(missing);
  if (process.platform !== 'linux') return context.skip('LD_PRELOAD is of Linux');
  using clock = new ShiftedClock();
  const env = {
    ...clock.env,
    HOLDFAST_SCHEDULER_RECHECK: '1s',
    HOLDFAST_SCHEDULER_BOOT_GRACE: '0ms',
  };
  await using server = await HoldfastServer.start({ restaurant: false, env });
  using project = new Project('test/drills/clock/project');
  await project.deploy(server);

  const triggers = (await server.cliJson('schedules', 'list', '--kind', 'cron')) as {
    readonly items: readonly { readonly name: string; readonly dueAt: string }[];
  };
  expect(triggers.items.map(({ name }) => name).toSorted()).toEqual([
    'hourly',
    'minutely',
    'quarterly',
  ]);
  expect(triggers.items[0]).toMatchObject({
    kind: 'cron',
    name: 'minutely',
    app: 'clock',
    zone: 'UTC',
    lastAt: null,
  });
  const text = await server.cli('schedules', 'list');
  expect(text.stdout).toMatch(/minute\.struck, at \* \* \* \* \* in UTC +clock +never/);

  clock.set(MINUTE);
  const first = triggers.items[0]?.dueAt ?? '';
  const fired = await server.api.waitForStatus('minute', `minutely@${first}`, 'completed');
  expect(fired.result).toBe(first);
  await server.sigkill();
  await server.restart();

  const refused = await server.cli('schedules', 'confirm', '--json');
  expect(refused.code).toBe(REFUSED);
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'conflict' } });

  // A little more: the time between setting it and looking is not to count.
  clock.set(5 * DAY + DAY / 4);
  const before = await server.api.events('?type=minute.struck');
  const status = await server.cli('status');
  expect(status.stdout).toMatch(/clock +leapt forward by 5 d.*; 3 due by that do not fire/);
  expect(status.stdout).toContain('holdfast schedules confirm');
  expect(
    await server.cliJson('schedules', 'confirm', '--reason', 'the radio says so'),
  ).toMatchObject({ due: 3 });
  // The last hundred that were missed.
  await eventually('missed runs are made up for', async () => {
    const events = await server.api.events('?type=minute.struck');
    return events.length >= before.length + 100 ? true : undefined;
  });
  const [confirmed] = await server.api.events('?type=clock.confirmed');
  expect(confirmed?.data).toMatchObject({ reason: 'the radio says so' });
  expect(await server.cliJson('status')).toMatchObject({ clockHeld: null });
});
