/**
 * MQTT over WebSocket (MQTT 3.1.1 §6), on the HTTP listener at `/mqtt`: its address, its TLS and its rule about `Host`
 * are those of the API.
 *
 * A page of another site can open a WebSocket to any address its visitor reaches, and no CORS hinders it. It has no key
 * to show, but it could try some, and could hold connections: so a browser's `Origin` must be the listener's own, or be
 * named in the settings.
 */
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { isOwnOrigin } from '../http/own-origin.ts';
import { MAX_CONTROL } from './gateway-config.ts';
import type { MqttLog } from './gateway-config.ts';
import type { ClientStream } from './listeners.ts';
import type { RefusalLog } from './refusal-log.ts';

export interface WebSocketOptions {
  /** Whether a `Host` may be answered (`hostCheck`). */
  readonly mayHost: (host: string | undefined) => boolean;
  /** Further origins of pages that may connect, as in `https://panel.example`. */
  readonly origins: readonly string[];
}

export interface WebSocketDeps {
  /** False while no client is taken. */
  readonly open: () => boolean;
  readonly accept: (stream: ClientStream) => void;
  /** Bytes of the largest frame that is read. */
  readonly maxFrame: number;
  readonly refusals: RefusalLog;
  readonly log: MqttLog;
}

/** Takes a request to upgrade, as `node:http` hands it over. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const WEBSOCKET_PATH = '/mqtt';
/** [MQTT-6.0.0-3]; the second is what clients of MQTT 3.1 ask for. */
const PROTOCOLS = ['mqtt', 'mqttv3.1'];
/** WebSocket close code for data of a kind that is not taken (RFC 6455 §7.4.1). */
const UNSUPPORTED_DATA = 1003;

export function webSocketHandler(deps: WebSocketDeps, options: WebSocketOptions): UpgradeHandler {
  const origins = new Set(options.origins.map((origin) => origin.toLowerCase()));
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: deps.maxFrame,
    perMessageDeflate: false,
    handleProtocols: (offered) => PROTOCOLS.find((one) => offered.has(one)) ?? false,
  });
  return (request, socket, head) => {
    const status = judge(request, options, origins, deps);
    if (status !== null) {
      refuse(socket, status);
      return;
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      deps.accept(streamOf(webSocket, request.socket, deps.log));
    });
  };
}

/** The status to refuse with; null for a request that may go on. */
function judge(
  request: IncomingMessage,
  { mayHost }: WebSocketOptions,
  origins: ReadonlySet<string>,
  deps: WebSocketDeps,
): number | null {
  const { host, origin } = request.headers;
  const path = request.url?.split('?')[0];
  if (!mayHost(host)) return 421;
  if (path !== WEBSOCKET_PATH) return 404;
  if (origin !== undefined && !isOwnOrigin(origin, host) && !origins.has(origin.toLowerCase())) {
    deps.refusals.say(
      'origin',
      { origin: origin.slice(0, 256) },
      'MQTT over WebSocket refused: not our origin',
    );
    return 403;
  }
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  if (!offered.some((one) => PROTOCOLS.includes(one.trim()))) return 400;
  return deps.open() ? null : 503;
}

/** Its connection is the HTTP server's no more: nobody else closes it, nor lets the server end while it is there. */
function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/** Its bytes as a socket's: frames need not hold whole packets [MQTT-6.0.0-2]. */
function streamOf(webSocket: WebSocket, socket: Socket, log: MqttLog): ClientStream {
  const { remoteAddress } = socket;
  const admitted = holdStranger(webSocket, socket);
  const stream = createWebSocketStream(webSocket);
  webSocket.on('message', (_, isBinary) => {
    // [MQTT-6.0.0-1]
    if (!isBinary) webSocket.close(UNSUPPORTED_DATA);
  });
  stream.on('error', (error: Error) => {
    log.debug({ error: error.message }, 'MQTT over WebSocket failed');
  });
  return Object.assign(stream, { remoteAddress, admitted });
}

/**
 * A frame is kept until it is whole, and may be as large as the largest packet that is read: of somebody who has shown no
 * key, no more is kept than of one that connects over TCP. What comes behind a CONNECT waits in the socket meanwhile.
 *
 * @returns to be called once it has shown one
 */
function holdStranger(webSocket: WebSocket, socket: Socket): () => void {
  let read = 0;
  const onData = (bytes: Buffer): void => {
    read += bytes.length;
    if (read > MAX_CONTROL) webSocket.pause();
  };
  socket.on('data', onData);
  return () => {
    socket.off('data', onData);
    webSocket.resume();
  };
}
