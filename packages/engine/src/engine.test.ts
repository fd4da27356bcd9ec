import { HoldfastError } from '@holdfast/core';
import { openReadModel } from '@holdfast/store';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Three effects in turn, then a wait, then done. */
const order: InlineProgram = {
  key: (data) => (data as { orderId: string }).orderId,
  decide: (state, call) => {
    const done = (state as { done: string[] } | null)?.done ?? [];
    if (call.kind === 'wait') {
      return {
        state: { done },
        decision: { ending: { as: 'completed', result: { done, shelf: call.data } } },
      };
    }
    const next = call.step === null ? done : [...done, call.step];
    const step = ['reserve', 'charge', 'dispatch'][next.length];
    if (step === undefined) {
      const waits = [{ step: 'ready#1', name: 'ready', definition: null, expiresAt: null }];
      return { state: { done: next }, decision: { waits, status: 'waiting' } };
    }
    return {
      state: { done: next },
      decision: { items: [{ step, effect: step, input: { n: next.length } }] },
    };
  },
};
/** Decides nothing, and is in the middle of it when it is closed. */
class SlowSandbox extends InlineSandbox {
  readonly #cut = Promise.withResolvers<never>();

  override route(): Promise<never> {
    return this.#cut.promise;
  }

  override close(): Promise<void> {
    this.#cut.reject(new HoldfastError('draining', 'the sandbox is closed'));
    return Promise.resolve();
  }
}

const sagas = [{ name: 'order', on: ['order.placed'] }];
const effects = [{ name: 'reserve' }, { name: 'charge' }, { name: 'dispatch' }];
const at = { tenant: '', saga: 'order', key: 'o-1' };
const actor = { by: 'test', reason: null };

let bench: EngineBench;
afterEach(() => bench.end());

const statusOf = async (): Promise<string | undefined> =>
  (await bench.store.loadInstances([at]))[0]?.row.status;

describe('an order', () => {
  test('runs its effects in turn, waits, and completes', async () => {
    bench = new EngineBench({ programs: { order }, sagas, effects });
    const engine = await bench.start();
    const answer = await engine.ingest({ event: bench.event('order.placed', { orderId: 'o-1' }) });
    expect(answer).toMatchObject({ status: 'accepted', duplicate: false });
    await until(async () => (await statusOf()) === 'waiting');
    expect(bench.calls.map((call) => call.effect)).toEqual(['reserve', 'charge', 'dispatch']);
    expect(new Set(bench.calls.map((call) => call.commandId)).size).toBe(3);
    const end = engine.awaitEnd(at, 5000);
    await engine.completeWait({ ...at, name: 'ready' }, '{"shelf":3}', actor);
    expect(await end).toMatchObject({
      status: 'completed',
      result: '{"done":["reserve","charge","dispatch"],"shelf":{"shelf":3}}',
    });
    expect(bench.fatal).toEqual([]);
  });

  test('is journaled once for the same source and id, and refused with other content', async () => {
    bench = new EngineBench({ programs: { order }, sagas, effects });
    const engine = await bench.start();
    const event = bench.event('order.placed', { orderId: 'o-1', amount: 1 }, { id: 'e1' });
    const twin = { ...event, data: '{ "amount": 1, "orderId": "o-1" }' };
    const [first, second] = await Promise.all([
      engine.ingest({ event }),
      engine.ingest({ event: twin }),
    ]);
    const third = await engine.ingest({ event: twin });
    expect(first).toMatchObject({ status: 'accepted', duplicate: false });
    const seq = first.status === 'accepted' ? first.seq : 0;
    expect(second).toMatchObject({ status: 'accepted', duplicate: true, seq });
    expect(third).toMatchObject({ status: 'accepted', duplicate: true, seq });
    const other = await engine.ingest({
      event: { ...event, data: '{"orderId":"o-1","amount":2}' },
    });
    expect(other).toEqual({ status: 'conflict', seq });
  });

  test('repeated by a caller who waits answers with the end of what the first one opened', async () => {
    bench = new EngineBench({ programs: { order }, sagas, effects });
    const engine = await bench.start();
    const event = bench.event('order.placed', { orderId: 'o-1' }, { id: 'e1' });
    await engine.ingest({ event });
    await until(async () => (await statusOf()) === 'waiting');
    const again = engine.ingest({ event, wait: { timeout: 5000 } });
    await engine.completeWait({ ...at, name: 'ready' }, '1', actor);
    expect(await again).toMatchObject({ duplicate: true, ended: { status: 'completed' } });
  });

  test('goes on after a crash, with the tries that were out in doubt and the same keys', async () => {
    bench = new EngineBench({ programs: { order }, sagas, effects });
    const engine = await bench.start();
    bench.execute = () => new Promise(() => undefined);
    await engine.ingest({ event: bench.event('order.placed', { orderId: 'o-1' }) });
    await until(() => bench.calls.length === 1);
    bench.execute = (call) => Promise.resolve({ kind: 'succeeded', output: call.input });
    await bench.restart();
    await until(async () => (await statusOf()) === 'waiting');
    const [first, again] = bench.calls;
    expect(again).toMatchObject({ commandId: first?.commandId, attempt: 2 });
    expect(bench.calls).toHaveLength(4);
  });

  test('whose wait is completed twice tells the second that it is closed', async () => {
    bench = new EngineBench({ programs: { order }, sagas, effects });
    const engine = await bench.start();
    await engine.ingest({ event: bench.event('order.placed', { orderId: 'o-1' }) });
    await until(async () => (await statusOf()) === 'waiting');
    const ends = await Promise.allSettled([
      engine.completeWait({ ...at, name: 'ready' }, '1', actor),
      engine.completeWait({ ...at, name: 'ready' }, '2', actor),
    ]);
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected']);
    await expect(engine.completeWait({ ...at, name: 'ready' }, '3', actor)).rejects.toMatchObject({
      code: 'wait.closed',
    });
  });
});

