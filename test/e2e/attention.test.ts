/**
 * What an operator looks at first, against a real server: the sum of all runs, what needs a person in groups, acts on some
 * and on all of a group, and the stream that says when to look again.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';

let server: HoldfastServer;
let project: Project;
let client: Client;
beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: false });
  project = new Project('test/e2e/operator');
  await project.deploy(server);
  client = createClient({ url: server.ready.http, key: server.adminKey });
});
afterAll(async () => {
  project[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

/** A job whose effect does not answer: nobody knows whether it happened. */
async function held(): Promise<{ id: string; commandId: string }> {
  const id = `job-${randomUUID()}`;
  await server.api.publish({ type: 'job.asked', data: { id, how: 'silent' } });
  await server.api.waitForStatus('job', id, 'blocked');
  const { blockedBy } = await client.sagas.get('job', id);
  return { id, commandId: String(blockedBy?.commandId) };
}

async function sumHolds(): Promise<Awaited<ReturnType<Client['overview']['get']>>> {
  const overview = await client.overview.get();
  const { accepted, ...where } = overview.sum;
  expect(Object.values(where).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  return overview;
}

test('held effects are a group, are acted on one, some and all, and each is on record', async () => {
  const jobs = [await held(), await held(), await held(), await held()];
  const before = await sumHolds();
  expect(before).toMatchObject({ healthy: false, sum: { needsYou: 4 } });
  expect(before.problems.map(({ code }) => code)).toContain('runs.blocked');

  const { total, groups } = await client.attention.get();
  expect({ total, groups: groups.length }).toEqual({ total: 4, groups: 1 });
  const [group] = groups;
  expect(group).toMatchObject({
    kind: 'doubtful',
    reason: 'effect.in_doubt',
    saga: 'job',
    count: 4,
    acts: ['redrive', 'resolve', 'cancel'],
  });
  const id = group?.id ?? '';
  const { items } = await client.attention.list(id);
  expect(items.map(({ key }) => key)).toEqual(jobs.toReversed().map((job) => job.id));
  for (const { commandId, wouldFire } of items) {
    expect(wouldFire).toEqual([{ effect: group?.effect, commandId, idempotencyKey: commandId }]);
  }
  const first = items[3];
  expect(first?.commandId).toBe(jobs[0]?.commandId);

  await expect(
    client.attention.act(id, 'resolve', {
      reason: 'seen',
      confirmCount: 3,
      resolve: { as: 'failed' },
    }),
  ).rejects.toMatchObject({ code: 'conflict' });

  const some = await client.attention.act(id, 'resolve', {
    reason: 'asked the target: it never came',
    confirmCount: 1,
    items: [first?.item ?? ''],
    resolve: { as: 'failed' },
  });
  expect(some).toEqual({ done: 1, refused: [], left: 0, next: null });
  await eventually('the job goes on', async () =>
    (await client.sagas.get('job', jobs[0]?.id ?? '')).status === 'blocked' ? undefined : true,
  );
  const rest = await client.attention.act(id, 'cancel', {
    reason: 'the target is gone',
    confirmCount: 3,
  });
  expect(rest).toEqual({ done: 3, refused: [], left: 0, next: null });
  await eventually('nothing needs a person', async () =>
    (await client.attention.get()).total === 0 ? true : undefined,
  );
  const again = client.attention.act(id, 'cancel', { reason: 'once more', confirmCount: 3 });
  await expect(again).rejects.toMatchObject({ code: 'conflict' });
  await eventually('all runs have ended', async () =>
    (await sumHolds()).sum.inProgress === 0 ? true : undefined,
  );

  const { items: acts } = await client.audit.list({ limit: 500 });
  expect(acts.filter(({ reason }) => reason === 'the target is gone')).toHaveLength(3);
  expect(acts.filter(({ reason }) => reason === 'asked the target: it never came')).toHaveLength(1);
});

test('what changes is told, and where an event came from and led to is shown both ways', async () => {
  const end = new AbortController();
  const changes = client.changes({ signal: end.signal });
  const seen = new Set<string>();
  const following = (async () => {
    for await (const { topics } of changes) for (const topic of topics) seen.add(topic);
  })();
  const id = `job-${randomUUID()}`;
  await eventually('the stream tells of sagas, events and effects', async () => {
    await server.api.publish({ type: 'job.asked', data: { id } });
    return ['sagas', 'events', 'effects'].every((topic) => seen.has(topic)) ? true : undefined;
  });
  end.abort();
  await following;
  await server.api.waitForStatus('job', id, 'completed');
  const { items } = await client.events.list({ type: 'job.asked', limit: 500, order: 'asc' });
  const asked = items.find(({ data }) => (data as { id: string }).id === id);
  const detail = await client.events.get(asked?.seq ?? 0);
  const [effect] = detail.consequences.items;
  expect(effect).toMatchObject({ kind: 'effect', saga: 'job', key: id, status: 'succeeded' });
  const outcomeSeq = effect?.kind === 'effect' ? (effect.outcomeSeq ?? 0) : 0;
  const outcome = await client.events.get(outcomeSeq);
  expect(outcome.cause).toEqual(effect);
  const ended = outcome.consequences.items.find((one) => one.kind === 'event');
  expect(ended).toMatchObject({ type: 'saga.completed' });
  const last = await client.events.get(ended?.kind === 'event' ? ended.seq : 0);
  expect(last.cause).toMatchObject({ kind: 'event', seq: outcomeSeq });
});

/** Books what cannot be given back, or stumbles over what it is told. */
const STUBBORN = `
import { effect, event, Refused, saga, Undo } from '@holdfast/sdk';
import { z } from 'zod';

const input = z.object({ id: z.string() });
const output = z.object({});
export const book = effect('book', { input, output }, async () => ({}));
export const unbook = effect('unbook', { input, output }, async () => {
  throw new Refused('shut', 'the office is shut');
});

export const TripAsked = event('trip.asked', z.object({ id: z.string(), how: z.string() }));

export const trip = saga('trip', { on: TripAsked, key: (e) => e.id }, function* (e) {
  yield* book({ id: e.id }, { undo: () => unbook({ id: e.id }) });
  if (e.how === 'stumble') throw new Error('a bug');
  throw new Undo('changed our mind');
});
`;

test('a failed undo is a group of its effect, and a fault of a program says what it decides again', async () => {
  using stubborn = new Project();
  stubborn.write('holdfast.release.yaml', 'app: stubborn\n');
  stubborn.write('src/index.ts', STUBBORN);
  const release = await stubborn.deploy(server);
  for (const [id, how] of [
    ['t-1', 'undo'],
    ['t-2', 'undo'],
    ['t-3', 'stumble'],
  ] as const) {
    await server.api.publish({ type: 'trip.asked', data: { id, how } });
    await server.api.waitForStatus('trip', id, 'blocked');
  }
  const { groups } = await client.attention.get();
  const own = groups.filter(({ saga }) => saga === 'trip');
  expect(own).toMatchObject([
    { kind: 'blocked', reason: 'undo', effect: 'unbook', release, count: 2 },
    { kind: 'blocked', reason: 'program.failed', effect: null, release, count: 1 },
  ]);
  const [undo, program] = own;
  expect((await client.sagas.get('trip', 't-1')).blockedBy).toMatchObject({
    code: 'undo',
    effect: 'unbook',
    step: 'undo/book#1/unbook#1',
  });

  const undone = await client.attention.list(undo?.id ?? '');
  expect(undone.items.map(({ key, decides }) => [key, decides])).toEqual([
    ['t-2', null],
    ['t-1', null],
  ]);
  const foretold = undone.items.map(({ wouldFire }) => wouldFire[0]?.commandId);
  const { items } = await client.attention.list(program?.id ?? '');
  expect(items).toMatchObject([
    { key: 't-3', wouldFire: [], decides: { event: 'effect.succeeded', step: 'book#1' } },
  ]);

  // The office is still shut: what was foretold is what is called, and both come back to their group, once each.
  const soFar: number[] = [];
  const answer = await client.attention.act(
    undo?.id ?? '',
    'redrive',
    { reason: 'they said at nine', confirmCount: 2 },
    { onProgress: ({ done }) => void soFar.push(done) },
  );
  expect([answer, soFar]).toEqual([{ done: 2, refused: [], left: 0, next: null }, [2]]);
  for (const commandId of foretold) {
    const called = await eventually(`the call ${commandId} is settled`, async () => {
      const { items: all } = await client.effects.list({ effect: 'unbook', limit: 500 });
      return all.find((one) => one.commandId === commandId && one.outcome === 'failed');
    });
    expect(called.effect).toBe('unbook');
  }
  await eventually('both are blocked again', async () => {
    const again = (await client.attention.get()).groups.find(({ id }) => id === undo?.id);
    return again?.count === 2 ? true : undefined;
  });
  // To cancel what undoes already changes nothing of what it is blocked at.
  await client.attention.act(undo?.id ?? '', 'cancel', { reason: 'enough', confirmCount: 2 });
  await eventually('both are blocked at the same effect', async () => {
    const { blockedBy } = await client.sagas.get('trip', 't-1');
    return blockedBy?.effect === 'unbook' && blockedBy.step === 'undo/book#1@2/unbook#1'
      ? true
      : undefined;
  });
});
