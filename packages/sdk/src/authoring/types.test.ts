/** What the compiler must know of a saga; checked by `tsc`, run only to see that it loads. */
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  all,
  child,
  continueAs,
  effect,
  event,
  type Operation,
  publish,
  race,
  type Saga,
  saga,
  type SagaDefinition,
  sleep,
  wait,
  waitFor,
} from '../index.ts';

const OrderPlaced = event(
  'order.placed',
  z.object({ orderId: z.string(), amount: z.number(), note: z.string().optional() }),
);
const OrderMoved = event('order.moved', z.object({ orderId: z.string(), to: z.string() }));
const Ready = wait('kitchen.ready', z.object({ shelf: z.string().optional() }));
const reserve = effect('kitchen.reserve', {
  input: z.object({ items: z.array(z.string()) }),
  output: z.object({ ticket: z.string() }),
});
const charge = effect(
  'payment.charge',
  { input: z.object({ amount: z.number() }), output: z.object({ chargeId: z.string() }) },
  (input) => {
    expectTypeOf(input).toEqualTypeOf<{ amount: number }>();
    return { chargeId: `c${input.amount}` };
  },
);
const untyped = effect('anything', {});

describe('types of the authoring API', () => {
  test('search fields know the data, and the body only fields that are named', () => {
    saga(
      'found',
      { on: OrderPlaced, search: { amount: (o) => o.amount, note: (o) => o.note, courier: null } },
      function* (o, context) {
        context.search({ courier: o.orderId, amount: null });
        // @ts-expect-error no field of that name
        context.search({ coruier: o.orderId });
        // @ts-expect-error no value can be a list
        context.search({ courier: [o.orderId] });
        yield* charge({ amount: 1 });
      },
    );
    saga('unfound', { on: OrderPlaced }, function* (o, context) {
      // @ts-expect-error the saga names no fields
      context.search({ courier: o.orderId });
      yield* charge({ amount: 1 });
    });
    // @ts-expect-error the data has no such member
    saga('misfound', { on: OrderPlaced, search: { who: (o) => o.who } }, function* () {
      yield* charge({ amount: 1 });
    });
  });

  test('effects, waits and timers give precise types', () => {
    saga('order', { on: OrderPlaced, key: (o) => o.orderId }, function* (o, context) {
      expectTypeOf(o).toEqualTypeOf<{
        orderId: string;
        amount: number;
        note?: string | undefined;
      }>();
      expectTypeOf(context.now).toEqualTypeOf<number>();
      const seat = yield* reserve(
        { items: ['a'] },
        {
          undo: (r) => {
            expectTypeOf(r).toEqualTypeOf<{ ticket: string } | undefined>();
            return charge({ amount: 0 });
          },
        },
      );
      expectTypeOf(seat).toEqualTypeOf<{ ticket: string }>();
      const maybe = yield* waitFor('kitchen.ready', Ready, { timeout: '15m' });
      expectTypeOf(maybe).toEqualTypeOf<{ shelf?: string | undefined } | undefined>();
      const surely = yield* waitFor('kitchen.ready', Ready);
      expectTypeOf(surely).toEqualTypeOf<{ shelf?: string | undefined }>();
      expectTypeOf(yield* sleep('5m')).toEqualTypeOf<void>();
      expectTypeOf(yield* untyped({ any: 1 })).toEqualTypeOf<unknown>();
      return seat.ticket;
    });
  });

  test('all and race keep the shape of their branches', () => {
    saga('parallel', { on: OrderPlaced }, function* (o) {
      const [seat, paid] = yield* all([reserve({ items: [] }), charge({ amount: o.amount })]);
      expectTypeOf(seat).toEqualTypeOf<{ ticket: string }>();
      expectTypeOf(paid).toEqualTypeOf<{ chargeId: string }>();
      const both = yield* all({ seat: reserve({ items: [] }), text: () => part('x') });
      expectTypeOf(both).toEqualTypeOf<{ seat: { ticket: string }; text: number }>();
      const many = yield* all(['a', 'b'].map((sku) => reserve({ items: [sku] })));
      expectTypeOf(many).toEqualTypeOf<{ ticket: string }[]>();
      const first = yield* race({
        ready: waitFor('r', Ready),
        late: sleep('15m'),
        text: part('y'),
      });
      if (first.winner === 'ready') {
        expectTypeOf(first.value).toEqualTypeOf<{ shelf?: string | undefined }>();
      }
      if (first.winner === 'text') expectTypeOf(first.value).toEqualTypeOf<number>();
      const any = yield* race([charge({ amount: 1 }), charge({ amount: 2 })]);
      expectTypeOf(any).toEqualTypeOf<{
        readonly winner: number;
        readonly value: { chargeId: string };
      }>();
    });

    function* part(text: string): Saga<number> {
      yield* sleep('1s');
      return text.length;
    }
  });

  test('several events make a union, and a saga knows its result', () => {
    const one = saga('either', { on: [OrderPlaced, OrderMoved] }, function* (o) {
      expectTypeOf(o.orderId).toEqualTypeOf<string>();
      if ('to' in o) expectTypeOf(o.to).toEqualTypeOf<string>();
      yield* sleep(1);
      return { done: true };
    });
    type In = Parameters<(typeof one)['body']>[0];
    expectTypeOf(one).toExtend<SagaDefinition<In, { done: boolean }>>();
    const part = saga('part', {}, function* (sku: string) {
      yield* sleep('1s');
      return sku.length;
    });
    saga('parent', { on: OrderPlaced }, function* (o) {
      const lengths = yield* child(part, 'abc', { key: o.orderId });
      expectTypeOf(lengths).toEqualTypeOf<number>();
      yield* publish(OrderMoved, { orderId: o.orderId, to: 'x' });
      if (o.amount > 3) return yield* continueAs(o);
      return { lengths };
    });
  });

  test('what does not fit is refused', () => {
    // @ts-expect-error the amount is missing
    void (() => charge({}));
    // @ts-expect-error the sku is no text
    void (() => reserve({ items: [1] }));
    // @ts-expect-error not the event's data
    void (() => publish(OrderMoved, { orderId: 'o' }));
    // @ts-expect-error `yield` without a star gives an operation to nobody
    saga('starless', { on: OrderPlaced }, function* () {
      yield charge({ amount: 1 });
    });
    saga('wrong-key', { on: OrderPlaced, key: (o) => o.orderId }, function* (o) {
      // @ts-expect-error an amount is a number
      yield* reserve({ items: [o.amount] });
    });
    expectTypeOf(charge({ amount: 1 })).toEqualTypeOf<Operation<{ chargeId: string }>>();
  });
});
