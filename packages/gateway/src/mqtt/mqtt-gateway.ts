/**
 * The MQTT broker of the house: intake for events, ordinary messages between devices, workflow events out.
 *
 * Invariants:
 * 1. An acknowledgement leaves only after the synced commit that covers it (I1; `Intake`).
 * 2. When the engine refuses writes, listeners and connections are closed and nothing is acknowledged; they open again
 *    by themselves once it takes writes (I10).
 * 3. One tenant never meets another inside the broker (I5; `mount.ts`).
 *
 * @module
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { HoldfastError, toErrorRecord } from '@holdfast/core';
import type { TenantId } from '@holdfast/core';
import { BrokerJournal } from './broker-journal.ts';
import { BrokerMirror, rememberOps } from './broker-mirror.ts';
import { ConnectionDesk } from './connection-desk.ts';
import { FilterWatch } from './filter-watch.ts';
import { frameLimits, MAX_UNSENT, OUTLET_LIMITS, resolveConfig } from './gateway-config.ts';
import type {
  MqttGatewayConfig,
  MqttGatewayOptions,
  MqttGatewayStats,
  PublishOptions,
} from './gateway-config.ts';
import { Intake } from './intake.ts';
import { KeyWatch } from './key-watch.ts';
import { Listeners } from './listeners.ts';
import type { BoundAddress, ListenOptions } from './listeners.ts';
import { MessageHub } from './message-hub.ts';
import { mountPrefix } from './mount.ts';
import { BROKER_ID, MqttBroker } from './mqtt-broker.ts';
import { Outlet } from './outlet.ts';
import { MqttPersistence } from './persistence.ts';
import { SourceMap } from './source-map.ts';
import { levelCount, MAX_TOPIC_LEVELS } from './topic-filter.ts';
import { planTopic, WORKFLOW_TOPIC } from './topic-plan.ts';
import { WorkflowPublisher } from './workflow-publisher.ts';

/** Pause before the engine is asked whether it takes writes again, in milliseconds. */
const PROBE_MS = 1000;
/** Aedes looks for wills of former processes at every fourth heartbeat. */
const HEARTBEATS_PER_SWEEP = 4;
/** Pause between looks at what is held while closing, in milliseconds. */
const CLOSE_STEP_MS = 5;

type State = 'new' | 'open' | 'stopped' | 'failed' | 'closed';

export class MqttGateway {
  readonly #options: MqttGatewayOptions;
  readonly #config: MqttGatewayConfig;
  readonly #hub: MessageHub;
  readonly #intake: Intake;
  readonly #outlet: Outlet;
  readonly #keys: KeyWatch;
  readonly #desk: ConnectionDesk;
  readonly #broker: MqttBroker;
  readonly #listeners: Listeners;
  readonly #publisher: WorkflowPublisher | null;
  readonly #sources = new Map<TenantId, SourceMap>();
  #state: State = 'new';
  #started: Promise<void> | null = null;
  #cancelProbe: (() => void) | null = null;

