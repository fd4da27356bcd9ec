/**
 * Redirects of an `http` effect, followed only where its settings ask for them (RFC 9110 §15.4).
 *
 * 1. 307 and 308 repeat the request. 301, 302 and 303 ask for the answer to it with GET: whatever comes of that, the
 *    request itself may have taken effect.
 * 2. A host is trusted as far as it is named: the URL's own and those of `allowHosts`; any other must be public.
 * 3. Nothing of the release's goes to another host: no header but `accept` and `content-type`, and no body. From https
 *    to http nothing is followed.
 */
import type { HttpAnswer, HttpClient, HttpRequest } from './http-exchange.ts';
import { literalFault } from './outgoing-guard.ts';
import type { HostTrust } from './outgoing-guard.ts';

const REPEATS: ReadonlySet<number> = new Set([307, 308]);
const ASKS: ReadonlySet<number> = new Set([301, 302, 303]);
/** Of the headers that settings may give, those that say nothing about who sends them. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set(['accept', 'content-type']);
/** Given to each call by the provider itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'idempotency-key',
  'x-tenant-id',
  'x-correlation-id',
  'traceparent',
]);

export interface RedirectRules {
  readonly most: number;
  /** Who names a host. */
  readonly trustOf: (host: string) => HostTrust;
}

export interface Followed {
  readonly answer: HttpAnswer;
  /** The request was taken, perhaps acted on, and its answer lies elsewhere. */
  readonly isTaken: boolean;
}

/** Sends a request, and whatever its redirects ask for. @throws TypeError for a header that cannot be sent. */
export async function sendFollowing(
  client: HttpClient,
  first: HttpRequest,
  rules: RedirectRules,
  signal: AbortSignal,
): Promise<Followed> {
  let request = first;
  let isTaken = false;
  for (let left = rules.most; ; left--) {
    const fault = literalFault(hostOf(request.url), request.trust);
    const answer: HttpAnswer =
      fault === null
        ? await client.send(request, signal)
        : { kind: 'never_sent', code: fault.code, message: fault.message };
    if (left <= 0 || answer.kind !== 'answered') return { answer, isTaken };
    const next = nextOf(request, answer.status, answer.message.headers.location, rules);
    if (next === null) return { answer, isTaken };
    isTaken ||= ASKS.has(answer.status) && request.method !== 'GET';
    request = next;
  }
}

/** The request that a redirect asks for; null when it is none, or may not be followed. */
function nextOf(
  request: HttpRequest,
  status: number,
  location: string | undefined,
  { trustOf }: RedirectRules,
): HttpRequest | null {
  if (location === undefined || !(REPEATS.has(status) || ASKS.has(status))) return null;
  const url = URL.parse(location, request.url.href);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== request.url.protocol)) {
    return null;
  }
  const isSame = isSameHost(request.url, url);
  const asks = ASKS.has(status) && request.method !== 'GET';
  const body = asks ? null : request.body;
  if (body !== null && !isSame) return null;
  const headers: string[] = [];
  for (let at = 0; at + 1 < request.headers.length; at += 2) {
    const [name = '', value = ''] = request.headers.slice(at, at + 2);
    if (asks && name === 'content-type') continue;
    if (isSame || PLAIN_HEADERS.has(name) || OWN_HEADERS.has(name)) headers.push(name, value);
  }
  // Credentials in a location are the target's to give, and not ours to send on.
  url.username = '';
  url.password = '';
  if (isSame) {
    url.username = request.url.username;
    url.password = request.url.password;
  }
  const trust = isSame ? request.trust : trustOf(hostOf(url));
  return { ...request, method: asks ? 'GET' : request.method, url, headers, body, trust };
}

/** The same host and port, or the same host's https in place of its http. */
function isSameHost(one: URL, other: URL): boolean {
  if (one.hostname !== other.hostname) return false;
  return one.host === other.host ? true : one.port === '' && other.port === '';
}

/** An IPv6 address stands in brackets in a URL, and without them everywhere else. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
