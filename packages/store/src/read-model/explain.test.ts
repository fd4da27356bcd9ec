/** What the record alone tells a person: where a run stands, why, what comes next, and whether its effects happened. */
import { canonicalJson, type Decision, EMPTY_DECISION, type Explanation } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { InstanceRow, StoreOp, WorkItemRow } from '../port.ts';
import type { Explained, ReadModel } from '../read-port.ts';
import { ReadBench } from '../testing/read-bench.ts';
import {
  attemptStartOp,
  eventOp,
  instanceRow,
  itemRow,
  journalEvent,
  scheduleRow,
  START,
  transitionOp,
  transitionRow,
  waitRow,
} from '../testing/store-fixtures.ts';

let bench: ReadBench;
let model: ReadModel;

beforeEach(async () => {
  bench = await ReadBench.open();
  ({ model } = bench);
});
afterEach(() => bench.close());

const commit = (...ops: readonly StoreOp[]) => bench.commit(...ops);
const decided = (over: Partial<Decision>) => canonicalJson({ ...EMPTY_DECISION, ...over });
const row = instanceRow(1, { key: 'o 1' });
const MINUTE = 60_000_000;

async function told(of: { run?: number; version?: number } = {}): Promise<Explained> {
  const found = await model.explain('', 'order', 'o 1', of);
  if (found === null) throw new Error('there is nothing to explain');
  return found;
}
const explained = async (of: { version?: number } = {}): Promise<Explanation> =>
  (await told(of)).explanation;

/** The run's first decision. */
const begin = (over: Partial<Decision>, change: Partial<InstanceRow> = {}, ...more: StoreOp[]) =>
  commit(
    eventOp(journalEvent(1)),
    { op: 'instance.create', row: { ...row, ...change } },
    transitionOp(transitionRow(1, 1, 1, { decision: decided(over) }), {
      status: over.status ?? 'running',
      undo: canonicalJson(over.undo ?? []),
      failure: over.failure === undefined ? null : canonicalJson(over.failure),
    }),
    ...more,
  );
const item = (id: number, step: string, over: Partial<WorkItemRow> = {}): StoreOp => ({
  op: 'item.add',
  row: itemRow(id, row, step, over),
});
const ask = (step: string) => ({ step, effect: step.split('#')[0] ?? '', input: null });
/** An outcome of item `id`, journaled at `seq` and not decided on. */
const outcome = (id: number, seq: number, type: string, said: object): StoreOp[] => [
  eventOp(journalEvent(seq, { stream: 'WORKFLOW_EVENTS', type, data: JSON.stringify(said) }), 1),
  {
    op: 'item.settle',
    itemId: id,
    outcome:
      type === 'effect.succeeded' ? 'succeeded' : type === 'effect.failed' ? 'failed' : 'unknown',
    outcomeSeq: seq,
  },
];

