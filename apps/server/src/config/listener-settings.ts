/** Settings of the two listeners: HTTP and MQTT. */
import { z } from 'zod';
import { bytes, count, duration, path, port } from './setting-fields.ts';

/** As browsers send it (RFC 6454 §6.2). */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/i;
const MAX_COUNT = 10_000_000;

export function mqttListener() {
  const websocket = z
    .strictObject({
      enabled: z
        .boolean()
        .prefault(true)
        .describe('Take MQTT over WebSocket at `/mqtt` of the HTTP listener.'),
      origins: z
        .array(
          z
            .string()
            .regex(ORIGIN, 'is no origin: scheme, host and port, as in https://panel.example'),
        )
        .prefault([])
        .describe(
          'Origins of web pages that may connect besides those the listener serves itself.',
        ),
    })
    .prefault({});
  return z
    .strictObject({
      ...listenerFields('the MQTT broker', 1883),
      websocket,
      sessionExpiry: duration(0, '0ms')
        .prefault('7d')
        .describe(
          'How long a persistent session is kept for a client that is away, with what it is owed; 0 for ever.',
        ),
      limits: mqttLimits(),
    })
    .prefault({});
}

function mqttLimits() {
  const many = (initial: number) => count(1, MAX_COUNT).prefault(initial);
  return z
    .strictObject({
      connections: many(10_000).describe('Most connections at one time, over TCP and WebSocket.'),
      connectionsPerKey: count(0, MAX_COUNT)
        .prefault(0)
        .describe('Most connections of one key; 0 for any number.'),
      connectionsPerAddress: count(0, MAX_COUNT)
        .prefault(0)
        .describe('Most connections from one address; 0 for any number, as behind a proxy.'),
      sessions: many(10_000).describe('Most persistent sessions.'),
      sessionsPerTenant: many(10_000).describe('Most persistent sessions of one tenant.'),
      subscriptions: many(1000).describe('Most subscriptions of one client.'),
      owedMessages: many(100_000).describe(
        'Most messages owed to one persistent session; what comes beyond is not kept for it.',
      ),
      owedBytes: bytes(1024).prefault('64 MiB').describe('Most bytes of such messages.'),
      retainedMessages: many(100_000).describe(
        'Most retained messages; what comes beyond is delivered and not retained.',
      ),
      retainedBytes: bytes(1024).prefault('256 MiB').describe('Most bytes of such messages.'),
    })
    .prefault({});
}

export function httpListener() {
  const allowedHosts = z
    .array(z.string().min(1))
    .prefault([])
    .describe(
      'Further names that requests may carry as `Host`, without a port; `*` for any. Taken besides are loopback names and, off loopback, any address, the name of the machine (also with `.local`) and the names of the certificate: what else there is may be a page that has its own name resolve to this server (DNS rebinding).',
    );
  return z.strictObject({ ...listenerFields('the HTTP API', 7420), allowedHosts }).prefault({});
}

function listenerFields(name: string, defaultPort: number) {
  return {
    host: z.string().min(1).optional().describe(`Address ${name} listens on. Default: \`host\`.`),
    port: port().prefault(defaultPort).describe(`Port of ${name}; 0 picks a free one.`),
    plain: z
      .boolean()
      .prefault(false)
      .describe(
        `Let ${name} listen off loopback without TLS. Only for a network you trust: keys travel readable.`,
      ),
    tls: z
      .strictObject({
        cert: path().optional().describe(`PEM file with the certificate chain of ${name}.`),
        key: path().optional().describe(`PEM file with the private key of ${name}.`),
        selfSigned: z
          .boolean()
          .prefault(false)
          .describe(
            `Have ${name} speak TLS with a certificate that the server makes itself, for a home network. It is kept in the data directory; its fingerprint is printed at start.`,
          ),
      })
      .prefault({}),
  };
}
