import { effect, event, saga } from '@holdfast/sdk';
import { z } from 'zod';

/** Answers, unless it is told not to: then nobody knows whether it worked. */
export const press = effect(
  'press',
  {
    input: z.object({ id: z.string(), how: z.string().optional() }),
    output: z.object({ receipt: z.string() }),
    timeout: '300ms',
    inDoubt: 'hold',
  },
  async ({ id, how }) => {
    if (how === 'silent') return new Promise<never>(() => undefined);
    return { receipt: `r-${id}` };
  },
);

export const JobAsked = event(
  'job.asked',
  z.object({ id: z.string(), how: z.string().optional() }),
);

function nameOf(id: string): string {
  if (id.startsWith('nameless')) throw new Error('this job has no name');
  return id;
}

export const job = saga('job', { on: JobAsked, key: (e) => nameOf(e.id) }, function* (e) {
  const { receipt } = yield* press({ id: e.id, ...(e.how === undefined ? {} : { how: e.how }) });
  return { receipt };
});
