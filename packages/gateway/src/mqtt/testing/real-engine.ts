/** The real store and engine in a directory of their own, with no release: events are journaled, and no saga takes them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Engine } from '@holdfast/engine';
import { openReadModel, openStore } from '@holdfast/store';
import type { ReadModel, SqliteStore } from '@holdfast/store';
import { systemClock } from './broker-under-test.ts';

type Sandbox = ConstructorParameters<typeof Engine>[0]['sandbox'];

function noProgram(): never {
  throw new Error('no release is active, so no program can be called');
}

const NO_PROGRAMS: Sandbox = {
  digest: 'none',
  load: noProgram,
  unload: noProgram,
  recall: noProgram,
  route: noProgram,
  decide: noProgram,
  trace: noProgram,
  close: async () => undefined,
};

export interface RealEngine {
  readonly engine: Engine;
  readonly store: SqliteStore;
  readonly readModel: ReadModel;
  /** As SIGKILL, as far as one process can: what is committed stays, nothing else is written. */
  readonly crash: () => Promise<void>;
}

/** A directory that is removed with the test. */
export function dataDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-mqtt-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function openEngine(dir: string): Promise<RealEngine> {
  const store = await openStore({ dir, clock: systemClock });
  let open = true;
  const engine = new Engine({
    store,
    sandbox: NO_PROGRAMS,
    executor: { execute: noProgram },
    clock: systemClock,
    random: () => 0,
    releasesDir: join(dir, 'releases'),
    tokenKey: Buffer.alloc(32, 7),
    fatal: (error) => {
      if (open) throw error;
    },
  });
  await engine.start();
  const readModel = await openReadModel({ dir });
  const crash = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await readModel.close();
    // Without draining: what waits for a commit is lost.
    await engine.close();
  };
  onTestFinished(crash);
  return { engine, store, readModel, crash };
}
