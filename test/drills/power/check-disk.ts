/** Whether Holdfast starts from a rebuilt disk, and finds there what it owes. */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toErrorRecord } from '@holdfast/core';
import { openStore, verifyChain } from '@holdfast/store';
import { z } from 'zod';
import { SecretStore } from '../../../apps/server/src/secrets/secret-store.ts';
import { waitTokenKey } from '../../../apps/server/src/secrets/wait-token-key.ts';
import { systemClock } from '../../../apps/server/src/threads/system-clock.ts';
import { bundleDigest } from '../../../packages/engine/src/releases/release-files.ts';
import { receiptsFaults } from '../full/receipts-check.ts';
import type { Promised } from './said.ts';

/** Faults of one disk that are told; the first says most. */
const MOST_FAULTS = 2;

/** What was promised before the cut. */
export interface Owed {
  readonly promised: readonly Promised[];
  /** Of the disk that lost no power: what must be the same once anything was acknowledged. */
  readonly tokenKey: string;
  readonly adminToken: string;
}

const journaled = z.object({ id: z.string(), n: z.number() });
const release = z.object({ digest: z.string() });

/** @param dir the data directory @returns empty when all is as it must be */
export async function diskFaults(dir: string, owed: Owed): Promise<readonly string[]> {
  try {
    const store = await openStore({ dir, clock: systemClock });
    await store.close();
    const faults = [
      ...(await chainFaults(dir)),
      ...databaseFaults(dir, owed),
      ...fileFaults(dir, owed),
    ];
    return faults.slice(0, MOST_FAULTS);
  } catch (error) {
    const { code, message } = toErrorRecord(error);
    return [`it does not start: ${code} ${message}`];
  }
}

async function chainFaults(dir: string): Promise<string[]> {
  const { faults } = await verifyChain({ dir });
  return faults.map(({ commit, message }) => `commit ${commit}: ${message}`);
}

function databaseOf(dir: string): string {
  const generation = readFileSync(join(dir, 'CURRENT'), 'utf8').trim();
  return join(dir, 'generations', generation, 'holdfast.db');
}

function databaseFaults(dir: string, { promised }: Owed): string[] {
  const path = databaseOf(dir);
  const faults: string[] = [];
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    for (const row of db.prepare('PRAGMA integrity_check').all()) {
      const said = String(row['integrity_check']);
      if (said !== 'ok') faults.push(`integrity: ${said}`);
    }
    const events = new Map(
      db
        .prepare('SELECT id, count(*) AS n FROM events GROUP BY stream, id')
        .all()
        .map((row) => journaled.parse(row))
        .map(({ id, n }) => [id, n]),
    );
    for (const [id, n] of events) if (n > 1) faults.push(`${id} is in the journal ${n} times`);
    const bare = db
      .prepare(
        `SELECT lower(hex(w.command_id)) AS command FROM work_items w LEFT JOIN events e ON e.seq = w.outcome_seq
          WHERE w.outcome IS NOT NULL AND e.id IS NOT lower(hex(w.command_id)) || ':outcome'`,
      )
      .all();
    if (bare.length > 0) faults.push(`${bare.length} items are settled without their outcome`);
    const releases = new Set(
      db
        .prepare('SELECT digest FROM releases')
        .all()
        .map((row) => release.parse(row).digest),
    );
    for (const digest of releases) faults.push(...releaseFaults(dir, digest));
    for (const one of promised) {
      if (one.kind === 'event' && !events.has(one.id))
        faults.push(`event ${one.id} was acknowledged (${one.by}) and is lost`);
      if (one.kind === 'release' && !releases.has(one.digest))
        faults.push(`release ${one.digest} was acknowledged and is lost`);
    }
    if (promised.length > 0) faults.push(...adminFaults(db, dir));
  } finally {
    db.close();
  }
  faults.push(...receiptsFaults(dir, path));
  return faults;
}

/** The files of a registered release are there, whole. */
function releaseFaults(dir: string, digest: string): string[] {
  const folder = join(dir, 'releases', digest);
  if (!existsSync(folder)) return [`the files of release ${digest} are gone`];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path)] = readFileSync(path, 'utf8');
  }
  return bundleDigest({ format: 1, files }) === digest ? [] : [`release ${digest} has other files`];
}

/** The key in `admin-token` is one that the store knows. */
function adminFaults(db: DatabaseSync, dir: string): string[] {
  const path = join(dir, 'admin-token');
  if (!existsSync(path)) return [];
  const digest = hash('sha256', readFileSync(path, 'utf8').trim(), 'hex');
  const known = db.prepare('SELECT 1 FROM keys WHERE lower(hex(hash)) = ?').get(digest);
  return known === undefined ? ['admin-token holds a key that the store does not know'] : [];
}

function fileFaults(dir: string, { promised, tokenKey, adminToken }: Owed): string[] {
  const faults: string[] = [];
  const secrets = new SecretStore({ dataDir: dir, env: {}, now: () => new Date() });
  for (const one of promised) {
    if (one.kind === 'secret' && secrets.get(one.name) !== one.value)
      faults.push(`secret ${one.name} was acknowledged and is lost`);
  }
  if (promised.length === 0) return faults;
  if (waitTokenKey(dir).toString('base64') !== tokenKey)
    faults.push('the key of wait tokens is another one: tokens that are out no longer work');
  const token = join(dir, 'admin-token');
  if (!existsSync(token) || readFileSync(token, 'utf8') !== adminToken)
    faults.push('admin-token is another one');
  return faults;
}
