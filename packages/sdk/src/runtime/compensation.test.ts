import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  all,
  type AnySaga,
  child,
  continueAs,
  effect,
  EffectError,
  event,
  race,
  type Saga,
  saga,
  sleep,
  Undo,
  wait,
  WaitFailed,
  waitFor,
} from '../index.ts';
import { Host } from './host.fixture.ts';

const Placed = event('order.placed', z.object({}));
const Ready = wait('ready');
const step = (name: string) => effect(name, {});
const [a, b, c] = [step('a'), step('b'), step('c')];
const [undoA, undoB, undoC] = [step('undo-a'), step('undo-b'), step('undo-c')];

const stepsOf = (host: Host): string[] => host.last.items.map((item) => item.step);

/** Answers each open undo until the run ends; the order they were asked in. */
function undoAll(host: Host): string[] {
  const undone: string[] = [];
  for (let left = 20; left > 0 && host.last.ending === null; left--) {
    const [next] = host.last.items;
    if (next === undefined) break;
    undone.push(next.step);
    host.succeed(next.step, null);
  }
  return undone;
}

const three = saga('three', { on: Placed }, function* () {
  yield* a({}, { undo: (r) => undoA({ r }) });
  yield* b({}, { undo: (r) => undoB({ r }) });
  yield* c({}, { undo: (r) => undoC({ r }) });
  yield* sleep('1h');
});

describe('compensation', () => {
  test('undoes in reverse order, one after the other, with each result', () => {
    const host = new Host(three).start({}).succeed('a#1', 1).succeed('b#1', 2).succeed('c#1', 3);
    host.cancel('enough');
    expect(host.last).toMatchObject({ status: 'compensating', cancelSchedules: ['sleep#1'] });
    expect(host.last.items).toEqual([
      { step: 'undo/c#1/undo-c#1', effect: 'undo-c', input: { r: 3 }, undoes: 'c#1' },
    ]);
    expect(undoAll(host)).toEqual(['undo/c#1/undo-c#1', 'undo/b#1/undo-b#1', 'undo/a#1/undo-a#1']);
    expect(host.last.ending).toEqual({
      as: 'cancelled',
      error: { code: 'cancel', message: 'enough' },
    });
    expect(host.last.undo.map(({ state }) => state)).toEqual(['undone', 'undone', 'undone']);
  });

  test.each([
    ['before anything is done', 0, ['undo/a#1/undo-a#1']],
    ['after the first step', 1, ['undo/b#1/undo-b#1', 'undo/a#1/undo-a#1']],
    ['after the second', 2, ['undo/c#1/undo-c#1', 'undo/b#1/undo-b#1', 'undo/a#1/undo-a#1']],
  ])('a cancel %s first settles what is in flight', (_when, done, undone) => {
    const names = ['a#1', 'b#1', 'c#1'];
    for (const outcome of ['succeeded', 'failed', 'unknown'] as const) {
      const host = new Host(three).start({});
      for (const name of names.slice(0, done)) host.succeed(name, null);
      host.cancel();
      expect(host.last).toMatchObject({ status: 'compensating', items: [], ending: null });
      expect(host.cancel().last.ignored).toBe(true);
      const inFlight = names[done] ?? '';
      if (outcome === 'succeeded') host.succeed(inFlight, null);
      if (outcome === 'failed') host.fail(inFlight);
      if (outcome === 'unknown') host.unknown(inFlight);
      expect(undoAll(host)).toEqual(outcome === 'failed' ? undone.slice(1) : undone);
      expect(host.last.ending?.as).toBe('cancelled');
    }
  });

  test('a failure that is caught does not compensate; the doubtful call stays in the ledger', () => {
    const caught = saga('caught', { on: Placed }, function* () {
      try {
        yield* a({}, { undo: (r) => undoA({ known: r !== undefined }) });
      } catch (error) {
        if (!(error instanceof EffectError)) throw error;
        yield* b({ code: error.code, message: error.message, doubtful: error.doubtful });
      }
      throw new Undo('anyway');
    });
    const doubtful = new Host(caught).start({}).unknown('a#1', 'timeout', 'late');
    expect(doubtful.last.items).toMatchObject([
      { step: 'b#1', input: { code: 'timeout', message: 'late', doubtful: true } },
    ]);
    doubtful.succeed('b#1', null);
    expect(doubtful.last.items).toMatchObject([{ effect: 'undo-a', input: { known: false } }]);
    const refused = new Host(caught).start({}).fail('a#1', 'no').succeed('b#1', null);
    expect(refused.last.ending).toMatchObject({ as: 'compensated', error: { code: 'undo' } });
  });

  test('the failure says what it was', () => {
    const failing = saga('failing', { on: Placed }, function* () {
      yield* waitFor('ready', Ready);
    });
    expect(new Host(failing).start({}).failWait('ready#1', 'burnt').last.ending).toEqual({
      as: 'compensated',
      error: { code: 'wait', message: 'ready failed: burnt', step: 'ready#1' },
    });
    expect(new Host(three).start({}).unknown('a#1').last.failure).toEqual({
      code: 'effect',
      message: 'a has an unknown outcome: timeout: no answer',
      step: 'a#1',
    });
    const wrapped = saga('wrapped', { on: Placed }, function* () {
      try {
        yield* waitFor('ready', Ready);
      } catch (error) {
        throw error instanceof WaitFailed ? new TooLate('too late') : error;
      }
    });
    class TooLate extends Undo {}
    expect(new Host(wrapped).start({}).failWait('ready#1').last.ending).toEqual({
      as: 'compensated',
      error: { code: 'undo', message: 'too late' },
    });
  });

  test('an undo may take several steps, wait, and run side by side', () => {
    const long = saga('long', { on: Placed }, function* () {
      yield* a({}, { undo: () => undo() });
      throw new Undo('x');
    });
    function* undo(): Saga<void> {
      yield* sleep('1s');
      yield* all([undoA({}), undoB({}, { undo: () => undoC({}) })]);
      yield* waitFor('ready', Ready, { timeout: '1m' });
    }
    const host = new Host(long).start({}).succeed('a#1', null);
    host.fire('undo/a#1/sleep#1');
    expect(stepsOf(host)).toEqual(['undo/a#1/all#1/0/undo-a#1', 'undo/a#1/all#1/1/undo-b#1']);
    expect(host.last.items.map(({ undoes }) => undoes)).toEqual(['a#1', 'a#1']);
    host.succeed('undo/a#1/all#1/1/undo-b#1', null).succeed('undo/a#1/all#1/0/undo-a#1', null);
    expect(host.last.waits).toMatchObject([{ step: 'undo/a#1/ready#1' }]);
    host.expire('undo/a#1/ready#1');
    expect(host.last.ending?.as).toBe('compensated');
  });
});

