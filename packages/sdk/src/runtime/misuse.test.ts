/** Mistakes that the compiler cannot catch, or that an author silenced. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  all,
  continueAs,
  ctx,
  effect,
  event,
  log,
  type Operation,
  race,
  type Saga,
  saga,
  sleep,
  wait,
  waitFor,
} from '../index.ts';
import { Host } from './host.fixture.ts';

const Placed = event('order.placed', z.object({}));
const Ready = wait('ready');
const charge = effect('payment.charge', {});
const refund = effect('payment.refund', {});

/** Runs a body that the types would refuse. */
function run(body: () => unknown): Host {
  return new Host(saga('wrong', { on: Placed }, body as () => Saga<unknown>)).start({});
}

/** A body that does `after` once its first step is done. */
function afterStep(after: () => Generator): Host {
  return run(function* () {
    yield* charge({});
    yield* after();
  }).succeed('payment.charge#1', null);
}

function caught(work: () => unknown): { code?: unknown; message: string; stack: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) {
      return {
        message: error.message,
        stack: error.stack ?? '',
        ...('code' in error && { code: error.code }),
      };
    }
  }
  throw new Error('nothing was thrown');
}

describe('a forgotten yield*', () => {
  test('is named, with the place where it is missing', () => {
    const error = caught(() =>
      run(function* () {
        charge({ amount: 1 }); // here
        yield* sleep(0);
      }).fire('sleep#1'),
    );
    expect(error.code).toBe('program.failed');
    expect(error.message).toBe(
      'effect payment.charge was made but never run: `yield*` is missing in front of it',
    );
    expect(error.stack).toContain('misuse.test.ts');
  });

  test.each<[string, () => Operation<unknown>]>([
    ['sleep', () => sleep('1s')],
    ['wait ready', () => waitFor('ready', Ready)],
    ['all', () => all([])],
    ['continueAs', () => continueAs({})],
  ])('is found for %s', (name, make) => {
    const body = function* (): Generator {
      make();
      yield* all([]);
    };
    expect(() => run(body)).toThrow(`${name} was made but never run`);
  });

  test('is found in a branch, and in an undo that returns nothing', () => {
    expect(() =>
      run(function* () {
        yield* all([
          function* () {
            charge({});
            yield* all([]);
          },
        ]);
      }),
    ).toThrow('effect payment.charge was made but never run');
    const host = run(function* () {
      yield* charge(
        {},
        {
          undo: () => {
            refund({});
            return undefined;
          },
        },
      );
      yield* sleep('1h');
    }).succeed('payment.charge#1', null);
    expect(() => host.cancel()).toThrow('effect payment.refund was made but never run');
  });

  test('does not hit what is made first and run later, or what a decided race had no need of', () => {
    const host = run(function* () {
      const later = charge({});
      yield* sleep('1s');
      yield* later;
      yield* race([() => now(), charge({})]);
    });
    host.fire('sleep#1').succeed('payment.charge#1', null);
    expect(host.last.ending?.as).toBe('completed');

    function* now(): Saga<number> {
      yield* all([]);
      return 1;
    }
  });
});

describe('what a saga may not yield or be', () => {
  test.each<[string, string, () => unknown]>([
    [
      'an operation without a star',
      'effect payment.charge was given to `yield`; write `yield*`',
      function* () {
        yield charge({});
      },
    ],
    [
      'a promise',
      'not yield a Promise; a saga cannot wait for promises: put the work into an effect',
      function* () {
        yield Promise.resolve(1);
      },
    ],
    [
      'a plain value',
      'not yield a number',
      function* () {
        yield 1;
      },
    ],
    ['no generator', 'it gave undefined', () => undefined],
    ['an async function', 'it gave a Promise', async () => 1],
    [
      'an async generator',
      'it gave an async generator',
      async function* () {
        yield 1;
      },
    ],
    [
      'a promise as a branch',
      'all#1/0 must be an operation or a generator, not a Promise',
      function* () {
        yield* all([Promise.resolve(1)] as never);
      },
    ],
  ])('%s', (_name, message, body) => {
    expect(() => run(body)).toThrow(message);
  });

  test('continueAs outside the body, a second wait of a name, input that is not JSON', () => {
    expect(() => run(() => all([continueAs({})])[Symbol.iterator]())).toThrow(
      'continueAs belongs in the body of the saga',
    );
    expect(() =>
      run(function* () {
        yield* all([waitFor('ready', Ready), waitFor('ready', Ready)]);
      }),
    ).toThrow('a wait named ready is open already');
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(() => run(() => charge(loop)[Symbol.iterator]())).toThrow(
      'what effect payment.charge#1 is given is not JSON',
    );
    expect(() => run(() => charge(10n)[Symbol.iterator]())).toThrow('is not JSON');
    expect(() => run(() => charge(() => 1)[Symbol.iterator]())).toThrow('is not JSON: a function');
  });

  test('a branch name that would blur step ids, an empty race', () => {
    expect(() => all({ 'a/b': charge({}) })).toThrow('may not be named "a/b"');
    expect(() => race([])).toThrow('race needs a branch');
  });

  test('the context outside a saga', () => {
    expect(() => ctx.now).toThrow('ctx.now works only inside a saga or reducer');
    expect(() => log('hello')).toThrow('log.info works only inside a saga or reducer');
  });
});

describe('a program that throws', () => {
  test('throws out of decide, and its state stays what it was', () => {
    const host = run(function* () {
      yield* charge({}, { undo: () => refund({}) });
      throw new TypeError('a bug');
    });
    const { state } = host;
    expect(() => host.succeed('payment.charge#1', null)).toThrow(new TypeError('a bug'));
    expect(host.state).toBe(state);
    expect(host.cancel().last.status).toBe('compensating');
  });

  test('cannot catch what the runtime finds wrong with it', () => {
    const body = function* (): Generator {
      try {
        yield charge({});
      } catch {
        return 'caught';
      }
      return 'done';
    };
    expect(() => run(body)).toThrow('write `yield*`');
    expect(() => afterStep(body)).toThrow('write `yield*`');
  });
});
