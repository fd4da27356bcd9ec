import { expect, test } from 'vitest';
import { fitted, Screen } from './screen.ts';

const terminal = (rows: number) => {
  const written: string[] = [];
  return { rows, write: (text: string) => void written.push(text), written };
};

test('what is drawn already is not drawn again, and each frame goes out in one piece', () => {
  const tty = terminal(5);
  const screen = new Screen(tty);
  screen.draw(['one', 'two'], 'foot');
  screen.draw(['one', 'two'], 'foot');
  expect(tty.written).toHaveLength(2);
  screen.draw(['one', 'three'], 'foot');
  expect(tty.written).toHaveLength(3);
  expect(tty.written[2]).toBe(
    '\u001b[?2026h\u001b[Hone\u001b[K\r\nthree\u001b[K\r\n\u001b[K\r\n\u001b[K\r\nfoot\u001b[K\u001b[J\u001b[?2026l',
  );
  screen.leave();
});

test('the terminal is given back once, with the whole last view on it', () => {
  const tty = terminal(3);
  const screen = new Screen(tty);
  screen.leave();
  expect(tty.written).toEqual([]);
  screen.draw(['a', 'b', 'c', 'd'], 'foot');
  screen.leave();
  screen.leave();
  expect(tty.written.slice(2)).toEqual(['\u001b[?7h\u001b[?25h\u001b[?1049la\nb\nc\nd\n']);
});

test('a list that is too long keeps its head, a story below other things its end', () => {
  const list = ['HEAD', 'r1', 'r2', 'r3', 'r4'];
  expect(fitted(list, 5)).toBe(list);
  expect(fitted(list, 3)).toEqual(['HEAD', 'r1', '(3 more lines: a taller window shows them)']);
  const story = ['facts', '', 's1', 's2', 's3', 's4', 's5', '', 'next'];
  expect(fitted(story, 7)).toEqual([
    'facts',
    '',
    '(3 more lines: a taller window shows them)',
    's4',
    's5',
    '',
    'next',
  ]);
  for (let rows = 1; rows < 9; rows++) expect(fitted(story, rows)).toHaveLength(rows);
});
