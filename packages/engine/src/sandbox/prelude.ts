/**
 * What runs inside QuickJS before any program, once per machine: takes away what would make a decision depend on more
 * than its input (I6), freezes what is left, and installs the three functions the machine calls.
 *
 * It is text and not a function, because the sandbox digest covers it: a bundler must not change it.
 *
 * An answer is one string. Its first character says what it is, so that one crossing of the boundary does:
 * `L` loaded · `K` + JSON of the key · `N` no key · `D` + decision + U+0001 + state + U+0002 · `E` + JSON of what was
 * thrown · `X` + what is wrong with what the program returned. U+0001 and U+0002 cannot stand raw in JSON, so the
 * program cannot move the border between decision and state.
 *
 * @module
 */

/** File name of the program's script in stacks of QuickJS. */
export const PROGRAM_FILE = 'program.js';
/** File name of the prelude in stacks of QuickJS. */
export const PRELUDE_FILE = 'prelude.js';

/** A script becomes the body of a function: what it declares at its top is not global. */
export const SCRIPT_HEAD = '(function () {\n';
export const SCRIPT_TAIL = '\n})';
/** Lines that `SCRIPT_HEAD` puts before the script. */
export const SCRIPT_HEAD_LINES = 1;

export const DECISION_END = 0x01;
export const STATE_END = 0x02;

