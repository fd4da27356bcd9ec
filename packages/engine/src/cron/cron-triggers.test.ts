import type { JournalEvent } from '@holdfast/core';
import type { CronRow } from '@holdfast/store';
import { afterEach, describe, expect, test } from 'vitest';
import { type BenchOptions, EngineBench } from '../testing/engine-bench.ts';
import type { InlineProgram } from '../testing/inline-sandbox.ts';
import { LeapingClock } from '../testing/leaping-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday, six in the morning in Berlin. */
const START = Date.parse('2026-11-23T05:00:00Z') * 1000;

/** Ends at once; has an instance for each event. */
const report: InlineProgram = {
  key: () => null,
  decide: (_state, call) => ({
    state: null,
    decision: { ending: { as: 'completed', result: call.data } },
  }),
};
const sagas = [{ name: 'report', on: ['report.due'] }];
type Trigger = NonNullable<BenchOptions['schedules']>[number];
const nightly: Trigger = {
  name: 'nightly',
  cron: '0 7 * * *',
  zone: 'Europe/Berlin',
  missed: 'once',
  type: 'report.due',
  data: { kind: 'daily', for: '{scheduledAt}' },
  tenant: 'shop',
};
const actor = { by: 'test', reason: null };

let bench: EngineBench;
let clock: LeapingClock;
afterEach(() => bench.end());

async function begin(...schedules: Trigger[]): Promise<void> {
  clock = new LeapingClock(START);
  bench = new EngineBench({ programs: { report }, sagas, schedules, clock });
  await bench.start();
}

async function journal(): Promise<readonly JournalEvent[]> {
  const { seq } = bench.store.counters;
  return bench.store.readEvents(Array.from({ length: seq }, (_, i) => i + 1));
}

async function firings(): Promise<readonly JournalEvent[]> {
  return (await journal()).filter(({ stream }) => stream === 'AGGREGATE_EVENTS');
}

async function firedFor(): Promise<readonly (string | null)[]> {
  return (await firings()).map(({ time }) => time?.slice(0, 16) ?? null);
}

async function onlyTrigger(): Promise<CronRow | undefined> {
  return (await bench.store.cronTriggers())[0];
}

async function passDays(count: number): Promise<void> {
  await clock.pass(count * DAY);
}

test('a firing is an event as the manifest says, and starts the saga that takes it', async () => {
  await begin(nightly);
  await clock.pass(2 * HOUR);
  expect(await firings()).toMatchObject([
    {
      stream: 'AGGREGATE_EVENTS',
      tenant: 'shop',
      source: 'holdfast:cron/test',
      type: 'report.due',
      subject: 'nightly',
      time: '2026-11-23T06:00:00.000000Z',
      data: '{"for":"2026-11-23T06:00:00.000000Z","kind":"daily"}',
      receivedAt: START + HOUR * 1000,
    },
  ]);
  const key = 'nightly@2026-11-23T06:00:00.000000Z';
  const [instance] = await bench.store.loadInstances([{ tenant: 'shop', saga: 'report', key }]);
  expect(instance?.row.status).toBe('completed');
  expect(await onlyTrigger()).toMatchObject({
    nextAt: START + (DAY + HOUR) * 1000,
    lastAt: START + HOUR * 1000,
  });
});

test('each occurrence is journaled once, through crashes before and after it', async () => {
  await begin(nightly);
  const ids = new Set<string>();
  for (let day = 0; day < 5; day += 1) {
    await clock.pass(HOUR - 1);
    await bench.crash();
    await bench.start();
    await clock.pass(1);
    await bench.crash();
    await bench.start();
    await clock.pass(23 * HOUR);
  }
  for (const { id } of await firings()) ids.add(id);
  expect(await firedFor()).toEqual([
    '2026-11-23T06:00',
    '2026-11-24T06:00',
    '2026-11-25T06:00',
    '2026-11-26T06:00',
    '2026-11-27T06:00',
  ]);
  expect(ids.size).toBe(5);
});

