/**
 * What the console can do, from the terminal: is all well, what needs a person and acts on groups of it, who is told, what
 * the server shows of itself. Against a real server with calls in doubt and an entry in quarantine.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { auditEntrySchema, overviewSchema, pageOf } from '@holdfast/core';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order } from '../support/orders.ts';
import { Project } from '../support/project.ts';

const CONFLICT = 1;
const USAGE = 2;

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
  using project = new Project('test/e2e/operator');
  await project.deploy(server);
});
afterAll(() => server[Symbol.asyncDispose]());

/** A job whose press does not answer. */
async function held(): Promise<string> {
  const id = `job-${randomUUID()}`;
  await server.api.publish({ type: 'job.asked', data: { id, how: 'silent' } });
  await server.api.waitForStatus('job', id, 'blocked');
  return id;
}

const groupsSchema = z.looseObject({
  groups: z.array(
    z.looseObject({ name: z.string(), kind: z.string(), saga: z.string(), count: z.number() }),
  ),
});

async function group(kind: string): Promise<{ name: string; count: number }> {
  const { groups } = groupsSchema.parse(await server.cliJson('attention', 'list'));
  const found = groups.find((one) => one.kind === kind && one.saga === 'job');
  if (found === undefined) throw new Error(`no group of ${kind}`);
  return found;
}

async function reasonOf(target: string): Promise<string | null | undefined> {
  const page = await server.cliJson('audit', 'list', '--target', target);
  return pageOf(auditEntrySchema).parse(page).items[0]?.reason;
}

test('status says whether the sum holds, what is wrong and what to do, and watches it', async () => {
  expect((await server.cli('status')).stdout).toMatch(/^Holdfast \S+ {2}ready\n/);
  await held();
  const { stdout, code } = await server.cli('status');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Holdfast \S+ {2}ready {2}1 problem\n {2}1 run needs a person {2}holdfast attention list\n/,
  );
  expect(stdout).toMatch(/\nruns +\d+ accepted = .*1 needs you\n/);
  expect(stdout).not.toContain('does not hold');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const { overview } = z
    .looseObject({ overview: overviewSchema })
    .parse(await server.cliJson('status'));
  const { accepted, ...where } = overview.sum;
  expect(Object.values(where).reduce((all, count) => all + count, 0)).toBe(accepted);
  expect(overview).toMatchObject({ healthy: false, problems: [{ code: 'runs.blocked' }] });
});

describe('a group', () => {
  test('is shown with what would be called again, and nothing is done without its count', async () => {
    const id = await held();
    const { name, count } = await group('doubtful');
    const shown = await server.cli('attention', 'show', name);
    expect(shown.stdout).toContain('the effect is called again, with the same idempotency key');
    expect(shown.stdout).toContain(id);
    expect(shown.stderr).toContain(`holdfast attention redrive ${name} --dry-run`);
    const act = ['attention', 'resolve', name, '--retry', '--reason', 'x'];
    for (const how of [['--dry-run'], []]) {
      const preview = await server.cli(...act, ...how);
      expect(preview).toMatchObject({ code: 0 });
      expect(preview.stdout).toContain(`resolve ${count} of ${count}`);
      expect(preview.stderr).toContain(`--confirm-count ${count}`);
    }
    const other = await server.cli(...act, '--confirm-count', String(count + 1));
    expect(other.code).toBe(CONFLICT);
    expect(other.stderr).toContain(`this is about ${count}, and ${count + 1} were confirmed`);
    expect(await server.api.saga('job', id)).toMatchObject({ status: 'blocked' });
  });

  test('is not acted on without a reason, or in a way that does not fit', async () => {
    await held();
    const { name, count } = await group('doubtful');
    const counted = ['--confirm-count', String(count)];
    const silent = await server.cli('attention', 'redrive', name, ...counted);
    expect(silent).toMatchObject({ code: USAGE, stdout: '' });
    expect(silent.stderr).toContain('--reason is needed');
    const unfit = await server.cli('attention', 'discard', name, ...counted, '--reason', 'x');
    expect(unfit).toMatchObject({ code: USAGE });
    expect(unfit.stderr).toContain(`holdfast attention cancel ${name}`);
    const unsaid = await server.cli('attention', 'resolve', name, ...counted, '--reason', 'x');
    expect(unsaid.stderr).toContain('--succeeded, --failed or --retry');
    const gone = await server.cli('attention', 'show', 'ffffffff');
    expect(gone.stderr).toContain('holdfast attention list');
  });

  test('some are resolved, one is cancelled, and each is on record with the reason', async () => {
    const [first, second, third] = [await held(), await held(), await held()];
    const { name } = await group('doubtful');
    const two = ['--only', first, '--only', second];
    const resolved = await server.cliJson(
      'attention',
      'resolve',
      name,
      ...two,
      '--succeeded',
      '--output',
      '{"receipt":"seen"}',
      '--confirm-count',
      '2',
      '--reason',
      'both are in its book',
    );
    expect(resolved).toMatchObject({ name, act: 'resolve', done: 2, refused: [], left: 0 });
    for (const id of [first, second]) {
      expect(await server.api.waitForStatus('job', id, 'completed')).toMatchObject({
        result: { receipt: 'seen' },
      });
      expect(await reasonOf(`job/${id}`)).toBe('both are in its book');
    }
    expect(await server.api.saga('job', third)).toMatchObject({ status: 'blocked' });
    const cancelled = await server.cli(
      'attention',
      'cancel',
      name,
      '--only',
      third,
      '--confirm-count',
      '1',
      '--reason',
      'not wanted any more',
    );
    expect(cancelled).toMatchObject({ code: 0, stdout: '1 asked to stop\n' });
    await held();
    const missing = await server.cli('attention', 'cancel', name, '--only', first, '--dry-run');
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain(`there is no ${first} in the group`);
  });

  test('of the quarantine is redriven, and what does not mend is discarded by its number', async () => {
    await server.api.publish({ type: 'job.asked', data: { id: 'nameless-1' } });
    await eventually('the entry', async () => {
      const { groups } = groupsSchema.parse(await server.cliJson('attention', 'list'));
      return groups.find(({ kind }) => kind === 'quarantine');
    });
    const { name } = await group('quarantine');
    const page = z.looseObject({ items: z.array(z.looseObject({ quarantineId: z.number() })) });
    const { items } = page.parse(await server.cliJson('attention', 'show', name));
    const entry = String(items[0]?.quarantineId);
    const done = await server.cliJson(
      'attention',
      'discard',
      name,
      '--only',
      entry,
      '--confirm-count',
      '1',
      '--reason',
      'it never had a name',
    );
    expect(done).toMatchObject({ act: 'discard', done: 1 });
    expect(await server.cliJson('quarantine', 'show', entry)).toMatchObject({
      state: 'discarded',
      resolution: { reason: 'it never had a name' },
    });
  });
});

