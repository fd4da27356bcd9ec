/** The loop against a server that is played: what it says when the server is away, forgets it, or refuses it. */
import { HoldfastError } from '@holdfast/core';
import type {
  CommandResource,
  CommandResult,
  EffectResult,
  HeldCommand,
  JoinBody,
} from '@holdfast/core';
import type { WorkerCalls } from '@holdfast/sdk/client';
import { expect, test } from 'vitest';
import { systemClock } from '../threads/system-clock.ts';
import { WorkerLoop } from './worker-loop.ts';
import type { WorkerLoopOptions } from './worker-loop.ts';

const QUIET = { trace: noop, debug: noop, info: noop, warn: noop, error: noop };
function noop(): void {
  // Nobody reads the log here.
}

function command(commandId: string): CommandResource {
  return {
    tenantId: '',
    commandId,
    effectName: 'pay',
    payload: { n: 1 },
    metadata: {
      attempt: 1,
      mode: 'call',
      app: 'shop',
      release: 'r'.repeat(64),
      saga: 'order',
      key: 'k',
      run: 1,
      step: 's',
      timeout: 1000,
      correlationId: null,
      traceparent: null,
      leaseUntil: '2026-01-01T00:00:00Z',
    },
  };
}

/** A server whose answers the test gives. */
class PlayedServer {
  readonly joins: JoinBody[] = [];
  readonly results: CommandResult[] = [];
  readonly polls: number[] = [];
  left: readonly HeldCommand[] | null = null;
  onJoin: () => void = noop;
  /** Commands, or the error, that each lease in turn is answered with; then none ever. */
  readonly leases: (readonly CommandResource[] | Error)[] = [];
  /** Errors that results are answered with before they are taken. */
  readonly refusals: Error[] = [];

  readonly calls: WorkerCalls = {
    list: () => Promise.resolve([]),
    records: () => Promise.resolve({ items: [], next: null }),
    place: () => Promise.reject(new Error('a worker does not place')),
    join: async (body) => {
      this.joins.push(body);
      this.onJoin();
      return { id: 'w_1', ackWait: 60_000, beatEvery: 20_000, tenants: [], lost: [] };
    },
    beat: () => Promise.resolve({ lost: [], tenants: [] }),
    lease: (_id, { poll }, signal) => {
      this.polls.push(poll);
      const next = this.leases.shift();
      if (next instanceof Error) return Promise.reject(next);
      if (next !== undefined) return Promise.resolve({ commands: next });
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
      });
    },
    complete: (_id, result) => {
      const refusal = this.refusals.shift();
      if (refusal !== undefined) return Promise.reject(refusal);
      this.results.push(result);
      const { commandId, attempt } = result;
      return Promise.resolve({ commandId, attempt, duplicate: false });
    },
    drain: () => Promise.resolve(),
    leave: (_id, holding) => {
      this.left = holding;
      return Promise.resolve();
    },
  };
}

function loopOf(
  server: PlayedServer,
  execute: () => Promise<EffectResult> = () =>
    Promise.resolve({ kind: 'succeeded', output: '{"ok":true}' }),
  ensure: () => Promise<void> = () => Promise.resolve(),
): WorkerLoop {
  return new WorkerLoop(optionsOf(server.calls, execute, ensure));
}

function optionsOf(
  server: WorkerCalls,
  execute: () => Promise<EffectResult> = () => Promise.reject(new Error('nothing is called')),
  ensure: () => Promise<void> = () => Promise.resolve(),
): WorkerLoopOptions {
  return {
    server,
    executor: { execute },
    releases: { ensure },
    terms: { name: 'one', group: 'default', concurrency: 4, tenants: [], effects: [] },
    clock: systemClock,
    random: () => 0,
    log: QUIET,
  };
}

