/** What strangers write, as the log shows it: in a process of its own, for the log is its standard error. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const HOSTILE =
  'x"}\n{"level":30,"msg":"forged"}\r\n12:00:00.000 info  forged\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\u2028\u007f';
/** All that moves a cursor, colours, reorders or ends a line, but for the end of our own. */
const UNSAFE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function logged(format: 'json' | 'text', call: string): string {
  const code = `
    import { createLog } from './log.ts';
    const hostile = ${JSON.stringify(HOSTILE)};
    const log = createLog({ level: 'info', format: ${JSON.stringify(format)} }, (line) => line.replaceAll('sesame', '***'));
    ${call}
  `;
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stderr;
}

const CALLS = [
  ['a field', 'log.warn({ client: hostile, list: [hostile], [hostile]: 1 }, "refused");'],
  ['the message', 'log.warn({}, hostile);'],
] as const;

test.each(CALLS)('as JSON, %s stays within its line and keeps every character', (_, call) => {
  const text = logged('json', call);
  expect(text).not.toMatch(UNSAFE);
  const lines = text.split('\n');
  expect(lines).toHaveLength(2);
  const { client, msg } = JSON.parse(lines[0] ?? '') as { client?: string; msg: string };
  expect(client ?? msg).toBe(HOSTILE);
});

test.each(CALLS)('as text, %s stays within its line and is shown escaped', (_, call) => {
  const text = logged('text', call);
  expect(text).not.toMatch(UNSAFE);
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toContain(String.raw`\u001b[2J`);
});

test('as text, no line of an error’s stack looks like another entry', () => {
  const text = logged('text', 'log.error({ err: new Error(hostile) }, "failed");');
  expect(text).not.toMatch(UNSAFE);
  const [first = '', ...rest] = text.trimEnd().split('\n');
  expect(first).toMatch(/^\d\d:\d\d:\d\d\.\d{3} error failed$/);
  expect(rest.length).toBeGreaterThan(1);
  for (const line of rest) expect(line).toMatch(/^ {2}/);
});

test('a line has an end, whatever was sent, and holds no half of a secret', () => {
  for (const format of ['json', 'text'] as const) {
    const text = logged(
      format,
      'log.warn({ filter: "a".repeat(1020) + "sesame" + "b".repeat(60_000), short: "kept" }, "refused");',
    );
    expect(text.length).toBeLessThan(2048);
    expect(text).toContain('kept');
    expect(text).toContain('characters)');
    expect(text).not.toContain('sesa');
  }
});
