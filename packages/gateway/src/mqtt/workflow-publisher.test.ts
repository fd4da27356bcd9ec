import { describe, expect, test } from 'vitest';
import { WORKFLOW_TYPES } from '@holdfast/core';
import type { IncomingEvent } from '@holdfast/core';
import { FakeEngine } from './testing/fake-engine.ts';
import { eventually, KEY, keyRow, startBroker } from './testing/broker-under-test.ts';

let count = 0;

function outcome(over: Partial<IncomingEvent> = {}): IncomingEvent {
  count += 1;
  return {
    tenant: 'acme',
    source: 'holdfast:saga/order',
    id: `outcome-${count}`,
    type: WORKFLOW_TYPES.sagaCompleted,
    subject: 'order/o1',
    time: null,
    dataSchema: null,
    data: '{"status":"completed"}',
    correlationId: 'o1',
    causationId: 'e1',
    traceparent: null,
    extensions: '{"partitionkey":"p"}',
    ...over,
  };
}

const saying = (text: string, over: Partial<IncomingEvent> = {}): IncomingEvent =>
  outcome({ data: JSON.stringify(text), ...over });

function dataOf(texts: readonly string[]): unknown[] {
  return texts.map((text) => (JSON.parse(text) as { data: unknown }).data);
}

test('a workflow event is published within its tenant as a structured CloudEvent', async () => {
  const { connect, engine } = await startBroker({
    keys: [keyRow(KEY), keyRow('globex', { tenant: 'globex' })],
  });
  const acme = await connect();
  await acme.subscribe('hf/workflow/#', 1);
  const globex = await connect({ password: 'globex' });
  await globex.subscribe('#', 1);
  await engine.outcomes([outcome({ id: 'w1' }), saying('theirs', { tenant: 'globex' })]);
  const [text = ''] = await acme.receive(1);
  expect(acme.received[0]).toMatchObject({
    topic: 'hf/workflow/saga.completed',
    qos: 1,
    retain: false,
  });
  expect(JSON.parse(text)).toEqual({
    specversion: '1.0',
    id: 'w1',
    source: 'holdfast:saga/order',
    type: 'saga.completed',
    subject: 'order/o1',
    time: '1970-01-01T00:00:00.000001Z',
    datacontenttype: 'application/json',
    tenantid: 'acme',
    correlationid: 'o1',
    causationid: 'e1',
    partitionkey: 'p',
    data: { status: 'completed' },
  });
  expect(dataOf(await globex.receive(1))).toEqual(['theirs']);
});

test('events of the outside are not published again there', async () => {
  const { connect, engine } = await startBroker();
  const client = await connect();
  await client.subscribe('hf/workflow/#', 1);
  await client.publish('hf/events/order.placed', '1');
  await engine.outcomes([saying('outcome')]);
  expect(dataOf(await client.receive(1))).toEqual(['outcome']);
});

describe('while nobody subscribes', () => {
  test('nothing is read or written, and who comes later gets what comes later', async () => {
    const { connect, engine, gateway } = await startBroker();
    const client = await connect();
    await client.subscribe('hf/events/#', 1);
    await engine.outcomes([saying('unheard')]);
    const { commits } = engine;
    expect(gateway.stats().workflowPosition).toBe(1);
    await client.subscribe('+/workflow/saga.completed', 1);
    await engine.outcomes([saying('heard')]);
    expect(dataOf(await client.receive(1))).toEqual(['heard']);
    // The outcome's own; a message to a connection leaves nothing to remember.
    expect(engine.commits).toBe(commits + 1);
  });
});

describe('a persistent session', () => {
  test('is owed what came while it was away, in order, many pages of it', async () => {
    const { connect, engine, gateway } = await startBroker();
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('hf/workflow/saga.completed', 1);
    await phone.end();
    const texts = Array.from({ length: 1000 }, (_, i) => `n${i}`);
    for (let i = 0; i < texts.length; i += 100) {
      await engine.outcomes(
        texts
          .slice(i, i + 100)
          .flatMap((text) => [saying(text), saying('no', { type: 'effect.succeeded' })]),
      );
    }
    await eventually(() => gateway.stats().workflowPosition === 2000);
    const back = await connect({ clientId: 'phone', clean: false });
    expect(dataOf(await back.receive(1000))).toEqual(texts);
  });

  test('gets each once through crashes at any point', async () => {
    const disk = new FakeEngine().disk;
    const first = await startBroker({ engine: new FakeEngine(disk) });
    await first.engine.outcomes([saying('before it subscribed')]);
    const phone = await first.connect({ clientId: 'phone', clean: false });
    await phone.subscribe('hf/workflow/#', 1);
    await phone.end();
    await first.engine.outcomes([saying('published')]);
    await eventually(() => disk.snapshot().owed.length === 1);
    // Journaled, and the crash comes before the broker has committed what it owes for it.
    first.engine.mode = 'held';
    void first.engine.outcomes([saying('journaled only')]);
    first.engine.release();
    await eventually(() => first.engine.waiting > 0);
    first.engine.kill();
    first.gateway.stopIntake();

    const second = await startBroker({ engine: new FakeEngine(disk) });
    await second.engine.outcomes([saying('after the restart')]);
    const back = await second.connect({ clientId: 'phone', clean: false });
    expect(dataOf(await back.receive(3))).toEqual([
      'published',
      'journaled only',
      'after the restart',
    ]);
    await back.end();
    await second.gateway.close();
    const third = await startBroker({ engine: new FakeEngine(disk) });
    await third.engine.outcomes([saying('last')]);
    const again = await third.connect({ clientId: 'phone', clean: false });
    expect(dataOf(await again.receive(1))).toEqual(['last']);
  });

  test('the record of the position is no retained message that a client could see', async () => {
    const { connect, engine } = await startBroker({
      keys: [keyRow(KEY, { scopes: ['admin', 'publish', 'subscribe'] })],
    });
    const phone = await connect({ clientId: 'phone', clean: false });
    await phone.subscribe('hf/workflow/#', 1);
    expect(engine.disk.snapshot().retained.map((row) => row.topic)).toEqual([
      '$hf/workflow-position',
    ]);
    const second = await startBroker({ engine: new FakeEngine(engine.disk) });
    const client = await second.connect();
    for (const filter of ['#', '+/+', '$hf/#', '$hf/workflow-position'])
      await client.subscribe(filter, 1);
    await client.publish('end', 'end');
    expect(await client.receive(1)).toEqual(['end']);
    expect(second.gateway.stats().retained).toBe(0);
  });
});
