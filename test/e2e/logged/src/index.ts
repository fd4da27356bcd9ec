/** A flow that says something at every place where a line of the log is written. */
import { effect, event, log, saga, wait, waitFor, waitToken } from '@holdfast/sdk';
import { z } from 'zod';

const Data = z.object({ id: z.string(), note: z.string() });

export const ask = effect('ask', {
  input: Data.extend({ token: z.string() }),
  output: z.unknown(),
});

/** Its code fails with what it must not tell in its message. */
export const lose = effect('lose', { input: Data }, (input, { secrets, log: say }) => {
  say.info('about to lose it');
  throw new Error(`lost ${secrets.get('TOKEN')} and ${input.note}`);
});

export const Answer = wait('answer', z.object({ note: z.string() }));
export const Noted = event('noted', Data);
export const noted = saga('noted', { on: Noted, key: (e) => e.id }, function* (e) {
  log('taken', { step: 'first' });
  yield* ask({ ...e, token: waitToken('answer') });
  yield* waitFor('answer', Answer);
  yield* lose(e);
});
