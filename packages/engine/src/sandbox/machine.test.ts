import { describe, expect, test } from 'vitest';
import type { Machine } from './machine.ts';
import type { MemoryImage } from './machine-memory.ts';
import { GAS, handBundle } from './testing/hand-bundle.ts';
import { describe as answerOf, loadImage, testMachine } from './testing/test-machine.ts';

const INPUT = JSON.stringify({ state: null, event: { data: {} } });
const MIB = 1024 * 1024;

function decide(machine: Machine, image: MemoryImage, input = INPUT): string {
  return answerOf(machine.call(image, 'decide', [input], GAS));
}

/** What `decide` returned, when it decided. */
function stateOf(answer: string): unknown {
  const [, state] = /^D\{\}\u0001(.*)\u0002$/.exec(answer) ?? [];
  if (state === undefined) throw new Error(`no decision: ${answer}`);
  return JSON.parse(state);
}

describe('a call sees nothing of the calls before it', () => {
  test.each([
    ['a variable beside the factory', { top: 'let n = 0;' }, 'n += 1; state = n'],
    ['a variable of the factory', { inside: 'let n = 0;' }, 'n += 1; state = n'],
    ['an object of the script', { top: 'const seen = [];' }, 'seen.push(1); state = seen.length'],
    [
      'a closure',
      { top: 'const next = (() => { let n = 0; return () => ++n })();' },
      'state = next()',
    ],
    [
      'a generator left half way',
      { top: 'const g = (function* () { yield 1; yield 2 })();' },
      'state = g.next().value',
    ],
    [
      'a prototype of its own',
      { top: 'class Shelf {} Shelf.prototype.n = 0;' },
      'state = ++Shelf.prototype.n',
    ],
    [
      'the global symbol registry',
      { top: 'const box = new Map();' },
      'box.set(Symbol.for("a"), (box.get(Symbol.for("a")) ?? 0) + 1); state = box.get(Symbol.for("a"))',
    ],
    [
      'the last match of a regular expression',
      { top: 'const re = /a/g;' },
      're.test("aa"); state = re.lastIndex',
    ],
    ['the length of a function', { top: 'function f() {} f.n = 0;' }, 'state = ++f.n'],
    [
      'a buffer of zeros, the last thing allocated',
      { top: 'const zeros = new Uint8Array(300_001);' },
      'state = ++zeros[300_000]',
    ],
    [
      'what fills a lot of memory and lets it go',
      { top: 'let junk = 0;' },
      'let a = []; for (let i = 0; i < 50; i++) a.push("x".repeat(100_000) + i); a = null; state = ++junk',
    ],
  ])('%s', async (_name, options, body) => {
    const machine = await testMachine();
    const image = loadImage(machine, handBundle(body, options));
    const first = decide(machine, image);
    expect(stateOf(first)).toBe(1);
    for (let i = 0; i < 5; i++) expect(decide(machine, image)).toBe(first);
  });

  test('nor of one that ended badly', async () => {
    const machine = await testMachine();
    const image = loadImage(
      machine,
      handBundle(
        'n += 1; if (input.bad === "loop") for (;;); if (input.bad) throw new Error("bad"); state = n',
        {
          top: 'let n = 0;',
        },
      ),
    );
    expect(decide(machine, image, '{"bad":"loop"}')).toBe('gas');
    expect(stateOf(decide(machine, image))).toBe(1);
    expect(decide(machine, image, '{"bad":true}')).toContain('"message":"bad"');
    expect(stateOf(decide(machine, image))).toBe(1);
    expect(machine.isSpent).toBe(false);
  });

  test('nor of another program', async () => {
    const machine = await testMachine();
    const one = loadImage(
      machine,
      handBundle('shared.n += 1; state = shared.n', { top: 'globalThis.shared = { n: 0 };' }),
    );
    const other = loadImage(machine, handBundle('state = typeof shared'));
    expect(stateOf(decide(machine, one))).toBe(1);
    expect(stateOf(decide(machine, other))).toBe('undefined');
    expect(stateOf(decide(machine, one))).toBe(1);
  });
});

test('an image is the same whatever its machine did before', async () => {
  const machine = await testMachine();
  const script = handBundle('state = ++n', { top: 'let n = 0;' });
  const first = loadImage(machine, script);
  const large = loadImage(
    machine,
    handBundle('state = table.length', { top: 'const table = "x".repeat(2_000_000) + 1;' }),
  );
  decide(machine, large);
  const again = loadImage(machine, script);
  expect(again.high.length).toBe(first.high.length);
  expect(Buffer.from(again.high).equals(first.high)).toBe(true);
  expect(Buffer.from(again.low).equals(first.low)).toBe(true);
});