describe('runs that were missed while nothing ran', () => {
  async function downFor(missed: Trigger['missed'], days: number, more: Partial<Trigger> = {}) {
    await begin({ ...nightly, missed, ...more });
    await bench.crash();
    clock.down(days * DAY + 2 * HOUR);
    await bench.start();
    await clock.pass(MINUTE);
  }
  const skipped = async () =>
    (await journal())
      .filter(({ type }) => type === 'schedule.skipped')
      .map(({ data }) => JSON.parse(data) as unknown);

  test('skip: none fires, and the journal says which', async () => {
    await downFor('skip', 2);
    expect(await firedFor()).toEqual([]);
    expect(await skipped()).toEqual([
      {
        app: 'test',
        schedule: 'nightly',
        from: '2026-11-23T06:00:00.000000Z',
        until: '2026-11-26T06:00:00.000000Z',
        missed: 'skip',
      },
    ]);
    await passDays(1);
    expect(await firedFor()).toEqual(['2026-11-26T06:00']);
  });

  test('once: the last one fires', async () => {
    await downFor('once', 2);
    expect(await firedFor()).toEqual(['2026-11-25T06:00']);
    expect(await skipped()).toMatchObject([{ until: '2026-11-25T06:00:00.000000Z' }]);
    await passDays(1);
    expect(await firedFor()).toEqual(['2026-11-25T06:00', '2026-11-26T06:00']);
  });

  test('all: each fires, in order', async () => {
    await downFor('all', 2);
    expect(await firedFor()).toEqual(['2026-11-23T06:00', '2026-11-24T06:00', '2026-11-25T06:00']);
    expect(await skipped()).toEqual([]);
  });

  test('all: of more than a hundred the last hundred', async () => {
    await downFor('all', 1, { cron: '* * * * *' });
    const fired = await firedFor();
    // And the one that is on time after the start.
    expect(fired).toHaveLength(101);
    expect(fired[0]).toBe('2026-11-24T05:21');
    expect(fired.at(-1)).toBe('2026-11-24T07:01');
    expect(await skipped()).toMatchObject([{ until: '2026-11-24T05:21:00.000000Z' }]);
  });

  test('a run is on time when the process comes back a minute after it', async () => {
    await begin({ ...nightly, missed: 'skip' });
    await bench.crash();
    clock.down(HOUR + MINUTE);
    await bench.start();
    await clock.pass(1);
    expect(await firedFor()).toEqual(['2026-11-23T06:00']);
  });

  test('a crash among the firings of `all` repeats and loses none', async () => {
    await begin({ ...nightly, missed: 'all' });
    await bench.crash();
    clock.down(4 * DAY);
    await bench.start();
    for (let i = 0; i < 20; i += 1) {
      await clock.pass(0);
      await bench.crash();
      await bench.start();
    }
    await clock.pass(1);
    expect(await firedFor()).toEqual([
      '2026-11-23T06:00',
      '2026-11-24T06:00',
      '2026-11-25T06:00',
      '2026-11-26T06:00',
    ]);
  });
});

describe('with the release', () => {
  test('triggers are added, changed and removed in the commit of the swap', async () => {
    await begin(nightly);
    const hourly: Trigger = { ...nightly, name: 'hourly', cron: '0 * * * *' };
    await bench.activate({ schedules: [{ ...nightly, cron: '0 8 * * *' }, hourly] });
    expect(await bench.store.cronTriggers()).toMatchObject([
      { name: 'hourly', nextAt: START + HOUR * 1000 },
      { name: 'nightly', cron: '0 8 * * *', nextAt: START + 2 * HOUR * 1000 },
    ]);
    await bench.activate({ schedules: [] });
    expect(await bench.store.cronTriggers()).toEqual([]);
    await passDays(2);
    expect(await firedFor()).toEqual([]);
    await bench.engine.rollbackRelease('test', actor);
    expect((await bench.store.cronTriggers()).map(({ name }) => name)).toEqual([
      'hourly',
      'nightly',
    ]);
    await clock.pass(HOUR);
    expect(await firedFor()).toEqual(['2026-11-25T06:00']);
  });

  test('one that stays as it is keeps its place: a swap loses no run and repeats none', async () => {
    await begin(nightly);
    await clock.pass(HOUR);
    expect(await firedFor()).toHaveLength(1);
    const changed = { ...nightly, data: { kind: 'other' } };
    await bench.activate({ schedules: [changed] });
    expect(await onlyTrigger()).toMatchObject({
      lastAt: START + HOUR * 1000,
      nextAt: START + (DAY + HOUR) * 1000,
    });
    await bench.crash();
    clock.down(DAY + HOUR);
    await bench.start();
    // Due and not fired yet when the next swap comes.
    await bench.activate({ schedules: [nightly] });
    await clock.pass(1);
    expect(await firedFor()).toEqual(['2026-11-23T06:00', '2026-11-24T06:00']);
  });

  test('an engine that starts again has those of the active release', async () => {
    await begin(nightly);
    const rows = await bench.store.cronTriggers();
    await bench.restart();
    expect(await bench.store.cronTriggers()).toEqual(rows);
    expect(rows).toHaveLength(1);
  });
});

test('the store moves no trigger from where it does not stand', async () => {
  await begin(nightly);
  const row = await onlyTrigger();
  const move = { op: 'cron.move', app: 'test', name: 'nightly', fired: true } as const;
  await expect(
    bench.store.commit({
      at: START + 1,
      ops: [{ ...move, from: (row?.nextAt ?? 0) - 1, to: START + DAY * 1000 }],
    }),
  ).rejects.toThrow('is not due next');
});
