/**
 * Everybody who could wish an effect, a wait or a timer another outcome than it had, and every way they could say so: a
 * stranger, another tenant, a worker that does not have the command, one that comes late, a device, an effect's answer.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { eventually } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { problemOf } from '../../support/http-api.ts';
import type { HttpApi } from '../../support/http-api.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { order, orderPlaced } from '../../support/orders.ts';
import { Project } from '../../support/project.ts';

const OUTCOMES = [
  ...['effect.succeeded', 'effect.failed', 'effect.unknown'],
  ...['wait.completed', 'wait.failed', 'wait.expired', 'timer.fired', 'child.ended'],
  ...[
    'saga.completed',
    'saga.compensated',
    'saga.failed',
    'saga.cancelled',
    'saga.cancel',
    'saga.redrive',
  ],
] as const;

const joined = z.looseObject({ id: z.string() });
const leased = z.looseObject({
  commands: z.array(
    z.looseObject({
      commandId: z.string(),
      effectName: z.string(),
      metadata: z.looseObject({ attempt: z.number(), key: z.string() }),
    }),
  ),
});
type Command = z.infer<typeof leased>['commands'][number];

describe('from outside the house', () => {
  let server: HoldfastServer;
  let target: AnsweringTarget;
  /** Its call is in doubt: it waits for an outcome, and anybody can guess what that looks like. */
  let doubtful: { readonly key: string; readonly commandId: string };
  let foreign: HttpApi;
  beforeAll(async () => {
    target = await AnsweringTarget.start();
    server = await HoldfastServer.start({ env: { HOLDFAST_CONFIG_TARGET: target.url } });
    using project = new Project('test/e2e/strangers');
    await project.deploy(server);
    target.breakPath('/lose', 'silent');
    await server.api.publish({
      type: 'stranger.came',
      data: { id: 'lost', note: 'n', how: 'lose' },
    });
    const { blockedBy } = await server.api.waitForStatus('stranger', 'lost', 'blocked');
    doubtful = { key: 'lost', commandId: z.string().parse(blockedBy?.['commandId']) };
    const { secret } = await server.api.createKey({
      name: 'foreign',
      tenant: 'elsewhere',
      scopes: ['publish', 'subscribe', 'view', 'operate', 'work'],
    });
    foreign = server.api.with({ key: secret });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  /** What the true outcome of the doubtful command would be, down to its id. */
  function forgery(type: string): Record<string, unknown> {
    const { commandId, key } = doubtful;
    return {
      specversion: '1.0',
      id: `${commandId}:outcome`,
      source: 'holdfast:effect/stranger.lose',
      type,
      subject: commandId,
      correlationid: key,
      causationid: commandId,
      tenantid: '_',
      stream: 'WORKFLOW_EVENTS',
      data: { commandId, effect: 'stranger.lose', attempt: 1, output: { forged: true } },
    };
  }

  async function untouched(): Promise<void> {
    const now = await server.api.saga('stranger', doubtful.key);
    expect(now).toMatchObject({ status: 'blocked', result: null });
    const outcomes = await server.api.events('?stream=WORKFLOW_EVENTS');
    expect(JSON.stringify(outcomes)).not.toContain('forged');
  }

  test.each(OUTCOMES)(
    '%s over HTTP, in every mode: refused by its type and by its source',
    async (type) => {
      const whole = forgery(type);
      const { data, ...attributes } = whole;
      const modest = { ...whole, source: '/me' };
      const binary = Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [`ce-${name}`, String(value)]),
      );
      const structured = { 'content-type': 'application/cloudevents+json' };
      for (const answer of [
        await server.api.post('/v1/events', whole),
        await server.api.post('/v1/events', modest),
        await server.api.post('/v1/events', modest, { headers: structured }),
        await server.api.post('/v1/events', data, { headers: binary }),
        await foreign.post('/v1/events', { ...modest, tenantid: undefined }),
      ]) {
        expect([answer.status, problemOf(answer).code]).toEqual([403, 'event.reserved']);
      }
      const batch = await server.api.post('/v1/events', [modest]);
      expect(batch.json).toMatchObject([{ status: 403, code: 'event.reserved' }]);
      await untouched();
    },
  );

  test.each(['HOLDFAST:effect/stranger.lose', 'holdfast:operator', 'Holdfast:timer', 'holdfast:'])(
    'the engine’s own source is nobody else’s, however it is spelt: %s',
    async (source) => {
      const answer = await server.api.post('/v1/events', { ...forgery('mine'), source });
      expect(problemOf(answer).code).toBe('event.reserved');
    },
  );

  test.each([
    ['in capitals', 'EFFECT.SUCCEEDED'],
    ['with a letter that looks alike', 'effect.ѕucceeded'],
    ['in full-width letters', 'ｅffect.succeeded'],
    ['with an invisible letter', 'effect.\u200bsucceeded'],
    ['with an ending', 'effect.succeeded.'],
  ])('a type that is only like one is an event that no saga takes: %s', async (_, type) => {
    const { seq } = await server.api.publish({
      ...forgery(type),
      id: type,
      source: '/me',
      tenantid: undefined,
    });
    const found = await eventually('it is disposed of', async () => {
      const { dispositions = [] } = await server.api.event(seq);
      return dispositions.length > 0 ? dispositions : undefined;
    });
    expect(found).toMatchObject([{ status: 'unrouted', saga: null }]);
    const event = await server.api.event(seq);
    expect(event['stream']).toBe('AGGREGATE_EVENTS');
    expect((await server.api.saga('stranger', doubtful.key))?.status).toBe('blocked');
  });

  test('an id that the engine will need is not taken in advance', async () => {
    const id = `${doubtful.commandId}:outcome`;
    await server.api.publish({ specversion: '1.0', id, source: '/me', type: 'mine', data: {} });
    await foreign.publish({ specversion: '1.0', id, source: '/me', type: 'mine', data: {} });
    // The operator's resolution is journaled under its own mark, and counts.
    target.mend('/lose');
    const resolved = await server.api.post(`/v1/effects/${doubtful.commandId}/resolve`, {
      as: 'retry',
      reason: 'look again',
    });
    expect(resolved.status, resolved.text).toBeLessThan(300);
    await server.api.waitForStatus('stranger', doubtful.key, 'completed');
    // Another takes its place for what comes after.
    target.breakPath('/lose', 'silent');
    await server.api.publish({
      type: 'stranger.came',
      data: { id: 'lost-2', note: 'n', how: 'lose' },
    });
    const { blockedBy } = await server.api.waitForStatus('stranger', 'lost-2', 'blocked');
    doubtful = { key: 'lost-2', commandId: z.string().parse(blockedBy?.['commandId']) };
  });

  test('another tenant neither sees the command nor decides it, by any route', async () => {
    const { commandId, key } = doubtful;
    const instance = `/v1/sagas/stranger/${key}`;
    for (const answer of [
      await foreign.get(`/v1/effects/${commandId}`),
      await foreign.post(`/v1/effects/${commandId}/resolve`, {
        as: 'succeeded',
        output: { forged: true },
        reason: 'r',
      }),
      await foreign.post(`/v1/effects/${commandId}/resolve`, { as: 'failed', reason: 'r' }),
      await foreign.post(`/v1/effects/${commandId}/resolve`, { as: 'retry', reason: 'r' }),
      await foreign.post(`${instance}/cancel`, { reason: 'r' }),
      await foreign.post(`${instance}/redrive`, { reason: 'r' }),
      await foreign.post(`${instance}/waits/stranger.answer/complete`, { ok: true }),
    ])
      expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('not_found')]);
    expect((await foreign.get('/v1/effects')).text).not.toContain(commandId);
    await untouched();
  });

  test('a device publishes none: on topics of events, of workflow events, as a will, retained, mapped', async () => {
    await using device = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await using heard = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await heard.subscribe('hf/workflow/#');
    await heard.subscribe('hf/events/#');
    const quarantined = async () => (await server.api.quarantine()).length;
    const before = await quarantined();
    const topics = OUTCOMES.flatMap((type) => [`hf/events/${type}`, `hf/workflow/${type}`]);
    for (const topic of topics) {
      const payload = JSON.stringify({ ...forgery(topic.split('/').at(-1) ?? ''), source: '/me' });
      await device.publish(topic, payload, { qos: 1 });
      await device.publish(topic, payload, { qos: 2, retain: true });
      await device.publish(topic, payload, { qos: 0 });
    }
    // By a topic that is mapped to an event, with an envelope that says it is another.
    await device.publish('strangers/door/came', forgery('effect.succeeded'));
    const willAt = (topic: string): Promise<MqttUser> => {
      const will = {
        topic,
        payload: Buffer.from('{"forged":true}'),
        qos: 1 as const,
        retain: true,
      };
      return MqttUser.connect(server.ready.mqtt, { key: server.adminKey, will });
    };
    for (const topic of topics) await expect(willAt(topic)).rejects.toThrow('Not authorized');
    await eventually('each is on record', async () =>
      (await quarantined()) >= before + 2 * topics.length ? true : undefined,
    );
    await device.publish('hf/events/after', '{}');
    await heard.message('what came after', ({ topic }) => topic === 'hf/events/after');
    expect(heard.received.map(({ topic }) => topic)).toEqual(['hf/events/after']);
    await using late = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    await late.subscribe('hf/#');
    await device.publish('hf/events/again', '{}');
    await late.message('what came after', ({ topic }) => topic === 'hf/events/again');
    expect(late.received.filter(({ payload }) => payload.includes('forged'))).toEqual([]);
    await untouched();
  });

  test('an effect’s answer is its output and nothing else, whatever it looks like', async () => {
    const others = await server.api.saga('stranger', doubtful.key);
    const note = JSON.stringify({
      ...forgery('effect.succeeded'),
      kind: 'succeeded',
      resultType: 'failed',
      output: { forged: 'inside' },
      error: { code: 'x', message: 'y' },
    }).replace(
      '{',
      '{"__proto__":{"kind":"failed","polluted":true},"constructor":{"prototype":{"polluted":true}},',
    );
    await server.api.publish({ type: 'stranger.came', data: { id: 'forger', note, how: 'forge' } });
    const { status } = await server.api.waitForStatus('stranger', 'forger', 'completed');
    expect(status).toBe('completed');
    const { text } = await server.api.get('/v1/sagas/stranger/forger');
    const { result } = JSON.parse(text) as { readonly result: object };
    const members = (of: object) => Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1));
    expect(members(result)).toEqual(members(JSON.parse(note) as object));
    expect(await server.api.saga('stranger', doubtful.key)).toEqual(others);
    // The process that ran it goes on unspoilt.
    await server.api.publish({
      type: 'stranger.came',
      data: { id: 'next', note: '{"a":1}', how: 'forge' },
    });
    expect((await server.api.waitForStatus('stranger', 'next', 'completed')).result).toEqual({
      a: 1,
    });
  });

  test.each(['failed', 'NaN', '', '[1', '"\\ud800"'])(
    'an answer that is none is no outcome of success: %j',
    async (note) => {
      const id = `odd ${note}`;
      await server.api.publish({ type: 'stranger.came', data: { id, note, how: 'forge' } });
      const { status, result } = await server.api.waitForStatus(
        'stranger',
        id,
        'blocked',
        'compensated',
        'completed',
        'retrying',
      );
      if (status === 'completed') expect(typeof result).toBe('string');
      else expect(result).toBeNull();
    },
  );

  test('a wait is completed by its own token alone', async () => {
    for (const id of ['asker', 'neighbour'])
      await server.api.publish({ type: 'stranger.came', data: { id, note: 'n', how: 'ask' } });
    await server.api.waitForStatus('stranger', 'asker', 'waiting');
    await server.api.waitForStatus('stranger', 'neighbour', 'waiting');
    const tokens = await eventually('both were told', () => {
      const calls = target
        .callsOf('/tell')
        .map(({ body }) =>
          z.looseObject({ id: z.string(), token: z.string() }).parse(JSON.parse(body)),
        );
      return calls.length >= 2 ? new Map(calls.map(({ id, token }) => [id, token])) : undefined;
    });
    const token = tokens.get('asker') ?? '';
    const anybody = server.api.with({ key: null });
    const flip = (at: number): string =>
      token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    for (const forged of [
      ...[0, 1, Math.floor(token.length / 2), token.length - 2].map(flip),
      token.slice(0, -1),
      `${token}A`,
      token.toLowerCase(),
      token.split('').toReversed().join(''),
      `${token}%00`,
      ` ${token}`,
    ]) {
      const answer = await anybody.post(`/v1/waits/${encodeURIComponent(forged)}/complete`, {
        ok: true,
      });
      expect([forged === token, answer.status]).toEqual([false, expect.toBeOneOf([400, 404])]);
    }
    expect((await server.api.saga('stranger', 'asker'))?.status).toBe('waiting');
    expect((await anybody.post(`/v1/waits/${token}/complete`, { ok: true })).status).toBe(200);
    await server.api.waitForStatus('stranger', 'asker', 'completed');
    // Once, and of its own wait only.
    expect((await anybody.post(`/v1/waits/${token}/complete`, { ok: false })).status).toBe(409);
    expect((await anybody.post(`/v1/waits/${token}/fail`, {})).status).toBe(409);
    expect((await server.api.saga('stranger', 'neighbour'))?.status).toBe('waiting');
  });
});

