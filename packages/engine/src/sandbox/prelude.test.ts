import { describe, expect, test } from 'vitest';
import { GAS, handBundle } from './testing/hand-bundle.ts';
import { describe as answerOf, loadImage, testMachine } from './testing/test-machine.ts';

const machine = await testMachine();

/** What the body leaves in `state`; the message of what it throws. */
function run(body: string): unknown {
  const answer = answerOf(
    machine.call(loadImage(machine, handBundle(body)), 'decide', ['{}'], GAS),
  );
  if (answer.startsWith('E'))
    throw new Error((JSON.parse(answer.slice(1)) as { message: string }).message);
  const [, state] = /^D\{\}\u0001(.*)\u0002$/.exec(answer) ?? [];
  if (state === undefined) throw new Error(`no decision: ${answer}`);
  return JSON.parse(state);
}

describe('names what a saga uses instead', () => {
  test.each([
    ['new Date()', 'Date', 'ctx.now'],
    ['Date()', 'Date', 'ctx.now'],
    ['Date.now()', 'Date.now', 'ctx.now'],
    ['new Date(0).getTime()', 'Date', 'ctx.now'],
    ['performance.now()', 'performance.now', 'ctx.now'],
    ['Math.random()', 'Math.random', 'ctx.random()'],
    ['crypto.randomUUID()', 'crypto.randomUUID', 'ctx.uuid()'],
    ['crypto.getRandomValues(new Uint8Array(1))', 'crypto.getRandomValues', 'ctx.random()'],
    ['setTimeout(() => 1, 5)', 'setTimeout', 'sleep'],
    ['setInterval(() => 1, 5)', 'setInterval', 'sleep'],
    ['queueMicrotask(() => 1)', 'queueMicrotask', 'sleep'],
    ['fetch("http://example.org")', 'fetch', 'an effect'],
    ['new WebSocket("ws://example.org")', 'WebSocket', 'an effect'],
    ['new WebAssembly.Module(new Uint8Array(8))', 'WebAssembly.Module', 'an effect'],
    ['Atomics.wait(new Int32Array(4), 0, 0)', 'Atomics.wait', 'the state'],
    ['new SharedArrayBuffer(8)', 'SharedArrayBuffer', 'the state'],
    ['new WeakRef({})', 'WeakRef', 'memory'],
    ['new FinalizationRegistry(() => 1)', 'FinalizationRegistry', 'memory'],
    ['console.log("x")', 'console.log', 'log('],
    ['eval("1")', 'eval', 'when it is built'],
    ['(0, eval)("1")', 'eval', 'when it is built'],
    ['new Function("return 1")', 'Function', 'when it is built'],
    ['(() => 1).constructor("return 1")()', 'Function', 'when it is built'],
    ['(function* () {}).constructor("yield 1")', 'GeneratorFunction', 'when it is built'],
    ['(async () => 1).constructor("return 1")', 'AsyncFunction', 'when it is built'],
  ])('%s', (code, name, instead) => {
    expect(() => run(code)).toThrow(`${name} is not available in a saga`);
    expect(() => run(code)).toThrow(instead);
  });

  test('asking for types of them is no use of them', () => {
    expect(
      run(
        'state = [typeof Date, ({}) instanceof Date, typeof crypto, (() => 1) instanceof Function, typeof process]',
      ),
    ).toEqual(['function', false, 'object', true, 'undefined']);
  });
});

describe('built-ins cannot be patched', () => {
  test.each([
    'Array.prototype.push = () => 0',
    'Array.prototype.extra = 1',
    'Object.prototype.polluted = 1',
    '({}).__proto__.polluted = 1',
    'Object.prototype.toString = () => "x"',
    'Object.setPrototypeOf(Array.prototype, null)',
    'Object.defineProperty(Object.prototype, "polluted", { value: 1 })',
    'JSON.parse = () => ({})',
    'JSON = {}',
    'Math.max = () => 1',
    'Math.random = () => 4',
    'Date = class {}',
    'Map.prototype.get = () => 1',
    'Promise.prototype.then = () => 1',
    'String.prototype.trim = () => ""',
    'Symbol.iterator = 1',
    'Function.prototype.call = () => 1',
    'Object.getPrototypeOf(function* () {}).prototype.next = () => 1',
    'Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).next = () => 1',
    'Object.getPrototypeOf([][Symbol.iterator]()).next = () => 1',
    'Object.getPrototypeOf(new Map().entries()).next = () => 1',
    'Object.getPrototypeOf(Int8Array).prototype.set = () => 1',
    'Object.getPrototypeOf("a".matchAll(/a/g)).next = () => 1',
    'Error.prototype.name = "x"',
    'TypeError.prototype.message = "x"',
    'Error.captureStackTrace = () => 1',
    'globalThis.later = 1',
    'globalThis.Array = 1',
    'undefinedGlobal = 1',
    'delete globalThis.JSON',
  ])('%s', (code) => {
    expect(() => run(code)).toThrow(
      /read-only|extensible|not defined|configurable|cannot|could not/i,
    );
  });

  test('whatever can be reached from the global object is frozen', () => {
    expect(
      run(`
        const loose = [], seen = new Set(), queue = [[globalThis, 'globalThis']];
        const samples = [function* () {}, async () => 1, async function* () {}, [].values(), new Map().keys(), new Set().keys(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), Iterator.from([]).map((x) => x)];
        for (const sample of samples) queue.push([Object.getPrototypeOf(sample), 'prototype of a sample']);
        for (const [value, path] of queue) {
          if (seen.has(value)) continue;
          seen.add(value);
          if (!Object.isFrozen(value)) loose.push(path);
          const visit = (next, name) => { if ((typeof next === 'object' && next !== null) || typeof next === 'function') queue.push([next, path + '.' + String(name)]); };
          visit(Object.getPrototypeOf(value), '[[Prototype]]');
          for (const key of Reflect.ownKeys(value)) {
            const { value: inner, get, set } = Object.getOwnPropertyDescriptor(value, key);
            visit(inner, key); visit(get, key); visit(set, key);
          }
        }
        state = { loose, enough: seen.size > 400 };
      `),
    ).toEqual({ loose: [], enough: true });
  });
});

