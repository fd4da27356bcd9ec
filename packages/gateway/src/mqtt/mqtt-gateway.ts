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
import { toErrorRecord, writeTenant } from '@holdfast/core';
import type { IncomingEvent, TenantId } from '@holdfast/core';
import { Bridges } from '../bridge/bridges.ts';
import type { BridgeStatus } from '../bridge/bridge-settings.ts';
import type { BridgePublishOptions } from '../bridge/bridge-outbox.ts';
import { BrokerJournal } from './broker-journal.ts';
import { BrokerMirror } from './broker-mirror.ts';
import { rememberOps } from './remembered.ts';
import { brokerView } from './broker-view.ts';
import type { BrokerView } from './broker-view.ts';
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
import { IntakeSwitch } from './intake-switch.ts';
import { KeyWatch } from './key-watch.ts';
import { Listeners } from './listeners.ts';
import type { BoundAddress, ClientStream, ListenOptions } from './listeners.ts';
import { MessageHub } from './message-hub.ts';
import { mountedTenant, mountPrefix, unmount } from './mount.ts';
import { BROKER_ID, MqttBroker } from './mqtt-broker.ts';
import { Outlet } from './outlet.ts';
import { MqttPersistence } from './persistence.ts';
import { readAgain, type StoredMessage } from './read-again.ts';
import { RefusalLog } from './refusal-log.ts';
import { SessionExpiry } from './session-expiry.ts';
import { SeenTopics } from './seen-topics.ts';
import { SourceMap } from './source-map.ts';
import { checkHouseTopic, planTopic, WORKFLOW_TOPIC } from './topic-plan.ts';
import { webSocketHandler } from './websocket.ts';
import type { UpgradeHandler, WebSocketOptions } from './websocket.ts';
import { WorkflowPublisher } from './workflow-publisher.ts';

