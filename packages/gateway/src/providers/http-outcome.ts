/**
 * What an HTTP answer says about whether the call took effect. docs/reference/effects.md has the table.
 *
 * A `check` asks about an earlier try: only an answer about that try counts, so nothing that befalls the question
 * itself (a refused connection, 429) may pass for "did not happen".
 */
import type { EffectResult, Millis, ProviderSettings } from '@holdfast/core';
import type { HttpAnswer } from './http-exchange.ts';
import { TARGET_REFUSED } from './outgoing-guard.ts';
import { outputOfBody } from './output-json.ts';

export type HttpSettings = Extract<ProviderSettings, { kind: 'http' }>;
type Answered = Extract<HttpAnswer, { kind: 'answered' }>;

/** Longest pause that a target may ask for. */
const MAX_RETRY_AFTER_MS: Millis = 24 * 3_600_000;
/** How much of a refusal's body its message keeps, in characters. */
const MESSAGE_HEAD = 500;

export function outcomeOfCall(
  answer: HttpAnswer,
  settings: HttpSettings,
  now: Millis,
): EffectResult {
  if (answer.kind === 'never_sent') {
    // No later try would be let through either.
    if (answer.code === TARGET_REFUSED) {
      return { kind: 'failed', error: { code: TARGET_REFUSED, message: answer.message } };
    }
    return { kind: 'not_done', error: { code: 'connect', message: describe(answer) } };
  }
  if (answer.kind === 'lost') {
    const code = answer.code === 'timeout' ? 'timeout' : 'connection.lost';
    return { kind: 'in_doubt', error: { code, message: describe(answer) } };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return succeeded(answer);
  const error = { code: `http.${status}`, message: head(answer) };
  if (settings.retryStatuses.includes(status)) {
    const retryAfter = parseRetryAfter(answer.message.headers['retry-after'], now);
    return { kind: 'not_done', error, ...(retryAfter === null ? {} : { retryAfter }) };
  }
  if (settings.doubtStatuses.includes(status)) return { kind: 'in_doubt', error };
  // A server error that nobody classified says nothing definite; redirects and the rest of 4xx do.
  return { kind: status >= 500 ? 'in_doubt' : 'failed', error };
}

/** 2xx: it took effect, with that body. 404 and 410: it did not. All else leaves it open. */
export function outcomeOfCheck(answer: HttpAnswer): EffectResult {
  if (answer.kind !== 'answered') {
    return { kind: 'in_doubt', error: { code: 'check.unanswered', message: describe(answer) } };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return succeeded(answer);
  const error = { code: `http.${status}`, message: head(answer) };
  return { kind: status === 404 || status === 410 ? 'not_done' : 'in_doubt', error };
}

/** It took effect. Without an output that can be kept, what came of it is still unknown. */
function succeeded(answer: Answered): EffectResult {
  const { headers } = answer.message;
  if (!answer.whole) {
    const message = `the answer (${answer.status}) was cut off or is too large`;
    return { kind: 'in_doubt', error: { code: 'output.incomplete', message } };
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    const message = `the answer (${answer.status}) is encoded as ${encoding}, which was not asked for`;
    return { kind: 'in_doubt', error: { code: 'output.encoded', message } };
  }
  return { kind: 'succeeded', output: outputOfBody(answer.body, headers['content-type']) };
}

function describe(answer: Exclude<HttpAnswer, Answered>): string {
  return answer.message === '' ? answer.code : `${answer.message} (${answer.code})`;
}

function head({ status, message, body }: Answered): string {
  const text = body.length > MESSAGE_HEAD ? `${body.slice(0, MESSAGE_HEAD)}…` : body;
  return `${status} ${message.statusMessage ?? ''}`.trim() + (text === '' ? '' : `: ${text}`);
}

/**
 * RFC 9110 §10.2.3: seconds, or an HTTP date. Null for none or nonsense.
 *
 * @param now milliseconds since 1970
 */
function parseRetryAfter(value: string | undefined, now: Millis): Millis | null {
  if (value === undefined) return null;
  const text = value.trim();
  const pause = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(pause) ? null : Math.min(Math.max(0, pause), MAX_RETRY_AFTER_MS);
}
