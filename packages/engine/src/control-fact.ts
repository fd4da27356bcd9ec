import { randomUUID } from 'node:crypto';
import { type ControlType, RESERVED_SOURCE_PREFIX } from '@holdfast/core';
import type { StoreOp } from '@holdfast/store';
import type { Actor } from './api.ts';
import { Fact } from './fact.ts';
import type { RecordedTime } from './recorded-time.ts';

export interface ControlAct {
  /** The audit lists acts of these types. */
  readonly type: ControlType;
  /** What is acted on: an app, the server. */
  readonly subject: string;
  readonly source: 'releases' | 'server';
  readonly actor: Actor;
  readonly what: Readonly<Record<string, unknown>>;
  /** Written with the fact. */
  readonly ops: readonly StoreOp[];
}

/** An operator's act on what is no instance, as a fact of `CONTROL_EVENTS`: what, by whom, and why. */
export function controlFact(
  time: RecordedTime,
  { type, subject, source, actor, what, ops }: ControlAct,
): Fact {
  return new Fact({
    event: {
      stream: 'CONTROL_EVENTS',
      tenant: '',
      source: `${RESERVED_SOURCE_PREFIX}${source}`,
      id: randomUUID(),
      type,
      subject,
      time: null,
      dataSchema: null,
      data: JSON.stringify({ ...what, by: actor.by, reason: actor.reason }),
      correlationId: null,
      causationId: null,
      traceparent: null,
      extensions: null,
      receivedAt: time.now(),
    },
    mark: null,
    content: null,
    target: null,
    extra: (into) => void into.push(...ops),
    committed: null,
  });
}
