import type { CommandId, EffectCall, EffectResult, TenantId } from '@holdfast/core';
import { afterEach, expect, test } from 'vitest';
import { EngineBench } from '../testing/engine-bench.ts';
import type { InlineProgram } from '../testing/inline-sandbox.ts';
import type { LeasedCall, WorkerCaller } from './worker-api.ts';
import { until } from '../testing/until.ts';

/** Asks for as many calls of one effect as its event says, all at once. */
const caller: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (state, call) => {
    const asked = call.data as { calls?: number; effect?: string };
    if (call.step === null) {
      const count = asked.calls ?? 1;
      const items = Array.from({ length: count }, (_, i) => ({
        step: `s${i + 1}`,
        effect: asked.effect ?? 'pay',
        input: { n: i + 1 },
      }));
      return { state: { left: count }, decision: { items } };
    }
    const left = (state as { left: number }).left - 1;
    return left > 0
      ? { state: { left }, decision: {} }
      : { state: { left }, decision: { ending: { as: 'completed', result: null } } };
  },
};
const sagas = [{ name: 'caller', on: ['call'] }];
const pay = {
  name: 'pay',
  timeout: 600_000,
  retry: { attempts: 8, backoff: 1, max: 1, factor: 1 },
};
const SAGA_MODE = { local: false, ackWait: 30_000 };
const admin: WorkerCaller = { keyId: 'k', tenant: null };
const done: EffectResult = { kind: 'succeeded', output: '{"ok":true}' };
const LONG = 60_000;

let bench: EngineBench;
afterEach(async () => {
  const { fatal } = bench;
  await bench.end();
  expect(fatal).toEqual([]);
});

async function open(options: Partial<ConstructorParameters<typeof EngineBench>[0]> = {}) {
  bench = new EngineBench({
    programs: { caller },
    sagas,
    effects: [pay],
    workers: SAGA_MODE,
    ...options,
  });
  await bench.start();
}

const place = (id: string, more: { calls?: number; effect?: string } = {}, tenant: TenantId = '') =>
  bench.engine.ingest({ event: bench.event('call', { id, ...more }, { tenant }) });

const statusOf = async (id: string, tenant: TenantId = '') =>
  (await bench.store.loadInstances([{ tenant, saga: 'caller', key: id }]))[0]?.row.status;

const join = async (name: string, more: object = {}, as = admin): Promise<string> => {
  const terms = { name, group: 'default', concurrency: 8, tenants: [], effects: [], holding: [] };
  return (await bench.engine.joinWorker({ ...terms, ...more }, as)).id;
};

let polls = 0;
const lease = (id: string, max = 8, wait = LONG, as = admin): Promise<readonly LeasedCall[]> =>
  bench.engine.leaseCommands(id, { poll: ++polls, max, wait }, as);

/** Leases until there are so many: what several commits started may come in several leases. */
async function gather(id: string, count: number): Promise<readonly LeasedCall[]> {
  const calls: LeasedCall[] = [];
  while (calls.length < count) calls.push(...(await lease(id)));
  return calls;
}

const complete = (id: string, call: EffectCall, result: EffectResult = done, as = admin) =>
  bench.engine.completeCommand(
    id,
    { commandId: call.commandId, attempt: call.attempt },
    result,
    as,
  );

const attemptOf = async (commandId: CommandId, no: number) => {
  const row = await bench.store.itemByCommand(commandId);
  return row === null ? null : bench.store.attempt(row.id, no);
};

test('a command is started for a worker that asked, never on speculation, and settled by its result', async () => {
  await open();
  await place('o1');
  const pending = async () =>
    (await bench.store.unsettledItems({ states: ['pending'], dueBefore: null, limit: 9 }))[0];
  await until(async () => (await pending()) !== undefined);
  expect(await pending()).toMatchObject({ attempts: 0, state: 'pending' });
  const id = await join('one');
  const [leased] = await lease(id);
  if (leased === undefined) throw new Error('nothing was leased');
  expect(leased.call).toMatchObject({ effect: 'pay', saga: 'caller', key: 'o1', attempt: 1 });
  // The start is on record before the worker has the command (I4).
  expect(await attemptOf(leased.call.commandId, 1)).toMatchObject({ worker: id, outcome: null });
  expect(await complete(id, leased.call)).toEqual({ duplicate: false });
  expect(await attemptOf(leased.call.commandId, 1)).toMatchObject({ outcome: 'succeeded' });
  await until(async () => (await statusOf('o1')) === 'completed');
  expect(bench.calls).toEqual([]);
});

test('an asking worker is handed a command with the commit that makes it', async () => {
  await open();
  const id = await join('one');
  const asked = lease(id);
  await place('o1');
  const [leased] = await asked;
  expect(leased?.call.key).toBe('o1');
});

