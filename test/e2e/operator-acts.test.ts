/**
 * What operators do about what went wrong, from the command line and over HTTP, against a real server: held effects
 * settled, instances restarted, the quarantine redriven and discarded, events reprocessed; and all of it on record.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { problemOf } from '../support/http-api.ts';
import { MqttUser } from '../support/mqtt.ts';
import { Project } from '../support/project.ts';

const USAGE = 2;

const planSchema = z.looseObject({ count: z.number() });
const entrySchema = z.looseObject({
  id: z.number(),
  state: z.string(),
  next: z.string().nullable(),
  attempts: z.number(),
  resolution: z
    .looseObject({ reason: z.string().nullable(), seq: z.number().nullable() })
    .nullable(),
});
const pageOf = <T extends z.ZodType>(item: T) => z.looseObject({ items: z.array(item) });
const actSchema = z.looseObject({
  act: z.string(),
  target: z.string().nullable(),
  by: z.string(),
  byName: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.looseObject({}),
});

let server: HoldfastServer;
let project: Project;
beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: false });
  project = new Project('test/e2e/operator');
  await project.deploy(server);
});
afterAll(async () => {
  project[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

async function ask(how?: string): Promise<{ id: string; seq: number }> {
  const id = `job-${randomUUID()}`;
  const data = { id, ...(how === undefined ? {} : { how }) };
  const { seq } = await server.api.publish({ type: 'job.asked', data });
  return { id, seq };
}
async function done(): Promise<{ id: string; seq: number }> {
  const asked = await ask();
  await server.api.waitForStatus('job', asked.id, 'completed');
  return asked;
}
/** A job whose effect is held, and that effect's command. */
async function held(): Promise<{ id: string; commandId: string }> {
  const { id } = await ask('silent');
  const { blockedBy } = await server.api.waitForStatus('job', id, 'blocked');
  return { id, commandId: z.string().parse(blockedBy?.['commandId']) };
}
const acts = async (act: string, on: string) =>
  pageOf(actSchema)
    .parse(await server.cliJson('audit', 'list', '--limit', '500'))
    .items.filter((one) => one.act === act && one.target === on);
const open = async () =>
  pageOf(entrySchema).parse(await server.cliJson('quarantine', 'list')).items;
const entry = async (id: number) =>
  entrySchema.parse(await server.cliJson('quarantine', 'show', String(id)));

describe('a held effect', () => {
  test('is settled from the command line with what a person found out', async () => {
    const { id, commandId } = await held();
    const shown = await server.cli('sagas', 'show', 'job', id);
    expect(shown.stdout).toContain(`holdfast effects resolve ${commandId.slice(0, 12)}`);
    const wrong = await server.cli(
      'effects',
      'resolve',
      commandId,
      '--succeeded',
      '--output',
      '{}',
    );
    expect(wrong).toMatchObject({ code: USAGE, stdout: '' });
    expect(wrong.stderr).toContain('receipt');
    const output = '{"receipt":"seen on the paper"}';
    const settled = await server.cliJson(
      'effects',
      'resolve',
      commandId.slice(0, 12),
      '--succeeded',
      '--output',
      output,
      '--reason',
      'I looked',
    );
    expect(settled).toMatchObject({ commandId, state: 'settled', outcome: 'succeeded' });
    const { result } = await server.api.waitForStatus('job', id, 'completed');
    expect(result).toEqual({ receipt: 'seen on the paper' });
    expect(await acts('operator.resolve', `job/${id}`)).toMatchObject([
      { byName: 'admin', reason: 'I looked', detail: { as: 'succeeded', effect: 'press' } },
    ]);
    expect(await server.cliJson('effects', 'show', commandId)).toMatchObject({
      input: { id, how: 'silent' },
      result: { receipt: 'seen on the paper' },
      attempts: 1,
    });
  });

  test('is settled as failed: its saga is told why', async () => {
    const { id, commandId } = await held();
    const { status } = await server.api.post(`/v1/effects/${commandId}/resolve`, {
      as: 'failed',
      reason: 'the paper is blank',
    });
    expect(status).toBe(200);
    const { failure } = await server.api.waitForStatus('job', id, 'compensated');
    expect(JSON.stringify(failure)).toContain('the paper is blank');
  });

  test('is called again with the same key', async () => {
    const { id, commandId } = await held();
    await server.cliJson('effects', 'resolve', commandId, '--retry');
    const again = await eventually('it is held once more', async () => {
      const { json } = await server.api.get(`/v1/effects/${commandId}`);
      const now = z.looseObject({ attempts: z.number(), state: z.string() }).parse(json);
      return now.attempts === 2 && now.state === 'held' ? now : undefined;
    });
    expect(again).toMatchObject({ commandId });
    await server.cliJson('effects', 'resolve', commandId, '--failed', '--reason', 'gone');
    await server.api.waitForStatus('job', id, 'compensated');
  });

  test('is refused without all that it takes, to others, and once it is settled', async () => {
    const { id, commandId } = await held();
    const path = `/v1/effects/${commandId}/resolve`;
    const failed = { as: 'failed', reason: 'gone' };
    const viewer = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
    const other = server.api.with({ tenant: 'other' });
    expect((await server.api.with({ key: viewer.secret }).post(path, failed)).status).toBe(403);
    expect((await other.post(path, failed)).status).toBe(404);
    expect((await other.get(`/v1/effects/${commandId}`)).status).toBe(404);
    expect((await server.api.post(`/v1/effects/${'0'.repeat(32)}/resolve`, failed)).status).toBe(
      404,
    );
    for (const body of [
      { as: 'failed' },
      { as: 'succeeded' },
      { as: 'maybe' },
      {},
      { ...failed, x: 1 },
    ])
      expect(problemOf(await server.api.post(path, body)).code).toBe('request.invalid');
    const output = problemOf(
      await server.api.post(path, { as: 'succeeded', output: { receipt: 7 } }),
    );
    expect(output).toMatchObject({ status: 400, faults: [{ at: '/output/receipt' }] });
    expect((await server.api.post(path, failed)).status).toBe(200);
    await server.api.waitForStatus('job', id, 'compensated');
    expect(problemOf(await server.api.post(path, failed)).code).toBe('conflict');
    expect(await server.cli('effects', 'resolve', commandId)).toMatchObject({ code: USAGE });
  });
});

