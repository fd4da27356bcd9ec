/** Real processes: each test has a release of its own, written as the builder would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock, EffectCall, EffectResult } from '@holdfast/core';
import type { FunctionValues } from '@holdfast/gateway';
import { createEffectHostSupervisor } from './supervisor.ts';
import type { EffectHostOptions, EffectHostSupervisor } from './supervisor.ts';

const ENTRY = join(import.meta.dirname, '../effect-host-main.ts');
const clock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const NO_VALUES: FunctionValues = { config: {}, secrets: {} };

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface House {
  readonly supervisor: EffectHostSupervisor;
  readonly logged: { level: string; fields: object; message: string }[];
  readonly dir: string;
  readonly call: (
    effect: string,
    input?: unknown,
    options?: { signal?: AbortSignal; values?: FunctionValues } & Partial<EffectCall>,
  ) => Promise<EffectResult>;
}

/** `code`: members of the table of `effects.mjs`. */
function house(code: string, options: Partial<EffectHostOptions> = {}): House {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-effects-'));
  const release = 'e'.repeat(64);
  mkdirSync(join(dir, release));
  writeFileSync(join(dir, release, 'effects.mjs'), `export const effects = { ${code} };\n`);
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  const logged: House['logged'] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message });
  const supervisor = createEffectHostSupervisor({
    entry: ENTRY,
    releaseDir: (digest) => join(dir, digest),
    clock,
    random: Math.random,
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    ...options,
  });
  ends.push(() => supervisor.close());
  let count = 0;
  const call: House['call'] = (effect, input = null, { signal, values, ...changes } = {}) =>
    supervisor.execute(
      {
        commandId: String(++count).padStart(32, '0'),
        attempt: 1,
        mode: 'call',
        tenant: 'north',
        effect,
        app: 'restaurant',
        release,
        saga: 'order',
        key: 'o-1',
        run: 2,
        step: 'step#1',
        input: JSON.stringify(input),
        timeout: 30_000,
        correlationId: 'corr',
        traceparent: TRACEPARENT,
        ...changes,
      },
      values ?? NO_VALUES,
      signal ?? new AbortController().signal,
    );
  return { supervisor, logged, dir: join(dir, release), call };
}

