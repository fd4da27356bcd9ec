import { expect, test } from 'vitest';
import { MarkLookups } from './mark-lookups.ts';

test('those that ask in one turn share a read, and are answered in the order of their questions', async () => {
  const reads: (readonly string[])[] = [];
  const lookups = new MarkLookups({
    findMarks: async (marks) => {
      reads.push(marks);
      return [{ mark: 'b', seq: 7, content: 'c' }];
    },
  });
  const answered: string[] = [];
  const ask = async (name: string, answer: Promise<unknown>): Promise<void> => {
    await answer;
    answered.push(name);
  };
  expect(lookups.isIdle).toBe(true);
  const found = lookups.find('b');
  const asked = [
    ask('b', found),
    ask('a', lookups.find('a')),
    ask('no mark', lookups.inTurn()),
    ask('c', lookups.find('c')),
  ];
  expect(lookups.isIdle).toBe(false);
  await Promise.all(asked);
  expect(reads).toEqual([['b', 'a', 'c']]);
  expect(await found).toMatchObject({ seq: 7 });
  expect(answered).toEqual(['b', 'a', 'no mark', 'c']);
  expect(lookups.isIdle).toBe(true);
});

test('where the store cannot be read, all that asked are told', async () => {
  const error = new Error('cannot be read');
  const lookups = new MarkLookups({ findMarks: () => Promise.reject(error) });
  const asked = await Promise.allSettled([lookups.find('a'), lookups.inTurn()]);
  expect(asked).toEqual([
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ]);
  expect(lookups.isIdle).toBe(true);
});
