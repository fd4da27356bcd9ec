/**
 * Operators' acts on instances: cancel and redrive. Each is an event of the journal, with who and why.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { CONTROL_TYPES, HoldfastError, type Seq, WORKFLOW_TYPES } from '@holdfast/core';
import type { WorkItemRow } from '@holdfast/store';
import type { ActDeps } from './act-deps.ts';
import { addressee, instanceSubject } from './addressing.ts';
import type { Actor, InstanceAddress } from './api.ts';
import type { ItemOutcome } from './effect-worker.ts';
import { Fact } from './fact.ts';
import type { Delivery, LiveInstance } from './live-instance.ts';
import { instanceFields } from './log.ts';
import { InstanceRehearsal } from './releases/rehearsal.ts';
import type { Sandbox } from './sandbox-port.ts';
import type { SagaRunner } from './saga-runner.ts';

/** Parked events read at a time. */
const PARKED_BATCH = 1000;

export interface ActsDeps extends ActDeps {
  readonly sandbox: Sandbox;
  readonly runner: SagaRunner;
}

export class Acts {
  readonly #deps: ActsDeps;

  constructor(deps: ActsDeps) {
    this.#deps = deps;
  }

  /**
   * Asks a live instance to stop and undo. A blocked one is unblocked by it: what was parked follows the cancellation.
   * Nobody waits any longer to learn whether a held effect happened: its outcome is `unknown`, and its undo is asked for.
   *
   * @throws HoldfastError `not_found`, `conflict` when it has ended
   */
  async cancel(address: InstanceAddress, actor: Actor): Promise<void> {
    const { instance, row } = await this.#live(address);
    const wasBlocked = row.status === 'blocked';
    if (wasBlocked) refuseTwice(instance);
    if (wasBlocked && row.version === 0) {
      throw new HoldfastError(
        'conflict',
        `${instance.saga}/${instance.key} is blocked before its first decision: there is nothing to undo`,
        {
          hint: 'mend its program and redrive it',
        },
      );
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const fact = this.#deps.facts.act(
      row,
      WORKFLOW_TYPES.cancelAsked,
      actor,
      randomUUID(),
      resolve,
    );
    const record = this.#record(row, CONTROL_TYPES.sagaCancelled, stateOf(row), null, actor);
    if (!wasBlocked) {
      this.#deps.journal(record);
      this.#deps.enter(fact);
    } else {
      await this.#claimed(instance, row, async (held) => {
        const outcomes = held.map((item) => this.#deps.facts.outcome(unknownOf(item)));
        await this.#unblock(instance, {
          record,
          held: [],
          moves: false,
          facts: [fact, ...outcomes],
        });
      });
      await this.unpark(instance, fact);
    }
    await promise;
    this.#deps.log.info({ ...instanceFields(row), by: actor.by }, 'cancellation asked for');
  }

  /**
   * Lets a blocked instance go on: a failed program decides its event again, a held effect is called again with the
   * same key, a failed undo is asked for again. Where a program failed, the release that is active now takes the instance
   * over if it decides all that was decided so far in the same way: that is how a bug is mended.
   *
   * @throws HoldfastError `not_found`, `conflict` when it is not blocked
   */
  async redrive(address: InstanceAddress, actor: Actor): Promise<void> {
    const { instance, row } = await this.#live(address);
    if (row.status !== 'blocked') {
      throw new HoldfastError(
        'conflict',
        `${instance.saga}/${instance.key} is ${row.status}, not blocked`,
      );
    }
    refuseTwice(instance);
    const { code } = JSON.parse(row.blockedBy ?? '{"code":""}') as { code: string };
    const undoFailed = code === 'undo';
    const byProgram = code.startsWith('program.');
    const fact = undoFailed
      ? this.#deps.facts.act(row, WORKFLOW_TYPES.redriveAsked, actor, randomUUID(), () => undefined)
      : null;
    const before = stateOf(row);
    const held = await this.#claimed(instance, row, async (items) => {
      const moves = byProgram ? await this.#moveToActive(instance, row) : false;
      const record = this.#record(
        row,
        CONTROL_TYPES.sagaRedriven,
        before,
        { ...before, status: 'running', release: row.release, blockedBy: null },
        actor,
      );
      const facts = fact === null ? [] : [fact];
      await this.#unblock(instance, { record, held: items, moves, facts });
    });
    for (const item of held)
      this.#deps.relay.release({ ...item, state: 'pending', dueAt: this.#deps.time.now() });
    await this.unpark(instance, fact);
    this.#deps.log.info({ ...instanceFields(row), by: actor.by }, 'redriven');
  }

  /** Takes up the parked events of an instance that is not blocked: after `act`, before anything newer. */
  async unpark(instance: LiveInstance, act: Fact | null): Promise<void> {
    const { row } = instance;
    if (row === null) return;
    instance.mode = 'unparking';
    const { store } = this.#deps;
    const parked: Delivery[] = [];
    let after: Seq = 0;
    for (;;) {
      const seqs = await store.parked(row.id, after, PARKED_BATCH);
      for (const event of await store.readEvents(seqs))
        parked.push(this.#parkedDelivery(Fact.journaled(event, row.id), instance));
      after = seqs.at(-1) ?? after;
      if (seqs.length < PARKED_BATCH) break;
    }
    const behind =
      act === null ? 0 : instance.mailbox.findIndex((delivery) => delivery.fact === act) + 1;
    instance.mailbox.splice(behind, 0, ...parked);
    instance.mode = 'idle';
    this.#deps.runner.advance(instance);
  }

  #parkedDelivery(fact: Fact, instance: LiveInstance): Delivery {
    const base = { fact, speculative: null, tries: 0, parked: true };
    if (fact.event.stream === 'WORKFLOW_EVENTS') {
      const to = addressee(fact.event);
      if (to.to === 'instance')
        return { ...base, kind: to.kind, step: to.step, run: to.run, opens: null };
    }
    const app = instance.row?.app ?? '';
    const release = instance.row?.release ?? '';
    return { ...base, kind: 'event', step: null, run: null, opens: { app, release, parent: null } };
  }

  /**
   * Unblocked in memory while `act` does so on the disk: newer events wait behind the parked ones from the start. Answers
   * what was held. An item that is held meanwhile blocks the instance anew.
   */
  async #claimed(
    instance: LiveInstance,
    row: NonNullable<LiveInstance['row']>,
    act: (held: readonly WorkItemRow[]) => Promise<void>,
  ): Promise<readonly WorkItemRow[]> {
    const { blockedBy, release } = row;
    const held = instance.takeHeld();
    instance.mode = 'unparking';
    row.status = 'running';
    row.blockedBy = null;
    try {
      await act(held);
      return held;
    } catch (error) {
      for (const item of held) instance.held.set(item.id, item);
      row.status = 'blocked';
      row.blockedBy ??= blockedBy;
      row.release = release;
      instance.mode = 'idle';
      this.#deps.runner.advance(instance);
      throw error;
    }
  }

  /** Pins a blocked instance to its app's active release, in memory, if that may take it over. Answers whether it did. */
  async #moveToActive(
    instance: LiveInstance,
    row: NonNullable<LiveInstance['row']>,
  ): Promise<boolean> {
    const { registry, log } = this.#deps;
    const active = registry.active(row.app);
    const settings = active?.sagas.get(row.saga);
    if (active === undefined || settings === undefined || active.digest === row.release)
      return false;
    const about = { ...instanceFields(row), release: row.release, active: active.digest };
    if (settings.pin === 'always') {
      log.info(about, 'redriven on its own release: its saga says so');
      return false;
    }
    const rehearsal = new InstanceRehearsal(this.#deps, row, active.digest);
    let difference = await rehearsal.catchUp();
    while (difference === null && rehearsal.version < row.version) {
      await instance.nextCommit();
      difference = await rehearsal.catchUp();
    }
    if (difference !== null) {
      log.warn(
        { ...about, ...difference },
        `redriven on its own release: the active one differs at version ${difference.version}`,
      );
      return false;
    }
    row.release = active.digest;
    log.info(about, 'redriven on the active release, which decides as it has decided so far');
    return true;
  }

  /** On the disk, with what the instance is to go on by: a crash in between would leave it with nothing. */
  async #unblock(
    instance: LiveInstance,
    {
      record,
      held,
      moves,
      facts,
    }: {
      readonly record: Fact;
      readonly held: readonly WorkItemRow[];
      readonly moves: boolean;
      readonly facts: readonly Fact[];
    },
  ): Promise<void> {
    const { row } = instance;
    if (row === null) return;
    const dueAt = this.#deps.time.now();
    this.#deps.journal(record);
    for (const fact of facts) this.#deps.enter(fact);
    await this.#deps.commit({
      build: (into, at) => {
        this.#deps.writeThrough(record, into);
        for (const fact of facts) this.#deps.writeThrough(fact, into);
        // Another of its effects may have been held meanwhile: then it is blocked by that one.
        if (row.status !== 'blocked') {
          into.push({
            op: 'instance.status',
            instanceId: row.id,
            status: 'running',
            blockedBy: null,
            at,
          });
        }
        if (moves) {
          const { id: instanceId, version, release } = row;
          into.push({ op: 'instance.pin', instanceId, version, release });
        }
        for (const { id: itemId, doubtful, spared } of held)
          into.push({ op: 'item.retry', itemId, dueAt, doubtful, spared });
      },
    });
  }

  #record(
    row: NonNullable<LiveInstance['row']>,
    type: typeof CONTROL_TYPES.sagaCancelled | typeof CONTROL_TYPES.sagaRedriven,
    before: InstanceState,
    after: InstanceState | null,
    actor: Actor,
  ): Fact {
    const { tenant, saga, key, run } = row;
    const what = { saga, key, run, before, after };
    return this.#deps.facts.control({ tenant, type, subject: instanceSubject(row), what }, actor);
  }

  async #live({
    tenant,
    saga,
    key,
  }: InstanceAddress): Promise<{ instance: LiveInstance; row: NonNullable<LiveInstance['row']> }> {
    const instance = await this.#deps.cache.whenLoaded(tenant, saga, key);
    const { row } = instance;
    if (row === null) {
      this.#deps.cache.release(instance);
      throw new HoldfastError('not_found', `there is no instance ${key} of saga ${saga}`);
    }
    if (instance.ended)
      throw new HoldfastError('conflict', `${saga}/${key} has ${row.status} already`);
    return { instance, row };
  }
}

/** What of an instance an act changes. */
interface InstanceState {
  readonly status: string;
  readonly version: number;
  readonly release: string;
  readonly blockedBy: unknown;
}

function stateOf({
  status,
  version,
  release,
  blockedBy,
}: NonNullable<LiveInstance['row']>): InstanceState {
  const why: unknown = blockedBy === null ? null : JSON.parse(blockedBy);
  return { status, version, release, blockedBy: why };
}

/** Two people act on a blocked instance at the same time: one of them is first. */
export function refuseTwice({ mode, saga, key }: LiveInstance): void {
  if (mode === 'unparking')
    throw new HoldfastError('conflict', `somebody else is letting ${saga}/${key} go on`);
}

function unknownOf(row: WorkItemRow): ItemOutcome {
  const error = { code: 'cancelled', message: 'cancelled while nobody knew whether it happened' };
  return { row, kind: 'unknown', data: JSON.stringify(error), attemptEnd: null, recorded: null };
}
