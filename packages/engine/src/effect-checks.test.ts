import type { EffectCall, EffectResult } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

const order: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) => {
    if (call.step === null)
      return { state: null, decision: { items: [{ step: 'pay', effect: 'pay', input: {} }] } };
    const error = { code: 'effect', message: 'it did not work' };
    const as = call.type === 'effect.succeeded' ? 'completed' : 'compensated';
    return {
      state: null,
      decision: { ending: as === 'completed' ? { as, result: null } : { as, error } },
    };
  },
};
const done: EffectResult = { kind: 'succeeded', output: '{}' };
const silent: EffectResult = { kind: 'in_doubt', error: { code: 'timeout', message: 'late' } };
const notDone: EffectResult = { kind: 'not_done', error: { code: 'not_done', message: 'no' } };

let bench: EngineBench;
afterEach(() => bench.end());

/** @param window that of the breaker: half of it open it, if they ail; wide enough to stay out of the way */
async function start(
  attempts: number,
  answer: (call: EffectCall) => EffectResult,
  window = 20,
): Promise<void> {
  bench = new EngineBench({
    programs: { order },
    sagas: [{ name: 'order', on: ['order.placed'] }],
    effects: [
      {
        name: 'pay',
        inDoubt: 'check',
        hasCheck: true,
        retry: { attempts, backoff: 1, max: 1, factor: 1 },
        upstream: {
          name: 'bank',
          breaker: { window, failureRate: 0.5, cooldown: 3_600_000, maxCooldown: 3_600_000 },
        },
      },
    ],
    execute: (call) => Promise.resolve(answer(call)),
  });
  await bench.start();
}
const place = (id = 'o'): Promise<unknown> =>
  bench.engine.ingest({ event: bench.event('order.placed', { id }) });
const status = async (key = 'o'): Promise<string | undefined> => {
  const [found] = await bench.store.loadInstances([{ tenant: '', saga: 'order', key }]);
  return found?.row.status;
};
const modes = (): readonly string[] => bench.calls.map(({ mode }) => mode);

test('a check that is answered uses up no try', async () => {
  let calls = 0;
  await start(3, ({ mode }) => {
    if (mode === 'check') return notDone;
    calls += 1;
    return calls < 3 ? silent : done;
  });
  await place();
  await until(async () => (await status()) === 'completed');
  expect(modes()).toEqual(['call', 'check', 'call', 'check', 'call']);
});

test('what came of the last try is asked for too', async () => {
  await start(1, ({ mode }) => (mode === 'check' ? done : silent));
  await place();
  await until(async () => (await status()) === 'completed');
  expect(modes()).toEqual(['call', 'check']);
});

test('a last try that did not take effect has failed, and is no longer in doubt', async () => {
  await start(1, ({ mode }) => (mode === 'check' ? notDone : silent));
  await place();
  await until(async () => (await status()) === 'compensated');
  expect(modes()).toEqual(['call', 'check']);
});

test('a question that nobody answers uses up a try, and then a person has to look', async () => {
  await start(2, () => silent);
  await place();
  await until(async () => (await status()) === 'blocked');
  expect(modes()).toEqual(['call', 'check', 'check']);
});

test('a person who asks for another try gets the call, once a check says that none took effect', async () => {
  let isBack = false;
  await start(1, ({ mode }) => {
    if (!isBack) return silent;
    return mode === 'check' ? notDone : done;
  });
  await place();
  await until(async () => (await status()) === 'blocked');
  isBack = true;
  const address = { tenant: '', saga: 'order', key: 'o' };
  await bench.engine.redrive(address, { by: 'k-oper', reason: null });
  await until(async () => (await status()) === 'completed');
  expect(modes()).toEqual(['call', 'check', 'check', 'call']);
});

test('checks that are answered do not open the breaker, whatever they say', async () => {
  const asked = new Set<string>();
  const answer = ({ mode, key }: EffectCall): EffectResult => {
    if (mode === 'call') return asked.has(key) ? done : silent;
    asked.add(key);
    return notDone;
  };
  await start(8, answer, 4);
  // One at a time: a call in doubt, its check, and the call that works. Of three tries one ails.
  for (let i = 0; i < 20; i++) {
    await place(`o${i}`);
    await until(async () => (await status(`o${i}`)) === 'completed');
  }
  expect((await bench.engine.status()).upstreams[0]?.state).toBe('closed');
});

test('a restart remembers that doubt was settled, and which tries do not count', async () => {
  let calls = 0;
  let release = (): void => undefined;
  const third = new Promise<EffectResult>((resolve) => (release = () => resolve(done)));
  await start(3, () => done);
  bench.execute = ({ mode }) => {
    if (mode === 'check') return Promise.resolve(notDone);
    calls += 1;
    return calls < 3 ? Promise.resolve(silent) : third;
  };
  await place();
  await until(() => calls === 3);
  const before = modes();
  // The third and last call is lost with the process: it may still be asked for, and only that.
  await bench.crash();
  bench.execute = ({ mode }) => Promise.resolve(mode === 'check' ? notDone : done);
  await bench.open();
  await until(async () => (await status()) === 'compensated');
  release();
  expect(modes().slice(before.length)).toEqual(['check']);
});