describe('an undo that fails', () => {
  const failing = (): Host =>
    new Host(three).start({}).succeed('a#1', 1).succeed('b#1', 2).fail('c#1');

  test.each(['fail', 'unknown'] as const)(
    '(%s) blocks; a redrive asks again as a new step',
    (how) => {
      const host = failing();
      expect(stepsOf(host)).toEqual(['undo/b#1/undo-b#1']);
      host[how]('undo/b#1/undo-b#1', 'stuck', 'rust');
      expect(host.last).toMatchObject({ items: [], ending: null, status: 'compensating' });
      expect(host.last.blocked).toEqual({
        code: 'undo',
        message: `the undo of b#1 failed: undo-b ${how === 'fail' ? 'failed' : 'has an unknown outcome'}: stuck: rust`,
        step: 'undo/b#1/undo-b#1',
      });
      expect(host.last.undo[1]).toMatchObject({ step: 'b#1', state: 'undoing' });
      host.redrive();
      expect(host.last).toMatchObject({
        blocked: null,
        items: [{ step: 'undo/b#1@2/undo-b#1', input: { r: 2 }, undoes: 'b#1' }],
      });
      host.fail('undo/b#1@2/undo-b#1').redrive();
      expect(undoAll(host)).toEqual(['undo/b#1@3/undo-b#1', 'undo/a#1/undo-a#1']);
      expect(host.last.ending?.as).toBe('compensated');
    },
  );

  test('a cancel does not get it past the failed undo', () => {
    const host = failing().fail('undo/b#1/undo-b#1', 'stuck').cancel();
    expect(host.last).toMatchObject({ ignored: false, items: [], blocked: { code: 'undo' } });
    expect(host.last.failure).toMatchObject({ code: 'effect' });
    host.redrive();
    expect(undoAll(host)).toEqual(['undo/b#1@2/undo-b#1', 'undo/a#1/undo-a#1']);
    expect(host.last.ending?.as).toBe('compensated');
  });

  test('a redrive of what is not blocked is ignored', () => {
    expect(failing().redrive().last.ignored).toBe(true);
  });

  test('an undo may catch the failure and do otherwise', () => {
    const handled = saga('handled', { on: Placed }, function* () {
      yield* a({}, { undo: () => tryBoth() });
      throw new Undo('x');
    });
    function* tryBoth(): Saga<void> {
      try {
        yield* undoA({});
      } catch {
        yield* undoB({});
      }
    }
    const host = new Host(handled).start({}).succeed('a#1', 0).fail('undo/a#1/undo-a#1');
    expect(undoAll(host)).toEqual(['undo/a#1/undo-b#1']);
    expect(host.last.ending?.as).toBe('compensated');
  });
});

