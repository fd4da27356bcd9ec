import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { ProgramLanes } from './program-lanes.ts';
import type { Answer } from './protocol.ts';
import type { PendingCall } from './thread-link.ts';

const GOOD: Answer = { ok: true, decision: '{}', state: 'null', gasUsed: 0 };
const GAS: Answer = {
  ok: false,
  failure: { code: 'program.gas', message: 'ran long', at: null, stack: null },
};
const THROWN: Answer = {
  ok: false,
  failure: { code: 'program.failed', message: 'no', at: null, stack: null },
};
const QUIET = 1;
const NOISY = 2;

let clock: ManualClock;
let sent: { pending: PendingCall; aside: boolean }[];
let lanes: ProgramLanes;
let lastId = 0;

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  lanes = new ProgramLanes({
    clock,
    threads: 1,
    dispatch: (pending, aside) => void sent.push({ pending, aside }),
  });
});

function call(program: number): void {
  lastId += 1;
  const pending: PendingCall = {
    id: lastId,
    slot: 0,
    program: { program, saga: `s${program}`, script: new SharedArrayBuffer(1), sourceMap: null },
    call: { kind: 'decide', program, gas: 500, input: '{}' },
    resolve: (answer, cost) => lanes.answered(program, answer, cost),
    handBack: () => lanes.handedBack(pending),
    recallable: lastId % 2 === 0,
    reject: () => undefined,
  };
  lanes.submit(pending);
}

/** The oldest call before a thread ends so. */
function answer(with_: Answer, cost: number): void {
  const next = sent.shift();
  if (next === undefined) throw new Error('no call is before a thread');
  next.pending.resolve(with_, cost);
}

const before = (program: number): number =>
  sent.filter(({ pending }) => pending.program.program === program).length;

describe('a program that takes its time', () => {
  test('has no more calls before the threads than a slice of time is worth', () => {
    for (let n = 0; n < 300; n += 1) call(NOISY);
    for (let n = 0; n < 50; n += 1) answer(GOOD, 10);
    expect(before(NOISY)).toBe(2);
    call(QUIET);
    expect(sent.map(({ pending }) => pending.program.program)).toEqual([NOISY, NOISY, QUIET]);
  });

  test('gets all its calls made, in order', () => {
    for (let n = 0; n < 300; n += 1) call(NOISY);
    const made: number[] = [];
    while (sent.length > 0) {
      made.push(sent[0]?.pending.id ?? 0);
      answer(GOOD, 5);
    }
    expect(made).toHaveLength(300);
    expect(made).toEqual(made.toSorted((a, b) => a - b));
  });
});

describe('a program that fails at a cost', () => {
  test('goes on one call at a time, in the thread aside, with growing pauses', () => {
    for (let n = 0; n < 500; n += 1) call(NOISY);
    while (before(NOISY) > 0 && sent[0]?.aside === false) answer(GAS, 10);
    let made = 0;
    for (let ms = 0; ms < 2000; ms += 10) {
      if (sent.length > 0) {
        expect(sent).toHaveLength(1);
        expect(sent[0]?.aside).toBe(true);
        answer(GAS, 10);
        made += 1;
      }
      clock.advance(10);
    }
    // A tenth of the time, give or take the shorter pauses at the beginning.
    expect(made).toBeGreaterThan(10);
    expect(made).toBeLessThan(40);
  });

  test('holds up no other meanwhile', () => {
    for (let n = 0; n < 500; n += 1) call(NOISY);
    while (sent[0]?.aside === false) answer(GAS, 10);
    call(QUIET);
    expect(sent.at(-1)).toMatchObject({ aside: false, pending: { program: { program: QUIET } } });
  });

  test('is made again, in order and first, what a thread has handed back', async () => {
    for (let n = 0; n < 100; n += 1) call(NOISY);
    const ids = sent.map(({ pending }) => pending.id);
    answer(GAS, 10);
    for (const { pending } of sent.splice(0)) pending.handBack();
    const made: number[] = [];
    for (let n = 1; n < 9; n += 1) {
      await Promise.resolve();
      expect(sent).toHaveLength(1);
      made.push(sent[0]?.pending.id ?? 0);
      answer(GOOD, 1);
    }
    expect(made).toEqual(ids.slice(1, 9));
  });

  test('is cleared by a row of good answers', () => {
    call(NOISY);
    answer(GAS, 10);
    for (let n = 0; n < 10; n += 1) {
      call(NOISY);
      expect(sent[0]?.aside).toBe(true);
      answer(GOOD, 1);
    }
    call(NOISY);
    expect(sent[0]?.aside).toBe(false);
  });

  test('is not kept waiting for one failure between good answers', () => {
    for (let n = 0; n < 20; n += 1) {
      call(NOISY);
      answer(n % 2 === 0 ? GAS : GOOD, 10);
    }
    expect(sent).toHaveLength(0);
    call(NOISY);
    expect(before(NOISY)).toBe(1);
  });
});

test('a failure that costs nothing makes no suspect', () => {
  for (let n = 0; n < 20; n += 1) {
    call(NOISY);
    expect(sent[0]?.aside).toBe(false);
    answer(THROWN, 0.1);
  }
});

test('a start whose first decision fails at a cost counts as its failure', () => {
  call(NOISY);
  answer({ ok: true, key: 'k', seed: 's', decided: GAS }, 10);
  call(NOISY);
  expect(sent[0]?.aside).toBe(true);
});

test('of what waits, what may be is recalled, and the rest goes on', () => {
  for (let n = 0; n < 100; n += 1) call(NOISY);
  const waiting = 100 - sent.length;
  const recalled = lanes.recall(NOISY);
  expect(recalled).toHaveLength(waiting / 2);
  expect(recalled.every(({ recallable }) => recallable)).toBe(true);
  let made = 0;
  for (; sent.length > 0; made += 1) answer(GOOD, 1);
  expect(made).toBe(100 - recalled.length);
});

test('what waits is handed back when the sandbox closes', () => {
  for (let n = 0; n < 500; n += 1) call(NOISY);
  const made = sent.length;
  expect(lanes.close()).toHaveLength(500 - made);
});
