/**
 * The socket side of the HTTP API: binding, limits on slow and malformed requests, and an orderly end.
 *
 * @module
 */
import { setMaxListeners } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerOptions } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { HoldfastError, PROBLEM_MEDIA_TYPE, toProblem } from '@holdfast/core';
import type { Millis } from '@holdfast/core';
import { problemResponse } from './answer.ts';
import type { Log } from '@holdfast/engine';
import type { HttpApp } from './http-app.ts';

export interface ListenOptions {
  readonly app: HttpApp;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly log: Pick<Log, 'error'>;
  /** Takes requests to upgrade; absent, all are refused. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** PEM texts; absent for plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Longest a request may take to arrive whole. Default 60 s. */
  readonly requestTimeout?: Millis;
  /** Longest its headers may take. Default 15 s. */
  readonly headersTimeout?: Millis;
  /** How often slow requests are looked for. Default 5 s. */
  readonly slowCheck?: Millis;
}

export interface HttpListener {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:7420`. */
  readonly url: string;
  /** Takes up another certificate for connections made from now on. @throws Error when it is none, or plain HTTP is spoken */
  renewTls(tls: { readonly cert: string; readonly key: string }): void;
  /**
   * Stops listening, ends event streams, and lets requests in flight be answered for up to `grace` milliseconds
   * (default 10 s) before their connections are cut. Called again, it is the same closing.
   */
  close(grace?: Millis): Promise<void>;
}

const SECOND = 1000;
/** Longer than the 60 s that proxies keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 65 * SECOND;
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_CONNECTIONS = 10_000;
const DEFAULT_GRACE_MS = 10 * SECOND;
/** While closing: pause between looks for connections that have become idle. */
const IDLE_CHECK_MS = 20;

/** @throws HoldfastError `port.taken`, `config.invalid` (no such address), `unavailable`. */
export async function listenHttp(options: ListenOptions): Promise<HttpListener> {
  const closing = new AbortController();
  // Each open stream listens to it.
  setMaxListeners(0, closing.signal);
  const server = serverOf(options, closing.signal);
  const { port } = await bind(server, options);
  const scheme = options.tls === undefined ? 'http' : 'https';
  const name = reachableName(options.host);
  let closed: Promise<void> | null = null;
  return {
    host: options.host,
    port,
    url: `${scheme}://${name}:${port}`,
    renewTls: (tls) => {
      if (!(server instanceof TlsServer)) throw new Error('this listener speaks plain HTTP');
      server.setSecureContext({ ...tls, minVersion: 'TLSv1.2' });
    },
    close: (grace = DEFAULT_GRACE_MS) => (closed ??= closeServer(server, closing, grace)),
  };
}

/** Where a listener is reached from this machine: of one on all addresses, at loopback's. */
export function reachableName(host: string): string {
  const plain = host.replaceAll(/[[\]]/g, '');
  if (plain === '0.0.0.0') return '127.0.0.1';
  if (plain === '::') return '[::1]';
  return plain.includes(':') ? `[${plain}]` : plain;
}

function serverOf(options: ListenOptions, closing: AbortSignal): Server {
  const { app, log, tls } = options;
  const listener = getRequestListener(
    (request, { incoming, outgoing }) => app.fetch(request, { incoming, outgoing, closing }),
    { errorHandler: unreadable },
  );
  const settings: ServerOptions = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: options.headersTimeout ?? 15 * SECOND,
    requestTimeout: options.requestTimeout ?? 60 * SECOND,
    connectionsCheckingInterval: options.slowCheck ?? 5 * SECOND,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const onRequest: RequestListener = (incoming, outgoing) => {
    const twice = saidTwice(incoming);
    if (twice !== null) {
      refuseTwice(incoming.socket, twice);
      return;
    }
    if (closing.aborted) outgoing.shouldKeepAlive = false;
    listener(incoming, outgoing).catch((error: unknown) => {
      log.error({ error: String(error) }, 'a request could not be answered');
      outgoing.destroy();
    });
  };
  const server =
    tls === undefined
      ? createServer(settings, onRequest)
      : createTlsServer({ ...settings, ...tls, minVersion: 'TLSv1.2' }, onRequest);
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', refuseMalformed);
  const { upgrade } = options;
  if (upgrade !== undefined) {
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      const twice = saidTwice(incoming);
      if (twice === null) upgrade(incoming, socket, head);
      else refuseTwice(socket, twice);
    });
  }
  return server;
}

/** Of these, by their length, a request has one: who asks, for whom, and of whom. */
const SINGLE: Readonly<Record<number, string>> = {
  4: 'host',
  11: 'x-tenant-id',
  13: 'authorization',
};

/**
 * A header that must not stand there twice, and does. Node takes the first of them, or joins them; what stands in front
 * of us may take the other, and let it pass (RFC 9112 §3.2).
 */
function saidTwice({ rawHeaders }: IncomingMessage): string | null {
  const seen: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const single = SINGLE[name.length];
    if (single === undefined || name.toLowerCase() !== single) continue;
    if (seen.includes(single)) return single;
    seen.push(single);
  }
  return null;
}

function refuseTwice(socket: Duplex, header: string): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(problemText(400, `the request has more than one header "${header}"`));
}

/** An answer without the server's help, after which the connection ends. */
function problemText(status: number, message: string): string {
  const body = JSON.stringify(toProblem({ code: 'request.invalid', message }, status));
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** A request whose target or `Host` makes no URL. */
function unreadable(error: unknown): Response {
  const message = error instanceof Error ? error.message : 'not readable';
  return problemResponse(
    new HoldfastError('request.invalid', `the request is malformed: ${message}`),
  );
}

/** What the parser refused before there was a request (a `clientError` of node:http). */
function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: Duplex & { bytesWritten?: number },
): void {
  // Once anything was answered on the connection, what is written here could land inside another answer.
  if (!socket.writable || error.code === 'ECONNRESET' || (socket.bytesWritten ?? 0) > 0) {
    socket.destroy();
    return;
  }
  const status = MALFORMED_STATUS[error.code ?? ''] ?? 400;
  socket.end(problemText(status, STATUS_CODES[status] ?? 'Bad Request'));
}

const MALFORMED_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function bind(server: Server, { host, port }: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(bindError(error, host, port));
    };
    server.once('error', onError);
    server.listen({ host: host.replaceAll(/[[\]]/g, ''), port }, () => {
      server.off('error', onError);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('not a TCP address'));
      else resolve(address);
    });
  });
}

function bindError(error: NodeJS.ErrnoException, host: string, port: number): HoldfastError {
  const at = `${host}:${port}`;
  const operation = 'listen for HTTP';
  switch (error.code) {
    case 'EADDRINUSE':
      return new HoldfastError('port.taken', `HTTP port ${port} is taken (${at})`, {
        operation,
        cause: error,
        hint: 'Stop what listens there, or choose another with --http-port (0 picks a free one).',
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new HoldfastError('config.invalid', `"${host}" is not an address of this machine`, {
        operation,
        cause: error,
      });
    case 'EACCES':
      return new HoldfastError('unavailable', `listening at ${at} is not permitted`, {
        operation,
        cause: error,
        hint: 'Ports below 1024 need a privilege; choose a higher one.',
      });
    default:
      return new HoldfastError('unavailable', `cannot listen at ${at}: ${error.message}`, {
        operation,
        cause: error,
      });
  }
}

function closeServer(server: Server, closing: AbortController, grace: Millis): Promise<void> {
  closing.abort();
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
  });
}