describe('branches that are given up', () => {
  const branch = function* (): Saga<string> {
    yield* a({}, { undo: () => undoA({}) });
    yield* b({}, { undo: () => undoB({}) });
    yield* waitFor('ready', Ready);
    return 'branch';
  };

  test('a loser is undone while the saga goes on, and the run ends after that', () => {
    const racing = saga('racing', { on: Placed }, function* () {
      const first = yield* race({ branch, late: sleep('1m') });
      yield* c({});
      return first.winner;
    });
    const host = new Host(racing).start({}).succeed('race#1/branch/a#1', null);
    host.fire('race#1/late/sleep#1');
    expect(stepsOf(host)).toEqual(['c#1']);
    host.succeed('race#1/branch/b#1', null);
    expect(stepsOf(host)).toEqual(['undo/race#1/branch/b#1/undo-b#1']);
    host.succeed('c#1', null);
    expect(host.last).toMatchObject({ ending: null, failure: null, status: 'running' });
    expect(host.succeed('undo/race#1/branch/b#1/undo-b#1', null).last.ending).toBeNull();
    host.succeed('undo/race#1/branch/a#1/undo-a#1', null);
    expect(host.last.ending).toEqual({ as: 'completed', result: 'late' });
  });

  test('a failing sibling stops the others of all; what they did is undone with the rest', () => {
    const both = saga('both', { on: Placed }, function* () {
      yield* c({}, { undo: () => undoC({}) });
      yield* all([branch, step('x')({})]);
    });
    const host = new Host(both).start({}).succeed('c#1', null).succeed('all#1/0/a#1', null);
    host.succeed('all#1/0/b#1', null).fail('all#1/1/x#1', 'no');
    expect(host.last.closeWaits).toEqual(['all#1/0/ready#1']);
    expect(undoAll(host)).toEqual([
      'undo/all#1/0/b#1/undo-b#1',
      'undo/all#1/0/a#1/undo-a#1',
      'undo/c#1/undo-c#1',
    ]);
    expect(host.last.ending).toMatchObject({ as: 'compensated', error: { code: 'effect' } });
  });

  test('a saga that catches the failure of all goes on; only the stopped branch is undone', () => {
    const caught = saga('caught', { on: Placed }, function* () {
      try {
        yield* all({ done: c({}, { undo: () => undoC({}) }), branch, bad: step('x')({}) });
      } catch {
        return 'went on';
      }
      return 'never';
    });
    const host = new Host(caught).start({}).succeed('all#1/done/c#1', null);
    host.succeed('all#1/branch/a#1', null).fail('all#1/bad/x#1').fail('all#1/branch/b#1');
    expect(undoAll(host)).toEqual(['undo/all#1/branch/a#1/undo-a#1']);
    expect(host.last.ending).toEqual({ as: 'completed', result: 'went on' });
    expect(host.last.undo).toMatchObject([{ state: 'armed' }, { state: 'undone' }]);
  });

  test('what is given up runs neither its finally blocks nor those of its own branches', () => {
    const ran: string[] = [];
    const untidy = function* (name: string): Saga<void> {
      try {
        yield* sleep('1h');
      } finally {
        ran.push(name);
      }
    };
    const outer = function* (): Saga<void> {
      try {
        yield* all([untidy('inner')]);
      } finally {
        ran.push('outer');
      }
    };
    const racing = saga('racing', { on: Placed }, function* () {
      yield* race([outer, sleep('1m')]);
    });
    const host = new Host(racing).start({}).fire('race#1/1/sleep#1');
    expect(host.last.ending?.as).toBe('completed');
    expect(ran).toEqual([]);
  });

  test('what a decided race asks in the same breath is never asked', () => {
    const instant = saga('instant', { on: Placed }, function* () {
      const first = yield* race([a({}, { undo: () => undoA({}) }), waitFor('ready', Ready), now]);
      return first;
    });
    function* now(): Saga<number> {
      yield* all([]);
      return 7;
    }
    const host = new Host(instant).start({});
    expect(host.last).toMatchObject({ items: [], waits: [], closeWaits: [] });
    expect(host.last.ending).toEqual({ as: 'completed', result: { winner: 2, value: 7 } });
  });

  test('a failure while a loser is being undone waits for that undo, then undoes the rest', () => {
    const failing = saga('failing', { on: Placed }, function* () {
      yield* c({}, { undo: () => undoC({}) });
      yield* race([branch, sleep('1s')]);
      yield* step('x')({});
    });
    const host = new Host(failing).start({}).succeed('c#1', null).succeed('race#1/0/a#1', null);
    host.succeed('race#1/0/b#1', null).fire('race#1/1/sleep#1');
    expect(stepsOf(host)).toEqual(['x#1', 'undo/race#1/0/b#1/undo-b#1']);
    host.fail('x#1');
    expect(host.last).toMatchObject({ status: 'compensating', items: [] });
    host.succeed('undo/race#1/0/b#1/undo-b#1', null);
    expect(undoAll(host)).toEqual(['undo/race#1/0/a#1/undo-a#1', 'undo/c#1/undo-c#1']);
    expect(host.last.ending?.as).toBe('compensated');
  });

  test('the first branch to fail decides a race', () => {
    const first = saga('first', { on: Placed }, function* () {
      yield* race([a({}), b({})]);
    });
    const host = new Host(first).start({}).fail('race#1/1/b#1', 'no');
    // What is in flight is settled before the run ends, even where nothing would undo it.
    expect(host.last).toMatchObject({ status: 'compensating', ending: null });
    expect(host.succeed('race#1/0/a#1', null).last.ending?.as).toBe('compensated');
  });
});

