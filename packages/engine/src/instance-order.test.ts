import type { EffectResult } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Asks for two effects at once, and notes all it is told. */
const noting: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (state, call) => {
    const items = ['a', 'b'].map((step) => ({ step, effect: 'pay', input: {} }));
    return {
      state: [...((state as string[] | null) ?? []), call.type],
      decision: call.type === 'open' ? { items } : {},
    };
  },
};
const programs = { noting };
const sagas = [
  { name: 'noting', on: ['open', 'tick'], starts: ['open'], style: 'reducer' } as const,
];
const at = { tenant: '', saga: 'noting', key: 'k' };
const well: EffectResult = { kind: 'succeeded', output: '1' };
const silent: EffectResult = { kind: 'in_doubt', error: { code: 'timeout', message: '' } };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes its time to name the instance. */
class SlowNaming extends InlineSandbox {
  takes = 0;
  decides = true;

  override async route(
    ...request: Parameters<InlineSandbox['route']>
  ): ReturnType<InlineSandbox['route']> {
    await pause(this.takes);
    return super.route(...request);
  }

  override decide(
    ...request: Parameters<InlineSandbox['decide']>
  ): ReturnType<InlineSandbox['decide']> {
    return this.decides ? super.decide(...request) : new Promise(() => undefined);
  }
}

let bench: EngineBench;
let answers: ((result: EffectResult) => void)[];
afterEach(() => bench.end());

/** An instance whose two effects are out. */
async function twoOut(sandbox: SlowNaming, inDoubt: 'retry' | 'hold' = 'retry'): Promise<void> {
  answers = [];
  bench = new EngineBench({
    programs,
    sagas: sagas.map((saga) => ({ ...saga, on: [...saga.on], starts: [...saga.starts] })),
    effects: [{ name: 'pay', inDoubt }],
    sandbox,
    execute: () => new Promise((resolve) => answers.push(resolve)),
  });
  await bench.start();
  await send('open');
  await until(() => answers.length === 2);
}

const send = (type: string): Promise<unknown> =>
  bench.engine.ingest({ event: bench.event(type, { id: 'k' }) });
const found = async () => (await bench.store.loadInstances([at]))[0];
const noted = async () => JSON.parse((await found())?.state ?? '[]') as string[];

test('an outcome does not overtake an event that came before it', async () => {
  const sandbox = new SlowNaming(programs);
  await twoOut(sandbox);
  sandbox.takes = 20;
  const sent = send('tick');
  for (const answer of answers) answer(well);
  await sent;
  await until(async () => (await noted()).length === 4);
  expect(await noted()).toEqual(['open', 'tick', 'effect.succeeded', 'effect.succeeded']);
});

test('nor does it after a crash', async () => {
  const sandbox = new SlowNaming(programs);
  await twoOut(sandbox);
  sandbox.decides = false;
  await send('tick');
  for (const answer of answers) answer(well);
  const { store } = bench;
  await until(async () => (await store.readEvents([3, 4, 5, 6])).length === 4);
  sandbox.decides = true;
  sandbox.takes = 20;
  await bench.restart();
  await until(async () => (await noted()).length === 4);
  expect(await noted()).toEqual(['open', 'tick', 'effect.succeeded', 'effect.succeeded']);
});

test('an effect that is held while its instance is redriven does not stay behind', async () => {
  await twoOut(new SlowNaming(programs), 'hold');
  const [first, second] = answers;
  first?.(silent);
  await until(async () => (await found())?.row.status === 'blocked');
  bench.execute = () => Promise.resolve(well);
  second?.(silent);
  await bench.engine.redrive(at, { by: 'test', reason: null });
  await until(async () => (await noted()).length === 3);
  expect(bench.calls).toHaveLength(4);
});

test('an instance cancelled while an effect of it is held is told that nobody knows what came of it', async () => {
  await twoOut(new SlowNaming(programs), 'hold');
  const actor = { by: 'test', reason: null };
  const [first, second] = answers;
  first?.(silent);
  second?.(well);
  await until(async () => (await found())?.row.status === 'blocked');
  await bench.engine.cancel(at, actor);
  await until(async () => (await noted()).length === 4);
  expect((await noted()).slice(1).toSorted()).toEqual([
    'effect.succeeded',
    'effect.unknown',
    'saga.cancel',
  ]);
  expect(bench.calls).toHaveLength(2);
});

test('a parent’s cancellation does not overtake the start of its child', async () => {
  /** Takes its time to name the children only. */
  class SlowKids extends InlineSandbox {
    override async route(
      ...request: Parameters<InlineSandbox['route']>
    ): ReturnType<InlineSandbox['route']> {
      if (request[0].saga === 'kid') await pause(60);
      return super.route(...request);
    }
  }
  const child = { step: 'kid#1', saga: 'kid', key: 'c' };
  const parent: InlineProgram = {
    key: () => 'p',
    decide: (_state, call) => ({
      state: null,
      decision:
        call.type === 'go' ? { children: [{ ...child, input: {} }] } : { cancelChildren: [child] },
    }),
  };
  const kid: InlineProgram = {
    key: () => 'other',
    decide: (state, call) => ({
      state: [...((state as string[] | null) ?? []), call.type],
      decision: {},
    }),
  };
  const both = { parent, kid };
  const reducer = (name: string, on: string[]) => ({
    name,
    on,
    starts: on,
    style: 'reducer' as const,
  });
  bench = new EngineBench({
    programs: both,
    sagas: [reducer('parent', ['go', 'stop']), reducer('kid', ['poke'])],
    sandbox: new SlowKids(both),
  });
  const engine = await bench.start();
  await Promise.all(
    ['poke', 'go', 'stop'].map((type) => engine.ingest({ event: bench.event(type, {}) })),
  );
  const of = { tenant: '', saga: 'kid', key: 'c' };
  const told = async (): Promise<unknown> =>
    JSON.parse((await bench.store.loadInstances([of]))[0]?.state ?? '[]');
  await until(async () => ((await told()) as string[]).length === 2);
  expect(await told()).toEqual(['child.start', 'saga.cancel']);
});
