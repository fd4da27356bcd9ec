import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { manPage } from './man-page.ts';

const page = manPage();
const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

test('groff reads it without a warning, and what a person reads is there', (context) => {
  if (!has('groff')) return context.skip('no groff here (Debian: groff)');
  const read = spawnSync('groff', ['-man', '-Tascii', '-ww', '-b', '-z'], { input: page });
  expect(read.stderr.toString()).toBe('');
  expect(read.status).toBe(0);
  // Without overstriking, as a pipe gets it.
  const shown = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-rLL=100n'], { input: page });
  const text = shown.stdout.toString();
  expect(text).toContain('holdfast sagas show [options] <saga> <key>');
  expect(text).toContain('--data-dir <dir>');
  expect(text).toMatch(/^ +77 +Not allowed\.$/m);
  expect(text).not.toMatch(/__complete|with-restaurant/);
});

test('man reads it without a warning', (context) => {
  if (!has('man')) return context.skip('no man here (Debian: man-db)');
  const read = spawnSync('man', ['--warnings', '-l', '-'], {
    input: page,
    env: { ...process.env, LC_ALL: 'C.UTF-8', MANROFFSEQ: '', MANWIDTH: '80' },
  });
  expect(read.stderr.toString()).toBe('');
  expect(read.stdout.toString()).toContain('durable sagas on a machine you own');
});

test('it is ASCII, and no line of text is taken for a request', () => {
  expect(page).toMatch(/^[\n -~]*$/);
  const known = /^\.(\\"|TH |SH |SS |TP$|PP$|nh$|ad l$|B |I |RI )/;
  const requests = page.split('\n').filter((line) => /^[.']/.test(line));
  expect(requests.filter((line) => !known.test(line))).toEqual([]);
  expect(requests.length).toBeGreaterThan(100);
});