describe('children', () => {
  const part = saga('part', {}, function* (sku: string) {
    yield* sleep('1s');
    return sku.length;
  });
  const parent = saga('parent', { on: Placed }, function* () {
    const length = yield* child(part, 'abc', { undo: (r) => undoA({ r }) });
    yield* sleep('1h');
    return length;
  });

  test('a child is started under a key of its own, and its result comes back', () => {
    const host = new Host(parent).start({});
    expect(host.last).toMatchObject({
      status: 'waiting',
      children: [{ step: 'part#1', saga: 'part', key: 'k/part#1', input: 'abc' }],
    });
    host.childEnded('part#1', 'completed', 3).fire('sleep#1');
    expect(host.last.ending).toEqual({ as: 'completed', result: 3 });
    const keyed = saga('keyed', { on: Placed, key: () => 42 }, function* () {
      yield* sleep(1);
    });
    const outer = saga('outer', { on: Placed }, function* () {
      yield* all([child(keyed, {}), child(part, 'x', { key: 'mine' })]);
    });
    expect(new Host(outer).start({}).last.children.map(({ key }) => key)).toEqual(['42', 'mine']);
  });

  test('a child that does not complete fails its parent', () => {
    const host = new Host(parent).start({}).childEnded('part#1', 'compensated');
    expect(host.last.ending).toEqual({
      as: 'compensated',
      error: { code: 'child', message: 'part ended compensated: why', step: 'part#1' },
    });
  });

  test('a child under way is cancelled and awaited; one that completed is undone', () => {
    const host = new Host(parent).start({}).cancel();
    expect(host.last.cancelChildren).toEqual([{ step: 'part#1', saga: 'part', key: 'k/part#1' }]);
    expect(host.last.ending).toBeNull();
    expect(host.childEnded('part#1', 'cancelled').last.ending?.as).toBe('cancelled');
    const late = new Host(parent).start({}).cancel().childEnded('part#1', 'completed', 3);
    expect(late.last.items).toMatchObject([{ effect: 'undo-a', input: { r: 3 } }]);
  });
});

describe('continueAs', () => {
  const looping = (body: () => Saga<unknown>): AnySaga => saga('looping', { on: Placed }, body);

  test('ends the run and hands its input to the next', () => {
    const host = new Host(
      looping(function* () {
        yield* a({}, { undo: () => undoA({}) });
        return yield* continueAs({ n: 2 });
      }),
    ).start({});
    host.succeed('a#1', null);
    expect(host.last).toMatchObject({
      ending: { as: 'continued', input: { n: 2 } },
      items: [],
      failure: null,
    });
  });

  test('waits for losers that are being undone', () => {
    const host = new Host(
      looping(function* () {
        yield* race([a({}, { undo: () => undoA({}) }), sleep(1)]);
        return yield* continueAs(null);
      }),
    ).start({});
    host.fire('race#1/1/sleep#1');
    expect(host.last.ending).toBeNull();
    host.succeed('race#1/0/a#1', null);
    expect(undoAll(host)).toEqual(['undo/race#1/0/a#1/undo-a#1']);
    expect(host.last.ending).toEqual({ as: 'continued', input: null });
  });
});
