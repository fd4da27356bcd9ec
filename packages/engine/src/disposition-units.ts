/**
 * Units for what becomes of an event other than a transition (I9). Each writes the event first, when it is not in the
 * journal yet, and moves the consumer's checkpoint in the same commit.
 *
 * @module
 */
import type { ErrorCode } from '@holdfast/core';
import type { DispositionStatus, InstanceRow, QuarantineRow, StoreOp } from '@holdfast/store';
import type { Consumers } from './consumers.ts';
import type { Fact, FactQueue } from './fact.ts';
import type { Unit } from './journal-writer.ts';
import type { Delivery } from './live-instance.ts';
import type { Numbering } from './numbering.ts';

export interface DispositionDeps {
  readonly facts: FactQueue;
  readonly consumers: Consumers;
  readonly numbering: Numbering;
}

/** Bytes of a payload kept in quarantine. */
const HEAD_BYTES = 4096;

export interface Disposition {
  readonly saga: string;
  readonly status: DispositionStatus;
  readonly reason: string;
  readonly instanceId: number | null;
}

export function dispositionUnit(
  deps: DispositionDeps,
  fact: Fact,
  disposition: Disposition,
  wasParked = false,
): Unit {
  return quiet((into) => {
    deps.facts.writeThrough(fact, into);
    into.push({ op: 'disposition', seq: fact.seq, ...disposition });
    fact.dealt();
    if (wasParked && disposition.instanceId !== null) {
      into.push({ op: 'unpark', instanceId: disposition.instanceId, seq: fact.seq });
    }
    if (!wasParked) deps.consumers.settle(disposition.saga, fact.event.tenant, fact.seq);
  });
}

/** A child that is not started, and its parent told so in the same commit: told later, a crash could lose it. */
export function refusalUnit(deps: DispositionDeps, disposed: Unit, refused: Fact): Unit {
  return quiet((into, at) => {
    disposed.build(into, at);
    deps.facts.writeThrough(refused, into);
  });
}

/** Parks an event of a blocked instance. */
export function parkUnit(deps: DispositionDeps, row: InstanceRow, delivery: Delivery): Unit {
  const { id, saga } = row;
  return quiet((into) => {
    park(deps, id, saga, delivery, into);
    delivery.fact.dealt();
  });
}

/** Blocks an instance at an event that its program failed on; the event is parked as the first to be taken up. */
export function blockUnit(
  deps: DispositionDeps,
  row: InstanceRow,
  opens: boolean,
  delivery: Delivery,
): Unit {
  return quiet((into, at) => {
    deps.facts.writeThrough(delivery.fact, into);
    if (opens) into.push({ op: 'instance.create', row });
    else
      into.push({
        op: 'instance.status',
        instanceId: row.id,
        status: 'blocked',
        blockedBy: row.blockedBy,
        at,
      });
    park(deps, row.id, row.saga, delivery, into);
    // One that opens its run has been dealt with by that.
    if (!opens) delivery.fact.dealt();
  });
}

/** Why an event cannot be given to its saga. */
export interface QuarantineFinding {
  readonly code: ErrorCode;
  readonly reason: string;
  /** `file:line:column` in the author's source, where the program is to blame. */
  readonly at: string | null;
  /** How often it was given to its saga; default 1. */
  readonly attempts?: number;
}

/** Quarantines an event that its saga cannot be given. */
export function quarantineUnit(
  deps: DispositionDeps,
  fact: Fact,
  saga: string,
  finding: QuarantineFinding,
): Unit {
  const { code, reason } = finding;
  return quiet((into, at) => {
    deps.facts.writeThrough(fact, into);
    const row: QuarantineRow = {
      id: deps.numbering.nextQuarantine(),
      tenant: fact.event.tenant,
      at,
      origin: 'runner',
      code,
      reason,
      context: JSON.stringify({
        saga,
        type: fact.event.type,
        id: fact.event.id,
        at: finding.at,
        ...(finding.attempts === undefined ? {} : { attempts: finding.attempts }),
      }),
      head: Buffer.from(fact.event.data).subarray(0, HEAD_BYTES),
      seq: fact.seq,
      itemId: null,
    };
    into.push({ op: 'quarantine', row });
    into.push({
      op: 'disposition',
      seq: fact.seq,
      saga,
      status: 'quarantined',
      reason,
      instanceId: null,
    });
    deps.consumers.settle(saga, fact.event.tenant, fact.seq);
    fact.dealt();
  });
}

function park(
  deps: DispositionDeps,
  instanceId: number,
  saga: string,
  delivery: Delivery,
  into: StoreOp[],
): void {
  const { fact, parked } = delivery;
  deps.facts.writeThrough(fact, into);
  if (parked) return;
  into.push({ op: 'park', instanceId, seq: fact.seq, saga });
  into.push({
    op: 'disposition',
    seq: fact.seq,
    saga,
    status: 'parked',
    reason: 'its instance is blocked',
    instanceId,
  });
  deps.consumers.settle(saga, fact.event.tenant, fact.seq);
}

/** A unit nobody waits for: the fact's own acknowledgement and the writer's `fatal` say what there is to say. */
export function quiet(build: Unit['build']): Unit {
  return { build, committed: () => undefined, failed: () => undefined };
}
