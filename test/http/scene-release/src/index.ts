/** One of each thing that a route of the API is about. See test/support/scene.ts. */
import { effect, event, saga, wait, waitFor, waitToken } from '@holdfast/sdk';
import { z } from 'zod';

const Errand = z.object({ id: z.string(), how: z.enum(['done', 'ask', 'silent']) });

/** Tells an outside party whom to answer. */
export const tell = effect('errand.tell', {
  input: z.object({ id: z.string(), token: z.string() }),
  output: z.unknown(),
});

/** Answers, unless it is told not to: then nobody knows whether it worked. */
export const press = effect(
  'errand.press',
  {
    input: z.object({ id: z.string(), how: z.string() }),
    output: z.object({ receipt: z.string() }),
    timeout: '200ms',
    inDoubt: 'hold',
  },
  async ({ id, how }) => {
    if (how === 'silent') return new Promise<never>(() => undefined);
    return { receipt: `r-${id}` };
  },
);

export const Answer = wait('errand.answer', z.object({ shelf: z.string() }));
export const Asked = event('errand.asked', Errand);

function nameOf(id: string): string {
  if (id.endsWith('-nameless')) throw new Error('this errand has no name');
  return id;
}

export const errand = saga('errand', { on: Asked, key: (e) => nameOf(e.id) }, function* (e) {
  if (e.how === 'ask') {
    yield* tell({ id: e.id, token: waitToken('errand.answer') });
    const answer = yield* waitFor('errand.answer', Answer, { timeout: '1h' });
    return { shelf: answer?.shelf ?? null };
  }
  const { receipt } = yield* press({ id: e.id, how: e.how });
  return { receipt };
});
