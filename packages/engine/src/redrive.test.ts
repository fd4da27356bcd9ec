import { afterEach, expect, test, vi } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Reserves, then charges; `charge` is what it makes of the reservation. */
const order = (charge: () => object, effect = 'reserve'): InlineProgram => ({
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) =>
    call.step === null
      ? { state: null, decision: { items: [{ step: 'first', effect, input: {} }] } }
      : { state: null, decision: charge() },
});
const broken = order(() => {
  throw new Error('a bug');
});
const mended = order(() => ({ ending: { as: 'completed', result: 1 } }));
const otherwise = order(() => ({ ending: { as: 'completed', result: 1 } }), 'charge');

const at = { tenant: '', saga: 'order', key: 'o' };
const actor = { by: 'test', reason: 'mended' };
const options = {
  programs: { order: broken },
  sagas: [{ name: 'order', on: ['order.placed'] }],
  effects: [{ name: 'reserve' }, { name: 'charge' }],
};

let bench: EngineBench;
afterEach(() => bench.end());

const found = async () => (await bench.store.loadInstances([at]))[0]?.row;
const becomes = (status: string) => until(async () => (await found())?.status === status);
async function blocked(): Promise<void> {
  bench = new EngineBench(options);
  await bench.start();
  await bench.engine.ingest({ event: bench.event('order.placed', { id: 'o' }) });
  await becomes('blocked');
}

/** What was decided cannot be read so many times: activation does not move the instance then. */
function unreadable(times: number): void {
  const read = vi.spyOn(bench.store, 'decisionsOf');
  for (let i = 0; i < times; i++) read.mockRejectedValueOnce(new Error('cannot be read'));
}

test('a redrive moves an instance to the release that mends its program', async () => {
  await blocked();
  unreadable(1);
  const digest = await bench.deploy({ programs: { order: mended } });
  expect((await found())?.release).not.toBe(digest);
  await bench.engine.redrive(at, actor);
  await becomes('completed');
  expect(await found()).toMatchObject({ release: digest, result: '1' });
  expect(bench.calls).toHaveLength(1);
});

test('it stays where it is when the active release decides otherwise what was decided', async () => {
  await blocked();
  const before = (await found())?.release;
  await bench.deploy({ programs: { order: otherwise } });
  await bench.engine.redrive(at, actor);
  await becomes('blocked');
  expect((await found())?.release).toBe(before);
});

test('it stays where it is when its saga is pinned', async () => {
  await blocked();
  const before = (await found())?.release;
  const sagas = [{ name: 'order', on: ['order.placed'], pin: 'always' as const }];
  await bench.deploy({ programs: { order: mended }, sagas });
  await bench.engine.redrive(at, actor);
  await becomes('blocked');
  expect((await found())?.release).toBe(before);
});

test('the move outlives a crash', async () => {
  await blocked();
  const digest = await bench.deploy({ programs: { order: mended } });
  await bench.engine.redrive(at, actor);
  await becomes('completed');
  await bench.restart();
  expect((await found())?.release).toBe(digest);
});

test('one that cannot be carried out leaves the instance blocked, to be redriven again', async () => {
  await blocked();
  unreadable(2);
  await bench.deploy({ programs: { order: mended } });
  const why = (await found())?.blockedBy;
  await expect(bench.engine.redrive(at, actor)).rejects.toThrow('cannot be read');
  expect(await found()).toMatchObject({ status: 'blocked', blockedBy: why });
  await bench.engine.redrive(at, actor);
  await becomes('completed');
});

test('all that was parked is taken up in order, however much it is', async () => {
  const count = 2500;
  let isBroken = true;
  const taken: number[] = [];
  const shelf: InlineProgram = {
    key: () => 'o',
    decide: (_state, { data }) => {
      const { n } = data as { n: number };
      if (isBroken) throw new Error('a bug');
      taken.push(n);
      return { state: null, decision: {} };
    },
  };
  bench = new EngineBench({
    programs: { order: shelf },
    sagas: [{ name: 'order', on: ['order.placed'], style: 'reducer' }],
  });
  await bench.start();
  const place = (n: number) => bench.engine.ingest({ event: bench.event('order.placed', { n }) });
  await place(0);
  await becomes('blocked');
  await Promise.all(Array.from({ length: count }, (_, n) => place(n + 1)));
  isBroken = false;
  await bench.engine.redrive(at, actor);
  await place(count + 1);
  await until(async () => (await found())?.version === count + 2);
  expect(taken).toEqual(Array.from({ length: count + 2 }, (_, n) => n));
});
