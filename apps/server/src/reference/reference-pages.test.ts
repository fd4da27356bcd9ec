import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { REFERENCE_PAGES } from './reference-pages.ts';

test.each(REFERENCE_PAGES.map(({ path, render }) => ({ name: basename(path), path, render })))(
  'docs/reference/$name says what the code does (else: npm run reference)',
  ({ path, render }) => {
    expect(readFileSync(path, 'utf8')).toBe(render());
  },
);
