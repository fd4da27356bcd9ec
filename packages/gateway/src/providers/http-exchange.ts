/**
 * One HTTP request and its answer, told apart by what the target can have seen of it:
 *
 * 1. `never_sent`: no byte of the request left, because no connection came about. Certainly not done.
 * 2. `lost`: the connection stood, so the request may have been read, and no usable answer came.
 * 3. `answered`: status and body. Redirects are answers (`http-redirect.ts` follows them).
 *
 * node:http with raw header lists and a keep-alive agent costs 40 µs of CPU a call on this side, undici's dispatch
 * 28, `fetch` 285 (2 cores, 64 calls at a time). undici would add 29 MB resident and 60 ms to load for those 12 µs.
 */
import type { Agent as HttpAgent, ClientRequest, IncomingMessage } from 'node:http';
import type { Clock, Millis } from '@holdfast/core';
import { guardedLookup } from './outgoing-guard.ts';
import type { HostTrust } from './outgoing-guard.ts';

/** Longest wait for a connection; shorter than most calls' timeout, for a host that drops packets is not in doubt. */
const CONNECT_TIMEOUT_MS: Millis = 10_000;
/** Idle connections are let go before a server's usual 5 s, so that few requests meet a closing one. */
const IDLE_CONNECTION_MS: Millis = 4000;
const MAX_IDLE_CONNECTIONS = 256;

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Name, value, name, value… without `host` and `content-length`. */
  readonly headers: readonly string[];
  readonly body: string | null;
  readonly maxBytes: number;
  /** Who names the host, and so where it may be. */
  readonly trust: HostTrust;
}

export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly message: IncomingMessage;
      readonly body: string;
      /** False when the body was cut at `maxBytes` or the connection broke inside it. */
      readonly whole: boolean;
    }
  | { readonly kind: 'never_sent'; readonly code: string; readonly message: string }
  | { readonly kind: 'lost'; readonly code: string; readonly message: string };

interface Transport {
  readonly agent: HttpAgent;
  request(options: object, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/** Keeps the connections. */
export class HttpClient {
  readonly #clock: Clock;
  readonly #transports = new Map<string, Transport>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Never rejects for what the network does. @throws TypeError for a header that cannot be sent. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve } = Promise.withResolvers<HttpAnswer>();
    new Exchange(this.#clock, this.#transport(request), request, signal, resolve);
    return promise;
  }

  close(): void {
    for (const transport of this.#transports.values()) transport.agent.destroy();
    this.#transports.clear();
  }

  /**
   * Loaded at first use, and not by `import`: an ES import of node:http copies every export, lazy ones with the
   * WebSocket stack behind them included, which costs 22 ms and 13 MB. A connection that was made for a host the release
   * names is not used for one that somebody else gave.
   */
  #transport({ url: { protocol }, trust }: HttpRequest): Transport {
    const id = `${trust} ${protocol}`;
    let transport = this.#transports.get(id);
    if (transport === undefined) {
      const options = {
        keepAlive: true,
        timeout: IDLE_CONNECTION_MS,
        maxFreeSockets: MAX_IDLE_CONNECTIONS,
        lookup: guardedLookup(trust),
      };
      if (protocol === 'https:') {
        const https = process.getBuiltinModule('node:https');
        transport = { agent: new https.Agent(options), request: https.request };
      } else {
        const http = process.getBuiltinModule('node:http');
        transport = { agent: new http.Agent(options), request: http.request };
      }
      this.#transports.set(id, transport);
    }
    return transport;
  }
}

class Exchange {
  readonly #request: ClientRequest;
  readonly #signal: AbortSignal;
  readonly #done: (answer: HttpAnswer) => void;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #sent = false;
  #settled = false;
  #response: IncomingMessage | null = null;
  #cancelConnectTimer: (() => void) | null = null;

  constructor(
    clock: Clock,
    transport: Transport,
    request: HttpRequest,
    signal: AbortSignal,
    done: (answer: HttpAnswer) => void,
  ) {
    this.#signal = signal;
    this.#done = done;
    this.#maxBytes = request.maxBytes;
    this.#request = transport.request(optionsOf(transport.agent, request), this.#onResponse);
    this.#request.on('error', this.#onError);
    // Whatever else ends it, for one an upgrade that nobody asked for.
    this.#request.on('close', () => this.#broken('closed', 'the connection was closed'));
    this.#watchConnection(clock, request.url.protocol === 'https:');
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
    else this.#request.end(request.body ?? undefined);
  }

  /** node:http writes nothing before its socket is connected, for TLS after the handshake. */
  #watchConnection(clock: Clock, secure: boolean): void {
    this.#request.once('socket', (socket) => {
      if (this.#request.reusedSocket) {
        this.#sent = true;
        return;
      }
      this.#cancelConnectTimer = clock.after(CONNECT_TIMEOUT_MS, () =>
        this.#abandon('connect.timeout', `no connection in ${CONNECT_TIMEOUT_MS} ms`),
      );
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        this.#sent = true;
        this.#cancelConnectTimer?.();
      });
    });
  }

  readonly #onAbort = (): void => {
    this.#abandon('timeout', 'no answer in time');
  };

  readonly #onError = (error: Error): void => {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'connection';
    this.#broken(code, error.message);
  };

  readonly #onResponse = (response: IncomingMessage): void => {
    this.#response = response;
    this.#sent = true;
    response.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes > this.#maxBytes) {
        this.#answered(response, false);
        this.#request.destroy();
      }
    });
    response.on('end', () => this.#answered(response, response.complete));
    // A connection that breaks inside the body is an error of the response, not of the request.
    response.on('error', () => this.#answered(response, false));
  };

  #abandon(code: string, message: string): void {
    this.#broken(code, message);
    this.#request.destroy();
  }

  /** It ends here. A status that has come stands, even when its body is not whole. */
  #broken(code: string, message: string): void {
    if (this.#response !== null) this.#answered(this.#response, false);
    else this.#settle({ kind: this.#sent ? 'lost' : 'never_sent', code, message });
  }

  #answered(response: IncomingMessage, whole: boolean): void {
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks);
    this.#settle({
      kind: 'answered',
      status: response.statusCode ?? 0,
      message: response,
      body: bytes.toString('utf8', 0, Math.min(bytes.length, this.#maxBytes)),
      whole,
    });
  }

  #settle(answer: HttpAnswer): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#cancelConnectTimer?.();
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#done(answer);
  }
}

function optionsOf(agent: HttpAgent, { method, url, headers, body }: HttpRequest): object {
  const own = ['host', url.host];
  if (body !== null) own.push('content-length', String(Buffer.byteLength(body)));
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    own.push('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  }
  return {
    agent,
    method,
    // An IPv6 address stands in brackets in a URL, and without them here.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? undefined : Number(url.port),
    path: url.pathname + url.search,
    headers: [...own, ...headers],
    setHost: false,
  };
}