describe('gas', () => {
  const LOOP = 'let n = 0; for (let i = 0; i < input.turns; i++) n += i % 7; state = n';
  const turns = (n: number): string => JSON.stringify({ turns: n });

  test('is the same for equal calls: warm, fresh, and after any other call', async () => {
    const machine = await testMachine();
    const image = loadImage(machine, handBundle(LOOP));
    const gasOf = (on: Machine, from: MemoryImage, n: number): number => {
      const result = on.call(from, 'decide', [turns(n)], GAS);
      if (result.kind !== 'text') throw new Error(result.kind);
      return result.gasUsed;
    };
    const sizes = [0, 1000, 4990, 5000, 5010, 70_000, 123_456];
    const first = sizes.map((n) => gasOf(machine, image, n));
    expect(new Set(first).size).toBeGreaterThan(3);
    for (let i = 0; i < 1000; i++) {
      const size = i % sizes.length;
      expect(gasOf(machine, image, sizes[size]!)).toBe(first[size]);
    }
    const fresh = await testMachine();
    const again = loadImage(fresh, handBundle(LOOP));
    expect(sizes.map((n) => gasOf(fresh, again, n))).toEqual(first);
    const renewed = await machine.renew();
    expect(sizes.map((n) => gasOf(renewed, image, n))).toEqual(first);
  });

  test('runs out at the same place every time, and cannot be caught', async () => {
    const machine = await testMachine();
    const image = loadImage(
      machine,
      handBundle('try { for (;;); } catch { state = "caught" } finally { state = "went on" }'),
    );
    for (let i = 0; i < 20; i++) expect(decide(machine, image)).toBe('gas');
    // The exact border: with the gas it uses it decides, with one tick less it does not.
    const loop = loadImage(machine, handBundle(LOOP));
    const used = machine.call(loop, 'decide', [turns(100_000)], GAS);
    const gas = used.kind === 'text' ? used.gasUsed : 0;
    expect(gas).toBeGreaterThan(10);
    for (let i = 0; i < 50; i++) {
      expect(machine.call(loop, 'decide', [turns(100_000)], gas).kind).toBe('text');
      expect(machine.call(loop, 'decide', [turns(100_000)], gas - 1).kind).toBe('gas');
    }
  });

  test('bounds loading, too', async () => {
    const machine = await testMachine();
    expect(machine.load(Buffer.from('for (;;);'), 20).result.kind).toBe('gas');
  });
});

describe('memory', () => {
  const GROW =
    'const all = []; for (let i = 0; i < input.strings; i++) all.push("x".repeat(8_000_000) + i); state = all.length';

  const FILL = GROW.replace('"x".repeat(8_000_000) + i', 'new Uint8Array(6_000_000)');

  test('bounds big strings', async () => {
    const machine = await testMachine();
    const image = loadImage(machine, handBundle(GROW));
    expect(decide(machine, image, '{"strings":30}')).toBe('memory');
    expect(machine.isSpent).toBe(true);
  });

  test('is a fault even where the program catches it', async () => {
    const machine = await testMachine();
    const image = loadImage(
      machine,
      handBundle(`try { ${GROW} } catch (error) { state = error.message }`),
    );
    expect(decide(machine, image, '{"strings":30}')).toBe('memory');
  });

  test('starts from the same size: what fits, fits whatever came before', async () => {
    let machine = await testMachine(32 * MIB);
    const image = loadImage(machine, handBundle(FILL));
    const outcome = async (strings: number): Promise<string> => {
      if (machine.isSpent) machine = await machine.renew();
      return decide(machine, image, JSON.stringify({ strings }));
    };
    const fresh = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (strings) => {
        const unused = await testMachine(32 * MIB);
        return decide(unused, loadImage(unused, handBundle(FILL)), JSON.stringify({ strings }));
      }),
    );
    expect(new Set(fresh.map((answer) => answer[0]))).toEqual(new Set(['D', 'm']));
    for (const strings of [5, 3, 4, 0, 2, 3, 1, 4, 4, 3, 3, 5, 2, 0]) {
      expect(await outcome(strings)).toBe(fresh[strings]);
    }
  });

  test('of a program that fills it alone', async () => {
    const machine = await testMachine();
    const { result, image } = machine.load(
      Buffer.from(handBundle('', { top: 'const big = "x".repeat(12_000_000) + 1;' })),
      GAS,
    );
    expect([answerOf(result), image]).toEqual(['L', null]);
    expect(machine.isSpent).toBe(true);
  });

  test('takes texts larger than its scratch space', async () => {
    const machine = await testMachine();
    const image = loadImage(machine, handBundle('state = input.text.length'));
    const text = 'ü'.repeat(2_500_000);
    expect(stateOf(decide(machine, image, JSON.stringify({ text })))).toBe(text.length);
    const small = await machine.renew();
    expect(stateOf(decide(small, image, '{"text":"ab"}'))).toBe(2);
  });

  test('a spent machine is not run again', async () => {
    const machine = await testMachine();
    const image = loadImage(machine, handBundle(GROW));
    decide(machine, image, '{"strings":30}');
    expect(() => decide(machine, image)).toThrow('spent');
  });
});

test('an image holds for a machine renewed from the one that made it', async () => {
  let machine = await testMachine();
  const image = loadImage(
    machine,
    handBundle('n += 1; state = [n, input.a]', { top: 'let n = 10;' }),
  );
  for (let i = 0; i < 3; i++) {
    machine = await machine.renew();
    expect(stateOf(decide(machine, image, '{"a":"ü☃"}'))).toEqual([11, 'ü☃']);
  }
});

test('promise jobs are seen', async () => {
  const machine = await testMachine();
  const image = loadImage(machine, handBundle('if (input.wait) (async () => { await null; })()'));
  decide(machine, image, '{"wait":true}');
  expect(machine.hasPromiseJobs).toBe(true);
  decide(machine, image);
  expect(machine.hasPromiseJobs).toBe(false);
});