describe('where it stands', () => {
  test('a wait: who may complete it, until when, and by which command', async () => {
    const expiresAt = START + 15 * MINUTE;
    await begin(
      {
        status: 'waiting',
        waits: [{ step: 'ready#1', name: 'ready', definition: null, expiresAt }],
      },
      {},
      { op: 'wait.open', row: waitRow(1, row, 'ready', { step: 'ready#1', expiresAt }) },
    );
    const { explanation, ask: asked } = await told();
    expect(explanation).toMatchObject({
      status: 'waiting',
      version: 1,
      current: true,
      summary: 'It waits for ready until 2026-11-21T00:15:00Z, since 2026-11-21T00:00:00Z.',
      open: [{ step: 'ready#1', kind: 'wait', at: null }],
      decision: { version: 1, event: 'order.placed', check: { state: 'not_made' } },
      cause: { seq: 1, type: 'order.placed', saga: null, instance: null },
      parent: null,
      children: [],
    });
    expect(explanation.next).toEqual([
      "When somebody completes ready, it goes on: whoever has its token, or a key that may operate, by holdfast waits complete order 'o 1' ready '{}'. At 2026-11-21T00:15:00Z it expires.",
    ]);
    expect(asked).toMatchObject({
      instanceId: 1,
      version: 1,
      steps: [{ step: 'ready#1', version: 1 }],
      at: null,
    });
  });

  test('effects on their way: called, to be called, and tried again at a time', async () => {
    await begin(
      { items: [ask('charge#1'), ask('mail#1'), ask('ship#1')] },
      {},
      item(1, 'charge#1'),
      item(2, 'mail#1'),
      item(3, 'ship#1'),
      attemptStartOp(1, 1),
      attemptStartOp(3, 1),
    );
    await commit(
      {
        op: 'attempt.end',
        itemId: 3,
        no: 1,
        at: bench.at,
        outcome: 'not_done',
        error: '{"code":"http.503","message":"closed for lunch"}',
      },
      { op: 'item.retry', itemId: 3, dueAt: START + MINUTE, doubtful: false, spared: 0 },
      { op: 'instance.status', instanceId: 1, status: 'retrying', blockedBy: null, at: bench.at },
    );
    const { summary, open, next } = await explained();
    expect(summary).toBe(
      'It is trying again, and waits for the outcome of charge, the outcome of mail and the outcome of ship, since 2026-11-21T00:00:00Z.',
    );
    expect(open.map(({ text }) => text)).toEqual([
      'charge is being called (attempt 1)',
      'mail has not been called yet',
      'ship did not take effect so far (one attempt); next attempt at 2026-11-21T00:01:00Z; the last attempt said: closed for lunch',
    ]);
    expect(next).toEqual([
      'When charge has an outcome, it goes on.',
      'mail is called as soon as its limits and its breaker let it.',
      'At 2026-11-21T00:01:00Z ship is called again with the same idempotency key (attempt 2).',
    ]);
  });

  test('an effect in doubt: what is unknown, and what each way out would do', async () => {
    await begin({ items: [ask('charge#1')] }, {}, item(1, 'charge#1'), attemptStartOp(1, 1));
    const { commandId } = itemRow(1, row, 'charge#1');
    const blockedBy = { code: 'effect.in_doubt', message: 'reset', step: 'charge#1', commandId };
    await commit(
      {
        op: 'attempt.end',
        itemId: 1,
        no: 1,
        at: bench.at,
        outcome: 'in_doubt',
        error: '{"message":"reset"}',
      },
      { op: 'item.hold', itemId: 1, doubtful: true },
      {
        op: 'instance.status',
        instanceId: 1,
        status: 'blocked',
        blockedBy: JSON.stringify(blockedBy),
        at: bench.at,
      },
      eventOp(journalEvent(2)),
      { op: 'park', instanceId: 1, seq: 2, saga: 'order' },
    );
    const { summary, open, next, parked } = await explained();
    expect(summary).toContain(
      'needs a person: nobody knows whether charge took effect (effect.in_doubt).',
    );
    // Once: the effect says all that its failure would.
    expect(open).toMatchObject([
      {
        kind: 'effect',
        text: 'whether charge took effect is unknown (one attempt); a person has to say; the last attempt said: reset',
      },
    ]);
    expect(parked).toBe(1);
    expect(next).toEqual([
      `Find out whether charge took effect; its idempotency key was ${commandId}.`,
      expect.stringContaining(`${commandId} --succeeded --output '{}'`),
      expect.stringContaining(`${commandId} --failed`),
      expect.stringContaining(`${commandId} --retry`),
      expect.stringContaining("holdfast sagas cancel order 'o 1'"),
      '1 event waits behind it, in order, and is taken up once it goes on.',
    ]);
    const detail = await model.saga('', 'order', 'o 1');
    expect(detail?.effects).toMatchObject([{ happened: 'in_doubt', attempts: 1, undone: null }]);
  });

  test('a program that failed: the place of it, and that a redrive decides the same event again', async () => {
    await begin({ status: 'waiting' });
    const at_ = 'src/order.ts:17:5';
    const blockedBy = {
      code: 'program.failed',
      message: 'unlucky',
      at: at_,
      release: 'r1',
      event: { type: 'wait.completed', id: 'e' },
    };
    await commit({
      op: 'instance.status',
      instanceId: 1,
      status: 'blocked',
      blockedBy: JSON.stringify(blockedBy),
      at: bench.at,
    });
    const { explanation, ask: asked } = await told();
    expect(explanation.summary).toContain('at src/order.ts:17:5');
    expect(explanation.summary).toContain('It stands at the event wait.completed.');
    expect(explanation.open).toMatchObject([
      {
        kind: 'failure',
        text: 'unlucky',
        at: { file: 'src/order.ts', line: 17, column: 5, source: null },
      },
    ]);
    expect(explanation.next[0]).toContain("holdfast sagas redrive order 'o 1'");
    expect(asked.at).toEqual({ release: 'r1', place: at_ });
  });

  test('blocked before it could decide anything: nothing is decided, and what began it is told', async () => {
    const blockedBy = '{"code":"program.failed","message":"at once"}';
    await commit(
      eventOp(journalEvent(1)),
      { op: 'instance.create', row: { ...row, status: 'blocked', blockedBy } },
      {
        op: 'disposition',
        seq: 1,
        saga: 'order',
        status: 'parked',
        reason: 'blocked',
        instanceId: 1,
      },
      { op: 'park', instanceId: 1, seq: 1, saga: 'order' },
    );
    const { explanation, ask: asked } = await told();
    expect(explanation).toMatchObject({ version: 0, decision: null, cause: { seq: 1 } });
    expect(asked.version).toBe(0);
    expect(await model.explain('', 'order', 'o 1', { version: 1 })).toBeNull();
  });

  test('timers, and a reducer that waits for any event', async () => {
    await begin(
      { status: 'waiting', schedules: [{ name: 'auto', dueAt: START + MINUTE }] },
      {},
      { op: 'schedule.set', row: scheduleRow(1, row, 'auto', START + MINUTE) },
    );
    await commit(
      eventOp(journalEvent(2)),
      transitionOp(transitionRow(1, 2, 2, { decision: decided({ status: 'waiting' }) }), {
        status: 'waiting',
      }),
    );
    const { explanation, ask: asked } = await told();
    expect(explanation.open).toMatchObject([
      { step: 'auto', kind: 'timer', since: '2026-11-21T00:00:00.000001Z' },
    ]);
    // Asked for by the decision before: a reducer is to be asked about that one.
    expect(asked.steps).toEqual([{ step: 'auto', version: 1 }]);
    await commit({ op: 'schedule.remove', id: 1 });
    expect((await explained()).next).toEqual(['The next event for its key wakes it.']);
  });

  test('one that has ended: how, and what a restart would do', async () => {
    const failure = { code: 'undo', message: 'kitchen silent' };
    await begin({ ending: { as: 'compensated', error: failure }, failure });
    await commit(
      eventOp(journalEvent(2)),
      transitionOp(transitionRow(1, 2, 2), {
        status: 'compensated',
        failure: JSON.stringify(failure),
      }),
    );
    const { summary, next } = await explained();
    expect(summary).toBe(
      'It gave up because kitchen silent; what it had done was undone. It ended at 2026-11-21T00:00:00Z, after 2 decisions.',
    );
    expect(next).toHaveLength(1);
    expect(next[0]).toContain('run 2');
  });

  test('a past version: what its decision asked for, and what came after', async () => {
    await begin({ items: [ask('charge#1')] }, {}, item(1, 'charge#1'), attemptStartOp(1, 1));
    await commit(
      ...outcome(1, 2, 'effect.succeeded', {}),
      transitionOp(
        transitionRow(1, 2, 2, { decision: decided({ ending: { as: 'completed', result: 1 } }) }),
        { status: 'completed' },
      ),
    );
    const past = await told({ version: 1 });
    expect(past.explanation).toMatchObject({
      current: false,
      status: 'running',
      summary: 'Version 1 decided on order.placed: it called charge.',
      open: [{ step: 'charge#1', kind: 'effect', text: 'charge took effect (attempt 1)' }],
    });
    expect(past.explanation.next[0]).toContain('Version 2 came next, on effect.succeeded');
    expect(past.ask).toMatchObject({ version: 1, steps: [{ step: 'charge#1', version: 1 }] });
    expect((await explained({ version: 2 })).current).toBe(true);
  });

  test('nobody is told of what another tenant has', async () => {
    await begin({});
    expect(await model.explain('other', 'order', 'o 1')).toBeNull();
  });
});

