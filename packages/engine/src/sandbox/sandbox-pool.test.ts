import { createHash } from 'node:crypto';
import { commandId, decisionSeed } from '@holdfast/core';
import { afterAll, describe, expect, test } from 'vitest';
import type { DecideAnswer, ProgramFault } from '../sandbox-port.ts';
import { createSandboxPool } from './sandbox-pool.ts';
import {
  decideRequest,
  handBundle,
  platformClock,
  RELEASE,
  routeRequest,
  source,
  TestPool,
} from './testing/hand-bundle.ts';

/** Fills memory at once and is interrupted by nothing: only the end of its thread stops it. */
const STUCK = 'const a = new Array(4294967295); for (;;) a.indexOf(1)';
const MIB = 1024 * 1024;
/** Long enough for any good call on a busy machine. */
const SHORT_WALL = { wallLimit: 1000 };

/** Shared by the tests of what one program does: each brings its own, and none may notice the others. */
const shared = new TestPool();
afterAll(() => shared.sandbox.close());
let programs = 0;

/** Loads a program of its own into the shared pool, and names it. */
function program(script: string): string {
  programs += 1;
  shared.load(`s${programs}`, script);
  return `s${programs}`;
}

async function decide(body: string, data = '{}'): Promise<DecideAnswer> {
  return shared.sandbox.decide(decideRequest(program(handBundle(body)), { data }));
}

async function faultOf(body: string): Promise<ProgramFault> {
  const answer = await decide(body);
  if (answer.ok) throw new Error(`it decided ${answer.decision} ${answer.state}`);
  return answer.failure;
}

describe('decide', () => {
  test('gives the decision in canonical form, with its defaults, and the state as it came', async () => {
    const answer = await decide(
      `state = { z: 1, a: [input.event.data.x, input.key, input.seed, input.now] };
       return { status: 'waiting', items: [{ step: 'b', input: { z: 1, a: 2 }, effect: 'e' }] };`,
      '{"x":"ü☃"}',
    );
    expect(answer).toEqual({
      ok: true,
      decision:
        '{"blocked":null,"cancelChildren":[],"cancelSchedules":[],"children":[],"closeWaits":[],"ending":null,"failure":null,' +
        '"ignored":false,"items":[{"effect":"e","input":{"a":2,"z":1},"step":"b"}],"logs":[],"publishes":[],"schedules":[],' +
        '"status":"waiting","undo":[],"waits":[]}',
      state: `{"z":1,"a":["ü☃","k","${'0'.repeat(32)}",1700000000000000]}`,
      gasUsed: 0,
    });
  });

  test('a program that is not there fails, and nothing else', async () => {
    await using pool = new TestPool();
    expect(await pool.sandbox.decide(decideRequest('nobody'))).toMatchObject({
      ok: false,
      failure: {
        code: 'program.missing',
        message: expect.stringContaining('saga nobody of release') as string,
      },
    });
  });
});

