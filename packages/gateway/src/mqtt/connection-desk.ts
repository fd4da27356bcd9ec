/**
 * The broker's clients: takes their sockets up, and answers what Aedes asks about each (its hooks).
 *
 * Refused subscriptions are refused three times over, because Aedes keeps a refused filter of a SUBSCRIBE with the
 * granted ones: it is not kept (`granted`), not restored (`authenticate`), and nothing is forwarded for it (`Outlet`).
 */
import type { Micros } from '@holdfast/core';
import type { AedesOptions, Client, ConnectPacket, Subscription } from 'aedes';
import { writeTenant } from '@holdfast/core';
import type { Millis } from '@holdfast/core';
import { admit } from './admission.ts';
import type { AdmissionDeps, Refused } from './admission.ts';
import { aedesClient } from './aedes-internals.ts';
import { Connection } from './connection.ts';
import type { ConnectionHost } from './connection.ts';
import type { MqttGatewayConfig, MqttGatewayOptions } from './gateway-config.ts';
import { InboundPublish } from './inbound-publish.ts';
import type { Proceed } from './inbound-publish.ts';
import type { Intake } from './intake.ts';
import type { KeyWatch } from './key-watch.ts';
import type { ClientStream } from './listeners.ts';
import type { MessageHub } from './message-hub.ts';
import { mountedTenant, unmount } from './mount.ts';
import type { Outlet } from './outlet.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { SessionExpiry } from './session-expiry.ts';
import type { ClientRef } from './subscription-keeper.ts';
import { coversFilter, isTopicFilter } from './topic-filter.ts';

export interface DeskDeps {
  readonly host: Omit<ConnectionHost, 'paused' | 'violation'>;
  readonly hub: MessageHub;
  readonly intake: Intake;
  readonly outlet: Outlet;
  readonly keys: KeyWatch;
  readonly admission: AdmissionDeps;
  readonly expiry: SessionExpiry;
  readonly attempts: MqttGatewayOptions['attempts'];
  readonly limits: DeskLimits;
  readonly refusals: RefusalLog;
}

type DeskLimits = Pick<
  MqttGatewayConfig,
  | 'maxClients'
  | 'maxClientsPerKey'
  | 'maxClientsPerAddress'
  | 'maxSessions'
  | 'maxSessionsPerTenant'
  | 'maxSubscriptions'
>;

/** How often clients that are not read are counted as heard of, in milliseconds. */
const KEEPALIVE_TICK_MS = 1000;
/** Characters of a client id, as a stranger gave it, that are logged. */
const MAX_LOGGED = 64;

type Hooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'
  >
>;

