/**
 * A broker that is joined: connects, subscribes, and connects again, for as long as messages are taken in.
 *
 * Invariants:
 * 1. The session is the broker's to keep (clean session off, one client id for good): what is published while we are away
 *    is delivered when we are back.
 * 2. A connection is one mqtt.js client, thrown away with it: what it had in hand is neither acknowledged nor lost.
 * 3. What the session is subscribed to is recorded after the broker has granted it; a session that is there is asked for
 *    nothing again, for each SUBSCRIBE has retained messages sent again [MQTT-3.8.4-3].
 * 4. An absent broker costs one try at a time, at most a minute apart, and a log line per change, not per try.
 */
import { HoldfastError, retryPause } from '@holdfast/core';
import type { Clock, Micros, Millis, Random } from '@holdfast/core';
import mqtt from 'mqtt';
import type { IClientOptions, IConnackPacket, MqttClient } from 'mqtt';
import type { BrokerJournal } from '../mqtt/broker-journal.ts';
import type { BrokerMirror } from '../mqtt/broker-mirror.ts';
import type { HeldLimits } from '../mqtt/connection.ts';
import type { MqttLog } from '../mqtt/gateway-config.ts';
import type { Intake } from '../mqtt/intake.ts';
import type { Publisher, TopicPlan } from '../mqtt/topic-plan.ts';
import { BridgeLink } from './bridge-link.ts';
import { BridgeMemory } from './bridge-memory.ts';
import { BridgeOutbox } from './bridge-outbox.ts';
import type { BridgePublishOptions } from './bridge-outbox.ts';
import type { BridgeSettings, BridgeState, BridgeStatus } from './bridge-settings.ts';
import { leastFilters } from './least-filters.ts';
import { Subscriber } from './subscriber.ts';

export interface BridgeDeps {
  readonly mirror: BrokerMirror;
  readonly journal: BrokerJournal;
  readonly intake: Intake;
  readonly held: HeldLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: MqttLog;
  plan(publisher: Publisher, topic: string): TopicPlan;
  /** Filters of the MQTT sources of the active releases. */
  sourceFilters(): readonly string[];
}

const CONNECT_TIMEOUT_MS = 30_000;
/** How long a broker may take to let us go. */
const GOOD_BYE_MS = 2000;
/** Full jitter over a ceiling that doubles to a minute (ADR 12); the tries do not end. */
const RECONNECT = { attempts: Number.MAX_SAFE_INTEGER, backoff: 1000, max: 60_000, factor: 2 };
/** The least pause between two tries. */
const LEAST_PAUSE_MS = 100;
/**
 * A connection that stood for so long shows that the broker takes us, and pauses begin anew. One that is let in and shown
 * out at once, as by another client of the same id, is a failed try like any other.
 */
const STOOD_MS = 60_000;

export class Bridge {
  readonly settings: BridgeSettings;
  readonly #deps: BridgeDeps;
  readonly #publisher: Publisher;
  readonly #memory: BridgeMemory;
  readonly #subscriber: Subscriber;
  #state: BridgeState = 'stopped';
  #since: Micros;
  #error: string | null = null;
  #failed = 0;
  /** On the monotonic clock; null while it is not connected. */
  #connectedAt: Millis | null = null;
  /** Counts tries to connect: one that was overtaken while it waited goes no further. */
  #tries = 0;
  #cancelRetry: (() => void) | null = null;
  #client: MqttClient | null = null;
  #link: BridgeLink | null = null;
  readonly #before = { received: 0, acknowledged: 0, ignored: 0 };
  readonly #outbox = new BridgeOutbox();

