/**
 * "Why did my order stop?", answered by a real server: instances found by their search fields, where each stands with the
 * line of its author's source, why, what comes next, and whether the card was charged.
 */
import { randomUUID } from 'node:crypto';
import type { Explanation } from '@holdfast/core';
import { explanationSchema, sagaDetailSchema, stateAtSchema } from '@holdfast/core';
import { type Client, createClient } from '@holdfast/sdk/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { order, orderPlaced, TOO_MUCH } from '../support/orders.ts';
import type { Order } from '../support/orders.ts';
import { Project } from '../support/project.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';

let lab: RestaurantLab;
let client: Client;
beforeAll(async () => {
  lab = await RestaurantLab.open({ payment: '300ms' });
  client = createClient({ url: lab.server.ready.http, key: lab.server.adminKey });
});
afterAll(() => lab[Symbol.asyncDispose]());

async function place(placed: Order, status: string): Promise<string> {
  await lab.server.api.publish(orderPlaced(placed));
  await lab.server.api.waitForStatus('order', placed.orderId, status);
  return placed.orderId;
}
const explain = async (key: string, of: { version?: number } = {}): Promise<Explanation> =>
  explanationSchema.parse(await client.sagas.explain('order', key, of));
const happened = async (key: string): Promise<Record<string, string>> => {
  const { effects } = sagaDetailSchema.parse(await client.sagas.get('order', key));
  return Object.fromEntries(effects.map((each) => [each.effect, each.happened]));
};
const sourceAt = ({ open }: Explanation, step: string): string | null | undefined =>
  open.find((one) => one.step === step)?.at?.source;

describe('an order that waits', () => {
  test('stands at its line of source, and says who may let it go on, and until when', async () => {
    const key = await place(order(), 'waiting');
    const told = await explain(key);
    expect(told).toMatchObject({
      status: 'waiting',
      version: 3,
      current: true,
      decision: { event: 'effect.succeeded', check: { state: 'same', reason: null } },
      cause: { type: 'order.placed', saga: null },
      parked: 0,
    });
    expect(told.summary).toMatch(/^It waits for kitchen\.ready until \S+, since /);
    expect(told.open).toHaveLength(1);
    expect(told.open[0]?.at).toMatchObject({
      file: 'src/order.ts',
      source: "const ready = yield* waitFor('kitchen.ready', KitchenReady, { timeout: '15m' });",
    });
    expect(told.next[0]).toContain(`holdfast waits complete order ${key} kitchen.ready`);
    expect(await happened(key)).toEqual({ 'kitchen.reserve': 'yes', 'payment.charge': 'yes' });
  });

  test('tells of each of its decisions, with the line that asked, and of what changed with it', async () => {
    const key = await place(order(), 'waiting');
    const first = await explain(key, { version: 1 });
    expect(first).toMatchObject({
      current: false,
      status: 'running',
      decision: { event: 'order.placed' },
    });
    expect(sourceAt(first, 'kitchen.reserve#1')).toBe('const seat = yield* reserve(');
    expect(first.next[0]).toContain(
      'Version 2 came next, on effect.succeeded of kitchen.reserve#1',
    );
    const { changes } = stateAtSchema.parse(await client.sagas.at('order', key, 2));
    expect(changes.map(({ path, kind }) => `${kind} ${path}`)).toEqual(
      expect.arrayContaining(['added /arrivals/0', 'added /steps/1']),
    );
    const missing = await client.sagas
      .explain('order', key, { version: 99 })
      .catch((error: unknown) => error);
    expect(missing).toMatchObject({ code: 'not_found' });
  });
});

test('an order that was declined says so with its line, and what was undone', async () => {
  const key = await place(order({ amount: TOO_MUCH }), 'compensated');
  const told = await explain(key);
  expect(told.summary).toContain('10001 is more than 10000');
  expect(sourceAt(told, 'payment.charge#1')).toBe('const paid = yield* charge(');
  const undo = await explain(key, { version: 3 });
  expect(sourceAt(undo, 'undo/kitchen.reserve#1/kitchen.release#1')).toBe(
    '{ undo: (r) => release({ orderId, ticket: r?.ticket }) },',
  );
  const { effects } = await client.sagas.get('order', key);
  expect(effects.map(({ effect, happened: did, undone }) => [effect, did, undone])).toEqual([
    ['kitchen.reserve', 'yes', 'yes'],
    ['payment.charge', 'no', null],
    ['kitchen.release', 'yes', null],
  ]);
});