async function until(found: () => boolean): Promise<void> {
  while (!found()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const away = new HoldfastError('unavailable', 'nobody there');

test('it keeps trying to join a server that is away, and ends where its key is refused', async () => {
  const server = new PlayedServer();
  let tries = 0;
  server.onJoin = () => {
    tries += 1;
    if (tries < 3) throw away;
  };
  const loop = loopOf(server);
  await loop.start();
  expect([tries, loop.ready]).toEqual([3, true]);
  await loop.drain(0);
  const refusing = new PlayedServer();
  refusing.onJoin = () => {
    throw new HoldfastError('auth.scope', 'no');
  };
  await expect(loopOf(refusing).start()).rejects.toMatchObject({ code: 'auth.scope' });
});

test('a result is sent until it is taken, and a lease that broke off is asked for under its number again', async () => {
  const server = new PlayedServer();
  server.leases.push(away, [command('c1')]);
  server.refusals.push(away, new HoldfastError('draining', 'later'));
  const loop = loopOf(server);
  await loop.start();
  await until(() => server.results.length === 1);
  expect(server.results[0]).toMatchObject({
    commandId: 'c1',
    attempt: 1,
    resultType: 'succeeded',
    payload: { ok: true },
  });
  expect(server.polls.slice(0, 3)).toEqual([1, 1, 2]);
  expect(await loop.drain(1000)).toBe(0);
  expect([server.left, loop.ready]).toEqual([[], false]);
});

test('a worker that the server does not know joins again under its id, and says what it has under way', async () => {
  const server = new PlayedServer();
  server.leases.push([command('c1')], new HoldfastError('worker.unknown', 'who?'));
  const { promise, resolve } = Promise.withResolvers<EffectResult>();
  const loop = loopOf(server, () => promise);
  await loop.start();
  await until(() => server.joins.length === 2);
  expect(server.joins[1]).toMatchObject({
    id: 'w_1',
    holding: [{ commandId: 'c1', attempt: 1 }],
  });
  resolve({ kind: 'failed', error: { code: 'no', message: 'no' } });
  await until(() => server.results.length === 1);
  expect(server.results[0]).toMatchObject({
    resultType: 'failed',
    payload: { code: 'no', message: 'no' },
  });
  await loop.drain(0);
});

test('a result that came too late is dropped and counted', async () => {
  const server = new PlayedServer();
  server.leases.push([command('c1')]);
  server.refusals.push(new HoldfastError('lease.lost', 'too late'));
  const loop = loopOf(server);
  await loop.start();
  await until(() => loop.totals.refused === 1);
  await until(() => loop.inFlight === 0);
  expect(server.results).toEqual([]);
  await loop.drain(0);
});

test('an output that the server cannot take in leaves doubt, not a refusal', async () => {
  const server = new PlayedServer();
  server.leases.push([command('c1')]);
  server.refusals.push(new HoldfastError('request.invalid', 'too large'));
  const loop = loopOf(server);
  await loop.start();
  await until(() => server.results.length === 1);
  expect(server.results[0]).toMatchObject({
    resultType: 'in_doubt',
    payload: { code: 'output.invalid' },
  });
  await loop.drain(0);
});

test('a result that the server can never take is given up: its lease ends', async () => {
  const server = new PlayedServer();
  server.leases.push([command('c1')]);
  const invalid = new HoldfastError('request.invalid', 'no');
  server.refusals.push(invalid, invalid);
  const loop = loopOf(server, () =>
    Promise.resolve({ kind: 'failed', error: { code: 'no', message: 'no' } }),
  );
  await loop.start();
  await until(() => server.refusals.length === 1 && loop.inFlight === 0);
  expect(server.results).toEqual([]);
  await loop.drain(0);
});

test('one that has left neither beats nor joins again', async () => {
  const server = new PlayedServer();
  let asked = 0;
  const timers: (() => void)[] = [];
  const answers: ((error: Error) => void)[] = [];
  const loop = new WorkerLoop({
    ...optionsOf({
      ...server.calls,
      beat: () => {
        asked += 1;
        return new Promise((_, reject) => answers.push(reject));
      },
    }),
    clock: {
      ...systemClock,
      after: (delay, run) => {
        if (delay < 20_000) return systemClock.after(delay, run);
        timers.push(run);
        return () => void timers.splice(timers.indexOf(run), 1);
      },
    },
  });
  await loop.start();
  timers.shift()?.();
  expect(asked).toBe(1);
  await loop.drain(0);
  // The answer to the last beat comes after it has left: the server does not know it any more.
  for (const refuse of answers) refuse(new HoldfastError('worker.unknown', 'who?'));
  await new Promise((resolve) => setImmediate(resolve));
  expect([timers.length, server.joins.length]).toEqual([0, 1]);
});

test('a server that answers nothing does not keep a worker from going', async () => {
  const server = new PlayedServer();
  const silent = () => new Promise<void>(() => undefined);
  const loop = new WorkerLoop({
    ...optionsOf({ ...server.calls, drain: silent, leave: silent }),
    clock: {
      ...systemClock,
      after: (delay, run) => systemClock.after(delay === 5000 ? 0 : delay, run),
    },
  });
  await loop.start();
  expect(await loop.drain(0)).toBe(0);
});

test('without its release nothing is called', async () => {
  const server = new PlayedServer();
  server.leases.push([command('c1')]);
  let called = 0;
  const loop = loopOf(
    server,
    () => {
      called += 1;
      return Promise.resolve({ kind: 'succeeded', output: '1' });
    },
    () => Promise.reject(away),
  );
  await loop.start();
  await until(() => server.results.length === 1);
  expect(server.results[0]).toMatchObject({
    resultType: 'not_done',
    payload: { code: 'host.release_unavailable' },
  });
  expect(called).toBe(0);
  await loop.drain(0);
});

test('a drain whose time is up says what it leaves behind', async () => {
  const server = new PlayedServer();
  server.leases.push([command('c1')]);
  const loop = loopOf(server, () => new Promise(() => undefined));
  await loop.start();
  await until(() => loop.inFlight === 1);
  expect(await loop.drain(0)).toBe(1);
  expect(server.left).toEqual([{ commandId: 'c1', attempt: 1 }]);
});