describe('a saga that nothing concerns for long', () => {
  test('has its checkpoint follow the journal, after a restart as well', async () => {
    bench = new EngineBench({ programs: { order }, sagas, effects });
    await bench.start();
    await bench.engine.ingest({ event: bench.event('order.placed', { orderId: 'o-1' }) });
    await until(async () => (await statusOf()) === 'waiting');
    for (let round = 0; round < 2; round++) {
      const before = bench.store.counters.seq;
      for (let n = 0; n < 2500; n++) void bench.engine.ingest({ event: bench.event('other', n) });
      await until(() => bench.store.counters.seq === before + 2500);
      await bench.engine.ingest({ event: bench.event('other', 0) });
      const [checkpoint] = await bench.store.checkpoints();
      expect(checkpoint?.seq).toBeGreaterThan(before);
      await bench.restart();
    }
  });
});

describe('a child', () => {
  test('whose parent asked for it just before a crash is opened by the next start, once', async () => {
    const opened: unknown[] = [];
    const parent: InlineProgram = {
      key: () => 'p',
      decide: (_, call) => {
        if (call.kind === 'child')
          return { state: null, decision: { ending: { as: 'completed', result: call.data } } };
        const child = { step: 'kid', saga: 'kid', key: 'k', input: 7 };
        return { state: null, decision: { status: 'waiting', children: [child] } };
      },
    };
    const kid: InlineProgram = {
      key: () => 'k',
      decide: (_, call) => {
        opened.push(call.data);
        return { state: null, decision: { ending: { as: 'completed', result: null } } };
      },
    };
    bench = new EngineBench({
      programs: { parent, kid },
      sagas: [
        { name: 'parent', on: ['go'] },
        { name: 'kid', on: [] },
      ],
    });
    const engine = await bench.start();
    // The answer comes with the parent's commit or before; the child's own can only follow.
    const { store } = bench;
    const commit = store.commit.bind(store);
    const crashed = Promise.withResolvers<void>();
    store.commit = async (batch) => {
      if (batch.ops.some((op) => op.op === 'instance.create' && op.row.saga === 'kid')) {
        crashed.resolve();
        return new Promise(() => undefined);
      }
      return commit(batch);
    };
    await engine.ingest({ event: bench.event('go', 0) });
    await crashed.promise;
    opened.length = 0;
    await bench.restart();
    const at = { tenant: '', saga: 'parent', key: 'p' };
    await until(async () => (await bench.store.loadInstances([at]))[0]?.row.status === 'completed');
    expect(opened).toEqual([7]);
    await bench.restart();
    await bench.engine.drain(1000);
    expect(opened).toEqual([7]);
  });
});