test('workers share what there is, each command going to one', async () => {
  await open({ effects: [{ ...pay, concurrency: 100 }] });
  const ids = [await join('one'), await join('two')];
  const given: string[] = [];
  const work = async (id: string): Promise<void> => {
    while (given.length < 40) {
      const calls = await lease(id, 2, 200);
      given.push(...calls.map(({ call }) => call.commandId));
      for (const { call } of calls) await complete(id, call);
    }
  };
  await Promise.all([place('o1', { calls: 20 }), place('o2', { calls: 20 })]);
  await Promise.all(ids.map(work));
  expect(given).toHaveLength(40);
  expect(new Set(given).size).toBe(40);
  for (const id of ['o1', 'o2']) await until(async () => (await statusOf(id)) === 'completed');
});

test('a result is taken once: the same again changes nothing, another is refused, and so is a stranger’s', async () => {
  await open();
  const id = await join('one');
  const other = await join('two');
  await place('o1');
  const [leased] = await lease(id);
  if (leased === undefined) throw new Error('nothing was leased');
  const { call } = leased;
  await expect(complete(other, call)).rejects.toMatchObject({ code: 'lease.lost' });
  const answers = await Promise.all([complete(id, call), complete(id, call), complete(id, call)]);
  expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  const refusal: EffectResult = { kind: 'failed', error: { code: 'no', message: 'no' } };
  await expect(complete(id, call, refusal)).rejects.toMatchObject({ code: 'lease.lost' });
  await until(async () => (await statusOf('o1')) === 'completed');
  // Also after the server has forgotten.
  await bench.restart();
  expect(await complete(id, call)).toEqual({ duplicate: true });
});

test('a lease that nobody renews is lost and in doubt, and its late answer is refused', async () => {
  // Longer than a busy machine takes from joining to the lease.
  await open({ workers: { local: false, ackWait: 500 } });
  await place('o1');
  const id = await join('one');
  const [first] = await lease(id);
  if (first === undefined) throw new Error('nothing was leased');
  const next = await join('two');
  const [second] = await leaseAgain(next);
  if (second === undefined) throw new Error('nothing was leased');
  expect(second.call).toMatchObject({ commandId: first.call.commandId, attempt: 2 });
  expect(await attemptOf(first.call.commandId, 1)).toMatchObject({ worker: id, outcome: 'lost' });
  await expect(complete(id, first.call)).rejects.toMatchObject({ code: 'lease.lost' });
}, 30_000);

/** A worker that this test keeps silent for longer than the ack wait is taken for lost too, and joins anew. */
async function leaseAgain(id: string): Promise<readonly LeasedCall[]> {
  for (;;) {
    try {
      const calls = await lease(id, 8, 100);
      if (calls.length > 0) return calls;
    } catch (error) {
      expect(error).toMatchObject({ code: 'worker.unknown' });
      await join('two', { id });
    }
  }
}

test('a worker’s doubt goes by the effect’s policy, and is answered once it is on record', async () => {
  await open({ effects: [{ ...pay, inDoubt: 'hold' }] });
  const id = await join('one');
  await place('o1');
  const [leased] = await lease(id);
  if (leased === undefined) throw new Error('nothing was leased');
  const doubt: EffectResult = { kind: 'in_doubt', error: { code: 'timeout', message: 'slow' } };
  expect(await complete(id, leased.call, doubt)).toEqual({ duplicate: false });
  expect(await attemptOf(leased.call.commandId, 1)).toMatchObject({ outcome: 'in_doubt' });
  await until(async () => (await statusOf('o1')) === 'blocked');
  expect(await complete(id, leased.call, doubt)).toEqual({ duplicate: true });
});

test('a beat renews what the worker holds and says what it has lost', async () => {
  await open();
  const id = await join('one');
  await place('o1');
  const [leased] = await lease(id);
  if (leased === undefined) throw new Error('nothing was leased');
  const { commandId } = leased.call;
  const strange = { commandId: 'f'.repeat(32), attempt: 1 };
  const answer = await bench.engine.beatWorker(id, [{ commandId, attempt: 1 }, strange], admin);
  expect(answer.lost).toEqual([strange]);
  const [view] = await bench.engine.workers();
  expect(view).toMatchObject({ id, state: 'joined', inFlight: 1 });
});

