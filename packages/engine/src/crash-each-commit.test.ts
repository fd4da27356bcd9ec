import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';

/** Starts two children of one key, of which the second is refused; calls an effect, and tells of its end. */
const parent: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (state, call) => {
    const seen = call.step === null ? 0 : (state as number) + 1;
    switch (seen) {
      case 0: {
        const start = { saga: 'child', key: call.key, input: {} };
        const children = ['first', 'second'].map((step) => ({ step, ...start }));
        return { state: seen, decision: { children } };
      }
      case 1:
        return { state: seen, decision: {} };
      case 2:
        return {
          state: seen,
          decision: { items: [{ step: 'pay', effect: 'pay', input: {} }] },
        };
      default:
        return {
          state: seen,
          decision: {
            publishes: [{ step: 'tell', type: 'done', data: { id: call.key } }],
            ending: { as: 'completed', result: null },
          },
        };
    }
  },
};
/** Calls one effect, then ends. */
const child: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) =>
    call.step === null
      ? { state: null, decision: { items: [{ step: 'pay', effect: 'pay', input: {} }] } }
      : { state: null, decision: { ending: { as: 'completed', result: null } } },
};
const programs = { parent, child, listener: child };
const sagas = [
  { name: 'parent', on: ['go'] },
  { name: 'child', on: [] },
  { name: 'listener', on: ['done'] },
];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes its time, so that a decision and what led to it are in commits of their own. */
class SlowSandbox extends InlineSandbox {
  override async decide(
    ...request: Parameters<InlineSandbox['decide']>
  ): ReturnType<InlineSandbox['decide']> {
    await pause(2);
    return super.decide(...request);
  }
}

let bench: EngineBench;
afterEach(() => bench.end());

const statusOf = async (saga: string) =>
  (await bench.store.loadInstances([{ tenant: '', saga, key: 'k' }]))[0]?.row.status;

test.each(Array.from({ length: 10 }, (_, commits) => [commits]))(
  'everything comes to its end after a crash once %i commits were made',
  async (commits) => {
    bench = new EngineBench({
      programs,
      sagas,
      effects: [{ name: 'pay' }],
      sandbox: new SlowSandbox(programs),
    });
    await bench.start();
    const { store } = bench;
    const commit = store.commit.bind(store);
    let left = commits;
    store.commit = (batch) => (left-- > 0 ? commit(batch) : new Promise(() => undefined));
    const event = bench.event('go', { id: 'k' }, { id: 'e-1' });
    void bench.engine.ingest({ event });
    while (left >= 0 && (await statusOf('listener')) !== 'completed') await pause(2);
    await bench.restart();
    await bench.engine.ingest({ event });
    while ((await statusOf('listener')) !== 'completed') await pause(2);
    expect(await statusOf('parent')).toBe('completed');
  },
);
