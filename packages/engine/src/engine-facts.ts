/**
 * Facts the engine itself finds: outcomes, timers fired, waits completed, acts. Each is written together with what it
 * settles, and goes to its instance like any other (I3, I8).
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  derivedEventId,
  type JournalEvent,
  type JsonText,
  RESERVED_SOURCE_PREFIX,
  WORKFLOW_TYPES,
} from '@holdfast/core';
import type {
  InstanceRow,
  ParentRef,
  ScheduleRow,
  StoreOp,
  WaitRow,
  WorkItemRow,
} from '@holdfast/store';
import {
  againAttributes,
  instanceSubject,
  OPERATOR_SOURCE,
  OUTCOME_TYPES,
  outcomeName,
  programType,
  stepAttributes,
  waitEndName,
} from './addressing.ts';
import type { Actor } from './api.ts';
import { type ControlAct, controlFact } from './control-fact.ts';
import type { ItemOutcome } from './effect-worker.ts';
import { Fact, type UnnumberedEvent } from './fact.ts';
import type { RecordedTime } from './recorded-time.ts';
import { sha256 } from './sha256.ts';
import type { Tracer } from './tracing/tracer.ts';

type Extra = (into: StoreOp[], fact: Fact) => void;

/** An event that is another one, taken again. */
export interface Again {
  readonly type: string;
  readonly subject: string;
  readonly of: JournalEvent;
  /** Length of the chain of causes it stands at the end of. */
  readonly depth: number;
  readonly extra?: Extra;
  readonly committed?: (fact: Fact) => void;
}

export class EngineFacts {
  readonly #time: RecordedTime;
  readonly #settled: (row: WorkItemRow, kind: ItemOutcome['kind']) => void;
  readonly #tracer: Tracer | null;

  /** @param settled told of each item whose outcome is synced */
  constructor(
    time: RecordedTime,
    settled: (row: WorkItemRow, kind: ItemOutcome['kind']) => void,
    tracer: Tracer | null = null,
  ) {
    this.#time = time;
    this.#settled = settled;
    this.#tracer = tracer;
  }

