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
import type { Store, WorkItemRow } from '@holdfast/store';
import type { EngineParts } from './engine-parts.ts';
import { instanceFields } from './log.ts';
import { walkUnsettled } from './unsettled-walk.ts';

/** Instances read at a time. */
const STRANDED_BATCH = 1000;

type RecoveredParts = Pick<
  EngineParts,
  | 'registry'
  | 'backlogs'
  | 'cache'
  | 'relay'
  | 'worker'
  | 'workers'
  | 'scheduler'
  | 'desks'
  | 'holds'
  | 'redelivery'
  | 'gate'
  | 'log'
>;

/** What a start found to do. `events`: those given before intake opens. */
export interface Recovered {
  readonly events: number;
  readonly inDoubt: number;
  readonly unparked: number;
}

export async function recover(store: Store, parts: RecoveredParts): Promise<Recovered> {
  const { backlogs, redelivery, gate, workers, relay, scheduler, desks, log } = parts;
  backlogs.start(await store.checkpoints(), store.counters.seq, await store.releases());
  await redelivery.start();
  await blockHeld(store, parts);
  const unparked = await unparkStranded(store, parts);
  const events = await backlogs.giveFirst();
  gate.unwatch();
  await workers.restore();
  const inDoubt = await settleLost(store, parts);
  await relay.takeUp();
  await scheduler.start();
  await desks.reprocessor.resume();
  const recovered = { events, inDoubt, unparked };
  if (events + inDoubt + unparked > 0) log.info(recovered, 'recovered what the last run left');
  return recovered;
}

/** A crash may come between the word to let an instance go on and what was to become of its held items. */
async function blockHeld(store: Store, { holds, relay }: RecoveredParts): Promise<void> {
  for await (const rows of walkUnsettled(store, 'held')) {
    for (const row of rows) {
      relay.held(row);
      await holds.blockAt(row);
    }
  }
}

async function unparkStranded(store: Store, { cache, desks }: RecoveredParts): Promise<number> {
  let count = 0;
  let after = 0;
  for (;;) {
    const ids = await store.strandedInstances(after, STRANDED_BATCH);
    for (const id of ids) {
      after = id;
      const instance = await cache.byId(id);
      if (instance === null) continue;
      await desks.acts.unpark(instance, null);
      count += 1;
    }
    if (ids.length < STRANDED_BATCH) return count;
  }
}

/** Answers how many are in doubt. */
async function settleLost(store: Store, parts: RecoveredParts): Promise<number> {
  let count = 0;
  for await (const rows of walkUnsettled(store, 'leased'))
    for (const row of rows) if (await settleOne(store, parts, row)) count += 1;
  return count;
}

async function settleOne(
  store: Store,
  { registry, worker, relay, workers, log }: RecoveredParts,
  row: WorkItemRow,
): Promise<boolean> {
  const effect = registry.effectOfApp(row.app, row.effect);
  if (effect === undefined) {
    log.error(
      { ...instanceFields(row), commandId: row.commandId, effect: row.effect },
      'no release declares this effect any more; its item stays leased',
    );
    return false;
  }
  const attempt = await store.attempt(row.id, row.attempts);
  if (attempt !== null && attempt.worker !== null) {
    workers.adopt(row, effect, { ...attempt, worker: attempt.worker });
    return false;
  }
  worker.lost(relay.lost(row, effect), {
    code: 'crash',
    message: 'the process ended while the call was out',
  });
  return true;
}
