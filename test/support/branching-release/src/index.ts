/** Every verb in one saga. */
import {
  all,
  child,
  ctx,
  effect,
  EffectError,
  event,
  log,
  publish,
  race,
  type Saga,
  saga,
  sleep,
  Undo,
  wait,
  waitFor,
} from '@holdfast/sdk';
import { z } from 'zod';

const Begun = event('begun', z.object({ id: z.string(), parts: z.array(z.string()) }));
const Told = event('told', z.object({ id: z.string(), at: z.string(), token: z.string() }));
const Go = wait('go', z.object({ fast: z.boolean() }));

export const act = effect('act', { input: z.object({ what: z.string() }), output: z.number() });
export const undoAct = effect('undo-act', {
  input: z.object({ what: z.string(), known: z.boolean() }),
  output: z.boolean(),
});

export const part = saga('part', {}, function* (name: string) {
  yield* sleep('1s');
  return name.length;
});

export const branching = saga('branching', { on: Begun, key: (b) => b.id }, function* (b) {
  log('begun', { parts: b.parts.length, ü: '☃' });
  yield* publish(Told, { id: b.id, at: ctx.timestamp, token: ctx.uuid() });
  const done = yield* all(b.parts.map((name) => () => handle(name)));
  const first = yield* race({ go: waitFor('go', Go, { timeout: '1h' }), acted: undoable('racer') });
  if (first.winner === 'acted' && first.value % 5 === 0) throw new Undo(`${first.value}`);
  const both = yield* all({ child: child(part, b.id), drawn: undoable(`n${ctx.random()}`) });
  return { done, winner: first.winner, both, at: ctx.now, key: ctx.key };
});

function undoable(what: string): ReturnType<typeof act> {
  return act({ what }, { undo: (r) => undoAct({ what, known: r !== undefined }) });
}

function* handle(name: string): Saga<string> {
  try {
    const first = yield* undoable(name);
    yield* sleep(`${first + 1}s`);
    return `${name}${yield* undoable(`${name}-again`)}`;
  } catch (error) {
    if (!(error instanceof EffectError) || error.doubtful) throw error;
    return `${name} refused: ${error.code}`;
  }
}
