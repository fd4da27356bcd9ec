/**
 * `npm run reference`: writes the pages of `docs/reference/` that follow from the code. A test holds them to it.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { REFERENCE_PAGES } from './reference/reference-pages.ts';

for (const { path, render } of REFERENCE_PAGES) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, render());
  process.stdout.write(`${path}\n`);
}
