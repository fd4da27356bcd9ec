/** The cookie that carries a session (RFC 6265). */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { SESSION_COOKIE } from '@holdfast/core';

/** Values looked at: a program on another port of the same host may have set the same name. */
const MAX_VALUES = 4;

/** The session secrets that a request offers. */
export function sessionsOffered(cookie: string | undefined): readonly string[] {
  if (cookie === undefined) return [];
  const prefix = `${SESSION_COOKIE}=`;
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix) && pair.length > prefix.length)
    .map((pair) => pair.slice(prefix.length))
    .slice(0, MAX_VALUES);
}

/** @param maxAge in whole seconds */
export function sessionCookie(secret: string, maxAge: number, incoming: IncomingMessage): string {
  const secure = isSecure(incoming) ? '; Secure' : '';
  return `${SESSION_COOKIE}=${secret}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}

/** Has the browser forget it. */
export const NO_SESSION_COOKIE = `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`;

/** Whether the browser speaks TLS: to us, or as it says itself to a proxy in front of us. */
export function isSecure({ socket, headers }: IncomingMessage): boolean {
  return socket instanceof TLSSocket || headers.origin?.startsWith('https://') === true;
}
