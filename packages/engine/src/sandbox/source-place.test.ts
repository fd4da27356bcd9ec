import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM_FILE } from './prelude.ts';
import { SourcePlaces } from './source-place.ts';
import { decideRequest, routeRequest, TestPool } from './testing/hand-bundle.ts';

const FILES: Readonly<Record<string, string>> = {
  'src/order.ts': `import { check } from 'shelf-sdk';
import { price } from './price.ts';

interface Order { readonly amount: number; readonly how: string }

export function key(data: { orderId?: string; bad?: boolean }): string | null {
  if (data.bad) throw new Error('no key');
  return data.orderId ?? null;
}

export function decide(order: Order): unknown {
  if (order.how === 'library') check(order.amount);
  if (order.how === 'callback') [1].map(() => price(order.amount));
  return price(order.amount);
}
`,
  'src/price.ts': `/** Two lines
 * of comment. */
export const price = (amount: number): number => {
  const table: Record<number, { net: number }> = { 1: { net: 1 } };
  return table[amount]!.net;
};
`,
  'src/main.ts': `import { decide, key } from './order.ts';
declare const globalThis: { __holdfast?: unknown };
globalThis.__holdfast = () => ({
  key: (_type: string, data: string) => key(JSON.parse(data)),
  decide: (input: string) => {
    const { event } = JSON.parse(input);
    decide(event.data);
    return { decision: '{}', state: 'null' };
  },
});
`,
  'node_modules/shelf-sdk/package.json':
    '{"name":"shelf-sdk","type":"module","exports":"./index.js"}',
  'node_modules/shelf-sdk/index.js': `export function check(amount) {
  if (amount < 0) throw new RangeError('amount below zero');
}
`,
};

const folder = mkdtempSync(join(tmpdir(), 'holdfast-places-'));
let script = '';
let sourceMap = '';

beforeAll(async () => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['src/main.ts'],
    bundle: true,
    format: 'iife',
    minifyWhitespace: true,
    minifyIdentifiers: true,
    sourcemap: 'external',
    outfile: 'order.js',
    write: false,
  });
  for (const file of outputFiles) {
    if (file.path.endsWith('.map')) sourceMap = file.text;
    else script = file.text;
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

async function faultOf(
  data: object,
  map: string | null = sourceMap,
): Promise<{ at: string | null; stack: string | null; message: string }> {
  await using pool = new TestPool();
  pool.load('order', script, map);
  const answer = await pool.sandbox.decide(decideRequest('order', { data: JSON.stringify(data) }));
  if (answer.ok) throw new Error('it decided');
  expect(answer.failure.code).toBe('program.failed');
  return answer.failure;
}

describe('the place of an error', () => {
  test('is the line of the TypeScript that threw it', async () => {
    const fault = await faultOf({ amount: 5 });
    expect(fault.at).toBe('src/price.ts:5:22');
    expect(
      fault.stack
        ?.split('\n')
        .slice(0, 2)
        .map((line) => line.replace(/^.*\(|\)$/g, '')),
    ).toEqual(['src/price.ts:5:22', 'src/order.ts:14:3']);
  });

  test("is the author's call where a library threw", async () => {
    const fault = await faultOf({ amount: -1, how: 'library' });
    expect(fault.message).toBe('amount below zero');
    expect(fault.at).toBe('src/order.ts:12:32');
    expect(fault.stack).toContain('node_modules/shelf-sdk/index.js:2:');
  });

  test('is found through built-ins between', async () => {
    const fault = await faultOf({ amount: 5, how: 'callback' });
    expect(fault.stack).toMatch(/price\.ts:5:22[^]*\(native\)[^]*order\.ts:13:/);
  });

  test('is found in a key function, too', async () => {
    await using pool = new TestPool();
    pool.load('order', script, sourceMap);
    const answer = await pool.sandbox.route(routeRequest('order', '{"bad":true}'));
    expect(answer).toMatchObject({
      ok: false,
      failure: { message: 'no key', at: 'src/order.ts:7:27' },
    });
  });

  test('is in the bundle where there is no map, or none that can be read', async () => {
    const place = /^sagas\/order\.js:1:\d+$/;
    expect((await faultOf({ amount: 5 }, null)).at).toMatch(place);
    expect((await faultOf({ amount: 5 }, 'not a map')).at).toMatch(place);
  });
});

describe('SourcePlaces', () => {
  const map = {
    version: 3,
    sources: ['sdk.ts', 'mine.ts'],
    names: [],
    mappings: 'AAAA;ACAA',
    x_google_ignoreList: [0],
  };
  const places = new SourcePlaces('order', new TextEncoder().encode(JSON.stringify(map)));

  test('passes over sources that the map itself says to ignore', () => {
    const stack = `    at a (${PROGRAM_FILE}:2:1)\n    at b (${PROGRAM_FILE}:3:1)\n`;
    expect(places.locate(stack)).toEqual({
      at: 'mine.ts:1:1',
      stack: '    at a (sdk.ts:1:1)\n    at b (mine.ts:1:1)',
    });
  });

  test("takes the first place there is when none is the author's", () => {
    expect(places.locate(`    at a (${PROGRAM_FILE}:2:1)`).at).toBe('sdk.ts:1:1');
  });

  test.each([
    ['@holdfast/sdk@0.1.0/src/runtime/verbs.ts', false],
    ['left-pad@1.3.0/index.js', false],
    ['./holdfast:entry', false],
    ['../../packages/sdk/src/runtime/verbs.ts', false],
    ['node_modules/zod/index.js', false],
    ['src/order.ts', true],
    ['src/@home/order@2.ts', true],
    ['packages/shop/src/order.ts', true],
  ])("%s is an author's source: %s", (file, isAuthors) => {
    const sources = [file, 'after.ts'];
    const two = { version: 3, sources, names: [], mappings: 'AAAA;ACAA' };
    const here = new SourcePlaces('order', new TextEncoder().encode(JSON.stringify(two)));
    const stack = `    at a (${PROGRAM_FILE}:2:1)\n    at b (${PROGRAM_FILE}:3:1)`;
    expect(here.locate(stack).at).toBe(isAuthors ? `${file}:1:1` : 'after.ts:1:1');
  });

  test('has none for a stack without one', () => {
    expect(places.locate('')).toEqual({ at: null, stack: null });
    expect(places.locate('    at refuse (prelude.js:3:1)\n    at map (native)').at).toBeNull();
  });

  test('reads the frame of a fault of the syntax', () => {
    expect(places.locate(`    at ${PROGRAM_FILE}:3:1`).at).toBe('mine.ts:1:1');
  });
});