test('an order in doubt: nobody says that the card was charged, nor that it was not; each way out is told', async () => {
  using project = new Project('apps/restaurant');
  const file = 'holdfast.release.yaml';
  const held = '\neffects:\n  payment.charge: { onUnknown: hold, retry: { attempts: 1 } }\n';
  project.write(file, project.read(file) + held);
  await project.deploy(lab.server);
  await lab.mishap({ name: 'payment.charge', kind: 'reset', times: 1, takesEffect: true });
  const key = await place(order(), 'blocked');
  expect(await happened(key)).toMatchObject({ 'payment.charge': 'in_doubt' });
  const told = await explain(key);
  const commandId = (await client.sagas.get('order', key)).blockedBy?.commandId ?? 'none';
  expect(told.next.join('\n')).toContain(`holdfast effects resolve ${commandId} --retry`);
  expect(sourceAt(told, 'payment.charge#1')).toBe('const paid = yield* charge(');
  await lab.noMishaps();
  await client.effects.resolve(commandId, { as: 'retry' });
  await lab.server.api.waitForStatus('order', key, 'waiting');
  expect(await happened(key)).toMatchObject({ 'payment.charge': 'yes' });
});

describe('a search', () => {
  test('finds orders by what their saga names, over HTTP and from the terminal', async () => {
    const who = `Grace:${randomUUID()}`;
    const keys = [
      await place(order({ customer: who }), 'waiting'),
      await place(order({ customer: `${who}-2` }), 'waiting'),
    ];
    expect(await client.sagas.fields()).toContainEqual({ saga: 'order', fields: ['customer'] });
    const found = async (...search: string[]): Promise<string[]> =>
      (await client.sagas.list({ search })).items.map(({ key }) => key);
    expect(await found(`customer:${who}`)).toEqual([keys[0]]);
    expect(await found(`customer:${who}*`)).toEqual(keys);
    expect(await found(`customer:${who}*`, 'customer:nobody')).toEqual([]);
    const listed = z
      .object({ items: z.array(z.looseObject({ key: z.string() })) })
      .parse(await lab.server.cliJson('sagas', 'list', '--search', `customer=${who}`));
    expect(listed.items.map(({ key }) => key)).toEqual([keys[0]]);
    const refused = await lab.server.cli('sagas', 'list', '--search', 'customer');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('FIELD:VALUE');
  });

  test('outlives a kill', async () => {
    const who = `Hedy ${randomUUID()}`;
    const key = await place(order({ customer: who }), 'waiting');
    await lab.server.sigkill();
    await lab.server.restart();
    client = createClient({ url: lab.server.ready.http, key: lab.server.adminKey });
    const { items } = await client.sagas.list({ search: [`customer:${who}`] });
    expect(items.map((one) => one.key)).toEqual([key]);
  });
});

test('the terminal says where it stands, why, and what comes next, with the line', async () => {
  const key = await place(order({ customer: 'Ada Lovelace' }), 'waiting');
  const { stdout } = await lab.server.cli('sagas', 'show', 'order', key);
  expect(stdout).toMatch(/^search +customer=Ada Lovelace$/m);
  expect(stdout).toMatch(/^payment\.charge +yes +1 +payment\.charge#1$/m);
  expect(stdout).toMatch(/^where and why$/m);
  expect(stdout).toMatch(/^ {4}src\/order\.ts:\d+:\d+ {2}const ready = yield\* waitFor/m);
  expect(stdout).toMatch(/^next$/m);
  const shown = await lab.server.cliJson('sagas', 'show', 'order', key);
  expect(shown).toMatchObject({ explanation: { status: 'waiting', saga: 'order', key } });
});

describe('a program that fails', () => {
  test('is shown with the line that threw, also once another release has taken it over', async () => {
    using project = new Project('apps/restaurant');
    project.replace(
      'src/order.ts',
      'const trip =',
      "if (ready.shelf === 'x') throw new Error('no such shelf');\n    const trip =",
    );
    const digest = await project.deploy(lab.server);
    const key = await place(order(), 'waiting');
    await lab.server.api.completeWait('order', key, 'kitchen.ready', { shelf: 'x' });
    await lab.server.api.waitForStatus('order', key, 'blocked');
    const told = await explain(key);
    expect(told.open[0]).toMatchObject({
      kind: 'failure',
      text: 'no such shelf',
      at: { source: "if (ready.shelf === 'x') throw new Error('no such shelf');" },
    });
    expect(told.next[0]).toContain(`holdfast sagas redrive order ${key}`);
    // The release that is active again has decided the same so far: it takes the order over, and has another line there.
    await lab.deploy({});
    expect((await client.sagas.get('order', key)).release).not.toBe(digest);
    const after = await explain(key);
    expect(after.decision?.check).toEqual({ state: 'same', reason: null });
    expect(after.open[0]?.at).toEqual(told.open[0]?.at);
  });
});