describe('ordinary code is not in its way', () => {
  test('errors and objects may set what their prototypes have', () => {
    expect(
      run(`
        class Broken extends Error { constructor(m) { super(m); this.name = 'Broken'; this.message = m + '!'; } }
        function Old() {} Old.prototype = Object.create(Error.prototype); Old.prototype.constructor = Old; Old.prototype.name = 'Old';
        const plain = {}; plain.toString = () => 'mine'; plain.constructor = 1; plain.hasOwnProperty = 2;
        const error = new Broken('m');
        state = [error.name, String(error), error instanceof Error, Object.keys(error), String(new Old()), String(plain), plain.constructor, Object.keys(plain)];
      `),
    ).toEqual([
      'Broken',
      'Broken: m!',
      true,
      ['name'],
      'Old',
      'mine',
      1,
      ['toString', 'constructor', 'hasOwnProperty'],
    ]);
  });

  test('new globals of the script stay, and are its own', () => {
    const script = handBundle('state = extra()', {
      top: 'globalThis.extra = () => 5; var local = 1; function Map2() {}',
    });
    const answer = answerOf(machine.call(loadImage(machine, script), 'decide', ['{}'], GAS));
    expect(answer).toContain('\u00015\u0002');
  });

  test('classes, generators, maps, typed arrays, big integers, regular expressions, sorting', () => {
    expect(
      run(`
        class A { #x = 1; static y = 2; get x() { return this.#x } }
        function* g() { const got = yield 1; return got * 2 }
        const it = g(); it.next();
        state = [new A().x, A.y, it.next(21).value, [...new Map([[1, 2]])], [...new Set([1, 1])], new Uint8Array([1, 300])[1],
          String(2n ** 64n), 'a1b22'.match(/\\d+/g), [3, 1, 2].toSorted(), structuredNone(), Object.groupBy([1, 2, 3], (n) => n % 2 ? 'odd' : 'even')];
        function structuredNone() { return typeof structuredClone }
      `),
    ).toEqual([
      1,
      2,
      42,
      [[1, 2]],
      [1],
      44,
      '18446744073709551616',
      ['1', '22'],
      [1, 2, 3],
      'undefined',
      { odd: [1, 3], even: [2] },
    ]);
  });
});

describe('a script that does not make a program', () => {
  test.each([
    ['', 'Xthe script does not set globalThis.__holdfast to a function'],
    ['globalThis.__holdfast = {}', 'Xthe script does not set globalThis.__holdfast to a function'],
    ['globalThis.__holdfast = () => 5', 'Xthe factory returned number instead of a program'],
    ['globalThis.__holdfast = () => ({ decide() {} })', 'Xthe program has no function "key"'],
    ['globalThis.__holdfast = () => ({ key() {} })', 'Xthe program has no function "decide"'],
    ['this is no script', '"name":"SyntaxError"'],
    ['}); globalThis.x = 1; (function () {', 'Xthe script does not set'],
    ['throw new Error("at the top")', '"message":"at the top"'],
    ['globalThis.__holdfast = () => { throw "a string" }', '"message":"threw a string"'],
  ])('%s', (script, answer) => {
    const { result, image } = machine.load(Buffer.from(script), GAS);
    expect(answerOf(result)).toContain(answer);
    expect(image).toBeNull();
  });
});

describe('what is thrown is told', () => {
  const thrown = (body: string): unknown => {
    const answer = answerOf(
      machine.call(loadImage(machine, handBundle(body)), 'decide', ['{}'], GAS),
    );
    return JSON.parse(answer.slice(1));
  };

  test.each([
    ['throw new RangeError("r")', { name: 'RangeError', message: 'r', code: '' }],
    [
      'throw Object.assign(new Error("h"), { code: "program.history" })',
      { message: 'h', code: 'program.history' },
    ],
    ['throw null', { message: 'threw null', stack: '' }],
    ['throw Symbol("s")', { message: 'threw Symbol(s)' }],
    ['throw { toString() { throw 1 } }', { message: '', name: '' }],
    ['throw { get message() { throw 1 }, get stack() { return 5 } }', { message: '', stack: '' }],
    ['throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })', { message: '' }],
    ['throw new Error("x".repeat(100000))', { message: 'x'.repeat(4000) }],
    ['throw new Error("\\ud800")', { message: '\ud800' }],
    ['null.x', { name: 'TypeError' }],
  ])('%s', (body, expected) => {
    expect(thrown(body)).toMatchObject(expected);
  });
});
