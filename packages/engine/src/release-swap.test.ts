import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { InlineSandbox } from './testing/inline-sandbox.ts';
import { caller } from './testing/programs.ts';
import { until } from './testing/until.ts';

const programs = { caller, other: caller };
const taker = { name: 'caller', on: ['call'] };
const other = { name: 'other', on: ['else'] };
const effects = [{ name: 'pay' }];

/** While it is shut, no event finds its instance. */
class Gate extends InlineSandbox {
  isShut = false;

  override route(
    ...request: Parameters<InlineSandbox['route']>
  ): ReturnType<InlineSandbox['route']> {
    return this.isShut ? new Promise(() => undefined) : super.route(...request);
  }
}

let bench: EngineBench;
afterEach(() => bench.end());

const send = (type: string, id: string): Promise<unknown> =>
  bench.engine.ingest({ event: bench.event(type, { id }) });
const statusOf = async (id: string, saga = 'caller') =>
  (await bench.store.loadInstances([{ tenant: '', saga, key: id }]))[0]?.row.status;

test('a saga that is away for a while is given what it was owed, whatever else of it goes on', async () => {
  const sandbox = new Gate(programs);
  bench = new EngineBench({ programs, sagas: [taker], effects, sandbox });
  await bench.start();
  bench.execute = () => new Promise(() => undefined);
  await send('call', 'a');
  await until(() => bench.calls.length === 1);
  sandbox.isShut = true;
  await send('call', 'b');
  await bench.activate({ sagas: [other] });
  sandbox.isShut = false;
  bench.execute = ({ input }) => Promise.resolve({ kind: 'succeeded', output: input });
  await bench.restart();
  // Its outcome comes after `b` was journaled.
  await until(async () => (await statusOf('a')) === 'completed');
  expect(await statusOf('b')).toBe(undefined);
  await bench.restart();
  await until(async () => (await statusOf('b')) === 'completed');
});

test('what came while no saga took it is given to none by a restart', async () => {
  bench = new EngineBench({ programs, sagas: [taker], effects });
  await bench.start();
  await send('call', 'before');
  await until(async () => (await statusOf('before')) === 'completed');
  await bench.activate({ sagas: [other] });
  await send('call', 'between');
  await bench.activate();
  await bench.restart();
  await send('call', 'after');
  await until(async () => (await statusOf('after')) === 'completed');
  expect(await statusOf('between')).toBe(undefined);
});

test('a saga that takes one type more is given nothing of it that came before', async () => {
  bench = new EngineBench({ programs, sagas: [taker, other], effects });
  await bench.start();
  await send('call', 'a');
  await send('else', 'old');
  await until(async () => (await statusOf('a')) === 'completed');
  await until(async () => (await statusOf('old', 'other')) === 'completed');
  await bench.activate({ sagas: [{ ...taker, on: ['call', 'else'] }, other] });
  await bench.restart();
  await send('call', 'after');
  await until(async () => (await statusOf('after')) === 'completed');
  expect(await statusOf('old')).toBe(undefined);
});
