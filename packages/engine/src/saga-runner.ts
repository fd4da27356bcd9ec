/**
 * The saga runner: keeps each instance's events in order, has the sandbox decide, and commits transitions.
 *
 * 1. An instance takes one event at a time, in the order facts arrived, which is the order they are journaled in (I9).
 * 2. A transition is committed whole (I2); what it changed in memory is used at once, because commits keep the order.
 * 3. A program that fails blocks its instance, with the place in its source, and nobody else; later events of the
 *    instance are parked in order, and taken up when it is unblocked (I9).
 * 4. Every event ends applied, ignored, parked, quarantined or unrouted, recorded before its checkpoint passes it (I9).
 *
 * @module
 */
import {
  type Decision,
  decisionSeed,
  type JsonText,
  type ProgramEventKind,
  type ProgramInput,
  type SagaSettings,
  WORKFLOW_TYPES,
  type ReleaseDigest,
} from '@holdfast/core';
import { depthOf, isGivenAgain, programType } from './addressing.ts';
import { blockedByDecision } from './blocked-by.ts';
import { blockUnit, dispositionUnit, parkUnit, refusalUnit } from './disposition-units.ts';
import { type Decided, isFault, planDecision } from './decided.ts';
import type { Fact } from './fact.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { Unit } from './journal-writer.ts';
import { type Delivery, type LiveInstance, type MutableInstanceRow } from './live-instance.ts';
import { instanceFields } from './log.ts';
import type { RunnerDeps } from './runner-deps.ts';
import { CallRecalled, type DecideAnswer, type ProgramFault } from './sandbox-port.ts';
import { sha256 } from './sha256.ts';
import { changeSearch, statusAfter, takeAway, TransitionUnit } from './transition-unit.ts';

/** Open another run of an ended instance, whatever its saga says of events from outside. */
const NEXT_RUNS: ReadonlySet<string> = new Set([
  WORKFLOW_TYPES.sagaContinued,
  WORKFLOW_TYPES.sagaRestarted,
  WORKFLOW_TYPES.eventReprocessed,
]);

/** What a delivery does to its instance: goes on with the present run, or opens one. */
interface Taking {
  readonly row: MutableInstanceRow;
  readonly opens: boolean;
}

export class SagaRunner {
  readonly #deps: RunnerDeps;
  readonly #cache: InstanceCache;
  #deciding = 0;

  constructor(deps: RunnerDeps, cache: InstanceCache) {
    this.#deps = deps;
    this.#cache = cache;
  }

  /** Events that the sandbox is deciding on. */
  get deciding(): number {
    return this.#deciding;
  }

  /** Hands an event to an instance by its address. */
  deliver(tenant: string, saga: string, key: string, delivery: Delivery): void {
    const instance = this.#cache.get(tenant, saga, key);
    insertInOrder(instance.mailbox, delivery);
    this.advance(instance);
  }

  /** Lets the instance take what waits in its mailbox. */
  advance(instance: LiveInstance): void {
    while (instance.mode === 'idle') {
      const delivery = instance.mailbox.shift();
      if (delivery === undefined) {
        this.#cache.release(instance);
        return;
      }
      this.#take(instance, delivery);
    }
  }