  constructor(settings: BridgeSettings, deps: BridgeDeps) {
    this.settings = settings;
    this.#deps = deps;
    this.#since = deps.clock.now();
    const { name, tenant } = settings;
    this.#publisher = { tenant, principal: null, clientId: name, bridge: name };
    this.#memory = new BridgeMemory(settings, deps.mirror, deps.journal);
    this.#subscriber = new Subscriber({
      wanted: () => leastFilters(settings.topics ?? deps.sourceFilters()),
      qos: settings.qos,
      record: (filters) => this.#memory.keep(filters),
      onRefused: (filter) => {
        deps.log.warn({ bridge: name, filter }, 'the joined broker refused a subscription');
      },
    });
  }

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (this.#state !== 'stopped') return;
    this.#failed = 0;
    void this.#connect();
  }

  /** Breaks off: nothing that is held is acknowledged any more. */
  stop(): void {
    this.#tries += 1;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#drop();
    this.#become('stopped');
  }

  /** Takes no more messages; what is held is still acknowledged, and what is being published still waited for. */
  pause(): void {
    this.#link?.pause();
  }

  /** Says good-bye, after `pause` and once nothing is held. */
  async close(): Promise<void> {
    const client = this.#client;
    if (client?.connected !== true) {
      this.stop();
      return;
    }
    this.#become('stopped');
    this.#client = null;
    // A broker that does not answer any more is not waited for.
    const cancel = this.#deps.clock.after(GOOD_BYE_MS, () => client.end(true));
    try {
      await client.endAsync(this.#outbox.size > 0);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.log.debug({ bridge: this.settings.name, error: reason }, 'no orderly good-bye');
    } finally {
      cancel();
    }
    this.#drop();
  }

  /** The sources have changed: subscribes to what is new, and from what is gone no more. */
  refresh(): void {
    if (this.#state === 'connected') void this.#subscribe();
  }

  /**
   * Publishes at the joined broker. Resolves once it has acknowledged (QoS 1) or once it is written (QoS 0).
   *
   * @throws HoldfastError `unavailable` when it is not connected and nothing was sent; any other error leaves in doubt
   *   whether the broker has the message
   */
  publish(topic: string, payload: string, options: BridgePublishOptions): Promise<void> {
    const client = this.#client;
    if (client === null || this.#state !== 'connected') {
      const { name } = this.settings;
      const hint = this.#error === null ? {} : { hint: this.#error };
      return Promise.reject(
        new HoldfastError('unavailable', `bridge ${name} is not connected`, hint),
      );
    }
    return this.#outbox.publish(client, topic, payload, options);
  }

  get held(): { readonly messages: number; readonly bytes: number } {
    const line = this.#link?.line;
    return { messages: line?.messages ?? 0, bytes: line?.bytes ?? 0 };
  }

  /** Publishes that wait for their acknowledgement. */
  get publishing(): number {
    return this.#outbox.size;
  }

  status(): BridgeStatus {
    const { name, tenant, url } = this.settings;
    const { received, acknowledged, ignored } = this.#totals();
    const { refused } = this.#subscriber;
    return {
      name,
      tenant,
      url,
      state: this.#state,
      since: this.#since,
      error: this.#error,
      filters: Object.keys(this.#memory.filters).toSorted(),
      refused: [...refused],
      received,
      acknowledged,
      ignored,
      held: this.held.messages,
    };
  }

  async #connect(): Promise<void> {
    this.#become('connecting');
    this.#tries += 1;
    const mine = this.#tries;
    let clientId: string;
    try {
      clientId = await this.#memory.clientId();
    } catch (error) {
      // The journal tells of its own failure, and stops all bridges.
      if (this.#tries === mine)
        this.#broken(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#tries !== mine) return;
    const link = new BridgeLink(this.#linkHost());
    let client: MqttClient;
    try {
      client = mqtt.connect(this.settings.url, this.#options(clientId, link));
    } catch (error) {
      this.#broken(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#link = link;
    this.#client = client;
    link.serve(client);
    let reason = 'the broker closed the connection';
    client.on('error', (error) => {
      reason = reasonOf(error);
    });
    client.on('connect', (connack) => this.#connected(client, connack));
    client.on('close', () => {
      if (this.#client !== client) return;
      this.#drop();
      this.#broken(reason);
    });
  }

  #options(clientId: string, link: BridgeLink): IClientOptions {
    const { username, password, keepalive, tls } = this.settings;
    const secret = password();
    return {
      clientId,
      clean: false,
      protocolVersion: 4,
      keepalive,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      incomingStore: link.incomingStore,
      ...(username === null ? {} : { username }),
      ...(secret === null ? {} : { password: secret }),
      ...tls,
    };
  }

  #linkHost(): ConstructorParameters<typeof BridgeLink>[0] {
    const { intake, held } = this.#deps;
    const memory = this.#memory;
    return {
      publisher: this.#publisher,
      memoryName: memory.name,
      held,
      plan: (topic) => this.#deps.plan(this.#publisher, topic),
      take: (publish, acknowledge) => intake.take(publish, acknowledge),
      leave: (publish) => intake.leave(publish),
      incoming: (messageId) => memory.incoming(messageId),
      release: (messageId) => memory.release(messageId),
    };
  }

  #connected(client: MqttClient, { sessionPresent }: IConnackPacket): void {
    if (this.#client !== client) return;
    const { name, url } = this.settings;
    const hadSession = Object.keys(this.#memory.filters).length > 0;
    this.#connectedAt = this.#deps.clock.monotonic();
    this.#error = null;
    this.#become('connected');
    this.#deps.log.info({ bridge: name, url, sessionPresent }, 'bridge connected');
    if (!sessionPresent && hadSession) {
      this.#deps.log.warn(
        { bridge: name },
        'the joined broker has lost the session: what was published meanwhile, it has not kept for us',
      );
    }
    void this.#subscribe(sessionPresent);
  }

  async #subscribe(sessionPresent = true): Promise<void> {
    const client = this.#client;
    if (client === null) return;
    try {
      if (!sessionPresent) await this.#memory.sessionLost();
      if (this.#client !== client) return;
      await this.#subscriber.bring(client, () => this.#memory.filters);
    } catch (error) {
      if (this.#client !== client) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.log.warn({ bridge: this.settings.name, error: reason }, 'cannot subscribe');
      // It comes back with the session it has, and asks again.
      client.end(true);
    }
  }

  /** The connection is gone, or could not be made. */
  #broken(reason: string): void {
    if (this.#state === 'stopped') return;
    const { clock, random, log } = this.#deps;
    const { name, url } = this.settings;
    const isNews = this.#state === 'connected' || this.#error !== reason;
    this.#error = reason;
    const since = this.#connectedAt;
    this.#connectedAt = null;
    if (since !== null && clock.monotonic() - since >= STOOD_MS) this.#failed = 0;
    this.#failed += 1;
    const pause = Math.max(LEAST_PAUSE_MS, retryPause(RECONNECT, this.#failed, random));
    const say = isNews ? 'warn' : 'debug';
    log[say]({ bridge: name, url, error: reason }, 'bridge is not connected; it goes on trying');
    this.#become('waiting');
    this.#cancelRetry = clock.after(pause, () => {
      this.#cancelRetry = null;
      void this.#connect();
    });
  }

  #drop(): void {
    const link = this.#link;
    const client = this.#client;
    this.#link = null;
    this.#client = null;
    if (link !== null) {
      this.#before.received += link.received;
      this.#before.acknowledged += link.acknowledged;
      this.#before.ignored += link.ignored;
      link.close();
    }
    client?.end(true);
    this.#outbox.abandon();
  }

  #totals(): { received: number; acknowledged: number; ignored: number } {
    const { received, acknowledged, ignored } = this.#before;
    const link = this.#link;
    return {
      received: received + (link?.received ?? 0),
      acknowledged: acknowledged + (link?.acknowledged ?? 0),
      ignored: ignored + (link?.ignored ?? 0),
    };
  }

  #become(state: BridgeState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#since = this.#deps.clock.now();
  }
}

/** Node gives no message to what failed at every address of a name (`AggregateError`). */
function reasonOf(error: Error & { readonly code?: unknown }): string {
  if (error.message !== '') return error.message;
  return typeof error.code === 'string' ? error.code : error.name;
}
