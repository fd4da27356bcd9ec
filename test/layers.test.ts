/**
 * The lint is what enforces the layers, so these tests plant what it must refuse and see it refused:
 * a rule that no longer bites (a renamed option, a pattern that matches nothing) fails here.
 *
 * Every planted file is written while the tests are collected and all are linted in one run.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT } from './support/checkout.ts';
import { LintSandbox, type Finding, type LintResult } from './support/lint-sandbox.ts';

/** What each workspace may import of the others: DESIGN, "Layout, and who may import whom". */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/sdk': ['core'],
  'packages/store': ['core'],
  'packages/engine': ['core', 'store'],
  'packages/gateway': ['core', 'store', 'engine'],
  'packages/ops': ['core', 'store', 'engine'],
  // The reference app is a leaf that `npm start` runs beside the server.
  'apps/server': ['core', 'sdk', 'store', 'engine', 'gateway', 'ops', 'restaurant'],
  'apps/restaurant': ['sdk'],
  'apps/console': ['core', 'sdk'],
};

/** Where a workspace may import only one entry of another: of the sdk, the console takes the client alone. */
const ENTRIES: Readonly<Record<string, string>> = { 'apps/console sdk': '@holdfast/sdk/client' };

const RESTRICTED = 'eslint(no-restricted-imports)';
const CYCLE = 'import(no-cycle)';

