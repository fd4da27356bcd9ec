/**
 * `ETag` and `If-None-Match` on single resources (RFC 9110 §8.8.3, §13.1.2).
 *
 * The tag is strong: a digest of the answer's bytes, or what the route itself says names them. It is given on GET only.
 * Nothing is kept by browsers all the same (`no-store`): who wants to ask again cheaply keeps the answer and its tag.
 *
 * @module
 */
import { hash } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { Route } from './route.ts';

/** Hex digits of a tag: more than enough for one resource's versions. */
const TAG_DIGITS = 32;

/** Whether a route answers with one resource: a GET whose path names one below `/v1`, and that is read whole. */
export function isResource({
  method,
  path,
  answers,
}: Pick<Route, 'method' | 'path' | 'answers'>): boolean {
  const answer = answers[200];
  return (
    method === 'GET' && path.includes('{') && answer !== undefined && typeof answer !== 'string'
  );
}

/**
 * The answer with its tag, or 304 where the caller has it already.
 *
 * @param asked the request's `If-None-Match`
 */
export function conditional(answer: Answer, asked: string | undefined): Answer {
  if (!('json' in answer || 'text' in answer) || answer.status !== 200) return answer;
  const text = 'text' in answer ? answer.text : JSON.stringify(answer.json);
  const etag = answer.headers?.['etag'] ?? `"${hash('sha256', text).slice(0, TAG_DIGITS)}"`;
  if (asked !== undefined && names(asked, etag)) return { status: 304, headers: { etag } };
  return { status: 200, text, headers: { ...answer.headers, etag } };
}

/** By weak comparison (RFC 9110 §13.1.2): a proxy may have weakened our tag. */
function names(asked: string, etag: string): boolean {
  if (asked.trim() === '*') return true;
  return asked.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