describe('whether an effect happened', () => {
  test('yes, no, in doubt, not yet; and whether it was undone', async () => {
    const undo: Decision['undo'] = [
      { step: 'a#1', effect: 'a', state: 'undone', doubtful: false },
      { step: 'd#1', effect: 'd', state: 'undoing', doubtful: true },
    ];
    await begin(
      {},
      {},
      item(1, 'a#1'),
      item(2, 'b#1'),
      item(3, 'c#1'),
      item(4, 'd#1'),
      item(5, 'e#1'),
      ...[1, 2, 3, 4].map((id) => attemptStartOp(id, 1)),
    );
    await commit(...outcome(1, 2, 'effect.succeeded', { message: 'not a reason' }));
    await commit(...outcome(2, 3, 'effect.failed', { code: 'card', message: 'declined' }));
    await commit(...outcome(3, 4, 'effect.unknown', { code: 'timeout', message: 'no answer' }));
    await commit(
      ...outcome(4, 5, 'effect.unknown', { message: 'lost' }),
      transitionOp(transitionRow(1, 2, 5, { decision: decided({ undo }) }), {
        undo: canonicalJson(undo),
      }),
      item(6, 'undo/a#1/x#1', { effect: 'x', undoes: 'a#1' }),
      item(7, 'undo/d#1/y#1', { effect: 'y', undoes: 'd#1' }),
    );
    const detail = await model.saga('', 'order', 'o 1');
    expect(
      detail?.effects.map(({ step, happened, undone, text }) => [step, happened, undone, text]),
    ).toEqual([
      ['a#1', 'yes', 'yes', 'a took effect (attempt 1), and was undone by x'],
      ['b#1', 'no', null, 'b did not take effect (one attempt): declined'],
      ['c#1', 'in_doubt', null, 'whether c took effect is unknown (one attempt): no answer'],
      [
        'd#1',
        'in_doubt',
        'not_yet',
        'whether d took effect is unknown (one attempt): lost; y is to undo it',
      ],
      ['e#1', 'not_yet', null, 'e has not been called yet'],
      ['undo/a#1/x#1', 'not_yet', null, 'x has not been called yet'],
      ['undo/d#1/y#1', 'not_yet', null, 'y has not been called yet'],
    ]);
  });

  test('an undo that was asked for again counts by its last try', async () => {
    const undo: Decision['undo'] = [
      { step: 'a#1', effect: 'a', state: 'undoing', doubtful: false },
    ];
    await begin(
      { undo },
      {},
      item(1, 'undo/a#1/x#1', { effect: 'x', undoes: 'a#1' }),
      item(2, 'a#1'),
      attemptStartOp(1, 1),
    );
    await commit(...outcome(1, 2, 'effect.failed', { message: 'no' }));
    const first = await model.saga('', 'order', 'o 1');
    expect(first?.effects.find(({ step }) => step === 'a#1')).toMatchObject({
      undone: 'no',
      undoneBy: 'undo/a#1/x#1',
    });
    await commit(item(3, 'undo/a#1@2/x#1', { effect: 'x', undoes: 'a#1' }));
    const second = await model.saga('', 'order', 'o 1');
    expect(second?.effects.find(({ step }) => step === 'a#1')).toMatchObject({
      undone: 'not_yet',
      undoneBy: 'undo/a#1@2/x#1',
    });
  });
});

