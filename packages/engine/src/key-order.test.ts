import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Asks for two calls at once, and ends with the outcome of both. */
const twice: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (state, call) => {
    if (call.step === null) {
      const items = [1, 2].map((n) => ({ step: `s${n}`, effect: 'show', input: { n } }));
      return { state: { left: 2 }, decision: { items } };
    }
    const left = (state as { left: number }).left - 1;
    const ending = left > 0 ? null : { as: 'completed' as const, result: null };
    return { state: { left }, decision: { ending } };
  },
};

let bench: EngineBench;
afterEach(() => bench.end());

const place = (id: string) => bench.engine.ingest({ event: bench.event('call', { id }) });
const becomes = (id: string, status: string): Promise<void> =>
  until(async () => {
    const [found] = await bench.store.loadInstances([{ tenant: '', saga: 'twice', key: id }]);
    return found?.row.status === status;
  });

/** Calls of an instance named `held` leave everybody in doubt. */
async function open(more: Partial<ConstructorParameters<typeof EngineBench>[0]>): Promise<void> {
  bench = new EngineBench({
    programs: { twice },
    sagas: [{ name: 'twice', on: ['call'] }],
    execute: ({ key }) =>
      Promise.resolve(
        key === 'held'
          ? { kind: 'in_doubt', error: { code: 'silent', message: 'no answer' } }
          : { kind: 'succeeded', output: '1' },
      ),
    ...more,
  });
  await bench.start();
}

test('what waits behind a held call of its key holds up no other key', async () => {
  await open({ effects: [{ name: 'show', order: 'key', inDoubt: 'hold' }] });
  await place('held');
  await becomes('held', 'blocked');
  await place('other');
  await becomes('other', 'completed');
  expect(bench.calls.map(({ key, step }) => `${key}/${step}`)).toEqual([
    'held/s1',
    'other/s1',
    'other/s2',
  ]);
});

test('nor where workers make all calls but those into our own broker', async () => {
  const provider = { kind: 'mqtt', topic: 'shown', qos: 1, retain: false } as const;
  await open({
    effects: [{ name: 'show', order: 'key', inDoubt: 'hold', provider }],
    workers: { local: false, ackWait: 30_000 },
  });
  await place('held');
  await becomes('held', 'blocked');
  await place('other');
  await becomes('other', 'completed');
  expect(bench.calls.filter(({ key }) => key === 'held')).toHaveLength(1);
});
