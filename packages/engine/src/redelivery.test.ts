import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { DecideAnswer, DecideRequest, RouteAnswer, RouteRequest } from './sandbox-port.ts';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

const order: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, call) =>
    call.step === null
      ? { state: null, decision: { items: [{ step: 'charge', effect: 'charge', input: {} }] } }
      : { state: null, decision: { ending: { as: 'completed', result: null } } },
};
const HOST_FAULT = { code: 'program.stuck', message: 'ended', at: null, stack: null, host: true };

/** Its thread is ended at some calls; at others it never answers, as when the process is about to end. */
class FailingSandbox extends InlineSandbox {
  failing = 0;
  isDeadly: (request: RouteRequest | DecideRequest) => boolean = () => false;
  readonly seen: string[] = [];

  override route(request: RouteRequest): Promise<RouteAnswer> {
    this.seen.push(request.data);
    if (this.isDeadly(request)) return new Promise(() => undefined);
    if (this.failing > 0) {
      this.failing -= 1;
      return Promise.resolve({ ok: false, failure: HOST_FAULT } as RouteAnswer);
    }
    return super.route({ ...request, decide: false });
  }

  override decide(request: DecideRequest): Promise<DecideAnswer> {
    if (this.isDeadly(request)) return new Promise(() => undefined);
    if (this.failing > 0) {
      this.failing -= 1;
      return Promise.resolve({ ok: false, failure: HOST_FAULT } as DecideAnswer);
    }
    return super.decide(request);
  }
}

let bench: EngineBench;
let sandbox: FailingSandbox;
afterEach(() => bench.end());

async function start(): Promise<void> {
  sandbox = new FailingSandbox({ order });
  bench = new EngineBench({
    programs: { order },
    sagas: [{ name: 'order', on: ['order.placed'] }],
    effects: [{ name: 'charge' }],
    sandbox,
  });
  await bench.start();
}
const at = (key: string) => ({ tenant: '', saga: 'order', key });
const found = async (key: string) => (await bench.store.loadInstances([at(key)]))[0]?.row;
const becomes = (key: string, status: string): Promise<void> =>
  until(async () => (await found(key))?.status === status);
const place = (id: string) => bench.engine.ingest({ event: bench.event('order.placed', { id }) });
const redeliveries = async (): Promise<number | undefined> =>
  (await bench.engine.consumers(''))[0]?.redeliveries;

describe('a sandbox that has to be ended', () => {
  test('gets the event again, and the instance goes on', async () => {
    await start();
    sandbox.failing = 2;
    await place('o');
    await becomes('o', 'completed');
    expect(await redeliveries()).toBe(2);
    expect(bench.store.counters.quarantine).toBe(0);
  });

  test('while the instance is named, puts the event into quarantine at last, with how often it was tried', async () => {
    await start();
    sandbox.failing = 3;
    await place('o');
    await until(() => bench.store.counters.quarantine === 1);
    const entry = await bench.store.quarantineEntry(1);
    expect(JSON.parse(entry?.row.context ?? '')).toMatchObject({ saga: 'order', attempts: 3 });
    await place('next');
    await becomes('next', 'completed');
  });

  test('while it decides, blocks the instance at last, with how often it was tried', async () => {
    await start();
    bench.execute = () => new Promise(() => undefined);
    await place('o');
    await until(() => bench.calls.length === 1);
    const { promise, resolve } = Promise.withResolvers<{ kind: 'succeeded'; output: string }>();
    bench.execute = () => promise;
    await bench.restart();
    await until(() => bench.calls.length === 2);
    sandbox.failing = 3;
    resolve({ kind: 'succeeded', output: '{}' });
    await becomes('o', 'blocked');
    const { blockedBy } = (await found('o')) ?? {};
    expect(JSON.parse(blockedBy ?? '')).toMatchObject({ code: 'program.stuck', attempts: 3 });
    await bench.engine.redrive(at('o'), { by: 'test', reason: null });
    await becomes('o', 'completed');
  });
});

