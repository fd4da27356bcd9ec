/**
 * Whether a browser's request comes from a page of this server: the defence against requests that a page of another site
 * has the browser make with its visitor's cookie (CSRF).
 *
 * `SameSite=Strict` alone does not do: a site is a name without its port, so that another program's page on localhost is
 * of the same site.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';
import { CONSOLE_HEADER } from '@holdfast/core';
import { HttpError } from './answer.ts';

/** Whether an `Origin` is the one that `Host` names. The scheme is left out: a proxy may speak TLS in front of us. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** What a request with the cookie must be. @throws HttpError 403 `auth.origin` */
export function checkConsole(method: string | undefined, headers: IncomingHttpHeaders): void {
  checkOrigin(headers);
  if (method === 'GET' || method === 'HEAD' || headers[CONSOLE_HEADER] === '1') return;
  throw refusal(`a request with the console's cookie needs the header "${CONSOLE_HEADER}: 1"`);
}

/**
 * What the browser says of where the request is from must be here; a program says nothing.
 *
 * @throws HttpError 403 `auth.origin`
 */
export function checkOrigin({ origin, host, ...headers }: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  // "none": typed, or from a bookmark (Fetch Metadata §2.4).
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw refusal('a page of another site asked for this');
  if (origin !== undefined && !isOwnOrigin(origin, host))
    throw refusal('a page of another origin asked for this');
}

function refusal(message: string): HttpError {
  return new HttpError('auth.origin', message, {
    hint: 'Programs send a key: "Authorization: Bearer KEY".',
  });
}
