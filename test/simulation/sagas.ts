/**
 * What is simulated: a shop that uses everything a saga can. Written with the SDK, so that its runtime is under test as
 * well; run as plain functions, since what the real sandbox guards against is not the subject here.
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

const delivery = saga('delivery', {}, function* (o: { order: string }) {
  yield* race([() => sleep('5m'), () => notify({ order: o.order })]);
  yield* sleep('1m');
  return 'delivered';
});

/** Effects in turn and at once, each with its undo, a wait that may expire, a child. */
const order = saga('order', { on: OrderPlaced, key: (o) => o.order }, function* (o) {
  const { order: id } = o;
  yield* reserve({ order: id }, { undo: () => release({ order: id }) });
  yield* all([
    () => charge({ order: id }, { undo: () => refund({ order: id }) }),
    () => notify({ order: id }),
  ]);
  const ready = yield* waitFor('ready', Ready, { timeout: '10m' });
  if (ready === undefined) throw new Undo('nobody was ready');
  yield* publish(ItemMoved, { shelf: o.shelf, no: -1 });
  yield* child(delivery, { order: id }, { key: id });
  return id;
});

/** Programs that fail while this is set: a bug, until somebody mends it. */
export const weather = { brittle: true };

/** Takes events in any order, and remembers the order they came in. */
const shelf = reducer('shelf', {
  on: { moved: ItemMoved },
  key: (data) => data.shelf,
  state: z.object({ seen: z.array(z.number()) }),
  initial: { seen: [] },
  handlers: {
    moved: (state, { no }, ctx) => {
      if (weather.brittle && no % 7 === 3) throw new Error('a bug');
      if (no % 3 === 0) ctx.cancelTimer('count');
      else ctx.setTimer('count', '30s');
      return { seen: [...state.seen, no] };
    },
  },
  timers: { count: () => undefined },
});

const brittle = saga('brittle', { on: BrittleAsked, key: (b) => b.id }, function* (b) {
  yield* notify({ order: b.id });
  if (weather.brittle) throw new Error('a bug');
  yield* sleep('1s');
});

export const SAGAS = { order, delivery, shelf, brittle };