describe('route', () => {
  const script = handBundle('state = [input.run, input.state, input.event, input.seed, input.key]');

  test('finds the key and makes the first decision in one trip', async () => {
    await using pool = new TestPool();
    pool.load('s', script);
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const seed = decisionSeed(sha256, { tenant: '', saga: 's', key: 'o1', run: 1, eventId: 'e1' });
    const answer = await pool.sandbox.route(routeRequest('s', '{"orderId":"o1"}'));
    expect(answer).toMatchObject({ ok: true, key: 'o1', seed, decided: { ok: true } });
    const state = answer.ok && answer.decided?.ok ? answer.decided.state : 'null';
    const event = {
      kind: 'start',
      type: 'order.placed',
      id: 'e1',
      step: null,
      data: { orderId: 'o1' },
    };
    expect(JSON.parse(state)).toEqual([1, null, event, seed, 'o1']);
    expect(commandId(sha256, { tenant: '', saga: 's', key: 'o1', run: 1, step: 'x' })).toHaveLength(
      32,
    );
  });

  test('makes the same decision as decide with the same input', async () => {
    await using pool = new TestPool();
    pool.load(
      's',
      handBundle('state = ++n', { top: 'let n = 0;', key: 'n += 10; return data.orderId' }),
    );
    const routed = await pool.sandbox.route(routeRequest('s', '{"orderId":"o1"}'));
    const decided = await pool.sandbox.decide(decideRequest('s'));
    expect(routed).toMatchObject({ decided });
    expect(decided).toMatchObject({ ok: true, state: '1' });
  });

  test.each([
    ['{}', 'return null', null],
    ['{}', 'return undefined', null],
    ['{}', 'return ""', ''],
    ['{"orderId":"a\\u0000b"}', 'return data.orderId', 'a\u0000b'],
  ])('has nothing to decide for %s with "%s"', async (data, key, expected) => {
    const saga = program(handBundle('', { key }));
    expect(await shared.sandbox.route(routeRequest(saga, data))).toEqual({
      ok: true,
      key: expected,
      seed: null,
      decided: null,
    });
  });

  test('only finds the key when asked for no more', async () => {
    await using pool = new TestPool();
    pool.load('s', script);
    const answer = await pool.sandbox.route(routeRequest('s', '{"orderId":"o1"}', false));
    expect(answer).toEqual({ ok: true, key: 'o1', seed: null, decided: null });
  });

  test.each([
    ['return 5', 'program.nonsense', 'key: expected a string or null, got number'],
    ['return ["a"]', 'program.nonsense', 'key: expected a string or null, got an array'],
    ['return "\\ud800"', 'program.nonsense', 'key: holds half of a surrogate pair'],
    ['return data.a.b', 'program.failed', "cannot read property 'b' of undefined"],
    ['for (;;);', 'program.gas', 'ran longer than its gas of 500 ticks'],
  ])('names what is wrong with a key: %s', async (key, code, message) => {
    const saga = program(handBundle('', { key }));
    const answer = await shared.sandbox.route(routeRequest(saga, '{}'));
    expect(answer).toMatchObject({
      ok: false,
      failure: { code, message: expect.stringContaining(message) as string },
    });
  });

  test('keeps the key when only the decision fails', async () => {
    await using pool = new TestPool();
    pool.load('s', handBundle('throw new Error("later")'));
    const answer = await pool.sandbox.route(routeRequest('s', '{"orderId":"o1"}'));
    expect(answer).toMatchObject({
      ok: true,
      key: 'o1',
      decided: { ok: false, failure: { message: 'later' } },
    });
  });
});