test('leases outlive the server: a worker that joins again goes on, and its result counts', async () => {
  await open();
  const id = await join('one');
  await place('o1', { calls: 2 });
  const leased = await gather(id, 2);
  expect(leased).toHaveLength(2);
  const [kept, unseen] = leased.map(({ call }) => call);
  if (kept === undefined || unseen === undefined) throw new Error('two were leased');
  await bench.restart();
  await expect(lease(id)).rejects.toMatchObject({ code: 'worker.unknown' });
  expect(await bench.engine.workers()).toMatchObject([{ id, state: 'away', inFlight: 2 }]);
  const holding = [{ commandId: kept.commandId, attempt: 1 }];
  const joined = await join('one', { id, holding });
  expect(joined).toBe(id);
  // What it does not know of never reached it: another try, without doubt.
  const [again] = await lease(id);
  expect(again?.call).toMatchObject({ commandId: unseen.commandId, attempt: 2, mode: 'call' });
  expect(await attemptOf(unseen.commandId, 1)).toMatchObject({
    outcome: 'not_done',
    errorCode: 'lease.undelivered',
  });
  expect(await complete(id, kept)).toEqual({ duplicate: false });
  if (again === undefined) throw new Error('nothing was leased');
  await complete(id, again.call);
  await until(async () => (await statusOf('o1')) === 'completed');
});

test('an answer that was lost on its way is given again under its number', async () => {
  await open();
  const id = await join('one');
  await place('o1');
  const ask = { poll: 1000, max: 4, wait: LONG };
  const first = await bench.engine.leaseCommands(id, ask, admin);
  expect(await bench.engine.leaseCommands(id, ask, admin)).toEqual(first);
  const [leased] = first;
  if (leased === undefined) throw new Error('nothing was leased');
  await complete(id, leased.call);
  expect(await bench.engine.leaseCommands(id, ask, admin)).toEqual([]);
});

test('what nobody reads any more is not handed out', async () => {
  await open();
  const id = await join('one');
  const gone = bench.engine.leaseCommands(id, { poll: 2000, max: 4, wait: LONG }, admin);
  await bench.engine.abandonLease(id, 2000);
  expect(await gone).toEqual([]);
  await place('o1');
  const [leased] = await lease(id);
  expect(leased?.call.attempt).toBe(1);
});

test('a draining worker gets nothing more, and one that leaves gives back what never reached it', async () => {
  await open();
  const id = await join('one');
  await place('o1');
  const [leased] = await lease(id);
  if (leased === undefined) throw new Error('nothing was leased');
  await bench.engine.drainWorker(id, null, admin);
  await place('o2');
  expect(await lease(id, 8, 20)).toEqual([]);
  await bench.engine.leaveWorker(id, [], admin);
  const next = await join('two');
  const calls = await gather(next, 2);
  expect(calls.map(({ call }) => `${call.key} ${call.attempt}`).toSorted()).toEqual([
    'o1 2',
    'o2 1',
  ]);
  const kinds = (await bench.store.workerEvents(id)).map(({ kind }) => kind);
  expect(kinds).toEqual(['joined', 'draining', 'left']);
  await expect(bench.engine.beatWorker(id, [], admin)).rejects.toMatchObject({
    code: 'worker.unknown',
  });
});

test('tenants go to the workers whose ranges hold them, and a moved range counts at once and for the next run', async () => {
  await open();
  const low = await join('low', { tenants: ['..m'] });
  const high = await join('high', { tenants: ['m..'] });
  await place('o1', {}, 'alpha');
  await place('o2', {}, 'zulu');
  expect((await lease(low)).map(({ call }) => call.tenant)).toEqual(['alpha']);
  expect((await lease(high)).map(({ call }) => call.tenant)).toEqual(['zulu']);
  const asked = lease(low);
  await place('o3', {}, 'zulu');
  await bench.engine.placeWorker(low, ['zulu'], { by: 'op', reason: 'moved' });
  expect((await asked).map(({ call }) => call.tenant)).toEqual(['zulu']);
  await bench.engine.leaveWorker(low, [], admin);
  await join('low', { tenants: ['..m'] });
  expect((await bench.engine.workers()).find(({ name }) => name === 'low')?.tenants).toEqual([
    'zulu',
  ]);
});

test('a key of one tenant leases that tenant’s commands alone, and settles no other’s (I5)', async () => {
  await open();
  const shop: WorkerCaller = { keyId: 's', tenant: 'shop' };
  const id = await join('one', {}, shop);
  const any = await join('any');
  await place('o1', {}, 'bank');
  await place('o2', {}, 'shop');
  const own = await lease(id, 8, LONG, shop);
  expect(own.map(({ call }) => call.tenant)).toEqual(['shop']);
  const [others] = await lease(any);
  if (others === undefined) throw new Error('nothing was leased');
  await expect(complete(any, others.call, done, shop)).rejects.toMatchObject({ code: 'not_found' });
  await expect(bench.engine.beatWorker(any, [], shop)).rejects.toMatchObject({
    code: 'worker.unknown',
  });
});

