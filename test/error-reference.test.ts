import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES, PROBLEM_TITLES } from '@holdfast/core';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/reference/errors.md'), 'utf8');
const sections = new Map(
  PAGE.split(/^### /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end), section.slice(end)] as const;
    }),
);

test('the reference lists the codes that exist and no others', () => {
  expect([...sections.keys()].toSorted()).toEqual(Object.keys(ERROR_CODES).toSorted());
});

describe.each(Object.entries(ERROR_CODES))('%s', (code, { status, exit }) => {
  const section = sections.get(code) ?? '';

  test('has its status and exit code, a cause and a fix', () => {
    const [, http, exits] = /^HTTP (\d+).* · exit (\d+)$/m.exec(section) ?? [];
    expect({ http, exits }).toEqual({ http: String(status), exits: String(exit) });
    expect(section).toMatch(/^\*\*Cause\.\*\* .{20}/m);
    expect(section).toMatch(/^\*\*Fix\.\*\* .{10}/m);
  });
});

test('every code has a title of its own', () => {
  expect(new Set(Object.values(PROBLEM_TITLES)).size).toBe(Object.keys(ERROR_CODES).length);
});
