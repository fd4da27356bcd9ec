import type { EffectResult, JournalEvent } from '@holdfast/core';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Charges, then completes with what the charge answered; a failed charge ends it compensated. */
const order: InlineProgram = {
  key: (data) => {
    const { id } = data as { id: string | null };
    if (id === 'unnameable') throw new Error('who is this');
    return id;
  },
  decide: (_state, call) => {
    if (call.step === null)
      return {
        state: { began: call.type, data: call.data },
        decision: { items: [{ step: 'charge', effect: 'charge', input: { key: call.key } }] },
      };
    const error = { code: 'effect', message: 'refused' };
    return {
      state: null,
      decision: {
        ending:
          call.type === 'effect.succeeded'
            ? { as: 'completed', result: call.data }
            : { as: 'compensated', error },
      },
    };
  },
};
const nameless: InlineProgram = { ...order, key: () => 'named now' };
/** Counts what it is told, for ever. */
const shelf: InlineProgram = {
  key: () => 'shelf',
  decide: (state, call) => {
    if (call.step !== null) return { state, decision: { ignored: true } };
    const count = ((state as { count: number } | null)?.count ?? 0) + 1;
    return {
      state: { count },
      decision: { items: [{ step: `tell#${count}`, effect: 'tell', input: { count } }] },
    };
  },
};

const at = { tenant: '', saga: 'order', key: 'o' };
const actor = { by: 'k-oper', reason: 'because' };
const succeeded = (output: object): EffectResult => ({
  kind: 'succeeded',
  output: JSON.stringify(output),
});
const doubtful: EffectResult = { kind: 'in_doubt', error: { code: 'cut', message: 'cut off' } };
const options = {
  programs: { order, shelf },
  sagas: [
    { name: 'order', on: ['order.placed'] },
    { name: 'shelf', on: ['shelf.changed'], style: 'reducer' as const },
  ],
  effects: [
    {
      name: 'charge',
      inDoubt: 'hold' as const,
      output: { type: 'object', required: ['chargeId'] },
    },
    { name: 'tell' },
  ],
};

let bench: EngineBench;
afterEach(() => bench.end());

async function start(execute?: () => EffectResult): Promise<void> {
  bench = new EngineBench(options);
  bench.execute = () => Promise.resolve(execute?.() ?? succeeded({ chargeId: 'c1' }));
  await bench.start();
}
const place = async (data: object = { id: 'o' }): Promise<number> => {
  const answer = await bench.engine.ingest({ event: bench.event('order.placed', data) });
  return answer.status === 'invalid' ? 0 : answer.seq;
};
const found = async (address = at) => (await bench.store.loadInstances([address]))[0]?.row;
const becomes = (status: string, run = 1): Promise<void> =>
  until(async () => {
    const row = await found();
    return row?.status === status && row.run === run;
  });
async function journal(): Promise<readonly JournalEvent[]> {
  const { seq } = bench.store.counters;
  return bench.store.readEvents(Array.from({ length: seq }, (_, i) => i + 1));
}
const records = async (type: string) =>
  (await journal())
    .filter((event) => event.stream === 'CONTROL_EVENTS' && event.type === type)
    .map(({ subject, data }) => ({ subject, data: JSON.parse(data) as Record<string, unknown> }));