  constructor(options: MqttGatewayOptions) {
    this.#options = options;
    const config = resolveConfig(options.config);
    this.#config = config;
    const { engine, log, clock, keyRing } = options;
    const fail = (error: Error): void => this.#fail(error);
    const watch = new FilterWatch(WORKFLOW_TOPIC);
    const mirror = new BrokerMirror(config.owedPerSession, watch, (session) => {
      log.warn(
        { client: session.client, owed: session.owed.size },
        'MQTT session is owed too much: further messages are not kept for it',
      );
    });
    const journal = new BrokerJournal(engine, fail);
    this.#hub = new MessageHub(mirror, journal);
    this.#intake = new Intake({
      engine,
      mirror,
      journal,
      maxEventBytes: config.maxEventBytes,
      deliver: (publish) => {
        const { client } = publish.connection ?? {};
        this.#hub.deliver(publish, publish.remembered, client?.id ?? '');
      },
      onFailure: fail,
    });
    this.#outlet = new Outlet(OUTLET_LIMITS, (connection) =>
      this.#desk.end(connection, 'it does not take what it is sent'),
    );
    this.#keys = new KeyWatch(keyRing, clock, (connection, reason) =>
      this.#desk.end(connection, reason),
    );
    this.#desk = new ConnectionDesk({
      host: {
        frames: frameLimits(config.maxEventBytes),
        held: config.heldPerClient,
        maxUnsent: MAX_UNSENT,
        watch,
        plan: (publisher, topic) => planTopic(publisher, topic, this.#sourcesOf(publisher.tenant)),
        planVersion: (publisher) => this.#sourcesOf(publisher.tenant).version,
        leave: (publish) => this.#intake.leave(publish),
      },
      hub: this.#hub,
      intake: this.#intake,
      outlet: this.#outlet,
      keys: this.#keys,
      admission: { keyRing, open: () => this.#state === 'open' },
      maxSubscriptions: config.maxSubscriptions,
      log,
    });
    this.#publisher = this.#workflowPublisher(watch);
    this.#broker = this.#makeBroker(mirror, journal, watch);
    this.#listeners = new Listeners(
      config.maxClients,
      (socket) => this.#accept(socket),
      () => {
        log.warn(
          { maxClients: config.maxClients },
          'MQTT connection refused: there are as many as allowed',
        );
      },
    );
  }

  /**
   * Takes clients at an address. The first call brings back what the broker remembers.
   *
   * @returns the address with the port that was bound
   * @throws HoldfastError `port.taken`
   */
  async listen(options: ListenOptions): Promise<BoundAddress> {
    this.#started ??= this.#start();
    await this.#started;
    return this.#listeners.add(options);
  }

  /**
   * Publishes within a tenant, for the house itself. Resolves once the message is handed out; if it leaves anything to
   * remember (a retained message, a delivery owed), after the synced commit that holds it.
   *
   * @throws HoldfastError `event.reserved` for a topic below `hf/` or beginning with `$`, `request.invalid` for one that
   *   is no topic name, and whatever the engine refused the commit with
   */
  async publish(
    tenant: TenantId,
    topic: string,
    payload: Buffer | string,
    options: PublishOptions,
  ): Promise<void> {
    if (topic === '' || /[+#\u0000]/.test(topic) || levelCount(topic) > MAX_TOPIC_LEVELS) {
      throw new HoldfastError('request.invalid', `${JSON.stringify(topic)} is no topic name`);
    }
    if (/^(?:\$|hf(?:\/|$))/.test(topic)) {
      throw new HoldfastError('event.reserved', `${topic} is not for messages`);
    }
    const { mirror, journal } = this.#hub;
    const message = { topic: mountPrefix(tenant) + topic, payload, ...options };
    const remembered = mirror.remember(message);
    if (remembered !== null) await journal.commit(rememberOps(remembered));
    if (remembered?.message.retain === true) mirror.retain(remembered.message);
    this.#hub.deliver(message, remembered, '');
  }

  /** Closes listeners and connections at once; what is held stays unacknowledged. Stays so until `resumeIntake`. */
  stopIntake(): void {
    if (this.#state === 'closed') return;
    this.#shut('stopped');
  }

  /** Takes clients again. @throws HoldfastError `port.taken` */
  async resumeIntake(): Promise<void> {
    if (this.#state !== 'stopped' && this.#state !== 'failed') return;
    this.#cancelProbe?.();
    this.#cancelProbe = null;
    const before = this.#state;
    this.#hub.journal.resume();
    this.#state = 'open';
    try {
      await this.#listeners.resume();
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  /** Takes nothing more, acknowledges what is being committed, and ends. Wills stay with the store. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#cancelProbe?.();
    this.#listeners.stop();
    this.#desk.pauseAll();
    if (wasOpen) await this.#untilNothingHeld();
    this.#desk.closeAll();
    this.#desk.close();
    this.#intake.clear();
    this.#keys.close();
    this.#publisher?.close();
    if (wasOpen) await this.#hub.journal.flush();
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()));
  }

  stats(): MqttGatewayStats {
    const { mirror } = this.#hub;
    const held = this.#desk.held;
    let owed = 0;
    for (const session of mirror.sessions.values()) owed += session.owed.size;
    return {
      listening: this.#listeners.listening,
      connections: this.#desk.connections.size,
      paused: this.#desk.paused.size,
      sessions: mirror.sessions.size,
      subscriptions: mirror.trie.size,
      retained: mirror.retained.size,
      owed,
      owedRefused: mirror.refused,
      ...this.#intake.totals,
      held: held.messages,
      heldBytes: held.bytes,
      ...this.#outlet.totals,
      workflowPosition: this.#publisher?.position ?? 0,
    };
  }

  async #start(): Promise<void> {
    const snapshot = await this.#options.engine.brokerSnapshot();
    this.#hub.mirror.load(snapshot, BROKER_ID, () => this.#hub.nextCounter());
    await this.#broker.listen();
    await this.#publisher?.start();
    this.#state = 'open';
  }

  #makeBroker(mirror: BrokerMirror, journal: BrokerJournal, watch: FilterWatch): MqttBroker {
    const { log } = this.#options;
    const config = this.#config;
    const broker = new MqttBroker({
      ...this.#desk.hooks,
      mq: this.#hub.router,
      persistence: new MqttPersistence({
        mirror,
        journal,
        granted: (client, filter) => this.#desk.granted(client, filter),
        withSubscription: (_, filter) =>
          watch.includes(filter) ? (this.#publisher?.positionOps() ?? []) : [],
      }),
      connectTimeout: config.connectTimeout,
      drainTimeout: config.drainTimeout,
      keepaliveLimit: config.keepaliveLimit,
      heartbeatInterval: config.willGrace / HEARTBEATS_PER_SWEEP,
      // MQTT 3.1's 23 characters: `admit` has its own limit, and the mount takes some.
      maxClientsIdLength: 0xffff,
      maxTopicLevels: MAX_TOPIC_LEVELS + 1,
    });
    broker.on('connackSent', (packet, client) => {
      if (packet.returnCode === 0) this.#desk.opened(client);
    });
    broker.on('clientError', (client, error) =>
      log.debug({ client: client.id, error: error.message }, 'MQTT client failed'),
    );
    broker.on('connectionError', (_, error) =>
      log.debug({ error: error.message }, 'MQTT connection failed'),
    );
    const emitter: EventEmitter = broker;
    emitter.on('error', (error: unknown) => log.error(toErrorRecord(error), 'MQTT broker failed'));
    return broker;
  }

  #workflowPublisher(watch: FilterWatch): WorkflowPublisher | null {
    const { engine, readModel, log } = this.#options;
    if (readModel === undefined) return null;
    return new WorkflowPublisher({
      engine,
      readModel,
      mirror: this.#hub.mirror,
      journal: this.#hub.journal,
      watched: () => watch.watched,
      hasListener: (topic) => this.#hub.router.matches(topic),
      deliver: (message, remembered) => this.#hub.deliver(message, remembered, ''),
      onError: (error) => log.error(toErrorRecord(error), 'workflow events are not published'),
    });
  }

  #sourcesOf(tenant: TenantId): SourceMap {
    let sources = this.#sources.get(tenant);
    if (sources === undefined) {
      sources = new SourceMap(() => this.#options.sources(tenant));
      this.#sources.set(tenant, sources);
    }
    return sources;
  }

  #accept(socket: Socket): void {
    if (this.#state !== 'open') socket.destroy();
    else this.#desk.accept(this.#broker.handle(socket), socket);
  }

  #fail(error: Error): void {
    if (this.#state !== 'open') return;
    this.#options.log.error(
      toErrorRecord(error),
      'MQTT intake stops: the engine does not take writes',
    );
    this.#shut('failed');
    this.#probeLater();
  }

  #shut(state: 'stopped' | 'failed'): void {
    this.#state = state;
    this.#listeners.stop();
    this.#desk.closeAll();
    this.#intake.clear();
  }

  #probeLater(): void {
    this.#cancelProbe = this.#options.clock.after(PROBE_MS, () => void this.#probe());
  }

  /** Opens again once the engine takes writes. */
  async #probe(): Promise<void> {
    try {
      const { writable, draining } = await this.#options.engine.status();
      if (this.#state !== 'failed') return;
      if (writable && !draining) {
        await this.resumeIntake();
        this.#options.log.info({}, 'MQTT intake goes on');
        return;
      }
    } catch (error) {
      this.#options.log.debug(toErrorRecord(error), 'MQTT intake cannot go on yet');
    }
    if (this.#state === 'failed') this.#probeLater();
  }

  async #untilNothingHeld(): Promise<void> {
    const steps = Math.ceil(this.#config.closeTimeout / CLOSE_STEP_MS);
    for (let step = 0; step < steps && this.#desk.held.messages > 0; step++) {
      await new Promise<void>((resolve) => {
        this.#options.clock.after(CLOSE_STEP_MS, resolve);
      });
    }
    // Acknowledgements are written at the end of the turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

export function createMqttGateway(options: MqttGatewayOptions): MqttGateway {
  return new MqttGateway(options);
}
