/**
 * Recovery: from what the disk holds to a running engine, before intake opens (R7.4, R14.3).
 *
 * 1. An instance with a held item is blocked, whatever else a crash made of it.
 * 2. Events without a transition or disposition go to their consumers, in the order of the journal: the first before
 *    intake opens, and the others behind them (`Backlogs`).
 * 3. Tries that were started and have no end are in doubt; each effect's policy decides (I4). Those of workers go on: they
 *    are in doubt once their lease ends.
 * 4. Pending items are taken up; schedules are armed; reprocesses go on; parked events of instances that are no longer
 *    blocked follow.
 *
 * @module
 */
import type { Store } from '@holdfast/store';
import type { Acts } from './acts.ts';
import type { Backlogs } from './backlogs.ts';
import type { EffectWorker } from './effect-worker.ts';
import type { Holds } from './holds.ts';
import type { InstanceCache } from './instance-cache.ts';
import { instanceFields, type Log } from './log.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import type { Redelivery } from './redelivery.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import type { Reprocessor } from './reprocessor.ts';
import type { Scheduler } from './scheduler.ts';
import type { SuspectGate } from './suspect-gate.ts';
import { walkUnsettled } from './unsettled-walk.ts';
import type { WorkerDesk } from './workers/worker-desk.ts';

const STRANDED_BATCH = 1000;

export interface RecoveryDeps {
  readonly store: Store;
  readonly registry: ReleaseRegistry;
  readonly backlogs: Backlogs;
  readonly cache: InstanceCache;
  readonly relay: OutboxRelay;
  readonly worker: EffectWorker;
  readonly scheduler: Scheduler;
  readonly acts: Acts;
  readonly desk: WorkerDesk;
  readonly holds: Holds;
  readonly reprocessor: Reprocessor;
  readonly log: Log;
  readonly redelivery: Redelivery;
  readonly gate: Pick<SuspectGate, 'unwatch'>;
}

/** What a start found to do. `events`: those given before intake opens. */
export interface Recovered {
  readonly events: number;
  readonly inDoubt: number;
  readonly unparked: number;
}

export async function recover(deps: RecoveryDeps): Promise<Recovered> {
  const { store, backlogs } = deps;
  backlogs.start(await store.checkpoints(), store.counters.seq, await store.releases());
  await deps.redelivery.start();
  await blockHeld(deps);
  const unparked = await unparkStranded(deps);
  const events = await backlogs.giveFirst();
  deps.gate.unwatch();
  await deps.desk.restore();
  const inDoubt = await settleLost(deps);
  await deps.relay.takeUp();
  await deps.scheduler.start();
  await deps.reprocessor.resume();
  const recovered = { events, inDoubt, unparked };
  if (events + inDoubt + unparked > 0) deps.log.info(recovered, 'recovered what the last run left');
  return recovered;
}

/** A crash may come between the word to let an instance go on and what was to become of its held items. */
async function blockHeld({ store, holds, relay }: RecoveryDeps): Promise<void> {
  for await (const rows of walkUnsettled(store, 'held')) {
    for (const row of rows) {
      relay.held(row);
      await holds.blockAt(row);
    }
  }
}

async function unparkStranded({ store, cache, acts }: RecoveryDeps): Promise<number> {
  let count = 0;
  for (const id of await store.strandedInstances(STRANDED_BATCH)) {
    const instance = await cache.byId(id);
    if (instance === null) continue;
    await acts.unpark(instance, null);
    count += 1;
  }
  return count;
}

async function settleLost({
  store,
  registry,
  worker,
  relay,
  desk,
  log,
}: RecoveryDeps): Promise<number> {
  let count = 0;
  for await (const rows of walkUnsettled(store, 'leased')) {
    for (const row of rows) {
      const effect = registry.effectOfApp(row.app, row.effect);
      if (effect === undefined) {
        log.error(
          { ...instanceFields(row), commandId: row.commandId, effect: row.effect },
          'no release declares this effect any more; its item stays leased',
        );
        continue;
      }
      const attempt = await store.attempt(row.id, row.attempts);
      if (attempt !== null && attempt.worker !== null) {
        desk.adopt(row, effect, { ...attempt, worker: attempt.worker });
        continue;
      }
      worker.lost(relay.lost(row, effect), {
        code: 'crash',
        message: 'the process ended while the call was out',
      });
      count += 1;
    }
  }
  return count;
}
