import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { all, effect, event, race, saga, sleep, Undo, wait, waitFor } from '../index.ts';
import { Host } from './host.fixture.ts';

const OrderPlaced = event('order.placed', z.object({ orderId: z.string(), amount: z.number() }));
const Ready = wait('kitchen.ready', z.object({ shelf: z.string().optional() }));
const reserve = effect('kitchen.reserve', { output: z.object({ ticket: z.string() }) });
const release = effect('kitchen.release', {});
const charge = effect('payment.charge', { output: z.object({ chargeId: z.string() }) });
const refund = effect('payment.refund', {});
const dispatch = effect('courier.dispatch', { output: z.object({ courier: z.string() }) });

const order = saga('order', { on: OrderPlaced, key: (o) => o.orderId }, function* (o) {
  const seat = yield* reserve({ id: o.orderId }, { undo: (r) => release({ ticket: r?.ticket }) });
  const paid = yield* charge(
    { amount: o.amount },
    { undo: (r) => refund({ chargeId: r?.chargeId, id: o.orderId }) },
  );
  const ready = yield* waitFor('kitchen.ready', Ready, { timeout: '15m' });
  if (!ready) throw new Undo('kitchen silent');
  const trip = yield* dispatch({ ticket: seat.ticket });
  return { courier: trip.courier, charge: paid.chargeId };
});

const placed = { orderId: 'o1', amount: 10 };

describe('a saga of effects and waits', () => {
  test('asks for one step after the other and completes with its result', () => {
    const host = new Host(order).start(placed);
    expect(host.last.items).toEqual([
      { step: 'kitchen.reserve#1', effect: 'kitchen.reserve', input: { id: 'o1' } },
    ]);
    expect(host.last.status).toBe('running');
    host
      .succeed('kitchen.reserve#1', { ticket: 't' })
      .succeed('payment.charge#1', { chargeId: 'c' });
    expect(host.last.waits).toEqual([
      {
        step: 'kitchen.ready#1',
        name: 'kitchen.ready',
        definition: 'kitchen.ready',
        expiresAt: host.now + 15 * 60_000_000,
      },
    ]);
    expect(host.last.status).toBe('waiting');
    host.complete('kitchen.ready#1', { shelf: '3' });
    expect(host.last.items).toMatchObject([{ step: 'courier.dispatch#1', input: { ticket: 't' } }]);
    host.succeed('courier.dispatch#1', { courier: 'Q' });
    expect(host.last.ending).toEqual({ as: 'completed', result: { courier: 'Q', charge: 'c' } });
  });

  test('a wait that expires undoes what was done, the latest first', () => {
    const host = new Host(order)
      .start(placed)
      .succeed('kitchen.reserve#1', { ticket: 't' })
      .succeed('payment.charge#1', { chargeId: 'c' })
      .expire('kitchen.ready#1');
    expect(host.last).toMatchObject({
      status: 'compensating',
      failure: { code: 'undo', message: 'kitchen silent' },
      items: [
        {
          step: 'undo/payment.charge#1/payment.refund#1',
          effect: 'payment.refund',
          input: { chargeId: 'c', id: 'o1' },
          undoes: 'payment.charge#1',
        },
      ],
    });
    expect(host.last.undo).toEqual([
      { step: 'kitchen.reserve#1', effect: 'kitchen.reserve', state: 'armed', doubtful: false },
      { step: 'payment.charge#1', effect: 'payment.charge', state: 'undoing', doubtful: false },
    ]);
    host.succeed('undo/payment.charge#1/payment.refund#1', null);
    expect(host.last.items).toMatchObject([{ step: 'undo/kitchen.reserve#1/kitchen.release#1' }]);
    host.succeed('undo/kitchen.reserve#1/kitchen.release#1', null);
    expect(host.last.ending).toEqual({
      as: 'compensated',
      error: { code: 'undo', message: 'kitchen silent' },
    });
  });

  test('a refused effect is not undone; a doubtful one is, without a result', () => {
    const refused = new Host(order)
      .start(placed)
      .succeed('kitchen.reserve#1', { ticket: 't' })
      .fail('payment.charge#1', 'card.declined', 'no');
    expect(refused.last.items.map(({ step }) => step)).toEqual([
      'undo/kitchen.reserve#1/kitchen.release#1',
    ]);
    expect(refused.last.failure).toEqual({
      code: 'effect',
      message: 'payment.charge failed: card.declined: no',
      step: 'payment.charge#1',
    });
    const doubtful = new Host(order)
      .start(placed)
      .succeed('kitchen.reserve#1', { ticket: 't' })
      .unknown('payment.charge#1');
    expect(doubtful.last.items).toMatchObject([
      { step: 'undo/payment.charge#1/payment.refund#1', input: { id: 'o1' } },
    ]);
    expect(doubtful.last.undo[1]).toMatchObject({ step: 'payment.charge#1', doubtful: true });
  });
});

describe('branches', () => {
  test('all runs side by side and keeps its shape', () => {
    const both = saga('both', { on: OrderPlaced }, function* (o) {
      const got = yield* all({ seat: reserve({}), paid: charge({ amount: o.amount }) });
      return [got.seat.ticket, got.paid.chargeId];
    });
    const host = new Host(both).start(placed);
    expect(host.last.items.map(({ step }) => step)).toEqual([
      'all#1/seat/kitchen.reserve#1',
      'all#1/paid/payment.charge#1',
    ]);
    host.succeed('all#1/paid/payment.charge#1', { chargeId: 'c' });
    host.succeed('all#1/seat/kitchen.reserve#1', { ticket: 't' });
    expect(host.last.ending).toEqual({ as: 'completed', result: ['t', 'c'] });
  });

  test('the loser of a race is let go, and undone once it is settled', () => {
    const hurry = saga('hurry', { on: OrderPlaced }, function* (o) {
      const first = yield* race({
        paid: charge({ amount: o.amount }, { undo: (r) => refund({ chargeId: r?.chargeId }) }),
        late: sleep('1m'),
      });
      return first.winner;
    });
    const late = new Host(hurry).start(placed);
    expect(late.last.schedules).toEqual([
      { name: 'race#1/late/sleep#1', dueAt: late.now + 60_000_000 },
    ]);
    late.fire('race#1/late/sleep#1');
    expect(late.last.ending).toBeNull();
    late.succeed('race#1/paid/payment.charge#1', { chargeId: 'c' });
    expect(late.last.items).toMatchObject([
      { step: 'undo/race#1/paid/payment.charge#1/payment.refund#1', input: { chargeId: 'c' } },
    ]);
    late.succeed('undo/race#1/paid/payment.charge#1/payment.refund#1', null);
    expect(late.last.ending).toEqual({ as: 'completed', result: 'late' });

    const paid = new Host(hurry).start(placed).succeed('race#1/paid/payment.charge#1', {});
    expect(paid.last.cancelSchedules).toEqual(['race#1/late/sleep#1']);
    expect(paid.last.ending).toEqual({ as: 'completed', result: 'paid' });
  });
});
