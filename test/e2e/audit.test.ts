/**
 * The audit as its readers meet it, against a real server: every act on record with what it changed, the chain proven
 * over HTTP and from the command line, and found broken where somebody wrote to the database behind the server's back.
 */

import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  auditEntrySchema,
  auditReportSchema,
  journalReportSchema,
  journalVerificationSchema,
  pageOf,
} from '@holdfast/core';
import type { AuditEntry } from '@holdfast/core';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';

const BROKEN = 65;

let server: HoldfastServer;
let project: Project;
beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: true });
  project = new Project('test/e2e/operator');
  await project.deploy(server);
});
afterAll(async () => {
  project[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

async function list(...args: readonly string[]): Promise<readonly AuditEntry[]> {
  const page = await server.cliJson('audit', 'list', ...args);
  return pageOf(auditEntrySchema).parse(page).items;
}
async function only(act: string, target: string): Promise<AuditEntry | undefined> {
  const found = await list('--act', act, '--target', target);
  expect(found).toHaveLength(1);
  return found[0];
}
async function verify(...args: readonly string[]) {
  const ended = await server.cli('audit', 'verify', '--json', ...args);
  return { code: ended.code, report: auditReportSchema.parse(JSON.parse(ended.stdout)) };
}

test('a secret set and removed is on record, and its value is not', async () => {
  const name = `token_${Date.now()}`;
  for (const value of ['first-value', 'second-value'])
    expect(
      (await server.api.send('PUT', `/v1/secrets/${name}`, JSON.stringify({ value }))).status,
    ).toBe(204);
  expect((await server.api.send('DELETE', `/v1/secrets/${name}`)).status).toBe(204);
  expect((await server.api.send('DELETE', `/v1/secrets/${name}`)).status).toBe(404);
  const acts = await list('--target', `secret/${name}`);
  expect(acts).toMatchObject([
    { act: 'secret.removed', byName: 'admin', before: { set: true }, after: { set: false } },
    { act: 'secret.set', before: { set: true }, after: { set: true } },
    { act: 'secret.set', before: { set: false }, after: { set: true } },
  ]);
  expect(JSON.stringify(acts)).not.toContain('-value');
});

test('a wait ended by who names it is on record with the reason; by its token it is no operator’s act', async () => {
  const orderId = `o-${randomUUID()}`;
  const data = { orderId, customer: 'c', items: [{ sku: 'soup', qty: 1 }], amount: 900 };
  await server.api.publish({ type: 'order.placed', data });
  await server.api.waitForStatus('order', orderId, 'waiting');
  const path = `/v1/sagas/order/${orderId}/waits/kitchen.ready/complete?reason=${encodeURIComponent('I saw it')}`;
  expect((await server.api.post(path, { shelf: 'A' })).status).toBe(200);
  const act = await only('operator.wait.complete', `order/${orderId}`);
  expect(act).toMatchObject({
    reason: 'I saw it',
    before: { state: 'open' },
    after: { state: 'completed' },
    detail: { wait: 'kitchen.ready' },
  });
  expect(JSON.stringify(act)).not.toContain('shelf');
});

test('keys, cancellations and releases say what was before and after', async () => {
  const made = await server.api.createKey({ name: 'brief', scopes: ['view'] });
  await server.api.send('DELETE', `/v1/keys/${made.id}`);
  expect(await only('key.revoked', `key/${made.id}`)).toMatchObject({
    before: { inForce: true, scopes: ['view'] },
    after: { inForce: false, scopes: ['view'] },
  });
  const [activated] = await list('--act', 'release.*', '--target', 'operated', '--limit', '1');
  expect(activated).toMatchObject({ act: 'release.activated', before: { active: null } });
  const id = `job-${randomUUID()}`;
  await server.api.publish({ type: 'job.asked', data: { id, how: 'silent' } });
  await server.api.waitForStatus('job', id, 'blocked');
  await server.cliJson('sagas', 'cancel', 'job', id, '--reason', 'not wanted');
  expect(await only('operator.cancel', `job/${id}`)).toMatchObject({
    reason: 'not wanted',
    before: { status: 'blocked', blockedBy: { code: 'effect.in_doubt' } },
  });
});

describe('the list', () => {
  test('filters by who, what, on what and when, and pages without repeating', async () => {
    const all = await list('--limit', '500');
    expect(all.map(({ no }) => no)).toEqual(all.map(({ no }) => no).toSorted((a, b) => b - a));
    const admin = all.find(({ byName }) => byName === 'admin');
    expect(await list('--by', admin?.by ?? '', '--limit', '500')).toEqual(
      all.filter(({ by }) => by === admin?.by),
    );
    const [newest] = all;
    const oldest = all.at(-1);
    expect(await list('--until', oldest?.at ?? '')).toEqual([]);
    expect(await list('--since', '1h', '--limit', '500')).toEqual(all);
    expect((await list('--since', newest?.at.replace(/\d{3}Z$/, 'Z') ?? ''))[0]).toEqual(newest);
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const page = pageOf(auditEntrySchema).parse(
        (await server.api.get(`/v1/audit?limit=3${cursor}`)).json,
      );
      seen.push(...page.items.map(({ no }) => no));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(all.map(({ no }) => no));
    expect((await server.api.get('/v1/audit?since=yesterday')).status).toBe(400);
  });
});

test('the chain is proven by HTTP and command line alike, and only for an admin', async () => {
  const online = await verify();
  expect(online).toMatchObject({ code: 0, report: { ok: true, faults: [] } });
  const answer = await server.api.get('/v1/audit/verify');
  expect(answer.json).toEqual(online.report);
  expect((await verify('--offline')).report).toEqual(online.report);
  const operator = await server.api.createKey({ name: 'operator', scopes: ['operate', 'view'] });
  const refused = await server.api.with({ key: operator.secret }).get('/v1/audit/verify');
  expect(refused.status).toBe(403);
  const told = await server.cli('audit', 'verify');
  expect(told.stdout).toContain('The audit is as it was written');
});

describe('the whole journal', () => {
  const journal = async (...args: readonly string[]) => {
    const ended = await server.cli('audit', 'verify', '--journal', '--json', ...args);
    const report = auditReportSchema.extend({ journal: journalReportSchema });
    return {
      code: ended.code,
      stderr: ended.stderr,
      report: report.parse(JSON.parse(ended.stdout)),
    };
  };
  const orderId = `o-${randomUUID()}`;

  test('is proven beside the running server, and by whoever has its data', async () => {
    const data = { orderId, customer: 'c', items: [{ sku: 'soup', qty: 1 }], amount: 900 };
    await server.api.publish({ type: 'order.placed', data });
    await server.api.waitForStatus('order', orderId, 'waiting');
    const online = await journal();
    expect(online).toMatchObject({
      code: 0,
      stderr: '',
      report: { ok: true, journal: { ok: true, faults: [] } },
    });
    const { commits, events, transitions, head } = online.report.journal;
    expect(Math.min(events, transitions)).toBeGreaterThan(0);
    expect(head?.no).toBe(commits);
    const offline = await journal('--offline');
    expect(offline.code).toBe(0);
    expect(offline.report.journal.events).toBeGreaterThanOrEqual(events);
    const state = (await server.api.get('/v1/audit/verify/journal')).json;
    expect(journalVerificationSchema.parse(state)).toMatchObject({
      state: 'done',
      progress: null,
      report: online.report.journal,
    });
    const told = await server.cli('audit', 'verify', '--journal');
    expect(told.stdout).toContain('The journal is as it was written');
    const elsewhere = await server.cli(
      'audit',
      'verify',
      '--offline',
      '--url',
      'http://127.0.0.1:1',
    );
    expect(elsewhere.code).toBe(2);
  });

  test('with one byte of one event changed, is found changed, online and offline, at its commit', async () => {
    const db = new DatabaseSync(server.database);
    const found = db
      .prepare('SELECT seq, data FROM events WHERE data LIKE ? ORDER BY seq LIMIT 1')
      .get(`%"orderId":"${orderId}"%`);
    const { seq, data } = z.object({ seq: z.number(), data: z.string() }).parse(found);
    const commit = db.prepare('SELECT min(no) AS no FROM commits WHERE last_seq >= ?').get(seq);
    const bytes = Buffer.from(data);
    const at = bytes.indexOf('900');
    // The lowest bit: 900 becomes 800.
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    db.prepare('UPDATE events SET data = ? WHERE seq = ?').run(bytes.toString(), seq);
    db.close();
    const online = await journal();
    expect(online).toMatchObject({
      code: BROKEN,
      report: { ok: true, journal: { ok: false, faults: [{ commit: commit?.['no'] }] } },
    });
    const offline = await journal('--offline');
    expect(offline.code).toBe(BROKEN);
    expect(offline.report.journal.faults).toEqual(online.report.journal.faults);
    const told = await server.cli('audit', 'verify', '--journal');
    expect(told).toMatchObject({ code: BROKEN });
    expect(told.stdout).toContain(`commit ${String(commit?.['no'])}: its digest is not that of`);
  });

  test('is verified by an admin alone, and once at a time', async () => {
    const operator = await server.api.createKey({ name: 'other', scopes: ['operate', 'view'] });
    const asked = server.api.with({ key: operator.secret });
    expect((await asked.post('/v1/audit/verify/journal', {})).status).toBe(403);
    const begun = await Promise.all(
      [1, 2].map(() => server.api.post('/v1/audit/verify/journal', {})),
    );
    const states = begun.map(({ status, json }) => {
      expect(status).toBe(202);
      return journalVerificationSchema.parse(json);
    });
    expect(states[0]?.startedAt).toBe(states[1]?.startedAt);
    const over = await server.api.get('/v1/audit/verify/journal?wait=30s');
    expect(over.json).toMatchObject({ state: 'done', report: { ok: false } });
  });
});

test('a change behind the server’s back is told with 65, online and offline, before and after a restart', async () => {
  await server.stop();
  const db = new DatabaseSync(server.database);
  db.exec(`DROP TRIGGER audit_kept; DROP TRIGGER audit_not_removed;
    UPDATE audit SET entry = replace(entry, 'not wanted', 'as agreed') WHERE entry LIKE '%not wanted%';`);
  db.close();
  const offline = await verify('--offline');
  expect(offline).toMatchObject({ code: BROKEN, report: { ok: false } });
  await server.restart();
  const online = await verify();
  expect(online).toMatchObject({ code: BROKEN, report: { ok: false } });
  expect(online.report.faults).toEqual(offline.report.faults);
  const told = await server.cli('audit', 'verify');
  expect(told.code).toBe(BROKEN);
  expect(told.stdout).toContain(`entry ${offline.report.faults[0]?.no}`);
});
