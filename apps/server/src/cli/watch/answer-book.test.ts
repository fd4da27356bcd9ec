import { expect, test } from 'vitest';
import { AnswerBook } from './answer-book.ts';

test('a view drawn again gets what it was answered, and asks nobody', async () => {
  const book = new AnswerBook();
  let asked = 0;
  const view = async (): Promise<string> => {
    const first = await book.answer(() => Promise.resolve(++asked));
    const second = await book.answer(() => Promise.resolve(++asked));
    return `${first} ${second}`;
  };
  expect(await book.fresh(view)).toBe('1 2');
  expect(await book.again(view)).toBe('1 2');
  expect(asked).toBe(2);
  expect(await book.fresh(view)).toBe('3 4');
  expect(book.text).toBe('[3,4]');
});

test('a view that failed midway leaves the answers of the one before', async () => {
  const book = new AnswerBook();
  await book.fresh(() => book.answer(() => Promise.resolve('good')));
  await expect(
    book.fresh(async () => {
      await book.answer(() => Promise.resolve('half'));
      throw new Error('away');
    }),
  ).rejects.toThrow('away');
  expect(await book.again(() => book.answer(() => Promise.resolve('new')))).toBe('good');
});
