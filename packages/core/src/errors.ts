/**
 * One error model (R2.5). Every operational error has a class that says what a caller may do about it,
 * a stable code, and where it helps the operation, a hint and the cause.
 *
 * @module
 */

/** Stable codes. They appear in problem details, in the CLI's `--json` errors, in quarantine and in logs. */
export const ERROR_CODES = {
  'event.not_json': { kind: 'decode', status: 400, exit: 2 },
  'event.invalid': { kind: 'decode', status: 400, exit: 2 },
  'event.too_large': { kind: 'decode', status: 413, exit: 2 },
  'event.conflict': { kind: 'stream', status: 409, exit: 1 },
  'event.reserved': { kind: 'tenant', status: 403, exit: 77 },
  'request.invalid': { kind: 'decode', status: 400, exit: 2 },
  'auth.missing': { kind: 'tenant', status: 401, exit: 77 },
  'auth.refused': { kind: 'tenant', status: 401, exit: 77 },
  'auth.link': { kind: 'tenant', status: 401, exit: 77 },
  'auth.origin': { kind: 'tenant', status: 403, exit: 77 },
  'auth.slowed': { kind: 'tenant', status: 429, exit: 75 },
  'auth.scope': { kind: 'tenant', status: 403, exit: 77 },
  'auth.tenant': { kind: 'tenant', status: 403, exit: 77 },
  not_found: { kind: 'policy', status: 404, exit: 1 },
  conflict: { kind: 'policy', status: 409, exit: 1 },
  'wait.closed': { kind: 'policy', status: 409, exit: 1 },
  'lease.lost': { kind: 'policy', status: 409, exit: 1 },
  'worker.unknown': { kind: 'policy', status: 404, exit: 1 },
  'release.invalid': { kind: 'policy', status: 422, exit: 78 },
  'release.unknown': { kind: 'policy', status: 404, exit: 1 },
  'config.invalid': { kind: 'policy', status: 422, exit: 78 },
  'program.failed': { kind: 'program', status: 500, exit: 1 },
  'program.gas': { kind: 'program', status: 500, exit: 1 },
  'program.memory': { kind: 'program', status: 500, exit: 1 },
  'program.stuck': { kind: 'program', status: 500, exit: 1 },
  'program.nonsense': { kind: 'program', status: 500, exit: 1 },
  'program.history': { kind: 'program', status: 500, exit: 1 },
  'program.input': { kind: 'program', status: 500, exit: 1 },
  'program.missing': { kind: 'program', status: 500, exit: 1 },
  'delivery.exhausted': { kind: 'program', status: 500, exit: 1 },
  'causation.too_deep': { kind: 'program', status: 500, exit: 1 },
  'rate.limited': { kind: 'policy', status: 429, exit: 75 },
  overloaded: { kind: 'stream', status: 429, exit: 75 },
  draining: { kind: 'stream', status: 503, exit: 69 },
  unavailable: { kind: 'stream', status: 503, exit: 69 },
  'port.taken': { kind: 'stream', status: 503, exit: 69 },
  'store.locked': { kind: 'storage', status: 503, exit: 75 },
  'store.full': { kind: 'storage', status: 507, exit: 73 },
  'store.io': { kind: 'storage', status: 503, exit: 74 },
  'store.corrupt': { kind: 'storage', status: 503, exit: 65 },
  'store.newer': { kind: 'storage', status: 503, exit: 65 },
  'store.missing': { kind: 'storage', status: 503, exit: 65 },
  internal: { kind: 'policy', status: 500, exit: 1 },
} as const satisfies Record<string, { kind: ErrorKind; status: number; exit: number }>;

export type ErrorKind = 'storage' | 'stream' | 'decode' | 'program' | 'tenant' | 'policy';
export type ErrorCode = keyof typeof ERROR_CODES;

/** One fault of an input, naming where: a JSON pointer, a field, or `file:line:column`. */
export interface Fault {
  readonly at: string;
  readonly message: string;
}

export interface HoldfastErrorOptions {
  readonly cause?: unknown;
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  /** What was being done, for example `open store`. */
  readonly operation?: string;
  readonly faults?: readonly Fault[];
}

/** An operational error with a stable code. Programming errors stay plain `Error`s. */
export class HoldfastError extends Error {
  override readonly name: string = 'HoldfastError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly operation: string | undefined;
  readonly faults: readonly Fault[];

  constructor(code: ErrorCode, message: string, options: HoldfastErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.operation = options.operation;
    this.faults = options.faults ?? [];
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }

  /** HTTP status of the problem details this error becomes. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  /** Exit code of a CLI that ends with this error. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** An error as it crosses threads and processes. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly operation?: string;
  readonly faults?: readonly Fault[];
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof HoldfastError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.operation === undefined ? {} : { operation: error.operation }),
      ...(error.faults.length === 0 ? {} : { faults: error.faults }),
    };
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

export function fromErrorRecord(record: ErrorRecord): HoldfastError {
  const { code, message, ...options } = record;
  return new HoldfastError(code, message, options);
}