  #take(instance: LiveInstance, delivery: Delivery): void {
    const { row } = instance;
    if (row?.status === 'blocked' && delivery.kind !== 'redrive') {
      this.submit(instance, parkUnit(this.#deps, row, delivery));
      return;
    }
    const taking = this.#taking(instance, delivery);
    if (typeof taking === 'string') {
      this.#ignore(instance, delivery, taking);
      return;
    }
    if (delivery.givenUp !== undefined) {
      this.#block(instance, delivery, taking, delivery.givenUp);
      return;
    }
    const kind: ProgramEventKind = taking.row.version === 0 ? 'start' : delivery.kind;
    const { speculative } = delivery;
    if (
      speculative !== null &&
      taking.opens &&
      taking.row.run === 1 &&
      speculative.release === taking.row.release
    ) {
      this.#decided(instance, delivery, taking, speculative.seed, speculative.answer);
      return;
    }
    this.#decide(instance, delivery, taking, kind);
  }

  /** The row the event goes to, or why it goes nowhere. */
  #taking(instance: LiveInstance, delivery: Delivery): Taking | string {
    const { row } = instance;
    const { opens, run, fact } = delivery;
    // Its first event failed and was parked; now it is taken up again.
    if (row !== null && row.version === 0 && delivery.parked) return { row, opens: false };
    if (run !== null) {
      if (row === null || row.run !== run)
        return `it is for run ${run}, which is not the present one`;
      if (instance.ended) return `the instance has ${row.status}`;
      return { row, opens: false };
    }
    if (opens === null) {
      if (row === null) return 'there is no such instance';
      return instance.ended ? `the instance has ${row.status}` : { row, opens: false };
    }
    const settings = this.#deps.registry.ready(opens.release, instance.saga);
    const { event } = fact;
    const direct = event.stream === 'WORKFLOW_EVENTS' && !isGivenAgain(event);
    const starts = direct || settings.starts.includes(programType(event));
    if (row !== null && !instance.ended) {
      if (settings.style === 'generator' || direct) return 'the instance is live already';
      return { row, opens: false };
    }
    if (!starts) return 'there is no live instance, and this event does not start one';
    const isMeant = event.stream === 'WORKFLOW_EVENTS' && NEXT_RUNS.has(event.type);
    if (row !== null && settings.restart === 'refuse' && !isMeant) {
      return `the instance has ${row.status}, and the saga does not restart`;
    }
    return { row: this.#newRow(instance, delivery, opens), opens: true };
  }

  #newRow(
    instance: LiveInstance,
    delivery: Delivery,
    opens: NonNullable<Delivery['opens']>,
  ): MutableInstanceRow {
    const { event } = delivery.fact;
    const { tracer } = this.#deps;
    return {
      id: this.#deps.numbering.nextInstance(),
      tenant: instance.tenant,
      saga: instance.saga,
      key: instance.key,
      run: (instance.row?.run ?? 0) + 1,
      app: opens.app,
      release: opens.release,
      status: 'running',
      version: 0,
      // The key is also its correlation id (DESIGN, Words), unless the event brings one.
      correlationId: event.correlationId ?? instance.key,
      traceparent: tracer === null ? event.traceparent : tracer.ofRun(event),
      parent: opens.parent,
      result: null,
      blockedBy: null,
      failure: null,
      startedAt: event.receivedAt,
      updatedAt: event.receivedAt,
      undo: '[]',
    };
  }