describe('an event that ends the process', () => {
  const isPoison = (request: RouteRequest | DecideRequest): boolean =>
    'data' in request && request.data.includes('poison');

  /** As if the process ended at it: nothing more is decided, and nothing in memory outlives it. */
  async function crashes(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      await bench.crash();
      sandbox.seen.length = 0;
      await bench.start();
      await until(() => sandbox.seen.some((data) => data.includes('poison')));
    }
  }

  test('is given up after so many times; what came with it is not', async () => {
    await start();
    sandbox.isDeadly = isPoison;
    void place('poison').catch(() => undefined);
    void place('innocent').catch(() => undefined);
    await until(() => bench.store.counters.seq >= 4);
    await crashes(4);
    const [noted] = await bench.store.deliveries();
    expect(noted).toMatchObject({ saga: 'order', count: 3 });
    await bench.crash();
    sandbox.seen.length = 0;
    await bench.start();
    expect(sandbox.seen.filter((data) => data.includes('poison'))).toEqual([]);
    await becomes('innocent', 'completed');
    expect(await bench.store.quarantineEntry(1)).toMatchObject({
      row: { code: 'delivery.exhausted', seq: noted?.seq },
    });
    expect(await bench.store.deliveries()).toEqual([]);
    // A person lets it be given again.
    sandbox.isDeadly = () => false;
    await bench.engine.redriveQuarantine({ tenant: '', id: 1 }, null, { by: 'k', reason: 'r' });
    await becomes('poison', 'completed');
  });

  // Once as it came, once among others, twice by itself.
  test('one that was only cut short is decided on: deliveries among others do not count', async () => {
    await start();
    sandbox.isDeadly = isPoison;
    void place('poison').catch(() => undefined);
    await until(() => bench.store.counters.seq >= 3);
    await crashes(3);
    sandbox.isDeadly = () => false;
    await bench.restart();
    await becomes('poison', 'completed');
    expect(bench.store.counters.quarantine).toBe(0);
    expect(await bench.store.deliveries()).toEqual([]);
  });
});

test('a backlog that two starts found is told of once, not once for each of its events', async () => {
  const warned: object[] = [];
  sandbox = new FailingSandbox({ order });
  bench = new EngineBench({
    programs: { order },
    sagas: [{ name: 'order', on: ['order.placed'] }],
    effects: [{ name: 'charge' }],
    sandbox,
    log: {
      warn: (fields, message) => {
        if (message.includes('two starts')) warned.push(fields);
      },
    },
  });
  await bench.start();
  sandbox.isDeadly = () => true;
  const ids = ['a', 'b', 'c', 'd'];
  const seq = bench.store.counters.seq + ids.length;
  for (const id of ids) void place(id).catch(() => undefined);
  await until(() => bench.store.counters.seq >= seq);
  await bench.crash();
  await bench.start();
  expect(warned).toEqual([]);
  await bench.crash();
  sandbox.isDeadly = () => false;
  await bench.start();
  for (const id of ids) await becomes(id, 'completed');
  expect(warned).toMatchObject([{ saga: 'order', delivery: 1 }]);
});

test('a release whose files are gone blocks its own instances, and no start', async () => {
  bench = new EngineBench({
    programs: { order },
    sagas: [{ name: 'order', on: ['order.placed'], pin: 'always' }],
    effects: [{ name: 'charge' }],
  });
  await bench.start();
  const first = (await bench.store.releases())[0]?.digest ?? '';
  bench.execute = () => new Promise(() => undefined);
  await place('old');
  await until(() => bench.calls.length === 1);
  await bench.deploy({ programs: { order } });
  await bench.crash();
  rmSync(join(bench.dir, 'releases', first), { recursive: true });
  bench.execute = () => Promise.resolve({ kind: 'succeeded', output: '{}' });
  await bench.start({ activate: false });
  await becomes('old', 'blocked');
  const { blockedBy } = (await found('old')) ?? {};
  expect(JSON.parse(blockedBy ?? '')).toMatchObject({ code: 'program.missing' });
  await place('new');
  await becomes('new', 'completed');
  // Registering its bundle again brings it back.
  await bench.engine.registerRelease(bench.bundleOfStart(), { by: 'test', reason: 'back' });
  await bench.engine.redrive(at('old'), { by: 'test', reason: 'back' });
  await becomes('old', 'completed');
  expect(bench.fatal).toEqual([]);
});
