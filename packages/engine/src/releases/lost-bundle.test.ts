import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from '../testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from '../testing/inline-sandbox.ts';
import { until } from '../testing/until.ts';

const program: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (state, { kind }) => {
    if (kind === 'redrive') return { state, decision: { ignored: true } };
    return state === null
      ? { state: 1, decision: { items: [{ step: 'a', effect: 'work', input: {} }] } }
      : { state: 2, decision: { ending: { as: 'completed', result: null } } };
  },
};
const actor = { by: 'test', reason: null };
const programs = { order: program, other: program };

let bench: EngineBench;
afterEach(() => bench.end(0));

const rowOf = async (saga: string) =>
  (await bench.store.loadInstances([{ tenant: '', saga, key: 'x' }]))[0]?.row;
const send = (type: string): Promise<unknown> =>
  bench.engine.ingest({ event: bench.event(type, { id: 'x' }) });
const becomes = (saga: string, status: string) =>
  until(async () => (await rowOf(saga))?.status === status);

test('a bundle that is gone is told of, stops only what needs it, and is mended by registering it again', async () => {
  const sandbox = new InlineSandbox(programs);
  const told: object[] = [];
  const order = [{ name: 'order', on: ['order.placed'] }];
  bench = new EngineBench({
    programs,
    sandbox,
    sagas: order,
    effects: [{ name: 'work' }],
    log: { error: (fields) => void told.push(fields) },
  });
  await bench.start();
  bench.execute = () => new Promise(() => undefined);
  const elsewhere = bench.bundle({
    programs,
    app: 'elsewhere',
    sagas: [{ name: 'other', on: ['other.placed'] }],
  });
  const other = await bench.engine.registerRelease(elsewhere, actor);
  await bench.engine.activateRelease(other.digest, actor);
  await send('order.placed');
  await until(async () => (await rowOf('order'))?.version === 1);
  const { release = '' } = (await rowOf('order')) ?? {};
  const lost = bench.bundleOfStart();
  await bench.crash();
  rmSync(join(bench.dir, 'releases', release), { recursive: true });
  bench.execute = ({ input }) => Promise.resolve({ kind: 'succeeded', output: input });
  await bench.open();
  expect(told).toEqual([{ release }]);
  await becomes('order', 'blocked');
  await send('other.placed');
  await becomes('other', 'completed');
  await expect(
    bench.engine.activateRelease(release, actor, { expectActive: release }),
  ).rejects.toMatchObject({ code: 'release.unknown', hint: expect.any(String) as string });
  expect(await bench.engine.registerRelease(lost, actor)).toEqual({
    digest: release,
    app: 'test',
    isNew: false,
  });
  await bench.engine.redrive({ tenant: '', saga: 'order', key: 'x' }, actor);
  await becomes('order', 'completed');
  expect(bench.fatal).toEqual([]);
});
