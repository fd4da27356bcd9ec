/**
 * One client's connection: who it is, and its reading.
 *
 * 1. Nothing of it reaches Aedes unmounted: topics, filters, will and client id carry the tenant's prefix (I5).
 * 2. It is read only while what it has held is under the limits, and while it reads what is sent to it; a client that
 *    is not read does not fail its keep alive for it.
 * 3. Nothing is handed to Aedes before CONNACK but CONNECT.
 */
import type { Micros } from '@holdfast/core';
import type { Principal } from '../access/key-ring.ts';
import { forgetWill, refreshKeepalive, takeOverReading } from './aedes-internals.ts';
import type { AedesClient } from './aedes-internals.ts';
import { FrameReader } from './frame-reader.ts';
import type { FilterWatch } from './filter-watch.ts';
import type { FrameLimits, PublishFrame } from './frame-reader.ts';
import { HeldLine } from './held-line.ts';
import { InboundPublish } from './inbound-publish.ts';
import type { QoS } from './message.ts';
import { mountPrefix } from './mount.ts';
import type { Session } from './session.ts';
import type { ClientStream } from './listeners.ts';
import { levelCount, matchesFilter, MAX_TOPIC_LEVELS } from './topic-filter.ts';
import { mayUseTopic } from './topic-plan.ts';
import type { Publisher, TopicPlan } from './topic-plan.ts';

export interface HeldLimits {
  readonly messages: number;
  /** Bytes of payload. */
  readonly bytes: number;
}

/** What a connection asks of the gateway. */
export interface ConnectionHost {
  readonly frames: FrameLimits;
  readonly held: HeldLimits;
  /** Bytes written to a client and not yet taken by its socket beyond which it is not read. */
  readonly maxUnsent: number;
  plan(publisher: Publisher, topic: string): TopicPlan;
  /** Changes when what `plan` says may change. */
  planVersion(publisher: Publisher): number;
  /** A publish may leave its line. */
  leave(publish: InboundPublish): void;
  /** The client broke the protocol or a limit, and is to be closed. */
  violation(connection: Connection, message: string): void;
  paused(connection: Connection, paused: boolean): void;
  /** Counts what connections are subscribed to. */
  readonly watch: FilterWatch;
}

interface KnownTopic {
  readonly plan: TopicPlan;
  readonly mounted: string;
}

/** Topics whose plan a connection remembers; beyond it, it forgets all. */
const MAX_PLANS = 256;
/** What stands for a topic that Aedes would break off the connection for. */
const SHORT_TOPIC = 'refused';

export class Connection {
  readonly client: AedesClient;
  readonly socket: ClientStream;
  readonly line: HeldLine;
  /** What was granted, mounted. */
  readonly filters = new Map<string, QoS>();
  /** Its persistent session; null for a clean one. */
  session: Session | null = null;
  principal: Principal | null = null;
  /** When CONNACK was sent; null before. */
  openedAt: Micros | null = null;
  /** What stands before all that is its tenant's. */
  prefix = '';
  readonly #host: ConnectionHost;
  readonly #reader: FrameReader;
  #publisher: Publisher = { tenant: '', principal: null, clientId: '' };
  #plans = new Map<string, KnownTopic>();
  #plansOf = -1;
  /** The one QoS of all subscriptions; null when they differ, or there are none. */
  #oneQos: QoS | null = null;
  #paused = false;

