/** Search fields: pure, of what the run follows from, and the same whenever it is repeated. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ctx, effect, event, reducer, saga, type SagaContext, Undo } from '../index.ts';
import { describeRelease } from '../release/describe.ts';
import { play } from '../test-kit/play.ts';
import { Host } from './host.fixture.ts';

const Placed = event('order.placed', z.object({ customer: z.string(), amount: z.number() }));
const charge = effect('payment.charge', {});
const dispatch = effect('courier.dispatch', { output: z.object({ courier: z.string() }) });

const order = saga(
  'order',
  {
    on: Placed,
    search: { customer: (o) => o.customer, amount: (o) => o.amount, courier: null },
  },
  function* (o, context) {
    // The fields are of the data as it came, whatever the body makes of it.
    (o as { customer: string }).customer = 'changed';
    yield* charge({});
    context.search({ amount: null });
    const { courier } = yield* dispatch({});
    helper(courier);
    yield* charge({});
    return null;
  },
);

function helper(courier: string): void {
  ctx.search({ courier });
}

const ada = { customer: 'ada', amount: 12.5 };

describe('a generator', () => {
  test('has the fields of its start, and those that its body sets from there on', () => {
    play(order)
      .start({ ...ada })
      .isFoundBy({ customer: 'ada', amount: '12.5' })
      .succeed(charge)
      .isFoundBy({ customer: 'ada' })
      .succeed(dispatch, { courier: 'c7' })
      .isFoundBy({ customer: 'ada', courier: 'c7' })
      .succeed(charge)
      .ends('completed')
      .isFoundBy({ customer: 'ada', courier: 'c7' });
  });

  test('keeps nothing of them in its history: the same run of another release says its own', () => {
    const host = new Host(order).start({ ...ada }).succeed('payment.charge#1', null);
    expect(host.state).not.toContain('12.5"');
    const renamed = saga(
      'order',
      { on: Placed, search: { who: (o: { customer: string }) => o.customer, courier: null } },
      function* (_o, context) {
        yield* charge({});
        const { courier } = yield* dispatch({});
        context.search({ courier });
      },
    );
    const other = new Host(renamed);
    other.state = host.state;
    other.succeed('courier.dispatch#1', { courier: 'c7' });
    expect(other.last.search).toEqual({ who: 'ada', courier: 'c7' });
  });

  test('without fields says nothing of them, and may set none', () => {
    const plain = saga('plain', { on: Placed }, function* (_o, context) {
      yield* charge({});
      (context as SagaContext).search({ customer: 'ada' });
    });
    const host = new Host(plain).start(ada);
    expect(host.last).not.toHaveProperty('search');
    expect(() => host.succeed('payment.charge#1', null)).toThrow(
      'saga saga names no search fields: name them in its option `search`',
    );
  });

  test('that is undone keeps its fields', () => {
    const doomed = saga(
      'doomed',
      { on: Placed, search: { customer: (o) => o.customer } },
      function* () {
        yield* charge({}, { undo: () => charge({}) });
        throw new Undo('no');
      },
    );
    play(doomed).start(ada).succeed(charge).isFoundBy({ customer: 'ada' });
  });

  test.each([
    [
      'a field that is not named',
      { coruier: 'x' },
      'saga order names no search field coruier; it names customer',
    ],
    [
      'a value that is too long',
      { customer: 'x'.repeat(257) },
      'search field customer is 257 characters long',
    ],
    ['a list', { customer: ['a'] }, 'search field customer must be text, a number or a boolean'],
  ])('%s is a fault of the program', (_what, values, message) => {
    const wrong = saga(
      'order',
      { on: Placed, search: { customer: null } },
      function* (_o, context) {
        context.search(values as object);
        yield* charge({});
      },
    );
    expect(() => new Host(wrong).start(ada)).toThrow(message);
  });

  test('a value of the start that is too long is one, too; nothing is cut', () => {
    const long = saga(
      'long',
      { on: Placed, search: { customer: (o) => o.customer } },
      function* () {
        yield* charge({});
      },
    );
    expect(() => new Host(long).start({ customer: 'x'.repeat(300), amount: 1 })).toThrow(
      'search field customer is 300 characters long, more than 256',
    );
  });

  test('its functions may use nothing but the data', () => {
    const timed = saga('timed', { on: Placed, search: { at: () => ctx.now } }, function* () {
      yield* charge({});
    });
    expect(() => new Host(timed).start(ada)).toThrow('ctx.now works only inside a saga');
  });
});

describe('a reducer', () => {
  const Opened = event('valve.opened', z.object({ valveId: z.string(), room: z.string() }));
  const valve = reducer('valve', {
    on: { opened: Opened },
    key: ({ valveId }) => valveId,
    state: z.object({ open: z.boolean(), room: z.string().nullable() }),
    initial: { open: false, room: null },
    search: { open: (state) => state.open, room: (state) => state.room },
    handlers: { opened: (_state, { room }) => ({ open: true, room }) },
  });

  test('has the fields of its state after each event', () => {
    play(valve)
      .event(Opened, { valveId: 'v1', room: 'cellar' })
      .isFoundBy({ open: 'true', room: 'cellar' })
      .event(Opened, { valveId: 'v1', room: '' })
      .isFoundBy({ open: 'true' });
  });
});

describe('definitions', () => {
  test('are described with the names of their fields, in order', () => {
    const { sagas } = describeRelease({});
    expect(sagas.find(({ name }) => name === 'doomed')?.search).toEqual(['customer']);
    expect(sagas.find(({ name }) => name === 'valve')?.search).toEqual(['open', 'room']);
    expect(sagas.find(({ name }) => name === 'plain')).not.toHaveProperty('search');
  });

  test('with names or numbers of fields that cannot be are refused', () => {
    const define = (search: Record<string, null>) => () =>
      saga('many', { on: Placed, search }, function* () {
        yield* charge({});
      });
    expect(define({ 'a:b': null })).toThrow(/letters, digits/);
    expect(
      define(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, null]))),
    ).toThrow('names 17 fields, more than 16');
  });
});