describe('what it hangs together with', () => {
  test('its parent, its children, and the saga that started it', async () => {
    const parent = { instanceId: 1, saga: 'order', key: 'o 1', run: 1, step: 'pack#1' };
    const child = instanceRow(2, { saga: 'pack', key: 'p1', parent });
    await begin({ children: [{ step: 'pack#1', saga: 'pack', key: 'p1', input: null }] });
    await commit(
      eventOp(
        journalEvent(2, {
          stream: 'WORKFLOW_EVENTS',
          type: 'child.start',
          source: 'holdfast:saga/order',
          causationId: 'event-1',
        }),
      ),
      { op: 'instance.create', row: child },
      transitionOp(transitionRow(2, 1, 2), { saga: 'pack', status: 'waiting' }),
    );
    const [of, its] = [await explained(), await model.explain('', 'pack', 'p1')];
    expect(of.children).toEqual([
      { saga: 'pack', key: 'p1', run: 1, step: 'pack#1', status: 'waiting' },
    ]);
    expect(of.open).toMatchObject([{ kind: 'child', step: 'pack#1' }]);
    expect(its?.explanation).toMatchObject({
      parent: { saga: 'order', key: 'o 1', run: 1, step: 'pack#1' },
      cause: {
        type: 'child.start',
        saga: 'order',
        instance: { saga: 'order', key: 'o 1', run: 1 },
      },
    });
  });

  test('a saga that published what started it, found by the correlation they share', async () => {
    await begin({ publishes: [{ step: 'p#1', type: 'parcel.sent', data: null }] });
    const started = instanceRow(2, { saga: 'parcel', key: 'p1' });
    const publish = (source: string, correlationId: string) => [
      eventOp(
        journalEvent(2, { type: 'parcel.sent', source, correlationId, causationId: 'event-1' }),
      ),
    ];
    await commit(
      ...publish('holdfast:saga/order', 'o 1'),
      { op: 'instance.create', row: started },
      transitionOp(transitionRow(2, 1, 2), { saga: 'parcel' }),
    );
    expect((await model.saga('', 'parcel', 'p1'))?.cause).toMatchObject({
      type: 'parcel.sent',
      saga: 'order',
      instance: { saga: 'order', key: 'o 1', run: 1 },
    });
  });
});

test('a version says what changed against the one before, and the first what there is', async () => {
  await begin({ status: 'waiting' });
  await commit(
    eventOp(journalEvent(2)),
    transitionOp(transitionRow(1, 2, 2, { state: '{"version":2,"paid":true}' })),
  );
  expect((await model.stateAt('', 'order', 'o 1', 1))?.changes).toEqual([
    { path: '', kind: 'added', after: { version: 1 } },
  ]);
  expect((await model.stateAt('', 'order', 'o 1', 2))?.changes).toEqual([
    { path: '/version', kind: 'changed', before: 1, after: 2 },
    { path: '/paid', kind: 'added', after: true },
  ]);
});
