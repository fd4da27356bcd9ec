import { afterEach, expect, test } from 'vitest';
import { alertMessageSchema, HoldfastError } from '@holdfast/core';
import type { EngineApi, Log } from '@holdfast/engine';
import type { NeedGroup } from '@holdfast/store';
import { AlertDesk } from './alert-desk.ts';
import type { AlertRecord } from './alert-record.ts';
import type { AlertSettings } from './alert-settings.ts';
import {
  alertSettings,
  HOUR,
  LIMITS,
  MovedClock,
  needGroup,
  receiver,
  type Receiver,
  SECOND,
  webhook,
} from './testing/alert-fixtures.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function inbox(): Promise<Receiver> {
  const made = await receiver();
  ends.push(async () => made[Symbol.asyncDispose]());
  return made;
}

/** What the parts of a server say of it; the desk, its record and its clock outlive none of it. */
class Server {
  readonly clock = new MovedClock();
  readonly lines: { readonly level: string; readonly message: string }[] = [];
  groups: readonly NeedGroup[] = [];
  record: AlertRecord | null = null;
  /** All that were written. */
  readonly records: AlertRecord[] = [];
  /** Why no record can be written. */
  fault: Error | null = null;
  looks = 0;
  well: string | null = null;
  #committed: () => void = () => undefined;
  desk: AlertDesk | null = null;