  /** An outcome, which settles its item in the same commit (I3). */
  outcome({ row, kind, data, attemptEnd, recorded }: ItemOutcome): Fact {
    return this.#fact(
      {
        ...outcomeName(row),
        type: OUTCOME_TYPES[kind],
        subject: instanceSubject(row),
        extensions: stepAttributes(row.run, row.step),
        data,
        correlationId: row.correlationId,
        causationId: row.commandId,
        traceparent: row.traceparent,
      },
      row.instanceId,
      (into, fact) => {
        if (attemptEnd !== null) into.push(attemptEnd);
        into.push({ op: 'item.settle', itemId: row.id, outcome: kind, outcomeSeq: fact.seq });
      },
      (fact) => {
        recorded?.();
        this.#settled(row, kind);
        this.#tracer?.settled(fact, row, kind);
      },
    );
  }

  /** A timer that fired, which removes its schedule in the same commit (I8). */
  timerFired(schedule: ScheduleRow, of: InstanceRow | null, done: () => void): Fact {
    const tracer = this.#tracer;
    return this.#fact(
      {
        ...from(schedule, of, 'timer'),
        id: derivedEventId.timer(sha256, { ...schedule, armed: schedule.id }),
        type: WORKFLOW_TYPES.timerFired,
        extensions: stepAttributes(schedule.run, schedule.name),
        data: 'null',
        causationId: null,
      },
      schedule.instanceId,
      (into) => void into.push({ op: 'schedule.remove', id: schedule.id }),
      tracer === null
        ? done
        : (fact) => {
            tracer.fired(fact, schedule, of);
            done();
          },
    );
  }

  /** A wait that ended: completed, failed or expired. */
  waitEnded(
    wait: WaitRow,
    of: InstanceRow,
    how: {
      as: 'completed' | 'failed' | 'expired';
      data: JsonText;
      scheduleId: number | null;
      by: string | null;
    },
    done: () => void,
  ): Fact {
    const tracer = this.#tracer;
    const types = {
      completed: WORKFLOW_TYPES.waitCompleted,
      failed: WORKFLOW_TYPES.waitFailed,
      expired: WORKFLOW_TYPES.waitExpired,
    };
    return this.#fact(
      {
        ...from(wait, of, 'wait'),
        ...waitEndName(wait),
        type: types[how.as],
        extensions: stepAttributes(of.run, wait.step),
        data: how.data,
        causationId: how.by,
      },
      wait.instanceId,
      (into, fact) => {
        into.push({ op: 'wait.close', id: wait.id, state: how.as, at: fact.event.receivedAt });
        if (how.scheduleId !== null) into.push({ op: 'schedule.remove', id: how.scheduleId });
      },
      tracer === null
        ? done
        : () => {
            tracer.waited(wait, of, how.as);
            done();
          },
    );
  }

  /** An operator's act on an instance: `saga.cancel` or `saga.redrive`. */
  act(
    of: InstanceRow,
    type: string,
    act: { by: string; reason: string | null },
    id: string,
    done: () => void,
  ): Fact {
    return this.#fact(
      {
        ...from(of, of, 'operator'),
        source: OPERATOR_SOURCE,
        id,
        type,
        extensions: JSON.stringify({ run: of.run }),
        data: JSON.stringify({ reason: act.reason, by: act.by }),
        causationId: null,
      },
      of.id,
      null,
      done,
    );
  }

  /** The record of an operator's act: who, what, on what, why. */
  control(
    act: Pick<ControlAct, 'tenant' | 'type' | 'subject' | 'what'>,
    actor: Actor,
    extra?: Extra,
  ): Fact {
    const how = { ...act, source: 'operator', actor } as const;
    return controlFact(this.#time, extra === undefined ? how : { ...how, extra });
  }

  /** An event taken again by an operator's act: caused by the first one, with its data (I7: that one stays as it is). */
  again({ type, subject, of, depth, extra, committed }: Again): Fact {
    return new Fact({
      event: {
        stream: 'WORKFLOW_EVENTS',
        tenant: of.tenant,
        source: `${RESERVED_SOURCE_PREFIX}again`,
        id: randomUUID(),
        type,
        subject,
        time: null,
        dataSchema: of.dataSchema,
        data: of.data,
        correlationId: of.correlationId,
        causationId: of.id,
        traceparent: of.traceparent,
        extensions: againAttributes({ ofseq: of.seq, oftype: programType(of), depth }),
        receivedAt: this.#time.now(),
      },
      mark: null,
      content: null,
      target: null,
      extra: extra ?? null,
      committed: committed ?? null,
    });
  }

  /** Tells a parent that its child could not be started. */
  childRefused(parent: ParentRef, start: Fact, reason: string): Fact {
    const { tenant, correlationId, traceparent, id } = start.event;
    return this.#fact(
      {
        tenant,
        source: `${RESERVED_SOURCE_PREFIX}child`,
        id: `${id}:refused`,
        type: WORKFLOW_TYPES.childEnded,
        subject: instanceSubject(parent),
        extensions: stepAttributes(parent.run, parent.step),
        data: JSON.stringify({
          status: 'failed',
          result: null,
          error: { code: 'child.refused', message: reason },
        }),
        correlationId,
        causationId: id,
        traceparent,
      },
      parent.instanceId,
      null,
    );
  }

  #fact(
    event: Omit<UnnumberedEvent, 'stream' | 'time' | 'dataSchema' | 'receivedAt'>,
    target: number,
    extra: Extra | null,
    committed: ((fact: Fact) => void) | null = null,
  ): Fact {
    return new Fact({
      event: {
        ...event,
        stream: 'WORKFLOW_EVENTS',
        time: null,
        dataSchema: null,
        receivedAt: this.#time.now(),
      },
      mark: null,
      content: null,
      target,
      extra,
      committed,
    });
  }
}

function from(
  addressed: { tenant: string; saga: string; key: string },
  of: InstanceRow | null,
  what: string,
): Pick<UnnumberedEvent, 'tenant' | 'source' | 'subject' | 'correlationId' | 'traceparent'> {
  return {
    tenant: addressed.tenant,
    source: `${RESERVED_SOURCE_PREFIX}${what}`,
    subject: instanceSubject(addressed),
    correlationId: of?.correlationId ?? null,
    traceparent: of?.traceparent ?? null,
  };
}