test('a result counts only with the key that its worker joined with, also once the worker is gone', async () => {
  await open();
  const id = await join('one');
  await place('o1');
  const [leased] = await lease(id);
  if (leased === undefined) throw new Error('nothing was leased');
  const other: WorkerCaller = { keyId: 'other', tenant: null };
  const byOther = () => complete(id, leased.call, done, other);
  await expect(byOther()).rejects.toMatchObject({ code: 'lease.lost' });
  await bench.engine.leaveWorker(id, [leased.call], admin);
  await expect(byOther()).rejects.toMatchObject({ code: 'lease.lost' });
  expect(await attemptOf(leased.call.commandId, 1)).toMatchObject({ outcome: null });
  expect(await complete(id, leased.call)).toEqual({ duplicate: false });
  await expect(byOther()).rejects.toMatchObject({ code: 'lease.lost' });
  await until(async () => (await statusOf('o1')) === 'completed');
});

test('effects go to the workers of their group, by name', async () => {
  await open({ effects: [pay, { ...pay, name: 'print', group: 'printers' }] });
  const id = await join('one');
  const printer = await join('two', { group: 'printers' });
  const picky = await join('three', { effects: ['refund.*'] });
  await place('o1', { effect: 'print' });
  await place('o2', { effect: 'pay' });
  expect((await lease(printer)).map(({ call }) => call.effect)).toEqual(['print']);
  expect(await lease(picky, 8, 20)).toEqual([]);
  expect((await lease(id)).map(({ call }) => call.effect)).toEqual(['pay']);
});

test('messages into the server’s own broker are sent by the server in every mode', async () => {
  const provider = { kind: 'mqtt' as const, topic: 'shelf/1', qos: 1 as const, retain: false };
  await open({ effects: [{ ...pay, provider }] });
  const id = await join('one');
  const asked = lease(id, 8, 200);
  await place('o1');
  await until(async () => (await statusOf('o1')) === 'completed');
  expect(bench.calls.map(({ key }) => key)).toEqual(['o1']);
  expect(await asked).toEqual([]);
});

test('a combined server leaves calls to workers with room, makes the others itself, and never those of another group', async () => {
  await open({
    workers: { local: true, ackWait: 30_000 },
    effects: [pay, { ...pay, name: 'print', group: 'printers' }],
  });
  await place('o1');
  await until(async () => (await statusOf('o1')) === 'completed');
  expect(bench.calls.map(({ key }) => key)).toEqual(['o1']);
  await place('o2', { effect: 'print' });
  const id = await join('one');
  const asked = lease(id, 1);
  await place('o3', { calls: 3 });
  const leased = await asked;
  expect(leased.map(({ call }) => call.key)).toEqual(['o3']);
  await until(() => bench.calls.length === 3);
  for (const { call } of leased) await complete(id, call);
  await until(async () => (await statusOf('o3')) === 'completed');
  expect(bench.calls.map(({ effect }) => effect)).not.toContain('print');
});

test('with order by key an instance’s calls are made one at a time, in order, while others go side by side', async () => {
  await open({ effects: [{ ...pay, order: 'key' }] });
  const id = await join('one');
  await place('o1', { calls: 3 });
  await place('o2', { calls: 1 });
  const first = await gather(id, 2);
  expect(first.map(({ call }) => `${call.key} ${call.step}`).toSorted()).toEqual([
    'o1 s1',
    'o2 s1',
  ]);
  const o1 = first.find(({ call }) => call.key === 'o1');
  if (o1 === undefined) throw new Error('o1 was not leased');
  // Not done, it is tried again before those behind it.
  await complete(id, o1.call, { kind: 'not_done', error: { code: 'busy', message: 'busy' } });
  const [again] = await lease(id);
  expect(again?.call).toMatchObject({ key: 'o1', step: 's1', attempt: 2 });
  if (again === undefined) throw new Error('nothing was leased');
  await complete(id, again.call);
  // The order outlives the server.
  await bench.restart();
  const next = await join('one', { id });
  const steps: string[] = [];
  while ((await statusOf('o1')) !== 'completed') {
    for (const { call } of await lease(next, 8, 50)) {
      if (call.key === 'o1') steps.push(call.step);
      await complete(next, call);
    }
  }
  expect(steps).toEqual(['s2', 's3']);
});

test('a worker that falls silent is lost on record', async () => {
  await open({ workers: { local: false, ackWait: 40 } });
  const id = await join('one');
  await until(async () => (await bench.engine.workers()).length === 0);
  await until(async () => (await bench.store.workerEvents(id)).at(-1)?.kind === 'lost');
  expect((await bench.store.openWorkers()).map(({ worker }) => worker)).not.toContain(id);
});

test('a draining server hands out nothing and does not wait for workers', async () => {
  await open();
  const id = await join('one');
  await place('o1');
  const [leased] = await lease(id);
  const waiting = lease(id);
  expect(await bench.engine.drain(60_000)).toEqual({ inFlight: 0 });
  expect(await waiting).toEqual([]);
  await expect(lease(id)).rejects.toMatchObject({ code: 'draining' });
  expect(leased?.call.attempt).toBe(1);
});
