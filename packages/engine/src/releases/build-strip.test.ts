import { describe, expect, test } from 'vitest';
import { stripModule } from './build-strip.ts';

/** What is left of the text, without its blanks. */
function left(text: string): string {
  return stripModule('s', 'a.ts', text).replace(/\s+/g, ' ').trim();
}

describe('stripModule', () => {
  test('keeps names and takes schemas, settings and functions, wherever the definitions are', () => {
    expect(
      left(`import { effect as fx, event, wait, saga } from '@holdfast/sdk';
        export const charge = fx('charge', { input: schema }, async () => { await fetch('x') },);
        const E = event('e', schema), W = wait('w', schema, { title: 't' });
        function make() { return fx('late', {}); }
        saga('s', { on: E }, function* () { yield* charge({ a: 1 }, { undo: () => charge() }) });`),
    ).toBe(
      `import { effect as fx, event, wait, saga } from '@holdfast/sdk'; ` +
        `export const charge = fx('charge' ,); const E = event('e' ), W = wait('w' ); ` +
        `function make() { return fx('late' ); } ` +
        `saga('s', { on: E }, function* () { yield* charge({ a: 1 }, { undo: () => charge() }) });`,
    );
  });

  test('knows the SDK by its namespace, and leaves others’ functions of those names alone', () => {
    expect(
      left(`import * as hf from '@holdfast/sdk'; hf.effect('a', {}); hf.saga('s', {}, c);`),
    ).toBe(`import * as hf from '@holdfast/sdk'; hf.effect('a' ); hf.saga('s', {}, c);`);
    const others = `import { effect } from 'elsewhere'; // not @holdfast/sdk\neffect('a', {});`;
    expect(stripModule('s', 'a.ts', others)).toBe(others);
  });

  test('of other sagas it keeps what a parent needs of a child, of other reducers the name', () => {
    expect(
      left(`import { reducer, saga } from '@holdfast/sdk';
        saga('t', { key: (o) => o.id }, function* () { yield* more(); });
        reducer('r', { on: {}, handlers: {} }); saga(name, {}, body);`),
    ).toBe(
      `import { reducer, saga } from '@holdfast/sdk'; saga('t', { key: (o) => o.id } ); ` +
        `reducer('r' ); saga(name, {}, body);`,
    );
  });

  test('of a reducer it takes the schema of the state', () => {
    expect(
      left(`import { reducer } from '@holdfast/sdk';
        reducer('s', { on: {}, state: z.object({ a: z.string() }), initial: { state: 1 } }); x({ state: 2 });`),
    ).toBe(
      `import { reducer } from '@holdfast/sdk'; reducer('s', { on: {}, state: 0 , initial: { state: 1 } }); x({ state: 2 });`,
    );
  });

  test('takes schemas at the top of a module, and those made of them', () => {
    expect(
      left(`import { z } from 'zod'; import * as zod from 'zod';
        const Sku = z.string().min(1);
        export const Item = z.object({ sku: Sku }), Items = zod.array(Item);
        const More = Item.extend({ qty: z.number() });
        const other = compute(z);`),
    ).toBe(
      `import { z } from 'zod'; import * as zod from 'zod'; const Sku = z ; ` +
        `export const Item = z , Items = zod ; const More = Item ; const other = compute(z);`,
    );
  });

  test('leaves a schema that is put to use, so that the sandbox says what is wrong', () => {
    const text = `import { z } from 'zod'; const defaults = z.object({}).parse({}); function f() { return z.string().safeParse(1); }`;
    expect(stripModule('s', 'a.ts', text)).toBe(text);
  });

  test('moves nothing: every line and column stays', () => {
    const text = `import { effect } from '@holdfast/sdk';
const a = effect('ä€😀', {
  input: 'ü\u2028😀',
}, () => 1); const b = 2;
const c = 3;`;
    const stripped = stripModule('s', 'a.ts', text);
    expect(stripped.length).toBe(text.length);
    for (const word of ['const b', 'const c', "'ä€😀'"]) {
      expect(stripped.indexOf(word)).toBe(text.indexOf(word));
    }
    expect(stripped.split(/[\n\u2028]/).length).toBe(text.split(/[\n\u2028]/).length);
  });

  test('gives back what does not parse, for the bundler to refuse', () => {
    const broken = `import { effect } from '@holdfast/sdk'; effect('a', {`;
    expect(stripModule('s', 'a.ts', broken)).toBe(broken);
  });
});