/** Evaluates to the array `[load, key, decide, describe]`. */
export const PRELUDE = String.raw`(() => {
  'use strict';
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, freeze, preventExtensions } = Object;
  const { ownKeys } = Reflect;
  const { stringify } = JSON;
  const slice = Function.prototype.call.bind(String.prototype.slice);
  const InnerError = InternalError;
  const world = globalThis;
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  const kindOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value);

  // 1. What a saga may not use, and what it uses instead.
  const refusal = (name, instead) => new Error(name + ' is not available in a saga: ' + instead);
  const refusing = (name, instead, prototype) => {
    const refuse = function () { throw refusal(name, instead); };
    if (prototype !== undefined) defineProperty(refuse, 'prototype', { value: prototype });
    return refuse;
  };
  const refusingNamespace = (name, instead) => new Proxy({}, {
    get(_, key) {
      if (typeof key === 'symbol') return undefined;
      throw refusal(name + '.' + key, instead);
    },
  });
  const place = (name, value) =>
    defineProperty(world, name, { value, writable: false, enumerable: false, configurable: false });

  const time = 'use ctx.now, the recorded time of the event';
  const chance = 'use ctx.random() or ctx.uuid(), which are the same again in a replay';
  const later = 'use yield* sleep(...), which is durable';
  const outside = 'call an effect: only effects reach the outside';
  const fixed = 'the code of a release is fixed when it is built';
  const alone = 'nothing is shared between decisions; keep it in the state';
  const lifetime = 'when memory is freed must not matter to a decision';

  const SagaDate = refusing('Date', time);
  for (const name of ['now', 'parse', 'UTC']) SagaDate[name] = refusing('Date.' + name, time);
  place('Date', SagaDate);
  Math.random = refusing('Math.random', chance);
  place('crypto', refusingNamespace('crypto', chance));
  place('performance', refusingNamespace('performance', time));
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']) {
    place(name, refusing(name, later));
  }
  place('queueMicrotask', refusing('queueMicrotask', later));
  for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource']) place(name, refusing(name, outside));
  place('WebAssembly', refusingNamespace('WebAssembly', outside));
  place('console', refusingNamespace('console', 'use log(...), which is recorded with the decision'));
  place('Atomics', refusingNamespace('Atomics', alone));
  place('SharedArrayBuffer', refusing('SharedArrayBuffer', alone));
  place('WeakRef', refusing('WeakRef', lifetime));
  place('FinalizationRegistry', refusing('FinalizationRegistry', lifetime));
  place('eval', refusing('eval', fixed));

  const functionKinds = [
    ['Function', function () {}],
    ['GeneratorFunction', function* () {}],
    ['AsyncFunction', async function () {}],
    ['AsyncGeneratorFunction', async function* () {}],
  ];
  for (const [name, sample] of functionKinds) {
    const prototype = getPrototypeOf(sample);
    const refuse = refusing(name, fixed, prototype);
    defineProperty(prototype, 'constructor', { value: refuse, writable: false, enumerable: false, configurable: false });
    if (name === 'Function') place('Function', refuse);
  }

  // 2. Properties that code often assigns on objects which inherit them ("this.name = 'MyError'"). On a frozen prototype
  // such an assignment would throw; as accessors they make an own property of the object instead.
  const assignable = (holder, names) => {
    for (const name of names) {
      const found = getOwnPropertyDescriptor(holder, name);
      if (found === undefined || !('value' in found) || !found.configurable) continue;
      const { value, enumerable } = found;
      defineProperty(holder, name, {
        get() { return value; },
        set(own) {
          if (this === holder) throw new TypeError("'" + name + "' is read-only");
          defineProperty(this, name, { value: own, writable: true, enumerable: true, configurable: true });
        },
        enumerable,
        configurable: false,
      });
    }
  };
  assignable(Object.prototype, ['constructor', 'toString', 'toLocaleString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf']);
  assignable(Function.prototype, ['toString', 'call', 'apply', 'bind']);
  assignable(Array.prototype, ['toString']);
  for (const Kind of [
    Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, InternalError, AggregateError,
  ]) {
    assignable(Kind.prototype, ['constructor', 'name', 'message', 'toString']);
  }

  // 3. Everything reachable is frozen, the global object last and only once the program stands.
  const seen = new Set([world]);
  const queue = [];
  const visit = (value) => {
    if (isObject(value) && !seen.has(value)) {
      seen.add(value);
      queue.push(value);
    }
  };
  const visitProperties = (value) => {
    visit(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const found = getOwnPropertyDescriptor(value, key);
      visit(found.value);
      visit(found.get);
      visit(found.set);
    }
  };
  const pinGlobals = () => {
    for (const key of ownKeys(world)) {
      const found = getOwnPropertyDescriptor(world, key);
      if (!found.configurable && !found.writable) continue;
      defineProperty(world, key, 'value' in found ? { writable: false, configurable: false } : { configurable: false });
    }
  };
  visitProperties(world);
  for (const [, sample] of functionKinds) visitProperties(sample);
  for (const sample of [
    (function* () {})(), (async function* () {})(),
    [][Symbol.iterator](), ''[Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](),
    'a'.matchAll(/a/g), Iterator.from([]).map((value) => value), Iterator.from({ next() { return { done: true }; } }),
    (function () { return arguments; })(),
  ]) {
    visitProperties(sample);
  }
  for (let at = 0; at < queue.length; at++) {
    visitProperties(queue[at]);
    freeze(queue[at]);
  }
  pinGlobals();

  // 4. The program.
  const MAX_MESSAGE = 4000;
  const MAX_STACK = 16000;
  const readText = (value, key) => {
    try {
      const found = value[key];
      return typeof found === 'string' ? found : '';
    } catch {
      return '';
    }
  };
  const limitOf = (error, name, message) => {
    if (message === 'stack overflow' && (error instanceof InnerError || name === 'SyntaxError')) return 'stack';
    if (message === 'out of memory' && error instanceof InnerError) return 'memory';
    return '';
  };
  const thrown = (error) => {
    let text = { name: '', message: 'threw something that cannot be read', stack: '', code: '', limit: '' };
    try {
      if (isObject(error)) {
        const name = readText(error, 'name');
        const message = readText(error, 'message');
        text = {
          name,
          message: slice(message, 0, MAX_MESSAGE),
          stack: slice(readText(error, 'stack'), 0, MAX_STACK),
          code: readText(error, 'code'),
          limit: limitOf(error, name, message),
        };
      } else {
        text = { name: '', message: 'threw ' + slice(String(error), 0, MAX_MESSAGE), stack: '', code: '', limit: '' };
      }
    } catch {
      // It threw from a trap of its own: what is known already is told.
    }
    return 'E' + stringify(text);
  };

  let program;

  const load = (define) => {
    try {
      define();
      const factory = world.__holdfast;
      if (typeof factory !== 'function') return 'Xthe script does not set globalThis.__holdfast to a function';
      delete world.__holdfast;
      program = factory();
      if (!isObject(program)) return 'Xthe factory returned ' + kindOf(program) + ' instead of a program';
      if (typeof program.key !== 'function') return 'Xthe program has no function "key"';
      if (typeof program.decide !== 'function') return 'Xthe program has no function "decide"';
      preventExtensions(world);
      pinGlobals();
      return 'L';
    } catch (error) {
      return thrown(error);
    }
  };

  const key = (type, data) => {
    try {
      const found = program.key(type, data);
      if (found === null || found === undefined) return 'N';
      if (typeof found !== 'string') return 'Xkey: expected a string or null, got ' + kindOf(found);
      return 'K' + stringify(found);
    } catch (error) {
      return thrown(error);
    }
  };

  const decide = (input) => {
    try {
      const output = program.decide(input);
      if (!isObject(output)) return 'Xdecide: expected { decision, state }, got ' + kindOf(output);
      const { decision, state } = output;
      if (typeof decision !== 'string') return 'Xdecision: expected JSON text, got ' + kindOf(decision);
      if (typeof state !== 'string') return 'Xstate: expected JSON text, got ' + kindOf(state);
      return 'D' + decision + '\u0001' + state + '\u0002';
    } catch (error) {
      return thrown(error);
    }
  };

  return [load, key, decide, thrown];
})()`;
