/** What a host's frames become. What effect code may have written itself is checked before it is believed. */
import { callFields } from '@holdfast/core';
import type { EffectCall, EffectResult } from '@holdfast/core';
import { isJson, withoutNul } from '@holdfast/gateway';
import { FROM_HOST } from './frames.ts';
import type { HostError, HostLogLine } from './frames.ts';
import type { HostLog } from './host-log.ts';

/** The result in an answer; null when it is none that a host writes. */
export function resultOf(kind: string, json: string): EffectResult | null {
  if (kind === FROM_HOST.succeeded) {
    return isJson(json) ? { kind: 'succeeded', output: withoutNul(json) } : null;
  }
  const given = parseJson<HostError>(json);
  if (given === null) return null;
  const error = { code: String(given.code), message: String(given.message) };
  switch (kind) {
    case FROM_HOST.failed:
      return { kind: 'failed', error };
    case FROM_HOST.inDoubt:
      return { kind: 'in_doubt', error };
    default:
      return typeof given.retryAfter === 'number'
        ? { kind: 'not_done', error, retryAfter: given.retryAfter }
        : { kind: 'not_done', error };
  }
}

/** Writes what an effect function logged, with what is known of its call (R13.1). */
export function writeLog(
  log: HostLog,
  json: string,
  callOf: (id: number) => EffectCall | undefined,
) {
  const entry = parseJson<HostLogLine>(json);
  if (entry === null) return;
  const call = callOf(entry.id);
  const fields = { ...(call === undefined ? {} : callFields(call)), data: entry.data };
  const message = String(entry.message);
  switch (entry.level) {
    case 'debug':
    case 'warn':
    case 'error':
      log[entry.level](fields, message);
      break;
    default:
      log.info(fields, message);
  }
}

export function parseJson<T>(json: string): T | null {
  try {
    return JSON.parse(json) as T | null;
  } catch {
    return null;
  }
}