describe('a key that is a member of the data', () => {
  test('is read without the program, in order with keys that it must compute', async () => {
    const asked: unknown[] = [];
    const seen: unknown[] = [];
    const valve: InlineProgram = {
      key: (data) => {
        asked.push(data);
        return String((data as { v: string | number }).v);
      },
      decide: (_, call) => {
        seen.push((call.data as { n: number }).n);
        return { state: call.data, decision: { status: 'waiting' } };
      },
    };
    bench = new EngineBench({
      programs: { valve },
      sagas: [{ name: 'valve', on: ['turned'], style: 'reducer', keyPath: ['v'] }],
    });
    const engine = await bench.start();
    const turns = ['1', 1, '1', '1', 1, '1'].map((v, n) => ({ v, n }));
    await Promise.all(turns.map((turn) => engine.ingest({ event: bench.event('turned', turn) })));
    await until(() => seen.length === turns.length);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(asked).toEqual([turns[1], turns[4]]);
  });
});

describe('an event whose type has a schema', () => {
  test('and whose saga has a static key is read once on its way in', async () => {
    const seen: unknown[] = [];
    const program: InlineProgram = {
      key: () => 'not asked',
      decide: (_, call) => {
        seen.push(call.data);
        return { state: null, decision: { status: 'waiting' } };
      },
    };
    const schema = { type: 'object', required: ['v'] };
    bench = new EngineBench({
      programs: { valve: program },
      sagas: [{ name: 'valve', on: ['turned'], keyPath: ['v'] }],
      events: [{ type: 'turned', schema }],
    });
    const engine = await bench.start();
    const event = bench.event('turned', { v: 'v-1' });
    const parse = vi.spyOn(JSON, 'parse');
    const answer = engine.ingest({ event });
    // Routed in the same turn; what follows is the program's reading.
    const reads = parse.mock.calls.filter(([text]) => text === event.data).length;
    parse.mockRestore();
    expect(reads).toBe(1);
    expect(await answer).toMatchObject({ status: 'accepted' });
    await until(() => seen.length === 1);
    const address = { tenant: '', saga: 'valve', key: 'v-1' };
    await until(async () => (await bench.store.loadInstances([address]))[0] !== null);
    expect(await engine.ingest({ event: bench.event('turned', {}) })).toMatchObject({
      status: 'invalid',
    });
  });
});

describe('a saga whose events start it again without end', () => {
  test('is stopped at the limit of causation, its last event quarantined, through a restart as well', async () => {
    const echo: InlineProgram = {
      key: (data) => JSON.stringify(data),
      decide: (_, call) => ({
        state: null,
        decision: {
          publishes: [{ step: 'again', type: 'go', data: Number(call.data) + 1 }],
          ending: { as: 'completed', result: null },
        },
      }),
    };
    bench = new EngineBench({ programs: { s: echo }, sagas: [{ name: 's', on: ['go'] }] });
    const engine = await bench.start();
    await engine.ingest({ event: bench.event('go', 0) });
    const last = { tenant: '', saga: 's', key: '64' };
    await until(
      async () => (await bench.store.loadInstances([last]))[0]?.row.status === 'completed',
    );
    const quarantined = async (): Promise<readonly unknown[]> => {
      const readModel = await openReadModel({ dir: bench.dir });
      const { items } = await readModel.quarantine('', {});
      await readModel.close();
      return items.map(({ code, context }) => [code, (context as { saga: string }).saga]);
    };
    await until(async () => (await quarantined()).length > 0);
    expect(await quarantined()).toEqual([['causation.too_deep', 's']]);
    await bench.restart();
    await bench.engine.drain(1000);
    expect(await bench.store.loadInstances([{ ...last, key: '65' }])).toEqual([null]);
    expect(await quarantined()).toEqual([['causation.too_deep', 's']]);
  });

  test('is stopped as well where a crash came before the event was quarantined', async () => {
    const seen: unknown[] = [];
    const program: InlineProgram = {
      key: (data) => JSON.stringify(data),
      decide: (_, call) => {
        seen.push(call.data);
        return { state: null, decision: { ending: { as: 'completed', result: null } } };
      },
    };
    bench = new EngineBench({ programs: { s: program }, sagas: [{ name: 's', on: ['go'] }] });
    const engine = await bench.start();
    const source = 'holdfast:saga/s';
    await engine.ingest({ event: bench.event('go', 0) });
    await until(() => seen.length === 1);
    await engine.drain(1000);
    const { seq, at: time } = bench.store.counters;
    const event = {
      ...bench.event('go', 1, { source, extensions: '{"depth":65}' }),
      id: 'deep',
      seq: seq + 1,
      stream: 'AGGREGATE_EVENTS',
      receivedAt: time,
    } as const;
    await bench.store.commit({
      at: time,
      ops: [{ op: 'event', event, mark: null, content: null, target: null }],
    });
    await bench.restart();
    await until(async () => (await bench.store.checkpoints())[0]?.seq === seq + 1);
    expect(seen).toEqual([0]);
  });

  test('tells a parent that its child would be one too many', async () => {
    const nest: InlineProgram = {
      key: (data) => JSON.stringify(data),
      decide: (_, call) => {
        if (call.kind === 'child')
          return { state: null, decision: { ending: { as: 'completed', result: call.data } } };
        const n = Number(call.data);
        const child = { step: 'deeper', saga: 's', key: String(n + 1), input: n + 1 };
        return { state: null, decision: { status: 'waiting', children: [child] } };
      },
    };
    bench = new EngineBench({ programs: { s: nest }, sagas: [{ name: 's', on: ['go'] }] });
    const engine = await bench.start();
    await engine.ingest({ event: bench.event('go', 0) });
    const last = { tenant: '', saga: 's', key: '64' };
    await until(
      async () => (await bench.store.loadInstances([last]))[0]?.row.status === 'completed',
    );
    const [instance] = await bench.store.loadInstances([last]);
    expect(instance?.row.result).toContain('child.refused');
  });
});