test('what is refused is named with its reason, and the command says that not all is done', async () => {
  await using device = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  await device.publish('hf/events/job.asked', 'no json');
  const all = z.looseObject({
    groups: z.array(
      z.looseObject({ name: z.string(), kind: z.string(), saga: z.string().nullable() }),
    ),
  });
  const { name } = await eventually('the message', async () => {
    const { groups } = all.parse(await server.cliJson('attention', 'list'));
    return groups.find(({ kind, saga }) => kind === 'quarantine' && saga === null);
  });
  const act = ['attention', 'redrive', name, '--confirm-count', '1', '--reason', 'to see'];
  const refused = await server.cli(...act);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(
    /^0 redriven\n1 refused\nKEY OR ENTRY +CODE +WHY\n\d+ +conflict +\S/,
  );
  const document = await server.cli(...act, '--json');
  expect(document.code).toBe(1);
  expect(JSON.parse(document.stdout)).toMatchObject({
    done: 0,
    refused: [{ problem: { code: 'conflict' } }],
  });
});

const page = z.looseObject({ items: z.array(z.looseObject({})) });

describe('what the server shows of itself', () => {
  // Once: each one that is held makes the breaker let fewer through.
  beforeAll(async () => void (await held()));

  test.each([
    ['upstreams list', { upstream: 'press', effects: [{ effect: 'press' }] }],
    ['outbox list', { effect: 'press', state: 'held' }],
    ['tenants list', { tenant: '' }],
    ['settings list', { name: expect.any(String) as string, origin: expect.anything() as object }],
    ['settings list --changed', { name: 'http.port', origin: { kind: 'flag' } }],
    ['events types', { type: 'job.asked', sagas: [{ saga: 'job', starts: true }] }],
    ['sagas fields', { saga: 'order' }],
  ])('%s', async (line, item) => {
    const { items } = page.parse(await server.cliJson(...line.split(' ')));
    const isMeant = (one: object): boolean => {
      try {
        expect(one).toMatchObject(item);
        return true;
      } catch {
        return false;
      }
    };
    expect(items.filter(isMeant), JSON.stringify(items)).not.toEqual([]);
    expect((await server.cli(...line.split(' '))).stdout.split('\n').length).toBeGreaterThan(2);
  });

  test('who a key is', async () => {
    const made = await server.api.createKey({ name: 'lookout', scopes: ['view'] });
    const shown = await server.cliJson('session', 'show', '--key', made.secret);
    expect(shown).toMatchObject({ name: 'lookout', scopes: ['view'], by: 'key' });
    expect((await server.cli('session', 'show')).stdout).toContain('admin');
  });

  test('what a wait asks of whoever has its token', async () => {
    const nobody = await server.cli('waits', 'show', 'no-such-token');
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('the last part of the link');
  });

  test('workers, reprocesses, alerts and the broker are there to be looked at when they are empty', async () => {
    for (const line of ['workers list', 'workers history', 'reprocess --list', 'mqtt clients']) {
      const shown = await server.cli(...line.split(' '));
      expect(shown).toMatchObject({ code: 0, stdout: '' });
      expect(shown.stderr).not.toBe('');
    }
    await server.api.publish({ type: 'order.placed', data: order() });
    const plan = await server.cliJson('reprocess', 'order', '--all', '--dry-run');
    const { count } = z.looseObject({ count: z.number() }).parse(plan);
    const all = ['reprocess', 'order', '--all', '--confirm-count', String(count), '--reason', 'x'];
    expect(await server.cli(...all)).toMatchObject({ code: 0 });
    const { items } = page.parse(await server.cliJson('reprocess', '--list', '--json'));
    expect(items).toMatchObject([{ saga: 'order', total: count, state: 'done' }]);
    const alerts = await server.cliJson('alerts', 'list');
    expect(alerts).toMatchObject({ targets: [], open: expect.any(Array) as unknown[] });
    const tested = await server.cli('alerts', 'test');
    expect(tested).toMatchObject({ code: 1 });
    expect(tested.stderr).toContain('there are no targets');
  });
});