describe('restart', () => {
  const go = { dryRun: false, repeatEffects: true };

  test('opens the next run with new keys, from the event that began the last', async () => {
    await start();
    await place({ id: 'o', amount: 7 });
    await becomes('completed');
    const answer = await bench.engine.restart(at, go, actor);
    expect(answer).toMatchObject({ run: 2, effects: [{ effect: 'charge', outcome: 'succeeded' }] });
    await becomes('completed', 2);
    const [first, second] = bench.calls;
    expect(second?.commandId).not.toBe(first?.commandId);
    expect(await records('operator.restart')).toEqual([
      {
        subject: 'order/o',
        data: {
          saga: 'order',
          key: 'o',
          afterRun: 1,
          effects: ['charge'],
          before: { run: 1, status: 'completed' },
          after: { run: 2, status: 'running' },
          by: 'k-oper',
          reason: 'because',
        },
      },
    ]);
    // To its program it is the event it was.
    const [decision] = await bench.store.decisionsOf((await found())?.id ?? 0, 0, 1);
    expect(JSON.parse(decision?.state ?? '')).toEqual({
      began: 'order.placed',
      data: { id: 'o', amount: 7 },
    });
    expect((await bench.engine.restart(at, go, actor)).run).toBe(3);
    await becomes('completed', 3);
  });

  test('says what it would repeat, and repeats nothing unasked', async () => {
    await start();
    await place();
    await becomes('completed');
    const dry = await bench.engine.restart(at, { dryRun: true, repeatEffects: false }, actor);
    expect(dry).toEqual({
      dryRun: true,
      run: 2,
      effects: [
        {
          commandId: bench.calls[0]?.commandId,
          step: 'charge',
          effect: 'charge',
          outcome: 'succeeded',
          undone: false,
        },
      ],
    });
    await expect(
      bench.engine.restart(at, { dryRun: false, repeatEffects: false }, actor),
    ).rejects.toMatchObject({ code: 'conflict', faults: [{ at: 'charge' }] });
    expect((await found())?.run).toBe(1);
    expect(bench.calls).toHaveLength(1);
    expect(await records('operator.restart')).toEqual([]);
  });

  test('one that did nothing outside needs no leave', async () => {
    await start(() => ({ kind: 'failed', error: { code: 'declined', message: 'no' } }));
    await place();
    await becomes('compensated');
    await bench.engine.restart(at, { dryRun: false, repeatEffects: false }, actor);
    await becomes('compensated', 2);
    expect(bench.calls).toHaveLength(2);
  });

  test('is refused for one that is not there or has not ended', async () => {
    await start(() => doubtful);
    await expect(bench.engine.restart(at, go, actor)).rejects.toMatchObject({ code: 'not_found' });
    await place();
    await becomes('blocked');
    await expect(bench.engine.restart(at, go, actor)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('outlives a crash', async () => {
    await start();
    await place();
    await becomes('completed');
    bench.execute = () => new Promise(() => undefined);
    await bench.engine.restart(at, go, actor);
    await bench.restart();
    await becomes('blocked', 2);
    expect(await records('operator.restart')).toHaveLength(1);
  });
});

describe('a held effect', () => {
  const commandId = (): string => bench.calls[0]?.commandId ?? '';
  const address = () => ({ tenant: '', commandId: commandId() });
  async function held(): Promise<void> {
    await start(() => doubtful);
    await place();
    await becomes('blocked');
  }

  test('is settled with the output that a person found, and its instance goes on', async () => {
    await held();
    await bench.engine.resolveEffect(
      address(),
      { as: 'succeeded', output: '{"chargeId":"seen"}' },
      actor,
    );
    await becomes('completed');
    expect(await found()).toMatchObject({ result: '{"chargeId":"seen"}' });
    expect(bench.calls).toHaveLength(1);
    const events = await journal();
    const outcome = events.find(({ type }) => type === 'effect.succeeded');
    const act = events.find(({ type }) => type === 'operator.resolve');
    expect(outcome?.causationId).toBe(commandId());
    expect(JSON.parse(act?.data ?? '')).toMatchObject({ as: 'succeeded', by: 'k-oper' });
    expect(await bench.store.itemByCommand(commandId())).toMatchObject({ state: 'settled' });
  });

  test('is settled as failed: its saga is told so, with the reason', async () => {
    await held();
    await bench.engine.resolveEffect(address(), { as: 'failed' }, actor);
    await becomes('compensated');
    const failed = (await journal()).find(({ type }) => type === 'effect.failed');
    expect(JSON.parse(failed?.data ?? '')).toEqual({ code: 'operator', message: 'because' });
  });

  test('is called again with the same key', async () => {
    await held();
    bench.execute = () => Promise.resolve(succeeded({ chargeId: 'c2' }));
    await bench.engine.resolveEffect(address(), { as: 'retry' }, actor);
    await becomes('completed');
    expect(bench.calls.map((call) => call.commandId)).toEqual([commandId(), commandId()]);
  });

  test('takes no output that its schema refuses', async () => {
    await held();
    const wrong = { as: 'succeeded', output: '{"charge":1}' } as const;
    await expect(bench.engine.resolveEffect(address(), wrong, actor)).rejects.toMatchObject({
      code: 'request.invalid',
    });
    expect((await found())?.status).toBe('blocked');
  });

  test('is resolved once, in its own tenant only, and only while it is held', async () => {
    await held();
    const how = { as: 'failed' } as const;
    const elsewhere = { ...address(), tenant: 'other' };
    await expect(bench.engine.resolveEffect(elsewhere, how, actor)).rejects.toMatchObject({
      code: 'not_found',
    });
    const both = await Promise.allSettled([
      bench.engine.resolveEffect(address(), how, actor),
      bench.engine.resolveEffect(address(), how, actor),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await becomes('compensated');
    await expect(bench.engine.resolveEffect(address(), how, actor)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(bench.fatal).toEqual([]);
  });

  test('of two, the second still blocks its instance, which goes on after both', async () => {
    const two: InlineProgram = {
      key: () => 'o',
      decide: (state, call) => {
        const done = (state as number | null) ?? 0;
        if (call.step === null)
          return {
            state: 0,
            decision: {
              items: ['a', 'b'].map((step) => ({ step, effect: 'charge', input: {} })),
            },
          };
        return done === 0
          ? { state: 1, decision: {} }
          : { state: 2, decision: { ending: { as: 'completed', result: done } } };
      },
    };
    bench = new EngineBench({ ...options, programs: { order: two, shelf } });
    bench.execute = () => Promise.resolve(doubtful);
    await bench.start();
    await place();
    await becomes('blocked');
    const output = '{"chargeId":"x"}';
    await until(async () => (await heldItems()).length === 2);
    const [first, second] = await heldItems();
    const resolve = (id: string | undefined) =>
      bench.engine.resolveEffect(
        { tenant: '', commandId: id ?? '' },
        { as: 'succeeded', output },
        actor,
      );
    await resolve(first?.commandId);
    expect(await found()).toMatchObject({ status: 'blocked' });
    expect((await found())?.blockedBy).toContain(second?.commandId);
    await bench.restart();
    expect(await found()).toMatchObject({ status: 'blocked' });
    await resolve(second?.commandId);
    await becomes('completed');
    expect(bench.fatal).toEqual([]);
  });
  const heldItems = () =>
    bench.store.unsettledItems({ states: ['held'], dueBefore: null, limit: 9 });
});

describe('the quarantine', () => {
  async function unnameable(): Promise<{ seq: number; id: number }> {
    await start();
    const seq = await place({ id: 'unnameable' });
    await until(() => bench.store.counters.quarantine === 1);
    return { seq, id: 1 };
  }

  test('gives an event to its saga at last, from the journal, and says by which event', async () => {
    const { seq, id } = await unnameable();
    await bench.deploy({ programs: { order: nameless, shelf } });
    const by = await bench.engine.redriveQuarantine({ tenant: '', id }, null, actor);
    await until(async () => (await found({ ...at, key: 'named now' }))?.status === 'completed');
    const [again] = await bench.store.readEvents([by]);
    const [first] = await bench.store.readEvents([seq]);
    expect(again).toMatchObject({
      type: 'event.redriven',
      causationId: first?.id,
      data: first?.data,
    });
    expect(await bench.store.quarantineEntry(id)).toMatchObject({
      row: { id, seq },
      resolution: { state: 'redriven', by: 'k-oper', reason: 'because', seq: by },
    });
    expect(await records('operator.quarantine.redrive')).toMatchObject([
      { subject: 'quarantine/1', data: { entry: 1, by: 'k-oper' } },
    ]);
  });

  test('keeps what still cannot be processed, as an entry of its own', async () => {
    const { id } = await unnameable();
    await bench.engine.redriveQuarantine({ tenant: '', id }, null, actor);
    expect(bench.store.counters.quarantine).toBe(2);
    expect((await bench.store.quarantineEntry(2))?.resolution).toBeNull();
  });

  test('an entry is resolved once, in its own tenant', async () => {
    const { id } = await unnameable();
    const elsewhere = { tenant: 'other', id };
    await expect(bench.engine.discardQuarantine(elsewhere, actor)).rejects.toMatchObject({
      code: 'not_found',
    });
    const both = await Promise.allSettled([
      bench.engine.discardQuarantine({ tenant: '', id }, actor),
      bench.engine.discardQuarantine({ tenant: '', id }, actor),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(
      bench.engine.redriveQuarantine({ tenant: '', id }, null, actor),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect(await bench.store.quarantineEntry(id)).toMatchObject({
      resolution: { state: 'discarded', seq: null },
    });
    expect(bench.fatal).toEqual([]);
  });

  test('a message is taken in as the events it is by now, once', async () => {
    await start();
    const id = await bench.engine.quarantine({
      tenant: '',
      origin: 'mqtt',
      code: 'event.not_json',
      reason: 'no',
      context: '{}',
      head: null,
      seq: null,
      itemId: null,
    });
    const address = { tenant: '', id };
    await expect(bench.engine.redriveQuarantine(address, null, actor)).rejects.toMatchObject({
      code: 'conflict',
    });
    const message = bench.event('order.placed', { id: 'o' });
    const seq = await bench.engine.redriveQuarantine(address, [message], actor);
    const [event] = await bench.store.readEvents([seq]);
    expect(event).toMatchObject({ id: 'quarantine:1', stream: 'AGGREGATE_EVENTS' });
    await becomes('completed');
  });
});

describe('reprocess', () => {
  const request = { tenant: '', saga: 'order', all: false, dryRun: false } as const;
  const orders = async (count: number): Promise<readonly number[]> => {
    const seqs = await Promise.all(Array.from({ length: count }, (_, i) => place({ id: `o${i}` })));
    await until(async () => (await ended(count, 1)) === count);
    return seqs;
  };
  const begun = async (count: number, run: number) => {
    const keys = Array.from({ length: count }, (_, i) => ({ ...at, key: `o${i}` }));
    const rows = await bench.store.loadInstances(keys);
    return rows.filter((one) => one?.row.run === run);
  };
  const ended = async (count: number, run: number): Promise<number> =>
    (await begun(count, run)).filter((one) => one?.row.status === 'completed').length;

  test('counts first, with what could be repeated, and does nothing', async () => {
    await start();
    const seqs = await orders(3);
    const dry = { ...request, dryRun: true };
    expect(await bench.engine.reprocess({ ...dry, seqs: seqs.slice(1) }, actor)).toEqual({
      dryRun: true,
      count: 2,
      effects: [{ effect: 'charge', count: 2 }],
      looked: 2,
    });
    expect(bench.calls).toHaveLength(3);
  });

  test('runs chosen events again, effects included, with new keys', async () => {
    await start();
    const seqs = await orders(3);
    const answer = await bench.engine.reprocess(
      { ...request, toSeq: seqs[1] ?? 0, confirmCount: 2 },
      actor,
    );
    expect(answer).toMatchObject({ dryRun: false, count: 2 });
    await until(async () => (await ended(3, 2)) === 2);
    await until(async () => (await bench.store.openReprocesses()).length === 0);
    expect(new Set(bench.calls.map((call) => call.commandId)).size).toBe(5);
    expect(await records('operator.reprocess')).toMatchObject([
      { subject: 'order', data: { count: 2, by: 'k-oper', reason: 'because' } },
    ]);
    const again = (await journal()).filter(({ type }) => type === 'event.reprocessed');
    const originals = await bench.store.readEvents(seqs.slice(0, 2));
    expect(again.map(({ causationId }) => causationId)).toEqual(originals.map(({ id }) => id));
  });

  test('is refused without the count, with another, and for everything at once', async () => {
    await start();
    const seqs = await orders(2);
    const refused = (change: object) =>
      bench.engine.reprocess({ ...request, ...change }, actor).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    expect(await refused({ seqs })).toBe('conflict');
    expect(await refused({ seqs, confirmCount: 1 })).toBe('conflict');
    expect(await refused({ confirmCount: 2 })).toBe('request.invalid');
    expect(await refused({ fromSeq: 1, toSeq: 999, confirmCount: 2 })).toBe('request.invalid');
    expect(await refused({ type: 'order.placed', confirmCount: 2 })).toBe('request.invalid');
    expect(await refused({ type: 'other', confirmCount: 2 })).toBe('request.invalid');
    expect(await refused({ seqs: [999], confirmCount: 1 })).toBe('request.invalid');
    expect(await refused({ saga: 'nobody', seqs, confirmCount: 2 })).toBe('not_found');
    expect(await refused({ tenant: 'other', seqs, confirmCount: 2 })).toBe('request.invalid');
    expect(bench.calls).toHaveLength(2);
    expect(await refused({ all: true, confirmCount: 2 })).toBe('done');
    await until(async () => (await ended(2, 2)) === 2);
  });

  test('a reducer is given its event again', async () => {
    await start();
    const event = bench.event('shelf.changed', {});
    await bench.engine.ingest({ event });
    const second = await bench.engine.ingest({ event });
    const shelfAt = { tenant: '', saga: 'shelf', key: 'shelf' };
    await until(async () => (await found(shelfAt))?.version === 2);
    const seqs = [second.status === 'invalid' ? 0 : second.seq];
    await bench.engine.reprocess({ ...request, saga: 'shelf', seqs, confirmCount: 1 }, actor);
    await until(async () => (await found(shelfAt))?.version === 3);
    expect((await found(shelfAt))?.run).toBe(1);
  });

  test('goes on after a crash where it stood: each event once', async () => {
    await start();
    const count = 250;
    await orders(count);
    await bench.engine.reprocess({ ...request, all: true, confirmCount: count }, actor);
    // Its first batch of events is on its way.
    await until(async () => ((await bench.store.openReprocesses())[0]?.done ?? 1) > 0);
    const [open] = await bench.store.openReprocesses();
    expect(open?.done).toBeLessThan(count);
    await bench.restart();
    await until(async () => (await bench.store.openReprocesses()).length === 0);
    const again = (await journal()).filter(({ type }) => type === 'event.reprocessed');
    expect(again).toHaveLength(count);
    expect(new Set(again.map(({ causationId }) => causationId)).size).toBe(count);
    // Each has its second run; a call that was out at the crash is in doubt, and held.
    expect((await begun(count, 2)).length).toBe(count);
  });
});

test('acts on instances and keys are on record, with who and why', async () => {
  await start(() => doubtful);
  await place();
  await becomes('blocked');
  bench.execute = () => Promise.resolve(succeeded({ chargeId: 'c' }));
  await bench.engine.redrive(at, actor);
  await becomes('completed');
  const row = {
    id: 'k1',
    name: 'device',
    hash: 'ab'.repeat(32),
    tenant: '',
    scopes: ['publish'],
    topics: null,
    types: null,
    createdAt: 1,
    expiresAt: null,
    revokedAt: null,
  };
  await bench.engine.createKey(row, actor);
  // Three at a time: one of them does it, and the others are told as if they had come later.
  const revokes = [1, 2, 3].map(() => bench.engine.revokeKey('k1', actor));
  const [first, ...others] = await Promise.allSettled(revokes);
  expect(first).toMatchObject({ status: 'fulfilled' });
  for (const other of others)
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  expect(await records('operator.redrive')).toMatchObject([
    {
      subject: 'order/o',
      data: {
        run: 1,
        before: { status: 'blocked', blockedBy: { code: 'effect.in_doubt' } },
        after: { status: 'running', blockedBy: null },
        by: 'k-oper',
        reason: 'because',
      },
    },
  ]);
  expect(await records('key.created')).toMatchObject([
    { subject: 'key/k1', data: { name: 'device', scopes: ['publish'], by: 'k-oper' } },
  ]);
  expect(await records('key.revoked')).toMatchObject([
    { subject: 'key/k1', data: { before: { inForce: true }, after: { inForce: false } } },
  ]);
  await expect(bench.engine.revokeKey('k1', actor)).rejects.toMatchObject({ code: 'not_found' });
});
