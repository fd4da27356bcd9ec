import { type Fault, HoldfastError } from '@holdfast/core';
import { expect, test } from 'vitest';
import { buildRelease } from './build.ts';
import { checkBundle } from './bundle-check.ts';
import { faultsOf, TestProject } from './testing/project.ts';

const HEAD = `app: shop
effects:
  payment.refund: { provider: echo }
schedules:
`;

const faultsOfSchedules = (schedules: string) =>
  faultsOf({ 'holdfast.release.yaml': HEAD + schedules });

test('cron triggers stand in the manifest, with their defaults', async () => {
  using project = new TestProject({
    'holdfast.release.yaml': `${HEAD}  nightly:
    cron: '0 7 * * MON-FRI'
    zone: Europe/Berlin
    missed: all
    type: order.placed
    data: { orderId: 'n-{scheduledAt}', amount: 1 }
    tenant: north
  plain: { cron: '@hourly', type: order.placed, data: { orderId: o, amount: 2 }, tenant: _ }
`,
  });
  const { bundle } = await buildRelease(project.dir);
  expect(checkBundle(bundle).manifest.schedules).toEqual([
    {
      name: 'nightly',
      cron: '0 7 * * MON-FRI',
      zone: 'Europe/Berlin',
      missed: 'all',
      type: 'order.placed',
      data: { orderId: 'n-{scheduledAt}', amount: 1 },
      tenant: 'north',
    },
    {
      name: 'plain',
      cron: '@hourly',
      zone: 'UTC',
      missed: 'once',
      type: 'order.placed',
      data: { orderId: 'o', amount: 2 },
      tenant: '',
    },
  ]);
});

test('what cannot be is refused, each fault with its line and column', async () => {
  expect(
    await faultsOfSchedules(`  bad-cron:
    cron: '0 25 * * *'
    zone: Europe/Brelin
    type: order.placd
  never:
    cron: 0 0 31 2 *
    type: order.placed
    data: { orderId: '{sheduledAt}', amount: many }
`),
  ).toEqual([
    {
      at: 'holdfast.release.yaml:6:11',
      message: expect.stringMatching(
        /^schedule bad-cron: "0 25 \* \* \*" is no cron expression: .*hour: 25/,
      ) as string,
    },
    {
      at: 'holdfast.release.yaml:7:11',
      message:
        'schedule bad-cron: "Europe/Brelin" is no time zone: give an IANA name, such as Europe/Berlin',
    },
    {
      at: 'holdfast.release.yaml:8:11',
      message:
        'schedule bad-cron: the code defines no event order.placd; did you mean order.placed?',
    },
    {
      at: 'holdfast.release.yaml:10:11',
      message: 'schedule never: "0 0 31 2 *" never occurs',
    },
    {
      at: 'holdfast.release.yaml:12:11',
      message: 'schedule never: nothing fills {sheduledAt}; there is {scheduledAt}',
    },
    {
      at: 'holdfast.release.yaml:12:11',
      message:
        'schedule never: its data violates the schema of order.placed: /amount must be number',
    },
  ]);
  expect(
    await faultsOfSchedules(`  9lives: { cron: '* * * * *', type: order.placed }
  sometimes: { cron: '* * * * *', type: order.placed, mised: skip, missed: maybe, tenant: a/b }
`),
  ).toEqual([
    {
      at: 'holdfast.release.yaml:5:3',
      message: expect.stringContaining('starts with a letter') as string,
    },
    {
      at: 'holdfast.release.yaml:6:76',
      message: expect.stringContaining('schedules.sometimes.missed') as string,
    },
    {
      at: 'holdfast.release.yaml:6:91',
      message: expect.stringContaining('is not a tenant') as string,
    },
    {
      at: 'holdfast.release.yaml:6:55',
      message: 'unknown key schedules.sometimes.mised; did you mean missed?',
    },
  ]);
});

test('a bundle from elsewhere is checked again when it is registered', async () => {
  using project = new TestProject();
  const { bundle } = await buildRelease(project.dir);
  const manifest = JSON.parse(bundle.files['release.json'] ?? '{}') as Record<string, unknown>;
  const trigger = {
    name: 'x',
    cron: '* * *',
    zone: 'Nowhere',
    missed: 'once',
    type: 't',
    data: {},
    tenant: '',
  };
  const files = {
    ...bundle.files,
    'release.json': JSON.stringify({ ...manifest, schedules: [trigger, trigger] }),
  };
  let faults: readonly Fault[] = [];
  try {
    checkBundle({ format: 1, files });
  } catch (error) {
    if (error instanceof HoldfastError) faults = error.faults;
  }
  expect(faults.map(({ at }) => at)).toEqual([
    'schedules.x.cron',
    'schedules.x.zone',
    'schedules.x',
    'schedules.x.cron',
    'schedules.x.zone',
  ]);
});
