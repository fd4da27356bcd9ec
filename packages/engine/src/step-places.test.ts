/** Which line of source an instance stands at, by the real builder and the real sandbox, of recorded decisions. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRelease } from './releases/build.ts';
import { TestProject } from './releases/testing/project.ts';
import type { Sandbox } from './sandbox-port.ts';
import { createSandboxPool } from './sandbox/sandbox-pool.ts';
import { platformClock } from './sandbox/testing/hand-bundle.ts';
import { EngineBench } from './testing/engine-bench.ts';
import { until } from './testing/until.ts';

const BELL = `import { event, reducer } from '@holdfast/sdk';
import { z } from 'zod';
import { refund } from './effects.ts';

const Rung = event('bell.rung', z.object({ bell: z.string() }));

export const bell = reducer('bell', {
  on: { rung: Rung },
  key: ({ bell }) => bell,
  state: z.object({ count: z.number() }),
  initial: { count: 0 },
  effects: { refund },
  handlers: {
    rung: ({ count }, _data, ctx) => {
      if (count === 0) ctx.setTimer('silence', '1h');
      if (count === 1) ctx.call('refund', {});
      return { count: count + 1 };
    },
  },
  timers: { silence: () => undefined },
});
`;

const project = new TestProject({
  'src/bell.ts': BELL,
  'src/index.ts': "export { order } from './order.ts';\nexport { bell } from './bell.ts';\n",
});
const actor = { by: 'test', reason: null };
let bench: EngineBench;
let digest: string;
let sandbox: Sandbox;

async function startedWith(dir?: string): Promise<EngineBench> {
  sandbox = createSandboxPool({ clock: platformClock, wallLimit: 60_000 });
  const made = new EngineBench({
    programs: {},
    sagas: [],
    sandbox,
    ...(dir !== undefined && { dir }),
  });
  made.execute = ({ effect }) =>
    effect === 'payment.charge'
      ? Promise.resolve({ kind: 'succeeded', output: '{"chargeId":"c1"}' })
      : new Promise(() => undefined);
  await made.open();
  return made;
}

beforeAll(async () => {
  bench = await startedWith();
  const { bundle } = await buildRelease(project.dir);
  ({ digest } = await bench.engine.registerRelease(bundle, actor));
  await bench.engine.activateRelease(digest, actor);
});
afterAll(async () => {
  await bench.end(0);
  project[Symbol.dispose]();
});

const rowOf = async (saga: string, key: string) => {
  const [found] = await bench.store.loadInstances([{ tenant: '', saga, key }]);
  if (found === null || found === undefined) throw new Error(`there is no ${saga} ${key}`);
  return found.row;
};

/** An order that waits for the kitchen. */
async function ordered(orderId: string, amount = 10): Promise<number> {
  await bench.engine.ingest({ event: bench.event('order.placed', { orderId, amount }) });
  await until(
    async () =>
      (await bench.store.loadInstances([{ tenant: '', saga: 'order', key: orderId }]))[0]?.row
        .status === 'waiting',
  );
  return (await rowOf('order', orderId)).id;
}

describe('a generator', () => {
  test('stands at the line that asked for the open step, as its author wrote it', async () => {
    const instanceId = await ordered('o1');
    const steps = [{ step: 'kitchen.ready#1', version: 2 }];
    const ask = { instanceId, release: digest, steps, at: null };
    const answer = await bench.engine.placeSteps({ ...ask, version: 2 });
    expect(answer.check).toEqual({ state: 'same', reason: null });
    expect(answer.places['kitchen.ready#1']).toEqual({
      file: 'src/order.ts',
      line: 13,
      column: 24,
      source: "const ready = yield* waitFor('kitchen.ready', Ready, { timeout: '15m' });",
    });
    // The whole history is repeated: steps of earlier decisions are found as well.
    expect(answer.places['payment.charge#1']).toMatchObject({
      line: 9,
      source: 'const paid = yield* charge(',
    });
  });

  test('that is undone tells where it gave up, and which line undoes', async () => {
    const instanceId = await ordered('o2');
    await bench.engine.failWait(
      { saga: 'order', tenant: '', key: 'o2', name: 'kitchen.ready' },
      'burnt',
      actor,
    );
    await until(async () => (await rowOf('order', 'o2')).status === 'compensating');
    const undo = 'undo/payment.charge#1/payment.refund#1';
    const answer = await bench.engine.placeSteps({
      instanceId,
      release: digest,
      version: 3,
      steps: [{ step: undo, version: 3 }],
      at: null,
    });
    expect(answer.places[undo]).toMatchObject({
      line: 11,
      source: '{ undo: (r) => refund({ chargeId: r?.chargeId }) },',
    });
  });

  test('whose program failed is told the text of the line that threw', async () => {
    const instanceId = await ordered('o3', 13);
    await bench.engine.completeWait(
      { saga: 'order', tenant: '', key: 'o3', name: 'kitchen.ready' },
      '{}',
      actor,
    );
    await until(async () => (await rowOf('order', 'o3')).status === 'blocked');
    const { blockedBy } = await rowOf('order', 'o3');
    const { at } = JSON.parse(blockedBy ?? '{}') as { at: string };
    const answer = await bench.engine.placeSteps({
      instanceId,
      release: digest,
      version: 2,
      steps: [],
      at: { release: digest, place: at },
    });
    expect(answer.at).toMatchObject({
      file: 'src/order.ts',
      source: "if (o.amount === 13) throw new Error('unlucky');",
    });
  });

  test('nothing is decided, called or written by asking', async () => {
    const instanceId = await ordered('o4');
    const { seq } = bench.store.counters;
    const calls = bench.calls.length;
    await bench.engine.placeSteps({ instanceId, release: digest, version: 2, steps: [], at: null });
    expect(bench.store.counters.seq).toBe(seq);
    expect(bench.calls).toHaveLength(calls);
    expect((await rowOf('order', 'o4')).version).toBe(2);
  });
});

