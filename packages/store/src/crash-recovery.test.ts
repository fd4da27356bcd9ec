import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openStore } from './open-store.ts';
import { readReceipts } from './testing/read-receipts.ts';
import { ManualClock, temporaryDirectory } from './testing/store-fixtures.ts';
import { verifyChain } from './verify-chain.ts';

/**
 * A property of crashes, checked over several of them: whatever moment a process is killed at, what is on disk is a
 * prefix of whole batches that holds every one whose commit had resolved.
 */
const KILLS = 8;
const LONGEST_LIFE_MS = 200;

let data: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  data = temporaryDirectory();
});
afterEach(() => data.remove());

/** Lets the writer run for a while, kills it, and gives the last commit it said was done. */
async function killMidway(seed: number): Promise<{ no: number; lastSeq: number }> {
  const main = fileURLToPath(new URL('testing/commit-forever-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, data.dir, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child.stdout, 'data');
  await pause((seed * 7_919) % LONGEST_LIFE_MS);
  child.kill('SIGKILL');
  await exited;
  const [no = 0, lastSeq = 0] = (said.split('\n').at(-2) ?? '').split(' ').map(Number);
  return { no, lastSeq };
}

function rowsOf<T>(sql: string): T[] {
  const db = new Database(join(data.dir, 'generations', '000001', 'holdfast.db'), {
    readonly: true,
  });
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
}

test(
  'SIGKILL at any moment leaves a prefix of whole batches, none of the acknowledged missing',
  { timeout: 120_000 },
  async () => {
    for (let kill = 1; kill <= KILLS; kill++) {
      const acknowledged = await killMidway(kill);
      expect(acknowledged.no).toBeGreaterThan(0);
      const store = await openStore({ dir: data.dir, clock: new ManualClock() });
      expect(store.counters.seq).toBeGreaterThanOrEqual(acknowledged.lastSeq);
      expect(store.lastCommit.no).toBeGreaterThan(acknowledged.no);
      await store.close();

      expect((await verifyChain({ dir: data.dir })).faults).toEqual([]);
      // Every batch there is, is there with all its runs, and every run with all that its batch wrote of it.
      const runs = rowsOf<{ key: string; transitions: number; items: number; starts: number }>(
        `SELECT key,
        (SELECT count(*) FROM transitions t WHERE t.instance_id = i.id AND t.version = 1) AS transitions,
        (SELECT count(*) FROM work_items w WHERE w.instance_id = i.id) AS items,
        (SELECT count(*) FROM attempts a JOIN work_items w ON w.id = a.item_id
          WHERE w.instance_id = i.id AND a.ended = 0) AS starts
       FROM instances i`,
      );
      const sizes = new Map<string, number>();
      for (const { key, ...parts } of runs) {
        expect(parts).toEqual({ transitions: 1, items: 1, starts: 1 });
        const batch = key.slice(0, key.lastIndexOf(':'));
        sizes.set(batch, (sizes.get(batch) ?? 0) + 1);
      }
      for (const [batch, size] of sizes)
        expect([batch, size]).toEqual([batch, Number(batch.split(':')[1])]);
      // What settles is settled with its outcome, in one.
      expect(
        rowsOf(
          `SELECT id FROM work_items w WHERE (state = 'settled') <> (outcome_seq IS NOT NULL)
          OR (state = 'settled' AND NOT EXISTS (SELECT 1 FROM events e WHERE e.seq = w.outcome_seq))
          OR (state = 'settled' AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.item_id = w.id AND a.ended = 1))`,
        ),
      ).toEqual([]);
    }
    // The receipts log tells of each try that was started and ended, whichever epoch it was of.
    const receipts = readReceipts(data.dir);
    const told = new Set(
      receipts.map(({ kind, command, attempt }) => `${kind} ${command} ${attempt ?? ''}`),
    );
    const records = rowsOf<{ command: string; no: number; ended: number; outcome: string | null }>(
      `SELECT lower(hex(w.command_id)) AS command, a.no, a.ended, w.outcome
     FROM attempts a JOIN work_items w ON w.id = a.item_id`,
    );
    expect(records.length).toBeGreaterThan(0);
    const untold = records.flatMap(({ command, no, ended, outcome }) =>
      [
        `${ended === 1 ? 'end' : 'start'} ${command} ${no}`,
        ...(outcome === null ? [] : [`outcome ${command} `]),
      ].filter((line) => !told.has(line)),
    );
    expect(untold).toEqual([]);
  },
);
