/** Requests byte by byte as an attacker may send them: any path, any `Host`, any header, and no client that mends them. */
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** Of problem details; null for anything else. */
  readonly code: string | null;
}

export interface RawOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export function rawRequest(
  base: string,
  path: string,
  { method = 'GET', headers = {}, json }: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  const body = json === undefined ? '' : JSON.stringify(json);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: hostname,
        port,
        path,
        method,
        agent: false,
        headers: {
          ...(json === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          const { headers: sent, statusCode: status = 0 } = response;
          resolve({ status, headers: sent, bytes, text, code: codeOf(sent, text) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function codeOf(headers: IncomingHttpHeaders, text: string): string | null {
  if (headers['content-type'] !== 'application/problem+json' || text === '') return null;
  const { code } = JSON.parse(text) as { readonly code: string };
  return code;
}

/** Writes bytes that no HTTP client would, and reads until the server closes the connection. */
export function rawBytes(base: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

/** The session that an answer sets, as a browser would send it back. */
export function cookieOf({ headers }: Pick<RawAnswer, 'headers'>): string {
  const set = headers['set-cookie']?.find((one) => one.startsWith('holdfast_session='));
  if (set === undefined) throw new Error('the answer sets no session');
  return set.split(';')[0] ?? '';
}

/** What the console sends with a cookie. */
export function asConsole(cookie: string): Record<string, string> {
  return { cookie, 'x-holdfast-console': '1', 'sec-fetch-site': 'same-origin' };
}

/** Signs in by a key. @returns the cookie */
export async function signIn(base: string, key: string): Promise<string> {
  return cookieOf(await rawRequest(base, '/v1/session', { method: 'POST', json: { key } }));
}

export interface OpenStream {
  readonly status: number;
  /** Resolves once the server has ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

/** An event stream that is held open. */
export function openStream(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(base + path, { agent: false, headers });
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      response.resume();
      const ended = new Promise<void>((end) => {
        response.on('close', () => end());
      });
      resolve({ status: response.statusCode ?? 0, ended, close: () => request.destroy() });
    });
    request.end();
  });
}
