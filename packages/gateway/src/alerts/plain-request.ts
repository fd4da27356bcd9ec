import { HoldfastError } from '@holdfast/core';
import type { HttpClient, HttpRequest } from '../providers/http-exchange.ts';

/** More of an answer is not read. */
const MAX_ANSWER_BYTES = 16 * 1024;
const ANSWER_HEAD = 200;

/** One request to an address that the configuration names. @throws Error unless it is answered with success */
export async function sendRequest(
  client: HttpClient,
  request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>,
  signal: AbortSignal,
): Promise<void> {
  const answer = await client.send(
    { ...request, trust: 'named', maxBytes: MAX_ANSWER_BYTES },
    signal,
  );
  if (answer.kind !== 'answered') throw new Error(`${answer.code}: ${answer.message}`);
  const { status, body } = answer;
  if (status >= 200 && status < 300) return;
  const said = body
    .slice(0, ANSWER_HEAD)
    .toWellFormed()
    .replaceAll(/\p{C}+/gu, ' ')
    .trim();
  throw new Error(`answered ${status}${said === '' ? '' : `: ${said}`}`);
}

/** @throws HoldfastError `config.invalid` for what is no web address: a secret's value is known only now, and not shown */
export function requestUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new HoldfastError('config.invalid', 'the url is no http:// or https:// address');
}
