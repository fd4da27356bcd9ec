import { describe, expect, test } from 'vitest';
import { child, race, reducer, saga, sleep } from '../index.ts';
import { z } from 'zod';
import { play } from './play.ts';
import { charge, order, OrderPlaced, Ready, refund, release, reserve } from './order.fixture.ts';

const placed = { orderId: 'o1', amount: 10 };

describe('play', () => {
  test('plays a saga to its end, asserting what it asks', () => {
    const run = play(order)
      .start(placed)
      .asksOnly(reserve)
      .asks(reserve, { orderId: 'o1' })
      .succeed(reserve, { ticket: 't' })
      .asks(charge, { amount: 10 })
      .succeed(charge, { chargeId: 'c' })
      .is('waiting')
      .waitsFor(Ready)
      .complete(Ready, { shelf: '3' })
      .ends('completed', { charge: 'c', shelf: '3' });
    expect(run.logs).toEqual([{ level: 'info', message: 'paid', data: { chargeId: 'c' } }]);
    expect(run.instance.key).toBe('o1');
  });

  test('skips time: timers fire and waits expire when they are due', () => {
    const silent = play(order)
      .start(placed)
      .succeed(reserve, { ticket: 't' })
      .succeed(charge, { chargeId: 'c' })
      .skip('14m59s')
      .is('waiting')
      .skip('1s')
      .is('compensating')
      .asks(refund, { chargeId: 'c' })
      .succeed(refund)
      .asks(release, { ticket: 't', orderId: 'o1' })
      .succeed(release)
      .ends('compensated');
    expect(silent.failure).toEqual({ code: 'undo', message: 'kitchen silent' });
    const naps = saga('naps', { on: OrderPlaced }, function* () {
      const first = yield* race({ long: sleep('2h'), short: sleep('1h') });
      yield* sleep('1h');
      return first.winner;
    });
    play(naps).start(placed).skip('3h').ends('completed', 'short');
  });

  test('says what is wrong', () => {
    const asked = play(order).start(placed);
    expect(() => asked.asks(charge)).toThrow(
      'no call payment.charge is open; open are: kitchen.reserve#1',
    );
    expect(() => asked.asks(reserve, { orderId: 'other' })).toThrow('asked with another input');
    expect(() => asked.ends('completed')).toThrow('it is running');
    expect(() => asked.asksOnly()).toThrow('other calls are open');
    // @ts-expect-error a ticket is text
    expect(() => asked.succeed(reserve, { ticket: 1 })).toThrow(
      'the output of kitchen.reserve does not fit its schema: ticket',
    );
    expect(() => play(order).start({ orderId: 'o1', amount: -1 })).toThrow(
      'the data of order.placed does not fit its schema: amount',
    );
  });

  test('a program that asks for what its schema refuses is caught', () => {
    const wrong = saga('wrong-input', { on: OrderPlaced }, function* () {
      yield* charge(JSON.parse('{"amount":"ten"}') as { amount: number });
    });
    expect(() => play(wrong).start(placed)).toThrow('the input of payment.charge#1');
  });

  test('plays children and operators', () => {
    const part = saga('part', {}, function* (sku: string) {
      yield* sleep('1s');
      return sku.length;
    });
    const parent = saga('parent', { on: OrderPlaced }, function* (o) {
      return yield* child(part, 'abc', { key: `${o.orderId}-part` });
    });
    play(parent).start(placed).completeChild(part, 3).ends('completed', 3);
    const failed = play(parent).start(placed).failChild(part, 'compensated', 'no part');
    expect(failed.ends('compensated').failure).toMatchObject({ code: 'child' });
    play(part).start('abc').skip('1s').ends('completed', 3);
    play(order)
      .start(placed)
      .cancel('closing time')
      .succeed(reserve, { ticket: 't' })
      .fail(release, 'broken')
      .is('blocked')
      .redrive()
      .succeed(release)
      .ends('cancelled');
  });

  test('plays reducers', () => {
    const counter = reducer('counter', {
      on: { placed: OrderPlaced },
      state: z.object({ sum: z.number() }),
      initial: { sum: 0 },
      timers: { reset: () => ({ sum: 0 }) },
      handlers: {
        placed: ({ sum }, { amount }, ctx) => {
          ctx.setTimer('reset', '1h');
          return { sum: sum + amount };
        },
      },
    });
    const run = play(counter).event(OrderPlaced, placed).event(OrderPlaced, placed);
    expect(run.state).toEqual({ sum: 20 });
    expect(run.skip('1h').state).toEqual({ sum: 0 });
  });
});