  async start(settings: AlertSettings): Promise<AlertDesk> {
    const line = (level: string) => (_: object, message: string) => {
      this.lines.push({ level, message });
    };
    const log: Log = {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
    };
    const engine: Pick<EngineApi, 'status' | 'metrics' | 'consumers'> = {
      status: async () => {
        this.looks += 1;
        return {
          writable: true,
          noRoom: false,
          draining: false,
          lastSeq: 0,
          epoch: 1,
          timeline: 1,
          liveInstances: 0,
          effectsInFlight: 0,
          upstreams: [],
          sagas: [],
          effects: [],
          clockHeld: null,
        };
      },
      metrics: () => Promise.reject(new Error('not now')),
      consumers: () => Promise.resolve([]),
    };
    this.desk = new AlertDesk(settings, {
      engine,
      readModel: {
        needs: () => Promise.resolve({ groups: this.groups, nextDueAt: null }),
        keys: () => Promise.resolve([]),
      },
      bridges: () => [],
      diskFree: () => Promise.resolve(1_000_000),
      keeper: {
        read: () => Promise.resolve(structuredClone(this.record)),
        write: async (record) => {
          if (this.fault !== null) throw this.fault;
          this.record = structuredClone(record);
          this.records.push(this.record);
        },
      },
      onCommitted: (listener) => {
        this.#committed = listener;
        return () => (this.#committed = () => undefined);
      },
      look: () => Promise.resolve(this.well),
      listenerUrl: () => 'http://127.0.0.1:7420',
      random: () => 1,
      clock: this.clock,
      log,
    });
    const { desk } = this;
    await desk.start();
    ends.push(() => desk.close());
    return desk;
  }

  commit(): void {
    this.#committed();
  }
}

const to = (hook: Receiver, over: Partial<AlertSettings> = {}) =>
  alertSettings({ targets: [webhook({ url: () => hook.url })], ...over });
const subjects = (hook: Receiver) =>
  hook.got.map(({ body }) => alertMessageSchema.parse(JSON.parse(body)).subject);
/** The window, and little enough more that what is sent then has time to arrive. */
const TOLD = 32 * SECOND;
const BLOCKED = 'Holdfast: 1 instance of order is blocked';

test('an alert is sent, then its end; a restart in between repeats neither', async () => {
  const hook = await inbox();
  const server = new Server();
  server.groups = [needGroup()];
  const first = await server.start(to(hook));
  await server.clock.pass(TOLD);
  await hook.has(1);
  await first.close();
  expect(server.record).toMatchObject({ queue: [], alerts: [{ told: { ops: {} } }] });
  const second = await server.start(to(hook));
  await server.clock.pass(2 * HOUR);
  server.groups = [];
  await server.clock.pass(5 * SECOND + TOLD);
  await hook.has(2);
  await until(() => second.counts().targets[0]?.sent === 1);
  expect(subjects(hook)).toEqual([BLOCKED, 'Holdfast: resolved: 1 instance of order is blocked']);
  const { deliveries, open } = await second.overview('');
  expect(open).toEqual([]);
  expect(deliveries.map(({ state, attempts }) => ({ state, attempts }))).toEqual([
    { state: 'sent', attempts: 1 },
    { state: 'sent', attempts: 1 },
  ]);
});

test('what was on its way when the process died is sent again with the same id', async () => {
  const hook = await inbox();
  const server = new Server();
  server.groups = [needGroup()];
  await server.start(to(hook));
  await server.clock.pass(30 * SECOND);
  await hook.has(1);
  // As a kill leaves it: on record before it was sent, and nothing written since.
  const record = server.records.find(({ queue }) => queue.length === 1) ?? null;
  expect(record?.queue).toMatchObject([{ target: 'ops', attempts: 0 }]);
  await server.desk?.close();
  server.record = record;
  await server.start(to(hook));
  await hook.has(2);
  const ids = hook.got.map(({ headers }) => headers['webhook-id']);
  expect(ids[1]).toBe(ids[0]);
});

test('a target that fails is tried again until it takes the message, and everybody can see it', async () => {
  const hook = await inbox();
  hook.status = 503;
  const server = new Server();
  server.groups = [needGroup({ tenant: 'shop' })];
  const desk = await server.start(to(hook));
  const tried = () => desk.counts().targets[0] ?? { sent: 0, failures: 0 };
  await server.clock.pass(30 * SECOND);
  await until(() => tried().failures === 1);
  await server.clock.pass(2 * SECOND);
  await until(() => tried().failures === 2);
  const seen = await desk.overview('shop');
  expect(seen.targets).toMatchObject([
    { name: 'ops', state: 'failing', queued: 1, failures: 2, error: 'answered 503: not today' },
  ]);
  expect(seen.deliveries).toMatchObject([
    { state: 'failing', attempts: 2, error: 'answered 503: not today' },
  ]);
  expect(desk.counts().targets).toMatchObject([{ name: 'ops', sent: 0, failures: 2, queued: 1 }]);
  expect(server.lines).toContainEqual({ level: 'warn', message: 'an alert could not be sent' });
  hook.status = 200;
  await server.clock.pass(4 * SECOND);
  await until(() => tried().sent === 1);
  expect(new Set(hook.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect((await desk.overview('shop')).targets).toMatchObject([{ state: 'well', queued: 0 }]);
});

/** For what goes over a socket, while the clock stands still. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('where the record cannot be written, the alert goes out all the same, and the record follows', async () => {
  const hook = await inbox();
  const server = new Server();
  server.fault = new HoldfastError('store.full', 'no room');
  server.groups = [needGroup()];
  const desk = await server.start(to(hook));
  await server.clock.pass(TOLD);
  await until(() => desk.counts().targets[0]?.sent === 1);
  expect(server.record).toBeNull();
  expect(
    server.lines.filter(({ message }) => message.includes('could not be written')),
  ).toHaveLength(1);
  server.fault = null;
  await server.clock.pass(10 * SECOND);
  expect(server.record).toMatchObject({ queue: [], alerts: [{ told: { ops: {} } }] });
  expect(hook.got).toHaveLength(1);
});

test('a record that is none is told of, and the server starts', async () => {
  const hook = await inbox();
  const server = new Server();
  server.record = { format: 1, alerts: 'many' } as never;
  server.groups = [needGroup()];
  await server.start(to(hook, { window: 0 }));
  await server.clock.pass(SECOND);
  await hook.has(1);
  expect(server.lines[0]?.message).toContain('cannot be read');
});

test('without a target nothing is looked for until somebody asks', async () => {
  const server = new Server();
  server.groups = [needGroup()];
  const desk = await server.start(alertSettings({ targets: [], consoleUrl: null }));
  server.commit();
  await server.clock.pass(HOUR);
  expect([server.looks, server.clock.pending, server.records]).toEqual([0, 0, []]);
  const { open } = await desk.overview('');
  expect(open).toMatchObject([{ kind: 'blocked', count: 1, toldAt: null }]);
  expect(open[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:7420\/needs-you\?group=/);
  await desk.overview('');
  expect(server.looks).toBe(1);
});

test('it looks twice a minute while all is quiet, and soon after a commit', async () => {
  const hook = await inbox();
  const server = new Server();
  await server.start(to(hook));
  await server.clock.pass(10 * 60 * SECOND);
  expect(server.looks).toBe(21);
  server.commit();
  await server.clock.pass(5 * SECOND);
  expect(server.looks).toBe(22);
});

test('a caller sees its own tenant and the server as a whole, and no other (I5)', async () => {
  const hook = await inbox();
  const server = new Server();
  server.groups = [needGroup({ tenant: 'north' }), needGroup({ tenant: 'south', saga: 'secret' })];
  const desk = await server.start(
    alertSettings({
      window: 0,
      targets: [
        webhook({ name: 'all', url: () => hook.url }),
        webhook({ name: 'south', url: () => hook.url, tenants: ['south'] }),
      ],
    }),
  );
  await server.clock.pass(SECOND);
  await until(() => desk.counts().targets.every(({ sent }) => sent === 1));
  const north = await desk.overview('north');
  expect(JSON.stringify(north)).not.toMatch(/south|secret/);
  expect(north.open).toMatchObject([{ tenant: 'north' }]);
  expect(north.targets.map(({ name }) => name)).toEqual(['all']);
  const south = await desk.overview('south');
  expect(south.open).toMatchObject([{ tenant: 'south' }]);
  expect(south.deliveries.map(({ target }) => target)).toEqual(['south']);
  expect(south.targets.map(({ name }) => name)).toEqual(['all', 'south']);
});

test('other settings are in force at once: what waits is sent to where the target is by now', async () => {
  const [before, after] = [await inbox(), await inbox()];
  before.status = 500;
  const server = new Server();
  server.groups = [needGroup()];
  const desk = await server.start(to(before, { window: 0 }));
  await server.clock.pass(SECOND);
  await until(() => desk.counts().targets[0]?.failures === 1);
  desk.adjust(to(after, { window: 0 }));
  await until(() => desk.counts().targets[0]?.sent === 1);
  expect(subjects(after)).toEqual([BLOCKED]);
  desk.adjust(alertSettings({ targets: [] }));
  expect((await desk.overview('')).targets).toEqual([]);
  await server.clock.pass(HOUR);
  expect(after.got).toHaveLength(1);
});

test('a test message goes to all targets, or to one, and says which took it', async () => {
  const [good, bad] = [await inbox(), await inbox()];
  bad.status = 401;
  const server = new Server();
  const desk = await server.start(
    alertSettings({
      limits: LIMITS,
      targets: [
        webhook({ name: 'good', url: () => good.url }),
        webhook({ name: 'bad', url: () => bad.url }),
      ],
    }),
  );
  const { items } = await desk.test(null);
  expect(items).toMatchObject([
    { target: 'good', type: 'webhook', ok: true, error: null },
    { target: 'bad', ok: false, error: 'answered 401: not today' },
  ]);
  expect(subjects(good)).toEqual(['Holdfast: a test']);
  await desk.test('good');
  expect([good.got.length, bad.got.length]).toEqual([2, 1]);
  await expect(desk.test('none')).rejects.toMatchObject({ code: 'not_found' });
});