describe('a wait token', () => {
  const asker: InlineProgram = {
    key: () => 'k',
    decide: (_, call) => {
      if (call.kind === 'start') {
        const input = { link: 'https://shop.example/ok/{{holdfast.wait:ok}}' };
        return { state: 0, decision: { items: [{ step: 'mail', effect: 'reserve', input }] } };
      }
      if (call.kind === 'wait')
        return { state: 2, decision: { ending: { as: 'completed', result: call.data } } };
      const waits = [{ step: 'ok#1', name: 'ok', definition: null, expiresAt: null }];
      return { state: 1, decision: { waits, status: 'waiting' } };
    },
  };

  test('leaves with the call, stands nowhere in the store, and completes the wait by itself', async () => {
    bench = new EngineBench({
      programs: { s: asker },
      sagas: [{ name: 's', on: ['go'] }],
      effects,
    });
    const engine = await bench.start();
    await engine.ingest({ event: bench.event('go', null) });
    const instance = { tenant: '', saga: 's', key: 'k' };
    await until(
      async () => (await bench.store.loadInstances([instance]))[0]?.row.status === 'waiting',
    );
    const token = /ok\/([\w-]{43})"/.exec(bench.calls[0]?.input ?? '')?.[1] ?? '';
    const [loaded] = await bench.store.loadInstances([instance]);
    expect(JSON.stringify(loaded)).not.toContain(token);
    await expect(engine.completeWait({ token: `${token}x` }, '1', actor)).rejects.toMatchObject({
      code: 'not_found',
    });
    const end = engine.awaitEnd(instance, 5000);
    await engine.completeWait({ token }, '"yes"', actor);
    expect(await end).toMatchObject({ status: 'completed', result: '"yes"' });
  });
});

describe('a program that fails', () => {
  test('blocks its instance, parks later events in order, and goes on when redriven', async () => {
    let broken = true;
    const seen: unknown[] = [];
    const valve: InlineProgram = {
      key: () => 'v',
      decide: (_, call) => {
        if (broken && call.data === 2) throw new Error('cannot take 2');
        seen.push(call.data);
        return { state: call.data, decision: { status: 'waiting' } };
      },
    };
    const name = 'valve';
    bench = new EngineBench({
      programs: { valve },
      sagas: [{ name, on: ['turned'], style: 'reducer' }],
    });
    const engine = await bench.start();
    for (const turn of [1, 2, 3, 4]) await engine.ingest({ event: bench.event('turned', turn) });
    const address = { tenant: '', saga: name, key: 'v' };
    await until(
      async () => (await bench.store.loadInstances([address]))[0]?.row.status === 'blocked',
    );
    expect(seen).toEqual([1]);
    broken = false;
    await engine.redrive(address, actor);
    await until(() => seen.length === 4);
    expect(seen).toEqual([1, 2, 3, 4]);
  });
});

