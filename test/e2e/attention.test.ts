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
  expect(some).toEqual({ done: 1, refused: [], left: 0 });
  await eventually('the job goes on', async () =>
    (await client.sagas.get('job', jobs[0]?.id ?? '')).status === 'blocked' ? undefined : true,
  );
  const rest = await client.attention.act(id, 'cancel', {
    reason: 'the target is gone',
    confirmCount: 3,
  });
  expect(rest).toEqual({ done: 3, refused: [], left: 0 });
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
