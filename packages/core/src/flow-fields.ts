import type { EffectCall } from './effect-port.ts';
import type { TenantId } from './ids.ts';
import { writeTenant } from './ids.ts';
import { readTraceContext } from './trace-context.ts';

/** What every log line of a flow carries (R13.1), in these words and no others. */
export interface FlowFields {
  /** `_` for the empty one. */
  readonly tenant: string;
  readonly correlationId?: string;
  /** 32 hex digits of the traceparent. */
  readonly traceId?: string;
}

/** The trace a `traceparent` belongs to; null where it names none. */
export function traceIdOf(traceparent: string | null | undefined): string | null {
  return readTraceContext(traceparent ?? null)?.traceId ?? null;
}

/** Fields of a log line about an event, an instance or an effect of it. What is not known is left out. */
export function flowFields(of: {
  readonly tenant: TenantId;
  readonly correlationId?: string | null;
  readonly traceparent?: string | null;
}): FlowFields {
  const { correlationId } = of;
  const traceId = traceIdOf(of.traceparent);
  return {
    tenant: writeTenant(of.tenant),
    ...(correlationId === null || correlationId === undefined ? {} : { correlationId }),
    ...(traceId === null ? {} : { traceId }),
  };
}

/** Fields of a log line about a try of an effect. */
export function callFields(call: EffectCall): object {
  const { saga, key, run, step, effect, commandId, attempt, mode } = call;
  return { ...flowFields(call), saga, key, run, step, effect, commandId, attempt, mode };
}
