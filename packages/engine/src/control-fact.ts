import { randomUUID } from 'node:crypto';
import { type ControlType, RESERVED_SOURCE_PREFIX, type TenantId } from '@holdfast/core';
import type { Actor } from './api.ts';
import { Fact, type FactInit } from './fact.ts';
import type { RecordedTime } from './recorded-time.ts';

export interface ControlAct {
  /** Empty for what concerns all tenants. */
  readonly tenant: TenantId;
  /** The audit lists acts of these types. */
  readonly type: ControlType;
  /** What is acted on: an instance, an app, the server. */
  readonly subject: string | null;
  readonly source: 'operator' | 'releases' | 'server' | 'clock';
  readonly actor: Actor;
  /**
   * What was done to it, beside who and why. The audit tells its members `before` and `after` apart: what of the target
   * the act changes, as it was and as it is made.
   */
  readonly what: Readonly<Record<string, unknown>>;
  /** Writes what is to be written with the fact. */
  readonly extra?: FactInit['extra'];
}

/** The record of an operator's act, as a fact of `CONTROL_EVENTS`: what, on what, by whom, and why. */
export function controlFact(
  time: RecordedTime,
  { tenant, type, subject, source, actor, what, extra }: ControlAct,
): Fact {
  return new Fact({
    event: {
      stream: 'CONTROL_EVENTS',
      tenant,
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
    extra: extra ?? null,
    committed: null,
  });
}
