/** The sockets that the broker listens on: closed when intake stops, and opened again at the same addresses. */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import type { Duplex } from 'node:stream';
import { HoldfastError } from '@holdfast/core';
import type { Millis } from '@holdfast/core';

/** What a client is read from and written to: a socket, or a WebSocket as one. */
export type ClientStream = Duplex & {
  readonly remoteAddress?: string | undefined;
  /** Called once the client is let in. */
  readonly admitted?: () => void;
};

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** PEM texts; without them the listener is plain. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
}

export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

export interface ListenerLimits {
  /** Most connections of one listener. */
  readonly maxClients: number;
  /** How long a connection may take to agree on TLS. */
  readonly handshakeTimeout: Millis;
}

interface Listener {
  readonly server: Server;
  readonly host: string;
  port: number;
}

/** How long a silent peer is left before the system asks whether it is there, in milliseconds. */
const TCP_KEEPALIVE_MS = 60_000;

export class Listeners {
  readonly #limits: ListenerLimits;
  readonly #accept: (socket: Socket) => void;
  readonly #onDrop: () => void;
  readonly #listeners: Listener[] = [];

  /** @param onDrop told of each connection refused because there are as many as may be */
  constructor(limits: ListenerLimits, accept: (socket: Socket) => void, onDrop: () => void) {
    this.#limits = limits;
    this.#accept = accept;
    this.#onDrop = onDrop;
  }

  get listening(): boolean {
    return this.#listeners.some((one) => one.server.listening);
  }

  /** @throws HoldfastError `port.taken` */
  async add(options: ListenOptions): Promise<BoundAddress> {
    const accept = (socket: Socket): void => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
      this.#accept(socket);
    };
    const { maxClients, handshakeTimeout } = this.#limits;
    const server =
      options.tls === undefined
        ? createServer(accept)
        : createTlsServer({ ...options.tls, handshakeTimeout }, accept);
    server.maxConnections = maxClients;
    server.on('drop', this.#onDrop);
    // Whose time for the handshake is up Node tells of, and leaves open.
    server.on('tlsClientError', (_: Error, socket: Socket) => socket.destroy());
    const listener = { server, host: options.host, port: options.port };
    await bind(listener);
    this.#listeners.push(listener);
    return { host: listener.host, port: listener.port };
  }

  /** Has those that speak TLS use another certificate for connections made from now on. */
  renewTls(tls: { readonly cert: string; readonly key: string }): void {
    for (const { server } of this.#listeners) {
      if (server instanceof TlsServer) server.setSecureContext(tls);
    }
  }

  /** Takes no more connections; those there are, are left. */
  stop(): void {
    for (const { server } of this.#listeners) if (server.listening) server.close();
  }

  /** Listens again. @throws HoldfastError `port.taken` */
  async resume(): Promise<void> {
    for (const listener of this.#listeners) if (!listener.server.listening) await bind(listener);
  }
}

async function bind(listener: Listener): Promise<void> {
  const { server, host, port } = listener;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw listenError(error, host, port);
  }
  const address: AddressInfo | string | null = server.address();
  if (address !== null && typeof address === 'object') listener.port = address.port;
}

function listenError(error: unknown, host: string, port: number): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EADDRINUSE' && code !== 'EACCES')
    return error instanceof Error ? error : new Error(String(error));
  return new HoldfastError(
    'port.taken',
    `MQTT cannot listen on ${host}:${port}: ${code === 'EACCES' ? 'not allowed' : 'the port is taken'}`,
    {
      cause: error,
      operation: 'listen for MQTT',
      hint: 'Stop what uses it, or choose another with --mqtt-port.',
    },
  );
}