test('a reducer stands at lines of the decisions that asked, each made again', async () => {
  for (const version of [1, 2]) {
    await bench.engine.ingest({ event: bench.event('bell.rung', { bell: 'b1' }) });
    await until(async () => (await rowOf('bell', 'b1').catch(() => null))?.version === version);
  }
  const { id: instanceId } = await rowOf('bell', 'b1');
  const answer = await bench.engine.placeSteps({
    instanceId,
    release: digest,
    version: 2,
    steps: [
      { step: 'silence', version: 1 },
      { step: 'refund#1', version: 2 },
    ],
    at: null,
  });
  expect(answer.places).toMatchObject({
    silence: {
      file: 'src/bell.ts',
      line: 15,
      source: "if (count === 0) ctx.setTimer('silence', '1h');",
    },
    'refund#1': { file: 'src/bell.ts', line: 16 },
  });
});

describe('what can still be said', () => {
  test('of a release that decides otherwise: that it does', async () => {
    const instanceId = await ordered('o5');
    const other = new TestProject({
      'src/order.ts': project.read('src/order.ts').replace("'15m'", "'20m'"),
    });
    const { bundle } = await buildRelease(other.dir);
    const registered = await bench.engine.registerRelease(bundle, actor);
    const answer = await bench.engine.placeSteps({
      instanceId,
      release: registered.digest,
      version: 2,
      steps: [],
      at: null,
    });
    expect(answer.check.state).toBe('differs');
    expect(answer.check.reason).toContain('waits for kitchen.ready until');
    other[Symbol.dispose]();
  });

  test('of a program whose SDK cannot trace: that it decides the same, and why no line is known', async () => {
    const instanceId = await ordered('o8');
    const { bundle } = await buildRelease(project.dir);
    const script = bundle.files['sagas/order.js'] ?? '';
    const old = script.replaceAll('trace===!0', '!1');
    expect(old).not.toBe(script);
    const files = { ...bundle.files, 'sagas/order.js': old };
    const registered = await bench.engine.registerRelease({ ...bundle, files }, actor);
    const answer = await bench.engine.placeSteps({
      instanceId,
      release: registered.digest,
      version: 2,
      steps: [{ step: 'kitchen.ready#1', version: 2 }],
      at: null,
    });
    expect(answer).toMatchObject({ check: { state: 'same', reason: null }, places: {} });
    expect(answer.missing).toContain('does not record where steps are made');
  });

  test('of a version, a run or a release that is not there: why nothing is', async () => {
    const instanceId = await ordered('o6');
    const ask = { instanceId, release: digest, version: 2, steps: [], at: null };
    for (const gone of [{ version: 9 }, { instanceId: 999 }, { release: 'f'.repeat(64) }]) {
      const answer = await bench.engine.placeSteps({ ...ask, ...gone });
      expect(answer).toMatchObject({ check: { state: 'not_made' }, places: {}, at: null });
      expect(answer.check.reason).not.toBeNull();
    }
    const nothing = await bench.engine.placeSteps({ ...ask, version: 0 });
    expect(nothing.check).toEqual({ state: 'not_made', reason: 'nothing has been decided yet' });
  });

  test('of a bundle that is no longer on the disk: that, and nothing else is harmed', async () => {
    const instanceId = await ordered('o7');
    rmSync(join(bench.dir, 'releases', digest), { recursive: true });
    await bench.crash();
    await sandbox.close();
    bench = await startedWith(bench.dir);
    const answer = await bench.engine.placeSteps({
      instanceId,
      release: digest,
      version: 2,
      steps: [],
      at: null,
    });
    expect(answer.check.state).toBe('not_made');
    expect(answer.check.reason).toContain('its bundle is not on the disk');
  });
});
