/**
 * What an effect function's error says about whether its call took effect (I4):
 *
 * - `Refused`: a definite no.
 * - `NotDone`, and errors of a connection that never came about: certainly not done, may be tried again.
 * - anything else: nobody knows.
 *
 * While a `check` asks, only `Refused` and `NotDone` are answers; a question that reached nobody is none.
 */
import { FROM_HOST } from './frames.ts';
import type { HostError } from './frames.ts';

/** Codes of a connection that never came about. */
const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** System calls before there is one: what fails in them (ETIMEDOUT, EHOSTUNREACH) could elsewhere befall a sent request. */
const CONNECTING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);
/** How deep causes are followed. */
const MAX_CAUSES = 8;
const MAX_MESSAGE_LENGTH = 2000;

export interface Classified {
  readonly kind: typeof FROM_HOST.failed | typeof FROM_HOST.notDone | typeof FROM_HOST.inDoubt;
  readonly error: HostError;
}

export function classifyThrown(thrown: unknown, mode: 'call' | 'check'): Classified {
  const message = messageOf(thrown);
  switch (property(thrown, 'name')) {
    // By name: a release brings its own copy of the SDK, so `instanceof` would not find them.
    case 'Refused':
      return { kind: FROM_HOST.failed, error: { code: codeOf(thrown) ?? 'refused', message } };
    case 'NotDone': {
      const error = { code: codeOf(thrown) ?? 'not_done', message };
      const retryAfter = retryAfterOf(thrown);
      return {
        kind: FROM_HOST.notDone,
        error: retryAfter === null ? error : { ...error, retryAfter },
      };
    }
    default:
      break;
  }
  if (mode === 'call' && neverConnected(thrown, 0)) {
    return { kind: FROM_HOST.notDone, error: { code: 'connect', message } };
  }
  return { kind: FROM_HOST.inDoubt, error: { code: codeOf(thrown) ?? 'thrown', message } };
}

function neverConnected(thrown: unknown, depth: number): boolean {
  if (depth > MAX_CAUSES || typeof thrown !== 'object' || thrown === null) return false;
  if (NEVER_CONNECTED.has(property(thrown, 'code'))) return true;
  if (CONNECTING.has(property(thrown, 'syscall'))) return true;
  // Several addresses of a host were tried (RFC 8305): all of them must have failed so.
  const errors = property(thrown, 'errors');
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.every((error) => neverConnected(error, depth + 1));
  }
  return neverConnected(property(thrown, 'cause'), depth + 1);
}

function codeOf(thrown: unknown): string | null {
  const code = property(thrown, 'code');
  return typeof code === 'string' && code !== '' ? code : null;
}

function retryAfterOf(thrown: unknown): number | null {
  const pause = property(thrown, 'retryAfter');
  return typeof pause === 'number' && Number.isFinite(pause) && pause >= 0 ? pause : null;
}

/** Message and those of the causes: `fetch failed: connect ECONNREFUSED 127.0.0.1:9`. */
function messageOf(thrown: unknown): string {
  const parts: string[] = [];
  let at: unknown = thrown;
  for (let depth = 0; depth < MAX_CAUSES && at !== undefined && at !== null; depth++) {
    const message = property(at, 'message');
    const text = typeof message === 'string' ? message : typeof at === 'string' ? at : '';
    if (text !== '' && !parts.includes(text)) parts.push(text);
    at = property(at, 'cause');
  }
  const text = parts.join(': ');
  return text === '' ? 'threw something without a message' : text.slice(0, MAX_MESSAGE_LENGTH);
}

/** A property of anything; what an accessor throws counts as none. */
function property(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  try {
    return (of as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