function value(result: EffectResult): unknown {
  if (result.kind !== 'succeeded')
    throw new Error(`${result.kind}: ${JSON.stringify(result.error)}`);
  return JSON.parse(result.output);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function pidOf({ supervisor }: House): number | null {
  return supervisor.status()[0]?.pid ?? null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const HANG = `hang: { run: () => new Promise(() => {}) }`;
const ECHO = `echo: { run: async (input) => input }`;

describe('a call', () => {
  test('gets its input and context, and its output comes back', async () => {
    const { call, dir } = house(`
      tell: { run: (input, { signal, log, secrets, config, ...told }) => ({
        input, told, secret: secrets.get('TOKEN'), base: config.get('BASE'), aborted: signal.aborted, cwd: process.cwd(),
      }) },
    `);
    const values = { config: { BASE: 'http://x' }, secrets: { TOKEN: 't' } };
    expect(value(await call('tell', { a: 'ä\n"' }, { values }))).toEqual({
      input: { a: 'ä\n"' },
      told: {
        idempotencyKey: '1'.padStart(32, '0'),
        attempt: 1,
        tenant: 'north',
        correlationId: 'corr',
        traceparent: TRACEPARENT,
      },
      secret: 't',
      base: 'http://x',
      aborted: false,
      cwd: dir,
    });
  });

  test('has the values of the moment it is made', async () => {
    const { call } = house(
      `token: { run: async (_, { secrets }) => { await null; return secrets.get('TOKEN') } }`,
    );
    const of = (token: string) => ({ values: { config: {}, secrets: { TOKEN: token } } });
    const results = [
      call('token', null, of('one')),
      call('token', null, of('two')),
      call('token', null, of('one')),
    ];
    expect((await Promise.all(results)).map(value)).toEqual(['one', 'two', 'one']);
  });

  test('that reads an undeclared name is told so', async () => {
    const { call } = house(`x: { run: (_, { secrets }) => 'Bearer ' + secrets.get('TOKN') }`);
    const values = { config: {}, secrets: { TOKEN: 't' } };
    expect(await call('x', null, { values })).toMatchObject({
      kind: 'in_doubt',
      error: { message: expect.stringMatching(/secret:\/\/TOKN.*declared: TOKEN/) as string },
    });
  });

  test('runs beside others, thousands at a time, and each gets its own answer', async () => {
    const { call } = house(`
      mix: { run: async (n) => { if (n % 3 === 0) await new Promise((r) => setTimeout(r, n % 7)); return n } },
    `);
    const inputs = Array.from({ length: 5000 }, (_, n) => n);
    const results = await Promise.all(inputs.map((n) => call('mix', n)));
    expect(results.map(value)).toEqual(inputs);
  });

  test('undefined becomes null; what JSON cannot carry, and what is too large, is in doubt', async () => {
    const { call } = house(`
      nothing: { run: () => undefined },
      circle: { run: () => { const a = {}; a.a = a; return a } },
      big: { run: (length) => 'x'.repeat(length) },
      nul: { run: () => 'a\\u0000b' },
      raw: { run: (input) => input.length },
    `);
    expect(value(await call('nothing'))).toBeNull();
    expect(await call('circle')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'output.invalid' },
    });
    expect(await call('big', 1024 * 1024)).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'output.too_large' },
    });
    expect(value(await call('big', 1024 * 1024 - 2))).toHaveLength(1024 * 1024 - 2);
    expect(value(await call('nul'))).toBe('a\ufffdb');
    expect(value(await call('raw', 'x'.repeat(3_000_000)))).toBe(3_000_000);
  });

  test('takes input with white space between its tokens', async () => {
    const { call } = house(ECHO);
    expect(value(await call('echo', null, { input: '{\n "a":\r\n [1,\n2]}' }))).toEqual({
      a: [1, 2],
    });
  });

  test('that throws: refused, not done, in doubt', async () => {
    const { call } = house(`
      refuse: { run: () => { throw Object.assign(new Error('no'), { name: 'Refused', code: 'card.declined' }) } },
      later: { run: async () => { throw Object.assign(new Error('busy'), { name: 'NotDone', retryAfter: 70 }) } },
      bug: { run: () => null.x },
    `);
    expect(await call('refuse')).toEqual({
      kind: 'failed',
      error: { code: 'card.declined', message: 'no' },
    });
    expect(await call('later')).toEqual({
      kind: 'not_done',
      error: { code: 'not_done', message: 'busy' },
      retryAfter: 70,
    });
    expect((await call('bug')).kind).toBe('in_doubt');
  });

  test('checks ask the check function, and say so where there is none', async () => {
    const { call } = house(`
      paid: {
        run: () => { throw new Error('must not be called') },
        check: async (input, { idempotencyKey }) => {
          if (input === 'none') throw Object.assign(new Error('none'), { name: 'NotDone' });
          return { found: idempotencyKey };
        },
      },
      ${ECHO},
    `);
    const check = { mode: 'check' as const, commandId: 'f'.repeat(32) };
    expect(value(await call('paid', null, check))).toEqual({ found: 'f'.repeat(32) });
    expect((await call('paid', 'none', check)).kind).toBe('not_done');
    expect((await call('echo', null, check)).kind).toBe('in_doubt');
    expect((await call('nope', null, check)).kind).toBe('in_doubt');
    expect((await call('nope')).kind).toBe('not_done');
    expect((await call('toString')).kind).toBe('not_done');
  });

  test('whose time is up is in doubt at once, its signal fires, and its late answer is dropped', async () => {
    const { call, logged } = house(`
      ${ECHO},
      late: { run: (_, { signal, log }) => new Promise((resolve) => {
        signal.addEventListener('abort', () => { log('aborted: ' + signal.reason.name); resolve('late') });
      }) },
    `);
    await call('echo');
    const controller = new AbortController();
    const result = call('late', null, { signal: controller.signal });
    await call('echo');
    controller.abort();
    expect(await result).toMatchObject({ kind: 'in_doubt', error: { code: 'timeout' } });
    expect(value(await call('echo', 'fine'))).toBe('fine');
    await until(() => logged.some(({ message }) => message === 'aborted: TimeoutError'));
  });

  test('logs with what is known of its call', async () => {
    const { call, logged } = house(`
      say: { run: (_, { log }) => new Promise((done) => { log.warn('hm', { a: 1 }); log('ok'); setImmediate(done) }) },
    `);
    await call('say');
    expect(logged).toContainEqual({
      level: 'warn',
      message: 'hm',
      fields: {
        effect: 'say',
        commandId: '1'.padStart(32, '0'),
        attempt: 1,
        mode: 'call',
        saga: 'order',
        key: 'o-1',
        run: 2,
        step: 'step#1',
        tenant: 'north',
        correlationId: 'corr',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        data: { a: 1 },
      },
    });
    expect(logged).toContainEqual(expect.objectContaining({ level: 'info', message: 'ok' }));
  });
});

