/** Sagas that ask a person, heat an oven that can break, and undo what they did. */
import { all, child, effect, event, saga, Undo, wait, waitFor, waitToken } from '@holdfast/sdk';
import { z } from 'zod';

const Dish = z.object({ id: z.string() });

export const askCook = effect('cook.ask', {
  input: Dish.extend({ token: z.string() }),
  output: z.unknown(),
});
export const heat = effect('oven.heat', { input: Dish, output: z.unknown() });
export const cool = effect('oven.cool', { input: Dish, output: z.unknown() });

export const Tasted = wait('tasted', z.object({ salt: z.boolean(), note: z.string().optional() }), {
  title: 'Does the soup need salt?',
});

export const SoupAsked = event('soup.asked', Dish);
export const soup = saga('soup', { on: SoupAsked, key: (e) => e.id }, function* (e) {
  yield* askCook({ id: e.id, token: waitToken('tasted') });
  const tasted = yield* waitFor('tasted', Tasted, { timeout: '1h' });
  return { salted: tasted?.salt ?? false };
});

export const BreadAsked = event(
  'bread.asked',
  Dish.extend({ loaves: z.number().int().min(1), burnt: z.boolean().optional() }),
);
export const bread = saga(
  'bread',
  { on: BreadAsked, key: (e) => e.id, search: { loaves: (e) => e.loaves } },
  function* ({ id, burnt }) {
    yield* heat({ id }, { undo: () => cool({ id }) });
    if (burnt === true) throw new Undo('burnt');
    return { baked: id };
  },
);

export const SupperAsked = event('supper.asked', Dish);
export const supper = saga('supper', { on: SupperAsked, key: (e) => e.id }, function* ({ id }) {
  yield* all({
    bread: child(bread, { id: `${id}-bread`, loaves: 1 }, { key: `${id}-bread` }),
    soup: child(soup, { id: `${id}-soup` }, { key: `${id}-soup` }),
  });
  return { served: id };
});
