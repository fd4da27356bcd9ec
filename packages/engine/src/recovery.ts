/**
 * Recovery: from what the disk holds to a running engine, before intake opens (R7.4, R14.3).
 *
 * 1. An instance with a held item is blocked, whatever else a crash made of it.
 * 2. Events without a transition or disposition go to their consumers, in the order of the journal.
 * 3. Tries that were started and have no end are in doubt; each effect's policy decides (I4).
 * 4. Pending items are taken up; schedules are armed; reprocesses go on; parked events of instances that are no longer blocked follow.
 *
 * @module
 */
import type { TenantId } from '@holdfast/core';
import type { Store } from '@holdfast/store';
import type { Acts } from './acts.ts';
import type { Consumers } from './consumers.ts';
import type { EffectWorker } from './effect-worker.ts';
import type { FactRouter } from './fact-router.ts';
import type { Holds } from './holds.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import { redeliverAll, type Undelivered } from './redelivery.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import type { Reprocessor } from './reprocessor.ts';
import type { Scheduler } from './scheduler.ts';
import type { SuspectGate } from './suspect-gate.ts';

const EVENT_BATCH = 1000;
const ITEM_BATCH = 1000;
const STRANDED_BATCH = 1000;

export interface RecoveryDeps {
  readonly store: Store;
  readonly registry: ReleaseRegistry;
  readonly consumers: Consumers;
  readonly cache: InstanceCache;
  readonly router: FactRouter;
  readonly relay: OutboxRelay;
  readonly worker: EffectWorker;
  readonly scheduler: Scheduler;
  readonly acts: Acts;
  readonly holds: Holds;
  readonly reprocessor: Reprocessor;
  readonly log: Log;
  /** Most times that an event is given to its saga. */
  readonly maxDeliver: number;
  readonly gate: SuspectGate;
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** What a start found to do. */
export interface Recovered {
  readonly events: number;
  readonly inDoubt: number;
  readonly unparked: number;
}

export async function recover(deps: RecoveryDeps): Promise<Recovered> {
  await blockHeld(deps);
  const unparked = await unparkStranded(deps);
  const events = await redeliver(deps);
  const inDoubt = await settleLost(deps);
  await deps.relay.takeUp();
  await deps.scheduler.start();
  await deps.reprocessor.resume();
  const recovered = { events, inDoubt, unparked };
  if (events + inDoubt + unparked > 0) deps.log.info(recovered, 'recovered what the last run left');
  return recovered;
}

/** A crash may come between the word to let an instance go on and what was to become of its held items. */
async function blockHeld({ store, holds }: RecoveryDeps): Promise<void> {
  let afterId = 0;
  for (;;) {
    const rows = await store.unsettledItems({
      states: ['held'],
      dueBefore: null,
      limit: ITEM_BATCH,
      afterId,
    });
    for (const row of rows) {
      afterId = row.id;
      await holds.blockAt(row);
    }
    if (rows.length < ITEM_BATCH) return;
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

/**
 * Everything is owed before anything is delivered: what comes of the first delivery is a later event, and must neither
 * reach an instance before an earlier one nor carry its consumer's checkpoint past it.
 */
async function redeliver(deps: RecoveryDeps): Promise<number> {
  const { store, consumers } = deps;
  const checkpoints = await store.checkpoints();
  consumers.restore(checkpoints);
  const found: Undelivered[] = [];
  for (const { saga, tenant, seq } of checkpoints) await collect(deps, saga, tenant, seq, found);
  found.sort((a, b) => a.event.seq - b.event.seq);
  await redeliverAll(deps, found);
  return found.length;
}

/** As many as intake let in undecided at most: they fitted into memory before. */
async function collect(
  { store, registry, consumers }: RecoveryDeps,
  saga: string,
  tenant: TenantId,
  checkpoint: number,
  into: Undelivered[],
): Promise<void> {
  const trigger = registry.sagaByName(saga);
  const types = trigger === undefined ? [] : trigger.saga.on;
  let after = checkpoint;
  for (;;) {
    const found = await store.unconsumed({ saga, tenant, types, after, limit: EVENT_BATCH });
    for (const { event, target } of found) {
      consumers.owe(saga, tenant, event.seq);
      into.push({ saga, trigger, event, target });
      after = event.seq;
    }
    if (found.length < EVENT_BATCH) {
      // Of a saga that no active release has, not all is known: its types are not.
      if (trigger !== undefined) consumers.caughtUp(saga, tenant);
      return;
    }
  }
}

async function settleLost({ store, registry, worker, relay, log }: RecoveryDeps): Promise<number> {
  let count = 0;
  let afterId = 0;
  for (;;) {
    const rows = await store.unsettledItems({
      states: ['leased'],
      dueBefore: null,
      limit: ITEM_BATCH,
      afterId,
    });
    for (const row of rows) {
      afterId = row.id;
      const effect = registry.effectOfApp(row.app, row.effect);
      if (effect === undefined) {
        log.error(
          { commandId: row.commandId, effect: row.effect },
          'no release declares this effect any more; its item stays leased',
        );
        continue;
      }
      worker.lost(relay.lost(row, effect), {
        code: 'crash',
        message: 'the process ended while the call was out',
      });
      count += 1;
    }
    if (rows.length < ITEM_BATCH) return count;
  }
}