describe('a process', () => {
  test('starts with the first call, and ahead of it when it is to be kept', async () => {
    const lazy = house(ECHO);
    expect(lazy.supervisor.status()).toEqual([]);
    const kept = house(ECHO);
    kept.supervisor.keep(['e'.repeat(64)]);
    await until(() => kept.supervisor.status()[0]?.state === 'ready');
    const pid = pidOf(kept);
    await kept.call('echo');
    expect(pidOf(kept)).toBe(pid);
  });

  test('that exits, crashes or is killed leaves its calls in doubt, and the next finds a new one', async () => {
    const one = house(`
      ${ECHO}, ${HANG},
      exit: { run: () => process.exit(3) },
      crash: { run: () => { setTimeout(() => { throw new Error('loose') }); return new Promise(() => {}) } },
    `);
    for (const way of ['exit', 'crash'] as const) {
      const before = value(await one.call('echo', way));
      expect(before).toBe(way);
      const [beside, result] = await Promise.all([one.call('hang'), one.call(way)]);
      expect(result).toMatchObject({ kind: 'in_doubt', error: { code: 'host.crashed' } });
      expect(beside.kind).toBe('in_doubt');
    }
    await one.call('echo');
    const out = one.call('hang');
    process.kill(pidOf(one) ?? 0, 'SIGKILL');
    expect(await out).toMatchObject({
      error: { message: expect.stringContaining('SIGKILL') as string },
    });
    expect(value(await one.call('echo', 'again'))).toBe('again');
    expect(one.logged.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  test('that answered before it ended has answered', async () => {
    const { call } = house(`
      last: { run: () => { setImmediate(() => setImmediate(() => process.exit(0))); return 'said' } },
    `);
    expect(value(await call('last'))).toBe('said');
  });

  test('that hangs is killed, its calls in doubt', async () => {
    const one = house(`${ECHO}, loop: { run: () => { for (;;); } }`, {
      limits: { hungAfter: 1000 },
    });
    await one.call('echo');
    const pid = pidOf(one);
    expect(await one.call('loop')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'host.hung' },
    });
    expect(value(await one.call('echo', 1))).toBe(1);
    expect(pidOf(one)).not.toBe(pid);
  });

  test('that hangs is killed too when its calls run out of time before, and none follows', async () => {
    const one = house(`${ECHO}, loop: { run: () => { for (;;); } }`, {
      limits: { hungAfter: 1000 },
    });
    await one.call('echo');
    const pid = pidOf(one);
    const signal = AbortSignal.timeout(50);
    expect(await one.call('loop', null, { signal })).toMatchObject({ error: { code: 'timeout' } });
    await until(() => pidOf(one) === null);
    expect(one.logged).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: 'host.hung' }) as object }),
    );
    expect(value(await one.call('echo', 1))).toBe(1);
    expect(pidOf(one)).not.toBe(pid);
  });

  test('that is only busy for a while is left alone, whatever ran out of time meanwhile', async () => {
    const one = house(
      `${ECHO}, busy: { run: () => { const end = Date.now() + 1500; while (Date.now() < end); } }`,
      { limits: { hungAfter: 5000 } },
    );
    await one.call('echo');
    const pid = pidOf(one);
    const signal = AbortSignal.timeout(50);
    expect(await one.call('busy', null, { signal })).toMatchObject({ error: { code: 'timeout' } });
    expect(value(await one.call('echo', 1))).toBe(1);
    expect(pidOf(one)).toBe(pid);
  });

  test('that needs more heap, or holds more memory, than it may: in doubt, and a new one', async () => {
    const one = house(
      `
      ${ECHO},
      heap: { run: () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); } },
      buffers: { run: async () => {
        const all = [];
        for (;;) { all.push(Buffer.alloc(32 << 20, 1)); await new Promise((r) => setTimeout(r, 20)); }
      } },
      `,
      { limits: { heapMiB: 48, residentMiB: 400 } },
    );
    expect(await one.call('heap')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'host.crashed' },
    });
    expect(await one.call('buffers')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'host.memory' },
    });
    expect(value(await one.call('echo', 1))).toBe(1);
  });

  test('that prints without end is held up, its lines are capped, and the server goes on', async () => {
    const { call, logged } = house(`
      print: { run: () => { for (let i = 0; i < 50_000; i++) console.log('line', i); console.error('x'.repeat(1e6)); return 'done' } },
      ${ECHO},
    `);
    expect(value(await call('print'))).toBe('done');
    await until(() => logged.some(({ message }) => message.includes('x'.repeat(4096))));
    expect(logged.length).toBeLessThan(5000);
    expect(Math.max(...logged.map(({ message }) => message.length))).toBeLessThan(5000);
    expect(value(await call('echo', 1))).toBe(1);
  });

  test('whose functions log without end is capped', async () => {
    const { call, logged } = house(`
      chat: { run: (_, { log }) => { for (let i = 0; i < 100_000; i++) log('hi', 'x'.repeat(100)); return 1 } },
    `);
    expect(value(await call('chat'))).toBe(1);
    expect(logged.length).toBeLessThan(5000);
  });

  test('that floods the pipe of its frames, or writes nonsense into it, is killed', async () => {
    const flooding = `
      flood: { run: () => { const { writeSync } = process.getBuiltinModule('fs');
        for (;;) { try { writeSync(3, 'S999999 1\\n'.repeat(1000)); } catch (e) { if (e.code !== 'EAGAIN') throw e; } } } },
      line: { run: () => { const { writeSync } = process.getBuiltinModule('fs');
        for (;;) { try { writeSync(3, 'x'.repeat(60_000)); } catch (e) { if (e.code !== 'EAGAIN') throw e; } } } },
      forge: { run: () => { process.getBuiltinModule('fs').writeSync(3, 'S1 {not json\\n'); return new Promise(() => {}) } },
      garbage: { run: () => { process.getBuiltinModule('fs').writeSync(3, '?\\n'); return new Promise(() => {}) } },
    `;
    const { call } = house(flooding);
    expect(await call('forge')).toMatchObject({ kind: 'in_doubt', error: { code: 'host.frames' } });
    expect(await call('garbage')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'host.frames' },
    });
    expect(await call('flood')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'host.flooding' },
    });
    expect(await call('line')).toMatchObject({
      kind: 'in_doubt',
      error: { code: 'host.flooding' },
    });
  });

  test('survives a promise that its code forgot', async () => {
    const one = house(
      `${ECHO}, forget: { run: () => { Promise.reject(new Error('loose')); return 1 } }`,
    );
    expect(value(await one.call('forget'))).toBe(1);
    const pid = pidOf(one);
    expect(value(await one.call('echo', 2))).toBe(2);
    expect(pidOf(one)).toBe(pid);
    await until(() => one.logged.some(({ message }) => message.includes('loose')));
  });

  test('sees nothing of the server’s environment but what a program needs', async () => {
    process.env['HOLDFAST_TEST_SECRET'] = 'x';
    ends.push(() => void delete process.env['HOLDFAST_TEST_SECRET']);
    const { call } = house(`env: { run: () => process.env }`);
    const seen = value(await call('env')) as Record<string, string>;
    expect(seen['PATH']).toBe(process.env['PATH']);
    expect(Object.keys(seen).filter((name) => /HOLDFAST|VITEST|npm_/.test(name))).toEqual([]);
  });

  test('outlives the signals that reach whole groups', async () => {
    const one = house(`${ECHO}, ${HANG}`);
    await one.call('echo');
    const out = one.call('hang');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.kill(pidOf(one) ?? 0, signal);
    }
    expect(value(await one.call('echo', 1))).toBe(1);
    await one.supervisor.close();
    expect((await out).kind).toBe('in_doubt');
  });
});