export class ConnectionDesk {
  readonly connections = new Set<Connection>();
  readonly paused = new Set<Connection>();
  readonly #deps: DeskDeps;
  readonly #host: ConnectionHost;
  readonly #byClient = new WeakMap<object, Connection>();
  readonly #refused = new WeakMap<object, Refused & { readonly wait: Millis }>();
  readonly #byAddress = new Map<string, number>();
  #ticker: NodeJS.Timeout | null = null;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    this.#host = {
      ...deps.host,
      paused: (connection, paused) => this.#paused(connection, paused),
      violation: (connection, message) => this.end(connection, message),
    };
  }

  readonly hooks: Hooks = {
    preConnect: (client, packet, done) => {
      this.#admit(client, packet);
      done(null, true);
    },
    authenticate: (client, _username, _password, done) => {
      const refused = this.#refused.get(client);
      if (refused === undefined) {
        this.#welcome(client);
        done(null, true);
      } else {
        const { reason, returnCode, wait } = refused;
        const refuse = (): void => done(Object.assign(new Error(reason), { returnCode }), false);
        if (wait === 0) refuse();
        else void this.#deps.attempts?.pause(wait).then(refuse);
      }
    },
    authorizePublish: (client, packet, done) => {
      if (packet instanceof InboundPublish) this.#deps.intake.take(packet, done);
      else this.#takeWill(client, packet, done);
    },
    authorizeSubscribe: (client, subscription, done) => {
      done(null, this.#grants(client, subscription) ? subscription : null);
    },
    authorizeForward: (client, packet) => {
      const connection = this.#byClient.get(client);
      return connection === undefined ? null : this.#deps.outlet.pass(connection, packet);
    },
  };

  /** Whether the client was granted a filter; true for who is no connection. */
  granted(client: ClientRef, filter: string): boolean {
    return this.#byClient.get(client)?.filters.has(filter) ?? true;
  }

  /** Whether one more connection may be taken; one that may not is told of in the log. */
  hasRoom({ remoteAddress }: ClientStream): boolean {
    const { maxClients, maxClientsPerAddress } = this.#deps.limits;
    const here = this.#byAddress.get(remoteAddress ?? '') ?? 0;
    const full = this.connections.size >= maxClients;
    const fullHere = maxClientsPerAddress > 0 && here >= maxClientsPerAddress;
    if (!full && !fullHere) return true;
    this.#deps.refusals.say(
      'room',
      { address: remoteAddress, ...(full ? { maxClients } : { maxClientsPerAddress }) },
      `MQTT connection refused: there are as many as allowed${full ? '' : ' from one address'}`,
    );
    return false;
  }

  /** Takes up a connection that Aedes made a client of. */
  accept(client: Client, socket: ClientStream): void {
    const connection = new Connection(aedesClient(client), socket, this.#host);
    this.#byClient.set(client, connection);
    this.connections.add(connection);
    // It is gone from a socket that is closed.
    const address = socket.remoteAddress ?? '';
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    socket.once('close', () => {
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#byAddress.set(address, left);
      else this.#byAddress.delete(address);
    });
    socket.once('close', () => this.#closed(connection));
  }

  /** CONNACK was sent. */
  opened(client: Client, at: Micros): void {
    const connection = this.#byClient.get(client);
    if (connection !== undefined) connection.openedAt = at;
    // Aedes notes it only after it has told.
    if (connection !== undefined) setImmediate(() => connection.open());
  }

  /** Ends a connection for what its client or its key did; its will goes with it. */
  end(connection: Connection, reason: string): void {
    const { clientId, publisher } = connection;
    this.#deps.refusals.say(
      'closed',
      {
        client: clientId,
        tenant: writeTenant(publisher.tenant),
        address: connection.socket.remoteAddress,
      },
      `MQTT connection closed: ${reason}`,
    );
    this.#deps.hub.journal.later(this.#withoutWill(connection));
    connection.close();
  }

  /** Ends all connections; what they had held stays unacknowledged, and their wills stay with the store. */
  closeAll(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Reads no connection any more. */
  pauseAll(): void {
    for (const { socket } of this.connections) socket.pause();
  }

  get held(): { readonly messages: number; readonly bytes: number } {
    let messages = 0;
    let bytes = 0;
    for (const { line } of this.connections) {
      messages += line.messages;
      bytes += line.bytes;
    }
    return { messages, bytes };
  }

  close(): void {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
  }

  #admit(client: Client, packet: ConnectPacket): void {
    const connection = this.#byClient.get(client);
    if (connection === undefined) return;
    const claimed = packet.clientId;
    const refused = admit(connection, packet, {
      ...this.#deps.admission,
      full: () => this.#fullFor(connection, packet),
    });
    this.#deps.keys.add(connection);
    if (refused === null) return;
    const address = connection.socket.remoteAddress;
    this.#refused.set(client, { ...refused, wait: this.#waitOf(refused, address) });
    this.#deps.refusals.say(
      'connect',
      { client: claimed.slice(0, MAX_LOGGED), address, returnCode: refused.returnCode },
      `MQTT connection refused: ${refused.reason}`,
    );
  }

  /** How long a refusal waits: that of a guess, as long as guesses of its address do. */
  #waitOf({ wrongKey }: Refused, address: string | undefined): Millis {
    const verdict = wrongKey === true ? this.#deps.attempts?.failed(address ?? '') : undefined;
    return verdict === undefined || 'refuse' in verdict ? 0 : verdict.wait;
  }

  /** Why a client that may come in has no room; null when it has. */
  #fullFor(connection: Connection, packet: ConnectPacket): string | null {
    const { keys, limits, hub } = this.#deps;
    const { maxClientsPerKey, maxSessions, maxSessionsPerTenant } = limits;
    const { principal, clientId, prefix } = connection;
    if (maxClientsPerKey > 0 && principal !== null) {
      if (keys.othersOf(principal.keyId, prefix + clientId) >= maxClientsPerKey)
        return `key ${principal.name} has ${maxClientsPerKey} connections, as many as allowed`;
    }
    const { mirror } = hub;
    if (packet.clean === true || mirror.sessions.has(prefix + clientId)) return null;
    if (mirror.sessions.size >= maxSessions)
      return `there are ${maxSessions} persistent sessions, as many as allowed`;
    return mirror.sessionsOf(prefix) >= maxSessionsPerTenant
      ? `the tenant has ${maxSessionsPerTenant} persistent sessions, as many as allowed`
      : null;
  }

  /** It may come in. A persistent session is taken up, less what the key may not have. */
  #welcome(client: Client): void {
    const connection = this.#byClient.get(client);
    if (connection === undefined) return;
    this.#deps.expiry.came(client.id);
    if (client.clean) return;
    const { mirror, journal } = this.#deps.hub;
    const session = mirror.session(client.id);
    for (const filter of session.filters.keys()) {
      if (connection.maySubscribe(unmount(filter), coversFilter)) continue;
      mirror.unsubscribe(session, filter);
      journal.later([{ op: 'mqtt.unsubscribe', client: client.id, filter }]);
    }
    session.attach(connection.client);
    connection.session = session;
  }

  #takeWill(client: Client | null, will: WillLike, done: Proceed): void {
    const payload = typeof will.payload === 'string' ? Buffer.from(will.payload) : will.payload;
    const { qos = 0, retain = false } = will;
    const connection = client === null ? undefined : this.#byClient.get(client);
    if (connection !== undefined) {
      this.#deps.intake.take(connection.willOf(will.topic, { payload, qos, retain }), done);
      return;
    }
    // The will of a client that a former process served: it was judged when that client connected.
    const publisher = {
      tenant: mountedTenant(will.topic),
      principal: null,
      clientId: unmount(will.clientId ?? ''),
    };
    const topic = unmount(will.topic);
    const plan = this.#deps.host.plan(publisher, topic);
    const { intake } = this.#deps;
    const from = { payload, qos, retain };
    intake.take(InboundPublish.will(publisher, null, plan, will.topic, topic, from), done);
  }

  #grants(client: Client, subscription: Subscription): boolean {
    const connection = this.#byClient.get(client);
    if (connection === undefined) return false;
    const filter = unmount(subscription.topic);
    const may =
      isTopicFilter(filter) &&
      !filter.startsWith('$') &&
      connection.maySubscribe(filter, coversFilter) &&
      (connection.filters.has(subscription.topic) ||
        connection.filters.size < this.#deps.limits.maxSubscriptions);
    if (may) {
      connection.granted(subscription.topic, subscription.qos);
    } else {
      const { clientId, publisher } = connection;
      this.#deps.refusals.say(
        'subscription',
        { client: clientId, tenant: writeTenant(publisher.tenant), filter },
        'MQTT subscription refused',
        'info',
      );
    }
    return may;
  }

  #withoutWill(
    connection: Connection,
  ): { readonly op: 'mqtt.will.done'; readonly client: string }[] {
    const { client } = connection;
    if (client.will === null || !this.#deps.hub.mirror.wills.delete(client.id)) return [];
    return [{ op: 'mqtt.will.done', client: client.id }];
  }

  #closed(connection: Connection): void {
    this.connections.delete(connection);
    this.paused.delete(connection);
    this.#deps.keys.remove(connection);
    connection.closed();
    const { session } = connection;
    if (session === null) return;
    const { mirror } = this.#deps.hub;
    mirror.dropIfEmpty(session);
    // Another connection may have taken it over.
    const now = mirror.sessions.get(session.client);
    if ((now?.connection ?? null) === null) this.#deps.expiry.left(session.client);
  }

  #paused(connection: Connection, paused: boolean): void {
    if (paused) this.paused.add(connection);
    else this.paused.delete(connection);
    if (this.paused.size > 0) {
      this.#ticker ??= setInterval(() => {
        for (const one of this.paused) one.keepAlive();
      }, KEEPALIVE_TICK_MS);
    } else {
      this.close();
    }
  }
}

interface WillLike {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly clientId?: string;
}
