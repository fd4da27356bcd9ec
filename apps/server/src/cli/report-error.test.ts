import { HoldfastError } from '@holdfast/core';
import { describe, expect, test } from 'vitest';
import { Output } from './output.ts';
import { reportError } from './report-error.ts';
import { UsageError } from './usage-error.ts';

function report(error: unknown, json = false): { code: number; text: string } {
  let text = '';
  const stderr = { write: (part: string) => (text += part) };
  const out = new Output({ stdout: { write: () => undefined }, stderr, json, env: {} });
  return { code: reportError(error, out), text };
}

const refused = new HoldfastError('unavailable', 'no server answers at http://127.0.0.1:7420', {
  cause: new TypeError('fetch failed', {
    cause: new AggregateError(
      [
        new Error('connect ECONNREFUSED ::1:7420'),
        new Error('connect ECONNREFUSED 127.0.0.1:7420'),
      ],
      '',
    ),
  }),
  hint: 'start one: holdfast serve',
});

describe('an operational error', () => {
  test('says what, why and what next, and exits by its code', () => {
    expect(report(refused)).toEqual({
      code: 69,
      text: [
        'error: no server answers at http://127.0.0.1:7420 (unavailable)',
        '  cause: fetch failed: connect ECONNREFUSED ::1:7420, connect ECONNREFUSED 127.0.0.1:7420',
        '  next:  start one: holdfast serve',
        '',
      ].join('\n'),
    });
  });

  test('is one document on one line with --json', () => {
    const { code, text } = report(refused, true);
    expect(code).toBe(69);
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      error: {
        code: 'unavailable',
        message: 'no server answers at http://127.0.0.1:7420',
        cause: 'fetch failed: connect ECONNREFUSED ::1:7420, connect ECONNREFUSED 127.0.0.1:7420',
        hint: 'start one: holdfast serve',
      },
    });
  });

  test('lists faults with their places under each other', () => {
    const faults = [
      { at: 'a.yaml:3:9', message: 'one' },
      { at: 'a.yaml:12:1', message: 'two' },
    ];
    expect(
      report(new HoldfastError('config.invalid', 'the configuration has 2 faults', { faults }))
        .text,
    ).toBe(
      'error: the configuration has 2 faults (config.invalid)\n  a.yaml:3:9   one\n  a.yaml:12:1  two\n',
    );
  });

  test('cannot write to the terminal what a server put into it', () => {
    expect(report(new HoldfastError('not_found', 'no saga \u001b[31mred')).text).toBe(
      'error: no saga \\u001b[31mred (not_found)\n',
    );
  });
});

test('a wrong command line needs no code to be understood', () => {
  expect(report(new UsageError('unknown command', 'see: holdfast --help'))).toEqual({
    code: 2,
    text: 'error: unknown command\n  next:  see: holdfast --help\n',
  });
});

test('a fault of our own comes with where it happened, and exits 1', () => {
  const { code, text } = report(new TypeError('x is not a function'));
  expect(code).toBe(1);
  expect(text).toContain('error: x is not a function (internal)');
  expect(text).toContain('report-error.test.ts');
  expect(JSON.parse(report(new TypeError('x'), true).text)).toEqual({
    error: { code: 'internal', message: 'x' },
  });
});