  #decide(
    instance: LiveInstance,
    delivery: Delivery,
    taking: Taking,
    kind: ProgramEventKind,
  ): void {
    const { sandbox } = this.#deps;
    const { row, opens } = taking;
    const { event } = delivery.fact;
    const settings = this.#settingsOf(row);
    if ('code' in settings) {
      this.#block(instance, delivery, taking, settings);
      return;
    }
    const seed = decisionSeed(sha256, { ...row, eventId: event.id });
    const input: ProgramInput = {
      saga: row.saga,
      tenant: row.tenant,
      key: row.key,
      run: row.run,
      state: opens ? null : instance.state,
      event: {
        kind,
        type: programType(event),
        id: event.id,
        step: delivery.step,
        data: event.data,
      },
      now: event.receivedAt,
      seed,
    };
    instance.mode = 'deciding';
    this.#deciding += 1;
    sandbox
      .decide({
        release: row.release,
        saga: row.saga,
        input,
        gas: settings.gas,
        recallable: opens,
      })
      .then(
        (answer) => this.#decided(instance, delivery, taking, seed, answer),
        (error: unknown) => {
          if (!(error instanceof CallRecalled)) throw error;
          instance.mailbox.unshift(this.#renewed(instance, delivery));
        },
      )
      .then(() => {
        this.#deciding -= 1;
        instance.decided();
        this.advance(instance);
      })
      .catch(this.#deps.fatal);
  }

  #decided(
    instance: LiveInstance,
    delivery: Delivery,
    taking: Taking,
    seed: string,
    answer: DecideAnswer,
  ): void {
    if (!answer.ok) {
      this.#programFailed(instance, delivery, taking, answer.failure);
      return;
    }
    const decision = JSON.parse(answer.decision) as Decision;
    if (decision.ignored && !taking.opens) {
      this.#ignore(instance, delivery, 'the program asks for nothing that this answers');
      return;
    }
    const steps = taking.opens ? new Map<string, string>() : instance.steps;
    const planned = planDecision(
      this.#deps,
      taking.row,
      steps,
      decision,
      delivery.fact.event.receivedAt,
    );
    if (isFault(planned)) {
      this.#programFailed(instance, delivery, taking, planned);
      return;
    }
    this.#transit(instance, delivery, taking, { seed, answer, planned });
  }

  /** Another release became active before its call was begun: where it opens a run, that is now the new one's. */
  #renewed(instance: LiveInstance, delivery: Delivery): Delivery {
    const trigger = this.#deps.registry.sagaByName(instance.saga);
    const { opens } = delivery;
    if (opens === null || trigger === undefined || trigger.app !== opens.app) return delivery;
    return { ...delivery, opens: { ...opens, release: trigger.release } };
  }

  /** Applies the decision to memory and hands its unit to the writer. */
  #transit(
    instance: LiveInstance,
    delivery: Delivery,
    { row, opens }: Taking,
    {
      seed,
      answer,
      planned,
    }: { seed: string; answer: Extract<DecideAnswer, { ok: true }>; planned: Decided },
  ): void {
    const { registry, sandbox } = this.#deps;
    const lastRun = opens ? (instance.row?.id ?? null) : null;
    if (opens) this.#open(instance, row, delivery.fact);
    const { decision } = planned;
    const search = changeSearch(instance, row, planned, lastRun);
    const removed = takeAway(instance, planned);
    for (const { row: item } of planned.items) instance.steps.set(item.step, item.digest);
    for (const wait of planned.waits) instance.waits.set(wait.name, wait);
    for (const schedule of planned.schedules) instance.schedules.set(schedule.name, schedule);
    instance.state = answer.state;
    row.version += 1;
    row.status = statusAfter(planned);
    row.updatedAt = delivery.fact.event.receivedAt;
    row.undo = JSON.stringify(decision.undo);
    row.result = resultOf(decision, row.run);
    row.failure = decision.failure === null ? null : JSON.stringify(decision.failure);
    row.blockedBy =
      decision.blocked === null
        ? null
        : blockedByDecision(decision.blocked, (step) => instance.steps.has(step));
    const unit = new TransitionUnit(this.#deps.transition, {
      instance,
      delivery,
      row: { ...row },
      opens,
      record: {
        instanceId: row.id,
        version: row.version,
        decision: answer.decision,
        state: answer.state,
        stateHash: sha256(answer.state),
        recordedAt: delivery.fact.event.receivedAt,
        seed,
        gasLimit: registry.ready(row.release, row.saga).gas,
        gasUsed: answer.gasUsed,
        release: row.release,
        sandbox: sandbox.digest,
      },
      planned,
      removedSchedules: removed.schedules,
      closedWaits: removed.waits,
      search,
    });
    this.submit(instance, unit);
  }

  #programFailed(
    instance: LiveInstance,
    delivery: Delivery,
    taking: Taking,
    failure: ProgramFault,
  ): void {
    const { registry, consumers, maxDeliver } = this.#deps;
    const { tries } = registry.ready(taking.row.release, instance.saga);
    delivery.tries += 1;
    if (delivery.tries < (failure.host === true ? Math.max(tries, maxDeliver) : tries)) {
      consumers.redelivered(instance.saga, instance.tenant);
      delivery.speculative = null;
      this.#deps.metrics.redelivered(instance.saga, 'failure');
      instance.mailbox.unshift(delivery);
      return;
    }
    this.#block(instance, delivery, taking, failure);
  }

  /** What its release says of the saga, or why that cannot be had: one release that is gone blocks its own instances. */
  #settingsOf(row: MutableInstanceRow): SagaSettings | ProgramFault {
    try {
      return this.#deps.registry.ready(row.release, row.saga);
    } catch (error) {
      const message = `its program cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
      return { code: 'program.missing', message, at: null, stack: null };
    }
  }

  /** Blocks the instance at the event, which is the first to be taken up when a person lets it go on. */
  #block(instance: LiveInstance, delivery: Delivery, taking: Taking, failure: ProgramFault): void {
    if (taking.opens) this.#open(instance, taking.row, delivery.fact);
    const row = taking.row;
    row.status = 'blocked';
    row.blockedBy = JSON.stringify(blockedBy(failure, delivery, row.release));
    row.updatedAt = delivery.fact.event.receivedAt;
    this.#deps.log.warn(
      { ...instanceFields(row), code: failure.code, at: failure.at },
      `instance blocked: ${failure.message}`,
    );
    this.submit(instance, blockUnit(this.#deps, { ...row }, taking.opens, delivery));
  }

  #open(instance: LiveInstance, row: MutableInstanceRow, fact: Fact): void {
    instance.open(row, depthOf(fact.event));
    fact.opened?.(instance.saga, instance.key);
    fact.dealt();
  }

  #ignore(instance: LiveInstance, delivery: Delivery, reason: string): void {
    const { fact, parked, opens } = delivery;
    const instanceId = instance.row?.id ?? null;
    const unit = dispositionUnit(
      this.#deps,
      fact,
      { saga: instance.saga, status: 'ignored', reason, instanceId },
      parked,
    );
    const parent = opens?.parent ?? null;
    if (parent === null) {
      this.submit(instance, unit);
      return;
    }
    const refused = this.#deps.childRefused(parent, fact, reason);
    this.submit(instance, refusalUnit(this.#deps, unit, refused));
    this.#deps.enter(refused);
  }

  /** Hands the writer what the instance in memory is ahead of the disk by: it may not leave memory before. */
  submit(instance: LiveInstance, unit: Unit): void {
    instance.uncommitted += 1;
    this.#deps.submit({
      build: (into, at) => unit.build(into, at),
      committed: (receipt) => {
        instance.unitCommitted();
        unit.committed(receipt);
        this.#cache.release(instance);
      },
      failed: (error) => unit.failed(error),
    });
  }
}

/**
 * Mailboxes are in order of position. A fact that was caused inside a batch has its position before others that arrived
 * earlier and are still unwritten; those have none yet and come after it.
 */
function insertInOrder(mailbox: Delivery[], delivery: Delivery): void {
  const { seq } = delivery.fact;
  let at = mailbox.length;
  while (seq !== 0 && at > 0) {
    const before = mailbox[at - 1]?.fact.seq ?? 0;
    if (before === 0 || before <= seq) break;
    at -= 1;
  }
  if (at === mailbox.length) mailbox.push(delivery);
  else mailbox.splice(at, 0, delivery);
}

function resultOf(decision: Decision, run: number): JsonText | null {
  if (decision.ending?.as === 'completed') return JSON.stringify(decision.ending.result);
  if (decision.ending?.as === 'continued') return JSON.stringify({ continuedAsRun: run + 1 });
  return null;
}

function blockedBy(
  failure: ProgramFault,
  delivery: Delivery,
  release: ReleaseDigest,
): Record<string, unknown> {
  return {
    code: failure.code,
    message: failure.message,
    ...(failure.at === null ? {} : { at: failure.at }),
    ...(delivery.step === null ? {} : { step: delivery.step }),
    attempts: Math.max(1, delivery.tries),
    // Of the place: the instance may have moved to another release when somebody looks.
    ...(failure.at === null ? {} : { release }),
    event: { type: delivery.fact.event.type, id: delivery.fact.event.id },
  };
}