  constructor(client: AedesClient, socket: ClientStream, host: ConnectionHost) {
    this.client = client;
    this.socket = socket;
    this.#host = host;
    this.line = new HeldLine((publish) => host.leave(publish));
    this.#reader = new FrameReader(host.frames, {
      publish: (frame) => this.#publish(frame),
      control: (bytes) => client._parser.parse(bytes),
      violation: (message) => host.violation(this, message),
    });
    takeOverReading(client);
    client._parser.prependListener('packet', (packet: object) => this.#mount(packet));
    const { deliver0 } = client;
    client.deliver0 = (packet, done) => {
      // A better subscription of the same client gets it; this one's copy would pre-empt that [MQTT-3.3.5-1].
      if (
        packet.qos > 0 &&
        this.#oneQos === null &&
        this.effectiveQos(packet.topic, packet.qos) > 0
      )
        setImmediate(done);
      else deliver0(packet, done);
    };
    socket.on('data', (bytes: Buffer) => {
      this.#reader.push(bytes);
      if (this.#reader.waiting) socket.pause();
      else this.regulate();
    });
  }

  get publisher(): Publisher {
    return this.#publisher;
  }

  /** The client's id as it gave it. */
  get clientId(): string {
    return this.#publisher.clientId;
  }

  /** Who it is, once its key is known. */
  identify(principal: Principal, clientId: string): void {
    this.principal = principal;
    this.prefix = mountPrefix(principal.tenant);
    this.#publisher = { tenant: principal.tenant, principal, clientId };
  }

  /** CONNACK is sent: what came after CONNECT is taken in. */
  open(): void {
    this.socket.admitted?.();
    this.#reader.open();
    if (!this.client.closed) this.socket.resume();
    this.regulate();
  }

  /** Reads, or does not, by what is held and what waits to be sent. */
  regulate(): void {
    if (this.client.closed) return;
    const { held, maxUnsent } = this.#host;
    const { line, socket } = this;
    const unsent = socket.writableLength > maxUnsent;
    const over = unsent || line.messages >= held.messages || line.bytes >= held.bytes;
    if (over === this.#paused) return;
    this.#paused = over;
    if (over) {
      socket.pause();
      // Acknowledgements that its socket does not take: no later one will come to look again.
      if (unsent) socket.once('drain', () => this.regulate());
    } else {
      refreshKeepalive(this.client);
      socket.resume();
    }
    this.#host.paused(this, over);
  }

  /** Ends it without its will: the client did not fail. */
  close(): void {
    forgetWill(this.client);
    this.client.close();
  }

  /** It is closed: whatever is read is dropped. */
  closed(): void {
    this.#reader.close();
    this.session?.detach(this.client);
    for (const filter of this.filters.keys()) this.#host.watch.remove(filter);
    this.filters.clear();
  }

  maySubscribe(localFilter: string, covers: (limit: string, filter: string) => boolean): boolean {
    const { principal } = this;
    if (principal === null || !principal.scopes.has('subscribe')) return false;
    return (
      principal.topics === null || principal.topics.some((limit) => covers(limit, localFilter))
    );
  }

  /** Whether the key lets it see a message of this topic. */
  maySee(localTopic: string): boolean {
    const { principal } = this;
    return (
      principal !== null && principal.scopes.has('subscribe') && mayUseTopic(principal, localTopic)
    );
  }

  granted(filter: string, qos: QoS): void {
    if (!this.filters.has(filter)) this.#host.watch.add(filter);
    this.filters.set(filter, qos);
    this.#judgeQos();
  }

  /** At what QoS it gets a message: the best of its matching subscriptions, and no better than published. */
  effectiveQos(topic: string, published: QoS): QoS {
    const one = this.#oneQos;
    if (one !== null || published === 0) return least(one ?? 0, published);
    let best: QoS = 0;
    for (const [filter, qos] of this.filters) {
      if (qos > best && matchesFilter(filter, topic)) best = qos;
    }
    return least(best, published);
  }

  /** What a publish of its to a topic would be. */
  planOf(localTopic: string): TopicPlan {
    return this.#host.plan(this.#publisher, localTopic);
  }

  /** Counts as heard of: it is not read, and that is not its fault. */
  keepAlive(): void {
    if (this.socket.writableLength <= this.#host.maxUnsent) refreshKeepalive(this.client);
  }

  /** Its will as a publish. @param topic mounted */
  willOf(
    topic: string,
    will: { readonly payload: Buffer; readonly qos: QoS; readonly retain: boolean },
  ): InboundPublish {
    const local = topic.slice(this.prefix.length);
    return InboundPublish.will(this.#publisher, this, this.planOf(local), topic, local, will);
  }

  #publish(frame: PublishFrame): void {
    if (this.client.closed) return;
    const known = this.#knownTopic(frame.topic);
    if (known === null) {
      // [MQTT-3.3.2-2], [MQTT-4.7.3-1]: no client that keeps to the protocol sends it, so none will send it again.
      this.#host.violation(this, 'the topic of a publish is empty or holds a wildcard');
      return;
    }
    const publish = new InboundPublish(this.#publisher, this, known.plan, known.mounted, frame);
    this.client._parser.emit('packet', publish);
  }

  /** Null for a topic that no publish may have. */
  #knownTopic(topic: string): KnownTopic | null {
    const version = this.#host.planVersion(this.#publisher);
    if (version !== this.#plansOf || this.#plans.size > MAX_PLANS) {
      this.#plans = new Map();
      this.#plansOf = version;
    }
    let known = this.#plans.get(topic);
    if (known === undefined) {
      if (topic === '' || /[+#]/.test(topic)) return null;
      const mounted = this.prefix + (levelCount(topic) > MAX_TOPIC_LEVELS ? SHORT_TOPIC : topic);
      known = { plan: this.#host.plan(this.#publisher, topic), mounted };
      this.#plans.set(topic, known);
    }
    return known;
  }

  /** Mounts what Aedes is about to be given. CONNECT is mounted once its key is known. */
  #mount(packet: object): void {
    if ('subscriptions' in packet && Array.isArray(packet.subscriptions)) {
      for (const subscription of packet.subscriptions as { topic: string }[]) {
        subscription.topic = this.#mountFilter(subscription.topic);
      }
    } else if ('unsubscriptions' in packet && Array.isArray(packet.unsubscriptions)) {
      const filters = (packet.unsubscriptions as string[]).map((filter) =>
        this.#mountFilter(filter),
      );
      packet.unsubscriptions = filters;
      for (const filter of filters)
        if (this.filters.delete(filter)) this.#host.watch.remove(filter);
      this.#judgeQos();
    }
  }

  /** An empty filter stays so: Aedes refuses it [MQTT-4.7.3-1]. */
  #mountFilter(filter: string): string {
    return filter === '' ? filter : this.prefix + filter;
  }

  #judgeQos(): void {
    let one: QoS | null | undefined;
    for (const qos of this.filters.values()) {
      if (one === undefined) one = qos;
      else if (one !== qos) one = null;
    }
    this.#oneQos = one ?? null;
  }
}

function least(a: QoS, b: QoS): QoS {
  return a < b ? a : b;
}