describe('a restart', () => {
  test('says what it may repeat, asks for leave, and opens a run with new keys', async () => {
    const { id } = await done();
    const plan = await server.cliJson('sagas', 'restart', 'job', id, '--dry-run');
    expect(plan).toMatchObject({
      dryRun: true,
      run: 2,
      effects: [{ effect: 'press', outcome: 'succeeded', undone: false }],
    });
    const refused = await server.cli('sagas', 'restart', 'job', id, '--reason', 'lost');
    expect(refused).toMatchObject({ code: USAGE, stdout: '' });
    expect(refused.stderr).toContain('--yes');
    expect(await server.api.saga('job', id)).toMatchObject({ run: 1 });
    await server.cliJson('sagas', 'restart', 'job', id, '--reason', 'it was lost', '--yes');
    await eventually('the second run has ended', async () => {
      const now = await server.api.saga('job', id);
      return now?.run === 2 && now.status === 'completed' ? now : undefined;
    });
    const effects = await Promise.all(
      [1, 2].map(async (run) => {
        const { json } = await server.api.get(`/v1/sagas/job/${id}/timeline?run=${run}`);
        return new Set(JSON.stringify(json).match(/(?<="commandId":")[0-9a-f]{32}/g));
      }),
    );
    expect(effects.map(({ size }) => size)).toEqual([1, 1]);
    expect(new Set(effects.flatMap((ids) => [...ids])).size).toBe(2);
    expect(await acts('operator.restart', `job/${id}`)).toMatchObject([
      { reason: 'it was lost', detail: { afterRun: 1, effects: ['press'] } },
    ]);
  });

  test('is refused without a reason or leave, to others, and while it goes on', async () => {
    const { id } = await done();
    const path = `/v1/sagas/job/${id}/restart`;
    const body = { reason: 'why not', repeatEffects: true };
    const viewer = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
    expect((await server.api.with({ key: viewer.secret }).post(path, body)).status).toBe(403);
    expect((await server.api.with({ tenant: 'other' }).post(path, body)).status).toBe(404);
    expect((await server.api.post('/v1/sagas/job/nobody/restart', body)).status).toBe(404);
    expect(problemOf(await server.api.post(path, { repeatEffects: true }))).toMatchObject({
      status: 400,
      faults: [{ at: '/reason' }],
    });
    expect(problemOf(await server.api.post(path, { reason: 'why not' }))).toMatchObject({
      status: 409,
      code: 'conflict',
    });
    expect((await server.api.post(`${path}?dryRun=maybe`, body)).status).toBe(400);
    const stuck = await held();
    const blocked = await server.api.post(`/v1/sagas/job/${stuck.id}/restart`, body);
    expect(problemOf(blocked)).toMatchObject({ status: 409 });
    expect(await server.api.saga('job', id)).toMatchObject({ run: 1 });
  });
});

describe('the quarantine', () => {
  async function nameless(): Promise<number> {
    const before = new Set((await open()).map(({ id }) => id));
    await server.api.publish({ type: 'job.asked', data: { id: `nameless-${randomUUID()}` } });
    return eventually(
      'it is quarantined',
      async () => (await open()).find(({ id }) => !before.has(id))?.id,
    );
  }

  test('an event goes to its saga, from the journal, once the saga is mended', async () => {
    const id = await nameless();
    expect(await entry(id)).toMatchObject({ state: 'open', attempts: 1, resolution: null });
    expect((await entry(id)).next).toMatch(/given to saga job/);
    project.replace('src/index.ts', "startsWith('nameless')", "startsWith('hopeless')");
    await project.deploy(server);
    const redriven = await server.cliJson(
      'quarantine',
      'redrive',
      String(id),
      '--reason',
      'mended',
    );
    expect(redriven).toMatchObject({
      state: 'redriven',
      event: { type: 'event.redriven', dispositions: [{ saga: 'job', status: 'applied', run: 1 }] },
    });
    expect((await open()).map((one) => one.id)).not.toContain(id);
    expect(await entry(id)).toMatchObject({ resolution: { reason: 'mended' }, next: null });
    expect(await acts('operator.quarantine.redrive', `quarantine/${id}`)).toHaveLength(1);
    expect(await server.cli('quarantine', 'redrive', String(id), '--reason', 'x')).toMatchObject({
      code: 1,
    });
    project.replace('src/index.ts', "startsWith('hopeless')", "startsWith('nameless')");
    await project.deploy(server);
  });

  test('a message is read again as its topic is mapped by now', async () => {
    const device = await server.api.createKey({ name: 'device', scopes: ['publish'] });
    const user = await MqttUser.connect(server.ready.mqtt, { key: device.secret });
    const number = randomUUID();
    await user.publish('machines/7/job', JSON.stringify({ id: `m-${number}`, no: number }), {
      qos: 1,
    });
    await user.end();
    const found = await eventually('it is quarantined', async () =>
      (await open()).find(({ next }) => next?.includes('machines/7/job') === true),
    );
    const path = `/v1/quarantine/${found.id}/redrive`;
    const still = problemOf(await server.api.post(path, { reason: 'again' }));
    expect(still).toMatchObject({ status: 409, code: 'conflict' });
    project.replace('holdfast.release.yaml', '/number', '/no');
    await project.deploy(server);
    const answer = await server.api.post(path, { reason: 'the pointer was wrong' });
    const { resolution } = entrySchema.parse(answer.json);
    const event = await server.api.event(resolution?.seq ?? 0);
    expect(event).toMatchObject({
      type: 'job.asked',
      id: number,
      source: '/topics/machines/7/job',
    });
    await server.api.waitForStatus('job', `m-${number}`, 'completed');
  });

  test('of a message too long to be kept, it says so; it can be discarded', async () => {
    const device = await server.api.createKey({ name: 'device', scopes: ['publish'] });
    const user = await MqttUser.connect(server.ready.mqtt, { key: device.secret });
    await user.publish('hf/events/job.asked', `{"id":"${'x'.repeat(5000)}`, { qos: 1 });
    await user.end();
    const found = await eventually('it is quarantined', async () =>
      (await open()).find(({ code }) => code === 'event.not_json'),
    );
    expect(found.next).toBeNull();
    const redrive = await server.api.post(`/v1/quarantine/${found.id}/redrive`, { reason: 'x' });
    expect(problemOf(redrive)).toMatchObject({ status: 409 });
    expect(problemOf(redrive).detail).toMatch(/first 4096 of 50\d\d bytes/);
    await server.cliJson('quarantine', 'discard', String(found.id), '--reason', 'a broken device');
    expect(await entry(found.id)).toMatchObject({ state: 'discarded' });
    const { items } = pageOf(entrySchema).parse(
      await server.cliJson('quarantine', 'list', '--state', 'discarded'),
    );
    expect(items.map(({ id }) => id)).toContain(found.id);
  });

  test('acts on it are refused without a reason, to others, and for what is not there', async () => {
    const id = await nameless();
    const viewer = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
    for (const act of ['redrive', 'discard']) {
      const path = `/v1/quarantine/${id}/${act}`;
      const body = { reason: 'why not' };
      expect((await server.api.with({ key: viewer.secret }).post(path, body)).status).toBe(403);
      expect((await server.api.with({ tenant: 'other' }).post(path, body)).status).toBe(404);
      expect((await server.api.post(`/v1/quarantine/999999/${act}`, body)).status).toBe(404);
      expect((await server.api.post(`/v1/quarantine/x/${act}`, body)).status).toBe(404);
      for (const wrong of [{}, { reason: '' }, { reason: ' ' }, { reason: 1 }])
        expect(problemOf(await server.api.post(path, wrong)).code).toBe('request.invalid');
    }
    expect((await entry(id)).state).toBe('open');
    await server.cliJson('quarantine', 'discard', String(id), '--reason', 'done with it');
    const again = await server.api.post(`/v1/quarantine/${id}/discard`, { reason: 'again' });
    expect(problemOf(again)).toMatchObject({ status: 409, code: 'conflict' });
  });
});

describe('reprocess', () => {
  test('counts, wants the count back, and runs events again, effects included', async () => {
    const [first, second] = [await done(), await done()];
    const choice = ['--from-seq', String(first.seq), '--to-seq', String(second.seq)];
    const plan = planSchema.parse(await server.cliJson('reprocess', 'job', ...choice));
    expect(plan).toMatchObject({ count: 2, effects: [{ effect: 'press', count: 2 }] });
    const wrong = await server.cli(
      'reprocess',
      'job',
      ...choice,
      '--confirm-count',
      '3',
      '--reason',
      'lost',
    );
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    const ended = await server.cliJson(
      'reprocess',
      'job',
      ...choice,
      '--confirm-count',
      '2',
      '--reason',
      'lost',
    );
    expect(ended).toMatchObject({ state: 'done', total: 2, done: 2, reason: 'lost' });
    for (const { id } of [first, second]) {
      await eventually('its second run has ended', async () => {
        const now = await server.api.saga('job', id);
        return now?.run === 2 && now.status === 'completed' ? now : undefined;
      });
    }
    const listed = pageOf(z.looseObject({ state: z.string() })).parse(
      (await server.api.get('/v1/reprocess')).json,
    );
    expect(listed.items[0]).toMatchObject({ state: 'done', total: 2 });
  });

  test('is refused for everything at once, without a reason, to others, and for nonsense', async () => {
    const { seq } = await done();
    const all = { saga: 'job', reason: 'x' };
    const count = planSchema.parse(
      (await server.api.post('/v1/reprocess?dryRun=true', { saga: 'job', all: true })).json,
    ).count;
    const post = async (body: object, api = server.api) => {
      const answer = await api.post('/v1/reprocess', body);
      return problemOf(answer);
    };
    expect(await post({ ...all, confirmCount: count })).toMatchObject({
      status: 400,
      faults: [{ at: '/all' }],
    });
    const one = { saga: 'job', seqs: [seq], confirmCount: 1, reason: 'x' };
    expect((await post({ ...one, reason: undefined })).status).toBe(400);
    expect((await post({ ...one, confirmCount: undefined })).status).toBe(409);
    expect((await post({ ...one, confirmCount: 2 })).status).toBe(409);
    expect((await post({ ...one, saga: 'nobody' })).status).toBe(404);
    expect((await post({ ...one, type: 'other' })).status).toBe(400);
    expect((await post({ ...one, seqs: [] })).status).toBe(400);
    expect((await post({ ...one, seqs: ['1'] })).status).toBe(400);
    expect((await post({ ...all, from: 'yesterday' })).status).toBe(400);
    expect((await post(one, server.api.with({ tenant: 'other' }))).status).toBe(400);
    const viewer = await server.api.createKey({ name: 'viewer', scopes: ['view'] });
    expect((await post(one, server.api.with({ key: viewer.secret }))).status).toBe(403);
    expect((await server.api.get('/v1/reprocess/999999')).status).toBe(404);
    expect((await server.api.get('/v1/reprocess/x')).status).toBe(404);
  });
});

test('the audit is of one tenant, pages, and holds what was done to keys and releases', async () => {
  const made = await server.api.createKey({ name: 'short-lived', scopes: ['view'] });
  await server.api.send('DELETE', `/v1/keys/${made.id}`);
  expect(await acts('key.created', `key/${made.id}`)).toMatchObject([{ byName: 'admin' }]);
  expect(await acts('key.revoked', `key/${made.id}`)).toHaveLength(1);
  expect((await acts('release.activated', 'operated')).length).toBeGreaterThan(0);
  const first = z
    .looseObject({ items: z.array(actSchema), next: z.string() })
    .parse((await server.api.get('/v1/audit?limit=1')).json);
  const second = pageOf(actSchema).parse(
    (await server.api.get(`/v1/audit?limit=1&cursor=${first.next}`)).json,
  );
  expect(second.items[0]?.['seq']).toBeLessThan(Number(first.items[0]?.['seq']));
  const elsewhere = await server.api.with({ tenant: 'other' }).get('/v1/audit');
  expect(elsewhere.json).toEqual({ items: [], next: null });
  expect((await server.api.get('/v1/audit?cursor=x')).status).toBe(400);
});

test('status tells how far each saga is behind', async () => {
  const info = z
    .looseObject({ consumers: z.array(z.looseObject({ saga: z.string(), pending: z.number() })) })
    .parse(await server.cliJson('status'));
  expect(info.consumers).toMatchObject([{ saga: 'job', pending: 0, redeliveries: 0 }]);
});
