/**
 * What is simulated: a shop that uses everything a saga can, in two variants, which releases swap between. Written with
 * the SDK, so that its runtime is under test as well; run as plain functions, since what the real sandbox guards against
 * is not the subject here.
 *
 * @module
 */
import {
  all,
  child,
  effect,
  event,
  publish,
  race,
  reducer,
  saga,
  sleep,
  Undo,
  wait,
  waitFor,
} from '@holdfast/sdk';
import { z } from 'zod';

/** 1 decides otherwise than 0: for some keys, at some steps. */
export const VARIANTS = [0, 1] as const;
export type Variant = (typeof VARIANTS)[number];

const OrderPlaced = event('order.placed', z.object({ order: z.string(), shelf: z.string() }));
const ItemMoved = event('item.moved', z.object({ shelf: z.string(), no: z.number() }));
const BrittleAsked = event('brittle.asked', z.object({ id: z.string() }));
const Ready = wait('ready');

const about = z.object({ order: z.string() });
const reserve = effect('reserve', { input: about });
const release = effect('release', { input: about });
const charge = effect('charge', { input: about });
const refund = effect('refund', { input: about });
const notify = effect('notify', { input: about });

/** Programs that fail while this is set: a bug, until somebody mends it. */
export const weather = { brittle: true };

const delivery = (variant: Variant) =>
  saga('delivery', {}, function* (o: { order: string }) {
    yield* race([() => sleep('5m'), () => notify({ order: o.order })]);
    yield* sleep(variant === 1 && o.order.startsWith('a') ? '2m' : '1m');
    return 'delivered';
  });

/** Effects in turn and at once, each with its undo, a wait that may expire, a child. */
const order = (variant: Variant) =>
  saga(
    'order',
    { on: OrderPlaced, key: (o) => o.order, search: { shelf: (o) => o.shelf, stage: null } },
    function* (o, ctx) {
      const { order: id } = o;
      const isEarly = variant === 1 && id.startsWith('a');
      const isLate = variant === 1 && id.startsWith('b');
      yield* reserve({ order: id }, { undo: () => release({ order: id }) });
      yield* all([
        () => charge({ order: id }, { undo: () => refund({ order: id }) }),
        () => notify({ order: isEarly ? `${id}!` : id }),
      ]);
      ctx.search({ stage: 'paid' });
      const ready = yield* waitFor('ready', Ready, { timeout: '10m' });
      if (ready === undefined) throw new Undo('nobody was ready');
      yield* publish(ItemMoved, { shelf: o.shelf, no: isLate ? -2 : -1 });
      yield* child(delivery(variant), { order: id }, { key: id });
      return id;
    },
  );

/** Takes events in any order, and remembers the order they came in. Both variants decide alike, and keep other states. */
const shelf = (variant: Variant) =>
  reducer('shelf', {
    on: { moved: ItemMoved },
    key: (data) => data.shelf,
    state: z.object({ seen: z.array(z.number()), count: z.number().optional() }),
    initial: variant === 0 ? { seen: [] } : { seen: [], count: 0 },
    ...(variant === 0
      ? {}
      : {
          version: 2,
          migrate: (old: unknown) => {
            const { seen } = old as { seen: number[] };
            return { seen, count: seen.length };
          },
        }),
    search: { count: ({ seen }) => seen.length },
    handlers: {
      moved: (state, { no }, ctx) => {
        if (weather.brittle && no % 7 === 3) throw new Error('a bug');
        if (no % 3 === 0) ctx.cancelTimer('count');
        else ctx.setTimer('count', '30s');
        const seen = [...state.seen, no];
        return variant === 0 ? { seen } : { seen, count: seen.length };
      },
    },
    timers: { count: () => undefined },
  });

const brittle = () =>
  saga('brittle', { on: BrittleAsked, key: (b) => b.id }, function* (b) {
    yield* notify({ order: b.id });
    if (weather.brittle) throw new Error('a bug');
    yield* sleep('1s');
  });

const sagasOf = (variant: Variant) => ({
  order: order(variant),
  delivery: delivery(variant),
  shelf: shelf(variant),
  brittle: brittle(),
});

export const SAGAS = [sagasOf(0), sagasOf(1)] as const;
/** Instances of it stay on the release they began on. */
export const PINNED = 'brittle';
