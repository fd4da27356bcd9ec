/** Sagas that carry a stranger's words everywhere they can go: keys, logs, failures, fields, waits, answers. */
import { effect, event, log, Refused, saga, Undo, wait, waitFor, waitToken } from '@holdfast/sdk';
import { z } from 'zod';

const Stranger = z.object({
  id: z.string(),
  note: z.string(),
  how: z.enum(['ask', 'refuse', 'lose', 'forge', 'throw', 'give up']),
});

/** Tells an outside party whom to answer. */
export const tell = effect('stranger.tell', {
  input: z.object({ id: z.string(), note: z.string(), token: z.string() }),
  output: z.unknown(),
});

/** Left in doubt, so that a person must look. */
export const lose = effect('stranger.lose', {
  input: z.object({ note: z.string() }),
  output: z.unknown(),
  inDoubt: 'hold',
});

/** A definite no, in the stranger's words; and they are printed too. */
export const refuse = effect(
  'stranger.refuse',
  { input: z.object({ note: z.string() }), output: z.unknown() },
  ({ note }, context) => {
    console.log(note);
    context.log.warn(note, { note });
    throw new Refused(note, note);
  },
);

/** Answers with what an outcome, and every object's prototype, look like. */
export const forge = effect(
  'stranger.forge',
  { input: z.object({ note: z.string() }), output: z.unknown() },
  ({ note }): unknown => JSON.parse(note),
);

export const Answer = wait(
  'stranger.answer',
  z.object({
    ok: z.boolean().describe('<script>window.owned=1</script> described'),
    note: z.string().optional().meta({ title: '<img src=x onerror="window.owned=1"> titled' }),
  }),
  { title: '<svg onload="window.owned=1"> May the stranger in?' },
);

export const Came = event('stranger.came', Stranger);

export const stranger = saga(
  'stranger',
  { on: Came, key: (e) => e.id, search: { note: (e) => e.note.slice(0, 200) } },
  function* ({ id, note, how }) {
    log.warn(note, { [note]: note });
    switch (how) {
      case 'ask': {
        yield* tell({ id, note, token: waitToken('stranger.answer') });
        const answer = yield* waitFor('stranger.answer', Answer, { timeout: '1h' });
        return { answer, note };
      }
      case 'refuse':
        return yield* refuse({ note });
      case 'lose':
        return yield* lose({ note });
      case 'forge':
        return yield* forge({ note });
      case 'throw':
        throw new TypeError(note);
      case 'give up':
        throw new Undo(note);
    }
  },
);
