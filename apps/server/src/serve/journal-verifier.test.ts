import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '@holdfast/store';
import { systemClock } from '../threads/system-clock.ts';
import { JournalVerifier } from './journal-verifier.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let dataDir: string;
let verifier: JournalVerifier;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-verifier-'));
  verifier = new JournalVerifier({ dataDir, log: silent, now: () => new Date() });
});
afterEach(async () => {
  await verifier.close();
  rmSync(dataDir, { recursive: true });
});

test('begins once, answers when it is over, and keeps the report', async () => {
  await (await openStore({ dir: dataDir, clock: systemClock })).close();
  expect(await verifier.show(0)).toMatchObject({ state: 'idle', report: null });
  const begun = verifier.start();
  expect(begun.state).toBe('running');
  expect(verifier.start()).toBe(begun);
  const over = await verifier.show(60_000);
  expect(over).toMatchObject({ state: 'done', report: { ok: true, commits: 1 }, error: null });
  expect(await verifier.show(0)).toBe(over);
});

test('what it cannot read is told, and it may be tried again', async () => {
  verifier.start();
  expect(await verifier.show(60_000)).toMatchObject({
    state: 'failed',
    report: null,
    error: { code: 'store.missing' },
  });
  expect(verifier.start().state).toBe('running');
  expect((await verifier.show(60_000)).state).toBe('failed');
});

test('closed midway it ends, and whoever waits is answered', async () => {
  await (await openStore({ dir: dataDir, clock: systemClock })).close();
  verifier.start();
  const waiting = verifier.show(60_000);
  await verifier.close();
  expect((await waiting).endedAt === null).toBe((await waiting).state === 'running');
  expect(verifier.start().startedAt).toBe((await waiting).startedAt);
});
