/** A saga that does its work, beside one that always throws, one that loops and one that allocates. */
import { effect, event, saga } from '@holdfast/sdk';
import { z } from 'zod';

const Data = z.object({ id: z.string() });
const on = (type: string) => event(type, Data);
const key = ({ id }: z.infer<typeof Data>): string => id;

export const echo = effect('echo', { input: Data, output: Data, provider: 'echo' });

export const healthy = saga('healthy', { on: on('healthy'), key }, function* ({ id }) {
  yield* echo({ id: `${id}/1` });
  return yield* echo({ id: `${id}/2` });
});

export const thrower = saga('thrower', { on: on('thrower'), key }, function* ({ id }) {
  yield* echo({ id });
  throw new TypeError('never any good');
});

export const looper = saga('looper', { on: on('looper'), key }, function* ({ id }) {
  for (;;) if (id === '') yield* echo({ id });
});

export const allocator = saga('allocator', { on: on('allocator'), key }, function* ({ id }) {
  const held: string[] = [];
  for (;;) {
    held.push(id.repeat(10_000) + held.length);
    if (id === '') yield* echo({ id });
  }
});