describe('code that does not load', () => {
  test('tells the waiting calls why, and is tried again after a pause', async () => {
    const one = house(`x: nowhere.to.be.found`);
    const result = await one.call('x');
    expect(result).toMatchObject({ kind: 'not_done', error: { code: 'host.load_failed' } });
    expect(result.kind === 'not_done' && result.error.message).toMatch(/nowhere is not defined/);
    writeFileSync(join(one.dir, 'effects.mjs'), `export const effects = { ${ECHO} };`);
    expect(value(await one.call('echo', 1))).toBe(1);
  });

  test('is ended when it takes too long', async () => {
    const one = house(`x: await new Promise(() => setInterval(() => {}, 1000))`, {
      limits: { loadWithin: 300 },
    });
    expect(await one.call('x')).toMatchObject({
      kind: 'not_done',
      error: { code: 'host.load_failed' },
    });
  });

  test('that is not there, and a Node that is not there: not done', async () => {
    const missing = house(ECHO);
    rmSync(join(missing.dir, 'effects.mjs'));
    expect(await missing.call('echo')).toMatchObject({ kind: 'not_done' });
    const noNode = house(ECHO, { execPath: '/nowhere/node' });
    expect(await noNode.call('echo')).toMatchObject({ kind: 'not_done' });
  });

  test('a call whose time is up before there is a process was never made', async () => {
    const one = house(ECHO);
    const controller = new AbortController();
    const result = one.call('echo', null, { signal: controller.signal });
    controller.abort();
    expect(await result).toMatchObject({ kind: 'not_done', error: { code: 'host.unavailable' } });
    expect((await one.call('echo', null, { signal: AbortSignal.abort() })).kind).toBe('not_done');
  });
});

