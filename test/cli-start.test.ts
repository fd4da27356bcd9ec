/** What `holdfast status` loads before it can do anything: its start time, made to stay. */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { EXTERNAL, SERVER_ENTRIES, SERVER_OUT } from '../scripts/lib/entries.mjs';
import { directImports } from '../scripts/lib/direct-imports.mjs';
import { ROOT } from './support/checkout.ts';

let outputs: Metafile['outputs'];
beforeAll(async () => {
  const built = await build({
    absWorkingDir: ROOT,
    entryPoints: SERVER_ENTRIES,
    outdir: SERVER_OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: [...EXTERNAL],
    plugins: [directImports()],
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  ({ outputs } = built.metafile);
});

/** Sources in what a chunk loads at once, itself included. */
function sourcesOf(chunk: string, seen = new Set<string>()): string[] {
  const output = outputs[chunk];
  if (output === undefined || seen.has(chunk)) return [];
  seen.add(chunk);
  const next = output.imports.filter(({ kind }) => kind === 'import-statement');
  return [...Object.keys(output.inputs), ...next.flatMap(({ path }) => sourcesOf(path, seen))];
}

function chunkOf(source: string): string {
  const found = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source);
  if (found === undefined) throw new Error(`nothing is built from ${source}`);
  return found[0];
}

const HEAVY = /node_modules\/(zod|ajv|aedes|hono|better-sqlite3|drizzle-orm|yaml|mqtt)\b/;

test.each([
  'apps/server/src/cli.ts',
  'apps/server/src/commands/status.ts',
  'apps/server/src/commands/sagas.ts',
])('%s loads neither the schemas nor anything of the server', (source) => {
  const loaded = sourcesOf(chunkOf(source));
  expect(loaded).toContain('packages/core/src/errors.ts');
  expect(loaded.filter((path) => HEAVY.test(path))).toEqual([]);
});

test('serve does not load the builder', () => {
  const chunk = chunkOf('apps/server/src/commands/serve.ts');
  const external = (name: string): string[] =>
    (outputs[name]?.imports ?? []).filter((each) => each.external === true).map(({ path }) => path);
  const seen = new Set<string>();
  sourcesOf(chunk, seen);
  expect([...seen].flatMap(external)).not.toContain('esbuild');
  expect(sourcesOf(chunk)).not.toContain(join('packages', 'engine', 'src', 'releases', 'build.ts'));
});