/** Pause between looks at what is held while closing, in milliseconds. */
const CLOSE_STEP_MS = 5;

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
  readonly #switch: IntakeSwitch;
  readonly #expiry: SessionExpiry;
  readonly #bridges: Bridges;
  readonly #refusals: RefusalLog;
  #started: Promise<void> | null = null;

  constructor(options: MqttGatewayOptions) {
    this.#options = options;
    const config = resolveConfig(options.config);
    this.#config = config;
    const { engine, log, clock, keyRing } = options;
    this.#refusals = new RefusalLog(clock, log);
    const fail = (error: Error): void => this.#switch.fail(error);
    this.#switch = new IntakeSwitch({
      engine,
      clock,
      log,
      shut: () => this.#shut(),
      reopen: () => this.#reopen(),
    });
    engine.onNoRoom(fail);
    const watch = new FilterWatch(WORKFLOW_TOPIC);
    const mirror = new BrokerMirror(config.owedPerSession, config.retained, watch, (full) => {
      if (full === 'retained') {
        log.warn({ limits: config.retained }, 'MQTT retains no more messages: there are too many');
        return;
      }
      log.warn(
        {
          tenant: writeTenant(mountedTenant(full.client)),
          client: unmount(full.client),
          owed: full.owed.size,
        },
        'MQTT session is owed too much: further messages are not kept for it',
      );
    });
    const journal = new BrokerJournal(engine, fail);
    this.#hub = new MessageHub(mirror, journal, new SeenTopics(clock));
    this.#intake = new Intake({
      engine,
      mirror,
      journal,
      maxEventBytes: config.maxEventBytes,
      deliver: (publish) =>
        this.#hub.deliver(publish, publish.remembered, publish.connection?.client.id ?? ''),
      onFailure: fail,
    });
    this.#outlet = new Outlet(OUTLET_LIMITS, (connection) =>
      this.#desk.end(connection, 'it does not take what it is sent'),
    );
    this.#keys = new KeyWatch(keyRing, clock, (connection, reason) =>
      this.#desk.end(connection, reason),
    );
    this.#expiry = new SessionExpiry({ mirror, journal, clock, after: config.sessionExpiry, log });
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
      expiry: this.#expiry,
      attempts: options.attempts,
      admission: { keyRing, open: () => this.#switch.state === 'open' },
      limits: config,
      refusals: this.#refusals,
    });
    this.#bridges = new Bridges(options.bridges ?? [], ({ tenant }) => ({
      mirror,
      journal,
      intake: this.#intake,
      held: config.heldPerClient,
      clock,
      random: options.random ?? Math.random,
      log,
      plan: (publisher, topic) => planTopic(publisher, topic, this.#sourcesOf(publisher.tenant)),
      sourceFilters: () => options.sources(tenant).map((source) => source.mqtt),
    }));
    this.#publisher = this.#workflowPublisher(watch);
    this.#broker = this.#makeBroker(mirror, journal, watch);
    this.#listeners = new Listeners(
      { maxClients: config.maxClients, handshakeTimeout: config.connectTimeout },
      (socket) => this.#accept(socket),
      () => {
        this.#refusals.say(
          'room',
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

  /** Takes clients over WebSocket, on whatever server hands over its requests to upgrade. */
  webSocketHandler(options: WebSocketOptions): UpgradeHandler {
    const { maxDiscard } = frameLimits(this.#config.maxEventBytes);
    return webSocketHandler(
      {
        open: () => this.#switch.state === 'open',
        accept: (stream) => this.#accept(stream),
        maxFrame: maxDiscard,
        refusals: this.#refusals,
        log: this.#options.log,
      },
      options,
    );
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
    checkHouseTopic(topic);
    const { mirror, journal } = this.#hub;
    const message = { topic: mountPrefix(tenant) + topic, payload, ...options };
    const remembered = mirror.remember(message);
    if (remembered !== null) await journal.commit(rememberOps(remembered));
    if (remembered?.message.retain === true) mirror.retain(remembered.message);
    this.#hub.deliver(message, remembered, '');
  }

  /**
   * Publishes at a joined broker, for the house itself. Resolves once that broker has acknowledged.
   *
   * @throws HoldfastError `not_found` when the tenant has no such bridge, `unavailable` when it is not connected; any
   *   other error leaves in doubt whether the broker has the message
   */
  publishAt(
    bridge: string,
    tenant: TenantId,
    topic: string,
    payload: string,
    options: BridgePublishOptions,
  ): Promise<void> {
    return this.#bridges.publish(bridge, tenant, topic, payload, options);
  }

  /** The MQTT sources have changed: bridges subscribe to what they name. */
  refreshBridges(): void {
    this.#bridges.refresh();
  }

  /**
   * The events that a quarantined message is, as its topic is mapped by now.
   *
   * @throws HoldfastError `conflict` when it is no event, or still none
   */
  readAgain(message: StoredMessage): readonly IncomingEvent[] {
    return readAgain(message, this.#sourcesOf(message.tenant), this.#options.keyRing);
  }

  /** Takes up another certificate for connections made from now on. */
  renewTls(tls: { readonly cert: string; readonly key: string }): void {
    this.#listeners.renewTls(tls);
  }

  /** Closes listeners and connections at once; what is held stays unacknowledged. Stays so until `resumeIntake`. */
  stopIntake(): void {
    this.#switch.stop();
  }

  /** Takes clients again. @throws HoldfastError `port.taken` */
  async resumeIntake(): Promise<void> {
    await this.#switch.resume();
  }

  /** Whether clients are taken. */
  get listening(): boolean {
    return this.#listeners.listening;
  }

  /** Takes nothing more, acknowledges what is being committed, and ends. Wills stay with the store. */
  async close(): Promise<void> {
    const { state } = this.#switch;
    if (state === 'closed') return;
    this.#switch.close();
    this.#listeners.stop();
    this.#desk.pauseAll();
    this.#bridges.pause();
    if (state === 'open') await this.#untilNothingHeld();
    await this.#bridges.close();
    this.#shut();
    this.#desk.close();
    this.#keys.close();
    this.#expiry.close();
    this.#publisher?.close();
    if (state === 'open') await this.#flushed();
    await new Promise<void>((resolve) => this.#broker.close(() => resolve()));
  }

  /** What a tenant is shown of the broker. */
  get view(): BrokerView {
    const { connections } = this.#desk;
    const { mirror, seen } = this.#hub;
    return brokerView({ connections, mirror, seen });
  }

  /** Brokers that are joined, as they stand. */
  get bridges(): readonly BridgeStatus[] {
    return this.#bridges.status();
  }

  stats(): MqttGatewayStats {
    const held = this.#held;
    return {
      listening: this.listening,
      connections: this.#desk.connections.size,
      paused: this.#desk.paused.size,
      ...this.#hub.mirror.stats(),
      ...this.#intake.totals,
      answers: Object.fromEntries(this.#intake.answers.counts),
      held: held.messages,
      heldBytes: held.bytes,
      ...this.#outlet.totals,
      workflowPosition: this.#publisher?.position ?? 0,
      expired: this.#expiry.expired,
      bridges: this.#bridges.status(),
    };
  }

  async #start(): Promise<void> {
    const snapshot = await this.#options.engine.brokerSnapshot();
    this.#hub.mirror.load(snapshot, BROKER_ID, () => this.#hub.nextCounter());
    this.#expiry.start();
    await this.#broker.listen();
    await this.#publisher?.start();
    this.#switch.open();
    this.#bridges.start();
  }

  get #held(): { readonly messages: number; readonly bytes: number } {
    const { held } = this.#desk;
    const bridged = this.#bridges.held;
    return { messages: held.messages + bridged.messages, bytes: held.bytes + bridged.bytes };
  }

  get #unfinished(): number {
    return this.#held.messages + this.#bridges.publishing;
  }

  #makeBroker(mirror: BrokerMirror, journal: BrokerJournal, watch: FilterWatch): MqttBroker {
    const { log } = this.#options;
    const persistence = new MqttPersistence({
      mirror,
      journal,
      granted: (client, filter) => this.#desk.granted(client, filter),
      withSubscription: (_, filter) =>
        watch.includes(filter) ? (this.#publisher?.positionOps() ?? []) : [],
    });
    const parts = { ...this.#desk.hooks, mq: this.#hub.router, persistence };
    const broker = new MqttBroker(parts, this.#config);
    broker.on('connackSent', (packet, client) => {
      if (packet.returnCode === 0) this.#desk.opened(client, this.#options.clock.now());
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

  #accept(socket: ClientStream): void {
    if (this.#switch.state !== 'open' || !this.#desk.hasRoom(socket)) socket.destroy();
    else this.#desk.accept(this.#broker.handle(socket), socket);
  }

  #shut(): void {
    this.#listeners.stop();
    this.#desk.closeAll();
    this.#bridges.stop();
    this.#intake.clear();
  }

  async #reopen(): Promise<void> {
    this.#hub.journal.resume();
    await this.#listeners.resume();
    this.#bridges.start();
    this.#publisher?.kick();
  }

  /** Waits for what is still to be written, but not for an engine that does not answer. */
  async #flushed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(this.#config.closeTimeout, resolve);
    await Promise.race([this.#hub.journal.flush(), promise]);
    cancel();
  }

  async #untilNothingHeld(): Promise<void> {
    const steps = Math.ceil(this.#config.closeTimeout / CLOSE_STEP_MS);
    for (let step = 0; step < steps && this.#unfinished > 0; step++) {
      await new Promise<void>((resolve) => {
        this.#options.clock.after(CLOSE_STEP_MS, resolve);
      });
    }
    // What has just left the lines is still on its way out: Aedes writes a PUBREC some promises later, and mqtt-packet
    // corks the socket until the next tick. A socket destroyed before that takes its acknowledgements along.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