describe('an effect', () => {
  test('in doubt under `hold` blocks its instance until redriven, then is called with the same key', async () => {
    const held = [
      { name: 'reserve', inDoubt: 'hold' as const },
      { name: 'charge' },
      { name: 'dispatch' },
    ];
    bench = new EngineBench({ programs: { order }, sagas, effects: held });
    const engine = await bench.start();
    bench.execute = () =>
      Promise.resolve({ kind: 'in_doubt', error: { code: 'timeout', message: 'no answer' } });
    await engine.ingest({ event: bench.event('order.placed', { orderId: 'o-1' }) });
    await until(async () => (await statusOf()) === 'blocked');
    bench.execute = (call) => Promise.resolve({ kind: 'succeeded', output: call.input });
    await engine.redrive(at, actor);
    await until(async () => (await statusOf()) === 'waiting');
    expect(bench.calls.slice(0, 2).map((call) => call.commandId)).toEqual([
      bench.calls[0]?.commandId,
      bench.calls[0]?.commandId,
    ]);
  });

  test('that did not happen is tried again, then refused, and the saga is told', async () => {
    const told: string[] = [];
    const saga: InlineProgram = {
      key: () => 'k',
      decide: (_, call) => {
        told.push(call.type);
        return call.kind === 'start'
          ? { state: 0, decision: { items: [{ step: 's', effect: 'reserve', input: 1 }] } }
          : { state: 1, decision: { ending: { as: 'completed', result: null } } };
      },
    };
    bench = new EngineBench({ programs: { s: saga }, sagas: [{ name: 's', on: ['go'] }], effects });
    const engine = await bench.start();
    bench.execute = () =>
      Promise.resolve({ kind: 'not_done', error: { code: 'refused', message: 'no' } });
    await engine.ingest({ event: bench.event('go', null), wait: { timeout: 5000 } });
    expect(bench.calls.map((call) => call.attempt)).toEqual([1, 2, 3]);
    expect(told).toEqual(['go', 'effect.failed']);
  });
});

describe('a timer', () => {
  test('fires once, through a restart', async () => {
    const fired: string[] = [];
    const saga: InlineProgram = {
      key: () => 'k',
      decide: (_, call) => {
        if (call.kind === 'start') {
          return {
            state: 0,
            decision: {
              schedules: [{ name: 'soon', dueAt: call.now + 50_000 }],
              status: 'waiting',
            },
          };
        }
        fired.push(call.type);
        return { state: 1, decision: { ending: { as: 'completed', result: 'fired' } } };
      },
    };
    bench = new EngineBench({ programs: { s: saga }, sagas: [{ name: 's', on: ['go'] }] });
    await (await bench.start()).ingest({ event: bench.event('go', null) });
    const engine = await bench.restart();
    expect(await engine.awaitEnd({ tenant: '', saga: 's', key: 'k' }, 5000)).toMatchObject({
      status: 'completed',
    });
    expect(fired).toEqual(['timer.fired']);
  });
});

describe('an end that does not wait', () => {
  test('cuts decisions short, and that is no fault', async () => {
    const sandbox = new SlowSandbox({ order });
    bench = new EngineBench({ programs: { order }, sagas, effects, sandbox });
    const engine = await bench.start();
    await engine.ingest({ event: bench.event('order.placed', { orderId: 'o-1' }) });
    await engine.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(bench.fatal).toEqual([]);
  });
});

test('a wait that is completed before its opening is in the store is closed after it', async () => {
  const later: (() => void)[] = [];
  const isHeld = { now: false };
  const telling: InlineProgram = {
    key: () => 'a',
    decide: () => ({
      state: null,
      decision: {
        publishes: [{ step: 'told', type: 'told', data: {} }],
        ending: { as: 'completed', result: null },
      },
    }),
  };
  const waiting: InlineProgram = {
    key: () => 'b',
    decide: (_state, call) => {
      if (call.kind === 'wait')
        return { state: null, decision: { ending: { as: 'completed', result: call.data } } };
      const waits = [{ step: 'ready#1', name: 'ready', definition: null, expiresAt: null }];
      return { state: null, decision: { waits, status: 'waiting' } };
    },
  };
  bench = new EngineBench({
    programs: { telling, waiting },
    sagas: [
      { name: 'telling', on: ['tell'] },
      { name: 'waiting', on: ['wait'] },
    ],
    defer: (run) => (isHeld.now ? later.push(run) : setImmediate(run)),
  });
  const engine = await bench.start();
  isHeld.now = true;
  const placed = ['tell', 'wait'].map((type) => engine.ingest({ event: bench.event(type, {}) }));
  await new Promise((resolve) => setImmediate(resolve));
  const ended = engine.completeWait(
    { tenant: '', saga: 'waiting', key: 'b', name: 'ready' },
    '7',
    actor,
  );
  await new Promise((resolve) => setImmediate(resolve));
  isHeld.now = false;
  for (const run of later) run();
  await Promise.all([...placed, ended]);
  await until(async () => {
    const [instance] = await bench.store.loadInstances([{ tenant: '', saga: 'waiting', key: 'b' }]);
    return instance?.row.result === '7';
  });
  expect(bench.fatal).toEqual([]);
});
