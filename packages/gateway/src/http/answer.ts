/**
 * What a route answers, and how it goes out: one place for the headers that every answer carries.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { HoldfastError, PROBLEM_MEDIA_TYPE, toErrorRecord, toProblem } from '@holdfast/core';
import type { JsonText, Problem } from '@holdfast/core';

/** `text` is JSON already; `stream` writes to the socket itself, head included, and ends it. */
export type Answer =
  | { readonly status: number; readonly json: unknown; readonly headers?: Record<string, string> }
  | { readonly status: number; readonly text: JsonText; readonly headers?: Record<string, string> }
  | { readonly status: 204; readonly headers?: Record<string, string> }
  | { readonly status: 304; readonly headers: Record<string, string> }
  | { readonly stream: (outgoing: ServerResponse) => void };

/**
 * The API shows nothing to browsers: nothing may be sniffed, framed, embedded, run or kept.
 * Source: OWASP REST Security Cheat Sheet, "Security Headers".
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const JSON_HEADERS: Record<string, string> = {
  'content-type': 'application/json',
  ...SECURITY_HEADERS,
};

/** Seconds after which an overloaded or briefly unavailable server may be asked again (RFC 9110 §10.2.3). */
const RETRY_AFTER_SECONDS: Readonly<Record<number, string>> = { 429: '1', 503: '2', 507: '30' };

/** Carries a status that is more exact than its code's, and headers; becomes problem details. */
export class HttpError extends HoldfastError {
  override readonly name = 'HttpError';
  readonly #status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ConstructorParameters<typeof HoldfastError>[0],
    message: string,
    options: ConstructorParameters<typeof HoldfastError>[2] & {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(code, message, options);
    this.#status = options.status;
    this.headers = options.headers ?? {};
  }

  override get status(): number {
    return this.#status ?? super.status;
  }
}

/** Problem details of any error (RFC 9457). What is unexpected is not described to the caller. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HoldfastError) return toProblem(toErrorRecord(error), error.status);
  return toProblem({
    code: 'internal',
    message: 'an unexpected error; the server has logged it',
  });
}

export function problemResponse(error: unknown): Response {
  const problem = problemOf(error);
  const retryAfter = RETRY_AFTER_SECONDS[problem.status];
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': PROBLEM_MEDIA_TYPE,
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      ...(error instanceof HttpError ? error.headers : {}),
    },
  });
}

/** @param outgoing where a stream writes */
export function toResponse(answer: Answer, outgoing: ServerResponse): Response {
  if ('stream' in answer) {
    answer.stream(outgoing);
    return RESPONSE_ALREADY_SENT;
  }
  if (!('json' in answer) && !('text' in answer)) {
    return new Response(null, {
      status: answer.status,
      headers: { ...SECURITY_HEADERS, ...answer.headers },
    });
  }
  const { headers } = answer;
  return new Response('text' in answer ? answer.text : JSON.stringify(answer.json), {
    status: answer.status,
    headers: headers === undefined ? JSON_HEADERS : { ...JSON_HEADERS, ...headers },
  });
}