describe('a program that misbehaves', () => {
  test.each([
    ['throws', 'throw new Error("no stock")', 'program.failed', 'no stock'],
    ['throws what is no error', 'throw { reason: 1 }', 'program.failed', ''],
    [
      'throws a code of its own',
      'throw Object.assign(new Error("m"), { code: "program.history" })',
      'program.history',
      'm',
    ],
    [
      'throws another code',
      'throw Object.assign(new Error("m"), { code: "ENOENT" })',
      'program.failed',
      'm',
    ],
    [
      'poses as the sandbox',
      'throw Object.assign(new Error("m"), { code: "program.stuck" })',
      'program.failed',
      'm',
    ],
    ['loops', 'for (;;);', 'program.gas', 'ran longer than its gas'],
    [
      'loops in a finally',
      'try { for (;;); } finally { for (;;); }',
      'program.gas',
      'ran longer than its gas',
    ],
    [
      'loops in what it throws',
      'throw { get message() { for (;;); } }',
      'program.gas',
      'ran longer than its gas',
    ],
    [
      'backtracks',
      '/^(a+)+$/.test("a".repeat(40) + "b")',
      'program.gas',
      'ran longer than its gas',
    ],
    ['recurses', 'const f = () => f() + 1; f()', 'program.memory', 'stack overflow'],
    [
      'recurses through built-ins',
      'const f = () => [1].map(f); f()',
      'program.memory',
      'stack overflow',
    ],
    [
      'recurses in a sort',
      'const f = () => [2, 1].sort(f); f()',
      'program.memory',
      'stack overflow',
    ],
    [
      'recurses in a proxy',
      'const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x',
      'program.memory',
      'stack overflow',
    ],
    [
      'writes a value too deep',
      'let o = {}; for (let i = 0; i < 100000; i++) o = { o }; JSON.stringify(o)',
      'program.memory',
      'stack overflow',
    ],
    ['reads a value too deep', 'JSON.parse("[".repeat(1e6))', 'program.memory', 'stack overflow'],
    [
      'allocates without end',
      'const a = []; for (;;) a.push({})',
      'program.memory',
      'out of memory',
    ],
    [
      'allocates big strings',
      'const a = []; for (let i = 0; i < 30; i++) a.push("x".repeat(8e6) + i)',
      'program.memory',
      'out of memory',
    ],
    [
      'allocates, and catches it',
      'const a = []; try { for (;;) a.push(new Uint8Array(8e6)) } catch {}',
      'program.memory',
      'out of memory',
    ],
    [
      'waits for a promise',
      'const wait = async () => { await null; }; wait()',
      'program.failed',
      'promise',
    ],
    [
      'patches Array.prototype.push',
      'Array.prototype.push = function () { return 0 }',
      'program.failed',
      'read-only',
    ],
    ['patches JSON.parse', 'JSON.parse = () => ({})', 'program.failed', 'read-only'],
    ['pollutes Object.prototype', 'Object.prototype.admin = true', 'program.failed', 'extensible'],
    ['keeps a global', 'globalThis.count = 1', 'program.failed', 'extensible'],
    ['asks for the time', 'state = Date.now()', 'program.failed', 'ctx.now'],
  ])('%s', async (_name, body, code, message) => {
    const fault = await faultOf(body);
    expect(fault).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  test('does no harm to its neighbours, nor to its own next call', async () => {
    await using pool = new TestPool();
    pool.load('good', handBundle('state = (input.state ?? 0) + 1'));
    pool.load(
      'bad',
      handBundle(`
      const how = input.event.data.how;
      if (how === 'loop') for (;;);
      if (how === 'recurse') { const f = () => f(); f(); }
      if (how === 'allocate') { const a = []; for (;;) a.push('x'.repeat(1e6) + a.length); }
      if (how === 'throw') throw new Error('x');
      state = 'fine';`),
    );
    const ways = ['loop', 'recurse', 'allocate', 'throw', 'none'];
    const bad = ways.map((how) =>
      pool.sandbox.decide(decideRequest('bad', { data: JSON.stringify({ how }) })),
    );
    const good = ways.map((_, at) =>
      pool.sandbox.decide(decideRequest('good', { state: String(at) })),
    );
    const codes = (await Promise.all(bad)).map((answer) =>
      answer.ok ? answer.state : answer.failure.code,
    );
    expect(codes).toEqual([
      'program.gas',
      'program.memory',
      'program.memory',
      'program.failed',
      '"fine"',
    ]);
    expect(await Promise.all(good)).toMatchObject(
      ways.map((_, at) => ({ ok: true, state: String(at + 1) })),
    );
  });
});

describe('nonsense names its field', () => {
  const table = (output: string): string =>
    `globalThis.__holdfast = () => ({ key: () => null, decide: () => (${output}) })`;

  test.each([
    ['undefined', 'decide: expected { decision, state }, got undefined'],
    ['"text"', 'decide: expected { decision, state }, got string'],
    ['({ state: "1" })', 'decision: expected JSON text, got undefined'],
    ['({ decision: {}, state: "1" })', 'decision: expected JSON text, got object'],
    ['({ decision: "{}", state: null })', 'state: expected JSON text, got null'],
    ['({ decision: "{}", state: "" })', 'state: is not JSON'],
    ['({ decision: "{}", state: "{" })', 'state: is not JSON'],
    ['({ decision: "{}", state: "1 2" })', 'state: is not JSON'],
    ['({ decision: "{}{}", state: "1" })', 'decision: is not JSON'],
    ['({ decision: "[]", state: "1" })', 'decision: expected an object, got a list'],
    ['({ decision: "{}\\u00012", state: "1" })', 'state: is not JSON'],
    ['({ decision: "{}", state: "1\\u0002" })', 'decision or state: is not JSON text'],
    ['({ decision: "{}", state: "1\\u0000 and more" })', 'decision or state: is not JSON text'],
    [
      '({ decision: "{}", state: "\\"\\ud800\\"" })',
      'decision or state: holds half of a surrogate pair',
    ],
    ['({ decision: "{}", state: JSON.stringify("a\\u0000") })', 'state: holds U+0000'],
    [
      '({ decision: JSON.stringify({ closeWaits: ["a\\u0000"] }), state: "1" })',
      'decision: holds U+0000',
    ],
    [
      '({ decision: "{}", state: "[".repeat(1025) + "]".repeat(1025) })',
      'state: nested deeper than 1024',
    ],
    [
      '({ decision: `{"items":[{"step":"a","effect":"e","input":${"[".repeat(50000)}${"]".repeat(50000)}}]}`, state: "1" })',
      'decision: nested deeper than 1024',
    ],
    [
      '({ decision: "{}", state: JSON.stringify("x".repeat(1024 * 1024)) })',
      'state: 1048578 bytes, more than 1048576',
    ],
    [
      '({ decision: JSON.stringify({ logs: [{ level: "info", message: "x".repeat(5e6) }] }), state: "1" })',
      'decision: 5',
    ],
    [
      '({ decision: JSON.stringify({ items: [{ step: "a", effect: "e" }] }), state: "1" })',
      'items[0].input: is missing',
    ],
    [
      '({ decision: JSON.stringify({ items: Array.from({ length: 257 }, (_, i) => ({ step: "s" + i, effect: "e", input: 1 })) }), state: "1" })',
      'together 257',
    ],
  ])('%s', async (output, message) => {
    const answer = await shared.sandbox.decide(decideRequest(program(table(output))));
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: 'program.nonsense', message: expect.stringContaining(message) as string },
    });
  });

  test('a state as large as allowed is taken', async () => {
    const answer = await decide('state = "x".repeat(1024 * 1024 - 2)');
    expect(answer.ok && answer.state.length).toBe(1024 * 1024);
  });

  test('a script that makes no program fails every call of it alike', async () => {
    await using pool = new TestPool();
    pool.load('s', 'throw new Error("at the top")');
    const first = await pool.sandbox.decide(decideRequest('s'));
    expect(first).toMatchObject({
      ok: false,
      failure: { code: 'program.failed', message: 'at the top' },
    });
    expect(await pool.sandbox.decide(decideRequest('s'))).toEqual(first);
    expect(await pool.sandbox.route(routeRequest('s', '{}'))).toEqual(first);
  });
});