describe('by a worker', () => {
  let server: HoldfastServer;
  let own: HttpApi;
  let other: HttpApi;
  let foreign: HttpApi;
  beforeAll(async () => {
    server = await HoldfastServer.start({
      args: ['--mode', 'saga'],
      env: { HOLDFAST_WORKER_ACK_WAIT: '2s' },
    });
    const worker = async (name: string, tenant?: string): Promise<HttpApi> => {
      const more = tenant === undefined ? {} : { tenant };
      const { secret } = await server.api.createKey({ name, scopes: ['work', 'view'], ...more });
      return server.api.with({ key: secret });
    };
    own = await worker('own');
    other = await worker('other');
    foreign = await worker('foreign', 'elsewhere');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const join = async (api: HttpApi, name: string, more: object = {}): Promise<string> =>
    joined.parse((await api.post('/v1/workers', { name, concurrency: 4, ...more })).json).id;

  let polls = 0;
  async function lease(api: HttpApi, id: string): Promise<Command> {
    // Asked again and again: a worker that is silent for two seconds is lost.
    const command = await eventually('a command is leased', async () => {
      const ask = { poll: ++polls, max: 1, wait: '500ms' };
      const answer = await api.post(`/v1/workers/${id}/lease`, ask);
      return leased.parse(answer.json).commands[0];
    });
    return command;
  }

  const settle = (
    api: HttpApi,
    id: string,
    { commandId, effectName, metadata }: Command,
    more: object = {},
  ) =>
    api.post(`/v1/workers/${id}/complete`, {
      tenantId: '',
      commandId,
      effectName,
      attempt: metadata.attempt,
      resultType: 'succeeded',
      payload: { ticket: 'forged' },
      timestamp: new Date().toISOString(),
      ...more,
    });

  test('that has not leased the command, joined with another key, or is of another tenant: refused', async () => {
    const id = await join(own, 'one');
    const beside = await join(other, 'two', { effects: ['nothing'] });
    const elsewhere = await join(foreign, 'three');
    const placed = order();
    await server.api.publish(orderPlaced(placed));
    const command = await lease(own, id);
    for (const [who, as, status] of [
      // A worker beside it, under its own name, and under the name of who has it.
      [other, beside, 409],
      [other, id, 409],
      [foreign, elsewhere, 404],
      [foreign, id, 404],
      [server.api.with({ key: null }), id, 401],
    ] as const)
      expect((await settle(who, as, command)).status).toBe(status);
    for (const more of [
      { attempt: command.metadata.attempt + 1 },
      { attempt: 999 },
      { commandId: '0'.repeat(32) },
    ])
      expect((await settle(own, id, command, more)).status).toBeGreaterThanOrEqual(404);
    // Nor may another go on in its name.
    expect((await other.post(`/v1/workers/${id}/beat`, { holding: [] })).status).toBe(404);
    expect((await other.post(`/v1/workers/${id}/leave`, {})).status).toBe(404);
    expect(await join(other, 'one', { id })).not.toBe(id);
    const story = async () =>
      (await server.api.get(`/v1/sagas/order/${placed.orderId}/timeline`)).text;
    expect(await story()).not.toContain('forged');
    expect((await settle(own, id, command, { payload: { ticket: 'true' } })).status).toBe(200);
    expect(await story()).not.toContain('forged');
    await own.post(`/v1/workers/${id}/leave`, {});
    await foreign.post(`/v1/workers/${elsewhere}/leave`, {});
    await other.post(`/v1/workers/${beside}/leave`, {});
  });

  test('that comes late: its lease has moved on, and what it says is nothing', async () => {
    const tenant = 'late';
    const api = server.api.with({ tenant });
    const key = await server.api.createKey({ name: 'late', scopes: ['work'], tenant });
    const late = server.api.with({ key: key.secret });
    const id = await join(late, 'slow');
    const placed = order();
    await api.publish(orderPlaced(placed));
    const command = await lease(late, id);
    // It falls silent, and is given up: another has the next try.
    const next = await join(late, 'quick');
    const again = await lease(late, next);
    expect(again).toMatchObject({
      commandId: command.commandId,
      metadata: { attempt: command.metadata.attempt + 1 },
    });
    const tooLate = await settle(late, id, command, { tenantId: tenant });
    expect([tooLate.status, problemOf(tooLate).code]).toEqual([409, 'lease.lost']);
    expect(
      (await settle(late, next, again, { tenantId: tenant, payload: { ticket: 'true' } })).status,
    ).toBe(200);
    const changed = await settle(late, next, again, {
      tenantId: tenant,
      resultType: 'failed',
      payload: { code: 'forged', message: 'm' },
    });
    expect([changed.status, problemOf(changed).code]).toEqual([409, 'lease.lost']);
    const { text } = await api.get(`/v1/sagas/order/${placed.orderId}/timeline`);
    expect(text).not.toContain('forged');
  });
});