const WORKSPACES = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(ROOT, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${group}/${entry.name}`),
);
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const planted: Record<string, string> = {};
let sandbox: LintSandbox;
let clean: LintResult;
let dirty: LintResult;

beforeAll(() => {
  sandbox = new LintSandbox();
  clean = sandbox.lintWith({}, ['packages', 'apps']);
  dirty = sandbox.lintWith(planted);
});
afterAll(() => sandbox[Symbol.dispose]());

/** Plants a file in a workspace; the result, asked inside a test, is the codes found in it. */
function plant(
  workspace: string,
  text: string,
  name = `planted-${Object.keys(planted).length}.ts`,
): () => string[] {
  const file = `${workspace}/src/${name}`;
  planted[file] = text;
  return () =>
    dirty.findings.filter((finding) => finding.file === file).map((finding) => finding.code);
}

const importOf = (from: string): string =>
  `import * as m from '${from}';\nexport const used = m;\n`;

describe('the lint run', () => {
  test('saw every planted file and failed', () => {
    expect(dirty.files).toBe(Object.keys(planted).length);
    expect(dirty.exitCode).toBe(1);
  });

  test('finds no breach of the layers and no cycle in the tree itself', () => {
    const breach = (finding: Finding): boolean => [RESTRICTED, CYCLE].includes(finding.code);
    expect(clean.files).toBeGreaterThanOrEqual(WORKSPACES.length);
    expect(clean.findings.filter(breach)).toEqual([]);
  });
});

describe('layers', () => {
  test('every workspace has its place in the table', () => {
    expect(Object.keys(LAYERS)).toEqual(expect.arrayContaining(WORKSPACES));
  });

  for (const [workspace, allowed] of Object.entries(LAYERS)) {
    describe(`${workspace}`, () => {
      const others = Object.keys(LAYERS).filter((folder) => folder !== workspace);

      for (const other of others) {
        const name = baseName(other);
        const from = ENTRIES[`${workspace} ${name}`] ?? `@holdfast/${name}`;
        const byValue = plant(workspace, importOf(from));
        const byType = plant(workspace, `import type { X } from '${from}';\nexport type Y = X;\n`);
        const byReExport = plant(workspace, `export { x } from '${from}';\n`);
        const all = [byValue, byType, byReExport];
        if (allowed.includes(name)) {
          test(`may import ${name}`, () => {
            for (const codes of all) expect(codes()).not.toContain(RESTRICTED);
          });
        } else {
          test(`may not import ${name}: no value, no type, no re-export`, () => {
            for (const codes of all) expect(codes()).toContain(RESTRICTED);
          });
        }

        const climbing = [plant(workspace, importOf(`../../../${other}/src/index.ts`))];
        const sibling = other.startsWith(workspace.slice(0, workspace.indexOf('/') + 1));
        if (sibling) climbing.push(plant(workspace, importOf(`../../${name}/src/index.ts`)));
        test(`may not climb into ${name}`, () => {
          for (const codes of climbing) expect(codes()).toContain(RESTRICTED);
        });
      }

      test('declares no dependency outside its layer', () => {
        if (!WORKSPACES.includes(workspace)) return;
        const manifest = z
          .object({ dependencies: z.record(z.string(), z.string()).default({}) })
          .parse(JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8')));
        const declared = Object.keys(manifest.dependencies).filter((name) =>
          name.startsWith('@holdfast/'),
        );
        expect(allowed.map((name) => `@holdfast/${name}`)).toEqual(
          expect.arrayContaining(declared),
        );
      });

      for (const driver of [
        'better-sqlite3',
        'drizzle-orm',
        'drizzle-orm/better-sqlite3',
        'node:sqlite',
      ]) {
        const codes = plant(workspace, importOf(driver));
        if (workspace === 'packages/store') {
          test(`may import ${driver}`, () => expect(codes()).not.toContain(RESTRICTED));
        } else {
          test(`may not import ${driver}`, () => expect(codes()).toContain(RESTRICTED));
        }
      }
    });
  }

  for (const from of ['@holdfast/sdk', '@holdfast/sdk/test', 'node:fs']) {
    const codes = plant('apps/console', importOf(from));
    test(`the console may not import ${from}`, () => expect(codes()).toContain(RESTRICTED));
  }

  for (const from of ['node:fs', 'node:crypto']) {
    const codes = plant('packages/core', importOf(from));
    test(`core may not import ${from}`, () => expect(codes()).toContain(RESTRICTED));
  }
  const bare = plant('packages/core', importOf('fs'));
  test('a Node module without its prefix is refused', () =>
    expect(bare()).toContain('unicorn(prefer-node-protocol)'));
  const ambient = plant('packages/core', 'export const y = process.pid;\n');
  test('core may not touch process', () =>
    expect(ambient()).toContain('eslint(no-restricted-globals)'));

  for (const from of ['aedes', 'mqtt', 'mqtt-packet', 'hono', '@hono/node-server', 'node:http']) {
    const codes = plant('packages/engine', importOf(from));
    test(`the engine may not import ${from}`, () => expect(codes()).toContain(RESTRICTED));
  }
});

describe('cycles', () => {
  const values = [
    plant(
      'packages/store',
      `import { b } from './cycle-b.ts';\nexport const a = (): number => b();\n`,
      'cycle-a.ts',
    ),
    plant(
      'packages/store',
      `import { a } from './cycle-a.ts';\nexport const b = (): number => a();\n`,
      'cycle-b.ts',
    ),
  ];
  test('of values are refused', () => {
    for (const codes of values) expect(codes()).toContain(CYCLE);
  });

  const types = [
    plant(
      'packages/store',
      `import type { B } from './type-b.ts';\nexport interface A {\n  b: B;\n}\n`,
      'type-a.ts',
    ),
    plant(
      'packages/store',
      `import type { A } from './type-a.ts';\nexport interface B {\n  a: A;\n}\n`,
      'type-b.ts',
    ),
  ];
  test('of types are refused', () => {
    for (const codes of types) expect(codes()).toContain(CYCLE);
  });
});

describe('the rules that need types', () => {
  const floating = plant(
    'packages/engine',
    `async function work(): Promise<void> {\n  await Promise.resolve();\n}\nexport function start(): void {\n  work();\n}\n`,
  );
  test('refuse a floating promise', () =>
    expect(floating()).toContain('typescript(no-floating-promises)'));

  const misused = plant(
    'packages/engine',
    `export function start(): void {\n  [1].forEach(async () => {\n    await Promise.resolve();\n  });\n}\n`,
  );
  test('refuse a promise where nobody awaits it', () =>
    expect(misused()).toContain('typescript(no-misused-promises)'));

  const any = plant('packages/engine', 'export const y: any = 1;\n');
  test('refuse any', () => expect(any()).toContain('typescript(no-explicit-any)'));
});

describe('the console', () => {
  const component = (body: string): string =>
    `import { useEffect, useState } from 'react';\n` +
    `export function Planted({ items }: { readonly items: readonly string[] }) {\n` +
    `  const [open, setOpen] = useState(false);\n` +
    `  useEffect(() => undefined, [open, setOpen]);\n  ${body}\n}\n`;
  const SHOWN = `return <p>{items.length}</p>;`;

  for (const [code, what, body] of [
    [
      'react(no-danger)',
      'markup as a text',
      `return <p dangerouslySetInnerHTML={{ __html: items[0] ?? '' }} />;`,
    ],
    [
      'react(jsx-key)',
      'a list without keys',
      `return <ul>{items.map((one) => <li>{one}</li>)}</ul>;`,
    ],
    [
      'react(jsx-no-target-blank)',
      'a window that another page can steer',
      `return <a href="https://example.org" target="_blank">x</a>;`,
    ],
    [
      'react-hooks(rules-of-hooks)',
      'a hook behind a condition',
      `if (open) useState(1);\n  ${SHOWN}`,
    ],
    [
      'react-hooks(exhaustive-deps)',
      'an effect that forgets what it looks at',
      `useEffect(() => setOpen(items.length > 0), []);\n  ${SHOWN}`,
    ],
    ['eslint(no-console)', 'lines on the browser’s console', `console.log(items);\n  ${SHOWN}`],
    ['jsx-a11y(alt-text)', 'a picture without words', `return <img src={items[0]} />;`],
    ['jsx-a11y(aria-props)', 'an attribute that is none', `return <p aria-foo="x">x</p>;`],
    [
      'jsx-a11y(no-static-element-interactions)',
      'a button that is none to the keyboard',
      `return <div onClick={() => setOpen(true)}>x</div>;`,
    ],
  ] as const) {
    const name = `planted-${code.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '')}.tsx`;
    const codes = plant('apps/console', component(body), name);
    test(`refuses ${what}`, () => expect(codes()).toContain(code));
  }
});
