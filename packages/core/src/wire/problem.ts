/**
 * Errors as RFC 9457 problem details, and back. `type` is a URN made of the stable code; `title` never varies for a
 * code; `detail` is about this occurrence.
 *
 * @module
 */
import { ERROR_CODES, HoldfastError } from '../errors.ts';
import type { ErrorCode, ErrorRecord } from '../errors.ts';
import type { Problem } from './resources.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** What each code means, in a few words (RFC 9457 §3.1.3). */
export const PROBLEM_TITLES: Readonly<Record<ErrorCode, string>> = {
  'event.not_json': 'The event is not JSON',
  'event.invalid': 'The event does not validate',
  'event.too_large': 'The event is too large',
  'event.conflict': 'Another event has this source and id',
  'event.reserved': 'Reserved for the engine',
  'request.invalid': 'The request does not validate',
  'auth.missing': 'A key is needed',
  'auth.refused': 'The key is not valid',
  'auth.link': 'The login link is not valid',
  'auth.origin': 'Not asked for by the console',
  'auth.slowed': 'Too many failed attempts',
  'auth.scope': 'The key does not allow this',
  'auth.tenant': 'The key belongs to another tenant',
  not_found: 'Not found',
  conflict: 'Not possible in this state',
  'wait.closed': 'The wait is closed',
  'lease.lost': 'The lease has moved on',
  'worker.unknown': 'No such worker has joined',
  'release.invalid': 'The release does not validate',
  'release.unknown': 'No such release',
  'config.invalid': 'The configuration does not validate',
  'program.failed': 'The program failed',
  'program.gas': 'The program ran out of gas',
  'program.memory': 'The program ran out of memory',
  'program.stuck': 'The program was stuck',
  'program.nonsense': 'The program returned nonsense',
  'program.history': 'The program does not fit its history',
  'program.input': 'The program refused its input',
  'program.missing': 'The program is not there',
  'delivery.exhausted': 'Given up after too many deliveries',
  'causation.too_deep': 'The chain of causes is too long',
  'rate.limited': 'The key asks too often',
  overloaded: 'Too much at once',
  draining: 'Shutting down',
  unavailable: 'Not available now',
  'port.taken': 'The port is taken',
  'store.locked': 'The data directory is in use',
  'store.full': 'No space left',
  'store.io': 'The storage failed',
  'store.corrupt': 'The database is corrupt',
  'store.newer': 'The database is newer than this program',
  'store.missing': 'The database is missing',
  internal: 'Unexpected error',
};

const TYPE_PREFIX = 'urn:holdfast:error:';

/** @param status where it is more exact than the code's own (405, 408, 431) */
export function toProblem(record: ErrorRecord, status?: number): Problem {
  return {
    type: TYPE_PREFIX + record.code,
    title: PROBLEM_TITLES[record.code],
    status: status ?? ERROR_CODES[record.code].status,
    detail: record.message,
    code: record.code,
    ...(record.hint === undefined ? {} : { hint: record.hint }),
    ...(record.faults === undefined || record.faults.length === 0
      ? {}
      : { faults: record.faults.map(({ at, message }) => ({ at, message })) }),
  };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** The nearest code for a status whose answer names none that this version knows (a proxy's, a newer server's). */
function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'auth.refused';
  if (status === 403) return 'auth.scope';
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 413) return 'event.too_large';
  if (status === 429) return 'overloaded';
  if (status >= 502 && status <= 504) return 'unavailable';
  return status >= 400 && status < 500 ? 'request.invalid' : 'internal';
}

/** The error that problem details tell of; for anything else that came with `status`, the nearest. */
export function fromProblem(body: unknown, status: number): HoldfastError {
  const problem: Partial<Problem> =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const code =
    typeof problem.code === 'string' && isErrorCode(problem.code)
      ? problem.code
      : codeOfStatus(status);
  const message = problem.detail ?? problem.title ?? `HTTP ${status}`;
  return new HoldfastError(code, message, {
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    ...(Array.isArray(problem.faults) ? { faults: problem.faults } : {}),
  });
}
