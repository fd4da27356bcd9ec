/** Commands and results as they travel between server and worker (R8.1). */
import { formatMicros, MAX_ERROR_CODE, MAX_ERROR_MESSAGE } from '@holdfast/core';
import type {
  CommandResource,
  CommandResult,
  EffectCall,
  EffectError,
  EffectResult,
} from '@holdfast/core';
import type { LeasedCall } from '@holdfast/engine';

/** `{ commands }` as JSON text. A command's payload is the saga's own text: nothing of it is lost by being read. */
export function commandsText(calls: readonly LeasedCall[]): string {
  return `{"commands":[${calls.map(commandText).join(',')}]}`;
}

function commandText({ call, leaseUntil }: LeasedCall): string {
  const { attempt, mode, app, release, saga, key, run, step, timeout } = call;
  const { correlationId, traceparent } = call;
  const head = JSON.stringify({
    tenantId: call.tenant,
    commandId: call.commandId,
    effectName: call.effect,
    metadata: {
      attempt,
      mode,
      app,
      release,
      saga,
      key,
      run,
      step,
      timeout,
      correlationId,
      traceparent,
      leaseUntil: formatMicros(leaseUntil),
    },
  });
  return `${head.slice(0, -1)},"payload":${call.input}}`;
}

/** The call that a command asks its worker for. */
export function callOf({
  tenantId,
  commandId,
  effectName,
  payload,
  metadata,
}: CommandResource): EffectCall {
  const { leaseUntil: _, ...rest } = metadata;
  return {
    ...rest,
    commandId,
    tenant: tenantId,
    effect: effectName,
    input: JSON.stringify(payload),
  };
}

export function resultOf({ resultType, payload, retryAfter }: CommandResult): EffectResult {
  if (resultType === 'succeeded') return { kind: resultType, output: JSON.stringify(payload) };
  // The schema has seen to its shape.
  const { code, message } = payload as { readonly code: string; readonly message: string };
  const error: EffectError = { code, message };
  if (resultType !== 'not_done') return { kind: resultType, error };
  return { kind: resultType, error, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** @param at when the worker had the answer */
export function commandResult(call: EffectCall, result: EffectResult, at: string): CommandResult {
  const { tenant, commandId, effect, attempt } = call;
  return {
    tenantId: tenant,
    commandId,
    effectName: effect,
    attempt,
    resultType: result.kind,
    payload:
      result.kind === 'succeeded'
        ? (JSON.parse(result.output) as CommandResult['payload'])
        : errorOnWire(result.error),
    ...(result.kind === 'not_done' && result.retryAfter !== undefined
      ? { retryAfter: Math.min(Math.max(0, Math.ceil(result.retryAfter)), Number.MAX_SAFE_INTEGER) }
      : {}),
    timestamp: at,
  };
}

/** A target and an author's function write what they like; what the server would refuse, it would refuse for ever. */
function errorOnWire({ code, message }: EffectError): { code: string; message: string } {
  const text = (written: string, longest: number): string =>
    written.slice(0, longest).toWellFormed().replaceAll('\u0000', '\ufffd');
  return {
    code: text(code, MAX_ERROR_CODE) || 'unknown',
    message: text(message, MAX_ERROR_MESSAGE),
  };
}
