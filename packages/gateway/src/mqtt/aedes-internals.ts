/**
 * What is used of Aedes 1.2.0 beyond its documented surface: all of it is here, and checked for each client, so that
 * another version fails at the first connection and in the tests rather than in some quiet way.
 *
 * Why: Aedes reads its socket itself, with no bound on a packet's size or on what it holds, and it reads on whenever a
 * segment arrives. The gateway reads instead, and hands packets in through Aedes' own parser.
 */
import type { EventEmitter } from 'node:events';
import type { Client } from 'aedes';
import type { RoutedPacket } from './topic-router.ts';

type Deliver = (packet: RoutedPacket, done: () => void) => void;

interface Internals {
  /** Emits `packet`; Aedes listens. */
  readonly _parser: EventEmitter & { parse(bytes: Buffer): number };
  /** Called when a packet is dealt with, and on `readable`: reads on. */
  _nextBatch: (error?: Error | null) => void;
  /** Packets in work. */
  _parsingBatch: number;
  readonly _keepaliveTimer: NodeJS.Timeout | null;
  /** The will, from CONNECT on; null for none. */
  will: object | null;
  /** Hands on a message of QoS 0, and one to a subscription of QoS 0. */
  deliver0: Deliver;
}

export type AedesClient = Client & Internals;

export function aedesClient(client: Client): AedesClient {
  if (!hasInternals(client))
    throw new Error('this is not the Aedes that the gateway was written for: 1.2.0');
  return client;
}

function hasInternals(client: Client): client is AedesClient {
  return (
    '_parser' in client &&
    '_nextBatch' in client &&
    typeof client._nextBatch === 'function' &&
    '_parsingBatch' in client &&
    client._parsingBatch === 1 &&
    '_keepaliveTimer' in client &&
    'will' in client &&
    'deliver0' in client &&
    typeof client.deliver0 === 'function'
  );
}

/** Takes the reading of the socket away from Aedes; the caller hands in packets from now on. */
export function takeOverReading(client: AedesClient): void {
  client.conn.removeListener('readable', client._nextBatch);
  // As if the first `readable` had come: from here on it counts the packets in work.
  client._parsingBatch = 0;
  client._nextBatch = (error) => {
    if (error !== undefined && error !== null) client.emit('error', error);
    else client._parsingBatch -= 1;
  };
}

/** Restarts the time within which the client must be heard of [MQTT-3.1.2-24]. */
export function refreshKeepalive(client: AedesClient): void {
  client._keepaliveTimer?.refresh();
}

/** The next close publishes no will. */
export function forgetWill(client: AedesClient): void {
  client.will = null;
}
