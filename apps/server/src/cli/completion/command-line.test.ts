import { expect, test } from 'vitest';
import { buildProgram } from '../program.ts';
import { pathOf, readUnfinished, shellWords } from './command-line.ts';

const program = buildProgram(() => () => Promise.resolve());
const read = (...words: readonly string[]) => {
  const { at, command, ...rest } = readUnfinished(program, words);
  const of = at.is === 'value' ? at.of.long : at.is === 'operand' ? at.of.name() : undefined;
  return { ...rest, path: pathOf(command), at: at.is, of };
};

test('the place of the cursor: verb, option, value, operand, end', () => {
  expect(read('')).toMatchObject({ path: '', at: 'command', written: '' });
  expect(read('sa')).toMatchObject({ path: '', at: 'command', written: 'sa' });
  expect(read('sagas', '')).toMatchObject({ path: 'sagas', at: 'command' });
  expect(read('sagas', 'show', '')).toMatchObject({ at: 'operand', of: 'saga' });
  expect(read('sagas', 'show', 'order', 'A')).toMatchObject({
    at: 'operand',
    of: 'key',
    operands: ['order'],
    written: 'A',
  });
  expect(read('sagas', 'show', 'order', 'A-1', '')).toMatchObject({ at: 'end' });
  expect(read('sagas', 'list', '--st')).toMatchObject({ at: 'option', written: '--st' });
  expect(read('sagas', 'list', '--status', 'bl')).toMatchObject({
    at: 'value',
    of: '--status',
    written: 'bl',
  });
  expect(read('sagas', 'list', '--status=bl')).toMatchObject({
    at: 'value',
    of: '--status',
    written: 'bl',
    before: '--status=',
  });
});

test('options before the cursor hide nothing, wherever they stand, and keep their values', () => {
  const line = read('--data-dir', '/srv/h', 'sagas', '--json', 'show', '--run', '2', 'order', '');
  expect(line).toMatchObject({ path: 'sagas show', of: 'key', operands: ['order'] });
  expect(line.options.get('--data-dir')).toEqual(['/srv/h']);
  expect(line.options.get('--run')).toEqual(['2']);
  expect(read('waits', 'complete', 'order', 'A-1', '')).toMatchObject({
    at: 'operand',
    operands: ['order', 'A-1'],
  });
  expect(read('sagas', 'show', '--', '--odd')).toMatchObject({ at: 'operand', of: 'saga' });
});

test.each([
  ['holdfast sagas ', ['holdfast', 'sagas', '']],
  ['holdfast  sagas sh', ['holdfast', 'sagas', 'sh']],
  [`holdfast a 'b c' "d \\" e" f\\ g`, ['holdfast', 'a', 'b c', 'd " e', 'f g']],
  [`holdfast 'open q`, ['holdfast', 'open q']],
  [`holdfast '' x`, ['holdfast', '', 'x']],
  [`holdfast ''`, ['holdfast', '']],
  ['', ['']],
])('a shell cuts %j as we do', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});
