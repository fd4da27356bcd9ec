import { afterEach, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { LeapingClock } from './testing/leaping-clock.ts';

const MINUTE = 60_000;

/** Waits for an answer for a minute, and ends with whichever way that ended. */
const visitor: InlineProgram = {
  key: () => 'v',
  decide: (_state, call) => {
    if (call.step === null) {
      const expiresAt = call.now + MINUTE * 1000;
      const wait = { step: 'answer#1', name: 'answer', definition: 'answer', expiresAt };
      return { state: null, decision: { status: 'waiting', waits: [wait] } };
    }
    return { state: null, decision: { ending: { as: 'completed', result: call.type } } };
  },
};

/** Never answers once it is shut. */
class ShutSandbox extends InlineSandbox {
  isShut = false;

  override decide(
    ...request: Parameters<InlineSandbox['decide']>
  ): ReturnType<InlineSandbox['decide']> {
    return this.isShut ? new Promise(() => undefined) : super.decide(...request);
  }
}

let bench: EngineBench;
afterEach(() => bench.end());

test('a wait that ends in the moment of its timeout is still open with its timer after a crash, or has ended', async () => {
  const clock = new LeapingClock();
  const sandbox = new ShutSandbox({ visitor });
  bench = new EngineBench({
    programs: { visitor },
    sagas: [{ name: 'visitor', on: ['asked'] }],
    waits: [{ name: 'answer' }],
    clock,
    sandbox,
  });
  await bench.start();
  const asked = bench.engine.ingest({ event: bench.event('asked', {}) });
  await clock.pass(10);
  await asked;
  const address = { tenant: '', saga: 'visitor', key: 'v' };
  const found = async () => (await bench.store.loadInstances([address]))[0];
  const dueAt = (await found())?.schedules[0]?.dueAt ?? 0;
  await clock.pass((dueAt - clock.now()) / 1000 - 1);
  expect(await found()).toMatchObject({ row: { status: 'waiting' }, schedules: [{ dueAt }] });

  // The answer is on its way to the journal, and to a decision that does not come, when the timeout is due.
  sandbox.isShut = true;
  let isAnswered = false;
  const by = { by: 'k-user', reason: null };
  bench.engine.completeWait({ ...address, name: 'answer' }, '{}', by).then(
    () => (isAnswered = true),
    () => undefined,
  );
  await clock.pass(0);
  await clock.pass(1);
  expect(clock.now()).toBe(dueAt);
  const wasAnswered = isAnswered;
  await bench.crash();
  clock.down(0);
  sandbox.isShut = false;
  await bench.open();
  await clock.pass(MINUTE);
  const row = (await found())?.row;
  expect(row).toMatchObject({ status: 'completed' });
  if (wasAnswered) expect(row?.result).toBe('"wait.completed"');
});