describe('determinism', () => {
  test('a thousand calls in a warm sandbox equal the same calls in fresh ones, gas included', async () => {
    const script = handBundle(
      `let n = 0; for (let i = 0; i < input.event.data.turns; i++) n += i;
       if (input.event.data.turns === 66000) { const a = []; try { for (;;) a.push("x".repeat(1e6) + a.length) } catch {} }
       state = { n, count: ++count, first: cache.size === 0 }; cache.set(n, n);`,
      { top: 'let count = 0; const cache = new Map();' },
    );
    const turns = Array.from({ length: 1000 }, (_, at) => (at * 7919) % 12_000).with(500, 66_000);
    const requests = turns.map((n, at) =>
      decideRequest('s', { key: `k${at}`, data: JSON.stringify({ turns: n }) }),
    );
    const run = async (
      threads: number,
      order: (a: number, b: number) => number,
    ): Promise<readonly DecideAnswer[]> => {
      await using pool = new TestPool({ threads, memoryLimit: 24 * MIB });
      pool.load('s', script);
      const answers: DecideAnswer[] = [];
      const at = requests.map((_, index) => index).toSorted(order);
      await Promise.all(
        at.map(async (index) => (answers[index] = await pool.sandbox.decide(requests[index]!))),
      );
      return answers;
    };
    const first = await run(1, (a, b) => a - b);
    expect(new Set(first.map((answer) => (answer.ok ? answer.gasUsed : -1))).size).toBeGreaterThan(
      3,
    );
    expect(first.filter((answer) => !answer.ok)).toMatchObject([
      { failure: { code: 'program.memory' } },
    ]);
    expect(await run(2, (a, b) => b - a)).toEqual(first);
    for (const at of [0, 499, 500]) {
      await using fresh = new TestPool({ memoryLimit: 24 * MIB });
      fresh.load('s', script);
      expect(await fresh.sandbox.decide(requests[at]!)).toEqual(first[at]);
    }
  });

  test('the digest tells sandboxes apart whose decisions could differ', async () => {
    await using one = new TestPool();
    await using same = new TestPool({ threads: 2, wallLimit: 5000 });
    await using memory = new TestPool({ memoryLimit: 32 * 1024 * 1024 });
    await using stack = new TestPool({ stackLimit: 256 * 1024 });
    expect(one.sandbox.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(same.sandbox.digest).toBe(one.sandbox.digest);
    expect(new Set([one, memory, stack].map((pool) => pool.sandbox.digest)).size).toBe(3);
  });
});

describe('a stuck thread', () => {
  test('is replaced; the stuck call is told, all others are made', async () => {
    await using pool = new TestPool(SHORT_WALL);
    pool.load('stuck', handBundle(STUCK));
    pool.load('good', handBundle('state = input.key'));
    const before = Array.from({ length: 40 }, (_, at) =>
      pool.sandbox.decide(decideRequest('good', { key: `a${at}` })),
    );
    const stuck = pool.sandbox.decide(decideRequest('stuck'));
    const after = Array.from({ length: 40 }, (_, at) =>
      pool.sandbox.decide(decideRequest('good', { key: `b${at}` })),
    );
    expect(await stuck).toMatchObject({ ok: false, failure: { code: 'program.stuck' } });
    expect(await Promise.all(before)).toMatchObject(
      before.map((_, at) => ({ ok: true, state: `"a${at}"` })),
    );
    expect(await Promise.all(after)).toMatchObject(
      after.map((_, at) => ({ ok: true, state: `"b${at}"` })),
    );
    expect(await pool.sandbox.decide(decideRequest('good'))).toMatchObject({ ok: true });
  });

  test('holds up only itself: other threads go on meanwhile', async () => {
    await using pool = new TestPool({ threads: 3, ...SHORT_WALL });
    pool.load('stuck', handBundle(STUCK));
    pool.load('good', handBundle('state = input.key'));
    let isStuck = true;
    const stuck = pool.sandbox.decide(decideRequest('stuck')).then((answer) => {
      isStuck = false;
      return answer;
    });
    const answered: boolean[] = [];
    const good = Array.from({ length: 60 }, async (_, at) => {
      const answer = await pool.sandbox.decide(decideRequest('good', { key: `k${at}` }));
      answered.push(isStuck);
      return answer;
    });
    expect(await stuck).toMatchObject({ ok: false, failure: { code: 'program.stuck' } });
    expect((await Promise.all(good)).every((answer) => answer.ok)).toBe(true);
    expect(answered.filter((whileStuck) => whileStuck).length).toBeGreaterThan(0);
  });

  test('several stuck calls in a row are each told', async () => {
    await using pool = new TestPool(SHORT_WALL);
    pool.load('stuck', handBundle(STUCK));
    pool.load('good', handBundle('state = 1'));
    const stuck = [1, 2, 3].map(() => pool.sandbox.decide(decideRequest('stuck')));
    const good = pool.sandbox.decide(decideRequest('good'));
    for (const answer of await Promise.all(stuck)) {
      expect(answer).toMatchObject({ ok: false, failure: { code: 'program.stuck' } });
    }
    expect(await good).toMatchObject({ ok: true });
  });

  test('stuck while it finds a key, or while it loads', async () => {
    await using pool = new TestPool(SHORT_WALL);
    pool.load('key', handBundle('', { key: STUCK }));
    pool.load('top', handBundle('', { top: STUCK }));
    const told = { ok: false, failure: { code: 'program.stuck' } };
    expect(await pool.sandbox.route(routeRequest('key', '{}'))).toMatchObject(told);
    expect(await pool.sandbox.decide(decideRequest('top'))).toMatchObject(told);
  });
});

describe('load, unload, close', () => {
  test('loading again is free, unloading what is not there too', async () => {
    await using pool = new TestPool();
    pool.load('s', handBundle('state = 1'));
    pool.load('s', handBundle('state = 2'));
    expect(await pool.sandbox.decide(decideRequest('s'))).toMatchObject({ state: '1' });
    pool.sandbox.unload({ release: RELEASE, saga: 'other' });
  });

  test('an unloaded program is gone, its calls in flight are answered, and it can come back', async () => {
    await using pool = new TestPool();
    pool.load('s', handBundle('state = 1'));
    const first = pool.sandbox.decide(decideRequest('s'));
    pool.sandbox.unload({ release: RELEASE, saga: 's' });
    expect(await pool.sandbox.decide(decideRequest('s'))).toMatchObject({ ok: false });
    expect(await first).toMatchObject({ ok: true, state: '1' });
    pool.load('s', handBundle('state = 2'));
    expect(await pool.sandbox.decide(decideRequest('s'))).toMatchObject({ ok: true, state: '2' });
  });

  test('releases of one saga are apart', async () => {
    await using pool = new TestPool();
    pool.load('s', handBundle('state = 1'));
    const other = 'e'.repeat(64);
    pool.sandbox.load({ ...source('s', handBundle('state = 2')), release: other });
    expect(await pool.sandbox.decide(decideRequest('s'))).toMatchObject({ state: '1' });
    expect(await pool.sandbox.decide({ ...decideRequest('s'), release: other })).toMatchObject({
      state: '2',
    });
  });

  test('more programs than images are kept', async () => {
    await using pool = new TestPool();
    const sagas = Array.from({ length: 40 }, (_, at) => `s${at}`);
    for (const saga of sagas) pool.load(saga, handBundle(`state = "${saga}"`));
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(
        sagas.map((saga) => pool.sandbox.decide(decideRequest(saga))),
      );
      expect(answers).toMatchObject(sagas.map((saga) => ({ state: `"${saga}"` })));
    }
  });

  test('close answers calls in flight with its error, and ends threads that are stuck', async () => {
    const pool = new TestPool({ threads: 2, wallLimit: 60_000 });
    pool.load('stuck', handBundle(STUCK));
    pool.load('good', handBundle('state = 1'));
    await pool.sandbox.decide(decideRequest('good'));
    const calls = [
      pool.sandbox.decide(decideRequest('stuck')),
      ...Array.from({ length: 10 }, (_, at) =>
        pool.sandbox.decide(decideRequest('stuck', { key: `k${at}` })),
      ),
    ];
    const settled = Promise.allSettled(calls);
    await pool.sandbox.close();
    for (const each of await settled) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'draining' } });
    }
    await expect(pool.sandbox.decide(decideRequest('good'))).rejects.toMatchObject({
      code: 'draining',
    });
    await pool.sandbox.close();
  });

  test('threads that cannot start are given up, and calls told', async () => {
    const logged: string[] = [];
    const log = {
      debug: () => undefined,
      info: () => undefined,
      error: () => undefined,
      warn: (_: object, message: string) => logged.push(message),
    };
    await using pool = new TestPool({
      workerUrl: new URL('./no-such-thread.ts', import.meta.url),
      log,
    });
    pool.load('s', handBundle('state = 1'));
    await expect(pool.sandbox.decide(decideRequest('s'))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(logged).toHaveLength(3);
  });

  test('refuses limits that cannot work', () => {
    for (const wrong of [
      { threads: 0 },
      { wallLimit: 1 },
      { memoryLimit: 1024 },
      { stackLimit: 8 * 1024 * 1024 },
      { threads: 1.5 },
    ]) {
      expect(() => createSandboxPool({ clock: platformClock, ...wrong })).toThrow(RangeError);
    }
  });
});
