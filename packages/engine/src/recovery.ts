/**
 * Recovery: from what the disk holds to a running engine, before intake opens (R7.4, R14.3).
 *
 * 1. Events without a transition or disposition go to their consumers, oldest first.
 * 2. Tries that were started and have no end are in doubt; each effect's policy decides (I4).
 * 3. Pending items are taken up; schedules are armed; parked events of instances that are no longer blocked follow.
 *
 * @module
 */
import type { TenantId } from '@holdfast/core';
import type { Store } from '@holdfast/store';
import type { Acts } from './acts.ts';
import type { Consumers } from './consumers.ts';
import type { EffectWorker } from './effect-worker.ts';
import { Fact } from './fact.ts';
import type { FactRouter } from './fact-router.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { Log } from './log.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import type { ReleaseRegistry } from './releases/registry.ts';
import type { Scheduler } from './scheduler.ts';

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
  readonly log: Log;
}

/** What a start found to do. */
export interface Recovered {
  readonly events: number;
  readonly inDoubt: number;
  readonly unparked: number;
}

export async function recover(deps: RecoveryDeps): Promise<Recovered> {
  const unparked = await unparkStranded(deps);
  const events = await redeliver(deps);
  const inDoubt = await settleLost(deps);
  await deps.relay.takeUp();
  await deps.scheduler.start();
  const recovered = { events, inDoubt, unparked };
  if (events + inDoubt + unparked > 0) deps.log.info(recovered, 'recovered what the last run left');
  return recovered;
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

async function redeliver(deps: RecoveryDeps): Promise<number> {
  const checkpoints = await deps.store.checkpoints();
  deps.consumers.restore(checkpoints);
  let count = 0;
  for (const { saga, tenant, seq } of checkpoints)
    count += await redeliverTo(deps, saga, tenant, seq);
  return count;
}

async function redeliverTo(
  deps: RecoveryDeps,
  saga: string,
  tenant: TenantId,
  checkpoint: number,
): Promise<number> {
  const { store, registry, router, consumers } = deps;
  const trigger = registry.sagaByName(saga);
  const types = trigger === undefined ? [] : trigger.saga.on;
  let after = checkpoint;
  let count = 0;
  for (;;) {
    const found = await store.unconsumed({ saga, tenant, types, after, limit: EVENT_BATCH });
    for (const { event, target } of found) {
      consumers.owe(saga, tenant, event.seq);
      const fact = Fact.journaled(event, target);
      if (event.stream === 'WORKFLOW_EVENTS') router.accept(fact);
      else if (trigger !== undefined) router.route(fact, trigger);
      after = event.seq;
    }
    count += found.length;
    if (found.length < EVENT_BATCH) {
      // Of a saga that no active release has, not all is known: its types are not.
      if (trigger !== undefined) consumers.caughtUp(saga, tenant);
      return count;
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