describe('an end', () => {
  test('of the supervisor ends every process, hung ones included, and refuses further calls', async () => {
    const one = house(`${ECHO}, loop: { run: () => { console.log('looping'); for (;;); } }`);
    await one.call('echo');
    const pid = pidOf(one) ?? 0;
    const out = one.call('loop');
    await until(() => one.logged.some(({ message }) => message.includes('looping')));
    await one.supervisor.close();
    expect((await out).kind).toBe('in_doubt');
    expect(isAlive(pid)).toBe(false);
    expect((await one.call('echo')).kind).toBe('not_done');
  });

  test('of the supervisor is for good: an activation taken up late starts no process', async () => {
    const one = house(ECHO);
    await one.supervisor.close();
    one.supervisor.keep(['e'.repeat(64)]);
    expect((await one.call('echo')).kind).toBe('not_done');
    expect(one.supervisor.status().filter(({ pid }) => pid !== null)).toEqual([]);
  });

  test('of the supervisor while a process starts ends that too', async () => {
    const one = house(`${ECHO}, slow: await new Promise((done) => setTimeout(done, 300))`);
    one.supervisor.keep(['e'.repeat(64)]);
    const [{ pid } = { pid: null }] = one.supervisor.status();
    await one.supervisor.close();
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  test.each(['idle', 'loop'])('of the server, killed, ends its host: %s', async (state) => {
    const one = house(
      `${ECHO}, idle: ${HANG.slice(6)}, loop: { run: () => { console.log('looping'); for (;;); } }`,
    );
    const server = spawn(
      process.execPath,
      [join(import.meta.dirname, 'testing-host-owner.ts'), ENTRY, join(one.dir, '..'), state],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isAlive(pid)).toBe(true);
    server.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});
