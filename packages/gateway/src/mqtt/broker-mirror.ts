/**
 * What the broker remembers, in memory: a mirror of what the store holds (retained messages, persistent sessions with
 * their subscriptions and owed deliveries, QoS 2 packet ids, wills).
 *
 * Invariants:
 * 1. What is acknowledged, or shown to a client, is committed first (I1): `remember` works out what a message leaves to
 *    remember and changes nothing here; `retain` and `owe` are called after the sync of its ops.
 * 2. What is removed here first (a session discarded, a delivery acknowledged) is removed in the store by ops that are
 *    given later than those that made it; a crash between the two brings it back, never the other way round.
 * 3. One message is owed once to one session, at the best QoS of its matching subscriptions [MQTT-3.3.5-1].
 */
import type { BrokerSnapshot } from '@holdfast/store';
import { FilterTrie } from './filter-trie.ts';
import type { FilterWatch } from './filter-watch.ts';
import { storedDigest } from './incoming-digest.ts';
import { messageOf, ownBytes } from './message.ts';
import type { Message, QoS } from './message.ts';
import { RECORD_PREFIX } from './mount.ts';
import type {
  Incoming,
  Remembered,
  RetainedPacket,
  SubscriptionMatch,
  WillPacket,
} from './remembered.ts';
import { RetainedStore } from './retained-store.ts';
import { OwedDelivery, Session } from './session.ts';
import type { StoredSubscription } from './session.ts';

/** Most that one session may be owed; beyond it, messages are not kept for it. */
export interface OwedLimits {
  readonly messages: number;
  /** Bytes of payload. */
  readonly bytes: number;
}

/** Most that is retained, of all tenants together. */
export interface RetainedLimits {
  readonly messages: number;
  /** Bytes of payload. */
  readonly bytes: number;
}

export interface MirrorStats {
  readonly sessions: number;
  /** Subscriptions with QoS 1 or 2 of persistent sessions. */
  readonly subscriptions: number;
  readonly retained: number;
  /** Bytes of their payload. */
  readonly retainedBytes: number;
  /** Messages not retained for want of room, since start. */
  readonly retainedRefused: number;
  /** Deliveries owed to persistent sessions. */
  readonly owed: number;
  /** Deliveries not kept because their session had no room, since start. */
  readonly owedRefused: number;
}

const NO_DELIVERIES: readonly OwedDelivery[] = [];

export class BrokerMirror {
  readonly retained = new RetainedStore<RetainedPacket>();
  readonly sessions = new Map<string, Session>();
  /** Subscriptions of persistent sessions with QoS 1 or 2: those that are owed messages. */
  readonly trie = new FilterTrie<SubscriptionMatch>();
  readonly incoming = new Map<string, Map<number, Incoming>>();
  readonly wills = new Map<string, WillPacket>();
  /** The broker's own records, by topic. */
  readonly records = new Map<string, Buffer>();
  readonly #limits: OwedLimits;
  readonly #retainedLimits: RetainedLimits;
  readonly #onFull: (full: Session | 'retained') => void;
  readonly #sessionsOf = new Map<string, number>();
  readonly #watch: FilterWatch;
  #lastOwedId = 0;
  #refused = 0;
  #retainedRefused = 0;
  #retainedFull = false;

  /** @param onFull told once each time the room of a session, or that for retained messages, is used up */
  constructor(
    limits: OwedLimits,
    retained: RetainedLimits,
    watch: FilterWatch,
    onFull: (full: Session | 'retained') => void,
  ) {
    this.#limits = limits;
    this.#retainedLimits = retained;
    this.#watch = watch;
    this.#onFull = onFull;
  }

  stats(): MirrorStats {
    let owed = 0;
    for (const session of this.sessions.values()) owed += session.owed.size;
    return {
      sessions: this.sessions.size,
      subscriptions: this.trie.size,
      retained: this.retained.size,
      retainedBytes: this.retained.bytes,
      retainedRefused: this.#retainedRefused,
      owed,
      owedRefused: this.#refused,
    };
  }

  /**
   * Takes up what the store found at start.
   *
   * @param nextCounter gives each owed delivery a name as Aedes gives messages
   */
  load(snapshot: BrokerSnapshot, brokerId: string, nextCounter: () => number): void {
    for (const row of snapshot.retained) {
      const message = messageOf(row);
      if (row.topic.startsWith(RECORD_PREFIX)) this.records.set(row.topic, ownBytes(row.payload));
      else this.retain(message);
    }
    for (const row of snapshot.subscriptions) {
      const options = JSON.parse(row.options) as Omit<StoredSubscription, 'topic'>;
      this.subscribe(this.session(row.client), { topic: row.filter, ...options });
    }
    for (const row of snapshot.owed.toSorted((a, b) => a.id - b.id)) {
      const session = this.session(row.client);
      const delivery = new OwedDelivery(row.id, session, messageOf(row.packet));
      delivery.phase = row.phase;
      delivery.resent = true;
      if (row.messageId !== null) delivery.messageId = row.messageId;
      delivery.brokerId = brokerId;
      delivery.brokerCounter = nextCounter();
      session.add(delivery);
      this.#lastOwedId = Math.max(this.#lastOwedId, row.id);
    }
    for (const row of snapshot.incoming) {
      const { messageId } = row;
      const message = messageOf(row.packet);
      this.addIncoming(row.client, {
        messageId,
        packet: null,
        message,
        digest: storedDigest(row.packet),
        durable: true,
        committed: null,
      });
    }
    for (const row of snapshot.wills) {
      this.wills.set(row.client, { ...messageOf(row.packet), clientId: row.client, brokerId: '' });
    }
  }

  /** The session of a client, made if there is none. */
  session(client: string): Session {
    let session = this.sessions.get(client);
    if (session === undefined) {
      session = new Session(client);
      this.sessions.set(client, session);
      const mount = mountOf(client);
      this.#sessionsOf.set(mount, this.sessionsOf(mount) + 1);
    }
    return session;
  }

  /** @param mount what stands before everything of the tenant */
  sessionsOf(mount: string): number {
    return this.#sessionsOf.get(mount) ?? 0;
  }

  subscribe(session: Session, subscription: StoredSubscription): void {
    const { topic } = subscription;
    if (!session.filters.has(topic)) this.#watch.add(topic);
    session.filters.set(topic, subscription);
    if (subscription.qos > 0) {
      const { qos, rh, rap, nl } = subscription;
      this.trie.set(topic, session.client, { clientId: session.client, topic, qos, rh, rap, nl });
    } else {
      this.trie.delete(topic, session.client);
    }
  }

  unsubscribe(session: Session, filter: string): boolean {
    if (!session.filters.delete(filter)) return false;
    this.#watch.remove(filter);
    this.trie.delete(filter, session.client);
    return true;
  }

  /** Drops a session with all that is owed to it; false when there was none. */
  discard(client: string): boolean {
    const session = this.sessions.get(client);
    if (session === undefined) return false;
    for (const filter of session.filters.keys()) {
      this.trie.delete(filter, client);
      this.#watch.remove(filter);
    }
    this.sessions.delete(client);
    const mount = mountOf(client);
    const left = this.sessionsOf(mount) - 1;
    if (left > 0) this.#sessionsOf.set(mount, left);
    else this.#sessionsOf.delete(mount);
    session.discard();
    return true;
  }

  /** Drops a session that holds nothing. */
  dropIfEmpty(session: Session): void {
    if (
      session.empty &&
      session.connection === null &&
      this.sessions.get(session.client) === session
    ) {
      this.discard(session.client);
    }
  }

  /** What a message leaves to remember; null for nothing. Changes nothing but the numbering. */
  remember(message: Message): Remembered | null {
    const owed = message.qos === 0 ? NO_DELIVERIES : this.#owedFor(message);
    if (!message.retain) return owed.length === 0 ? null : { message, owed };
    if (!this.#mayRetain(message)) {
      return owed.length === 0 ? null : { message: { ...message, retain: false }, owed };
    }
    return {
      message: { ...message, payload: owed[0]?.message.payload ?? ownBytes(message.payload) },
      owed,
    };
  }

  /** The retained message of its topic from now on; an empty payload removes it [MQTT-3.3.1-10]. */
  retain(message: Message): void {
    if (message.payload.length === 0) this.retained.delete(message.topic);
    else this.retained.set({ ...message, cmd: 'publish' });
  }

  /**
   * Queues committed deliveries, under the name Aedes knows the message by. Returns those whose session is gone: their
   * rows are to be removed.
   */
  owe(
    deliveries: readonly OwedDelivery[],
    brokerId: string,
    brokerCounter: number,
  ): readonly OwedDelivery[] {
    let stale: OwedDelivery[] | null = null;
    for (const delivery of deliveries) {
      delivery.brokerId = brokerId;
      delivery.brokerCounter = brokerCounter;
      if (delivery.session.gone) (stale ??= []).push(delivery);
      else delivery.session.add(delivery);
    }
    return stale ?? NO_DELIVERIES;
  }

  newOwedId(): number {
    this.#lastOwedId += 1;
    return this.#lastOwedId;
  }

  incomingOf(client: string, messageId: number): Incoming | undefined {
    return this.incoming.get(client)?.get(messageId);
  }

  addIncoming(client: string, incoming: Incoming): void {
    let ids = this.incoming.get(client);
    if (ids === undefined) {
      ids = new Map();
      this.incoming.set(client, ids);
    }
    ids.set(incoming.messageId, incoming);
  }

  removeIncoming(client: string, messageId: number): Incoming | undefined {
    const ids = this.incoming.get(client);
    const incoming = ids?.get(messageId);
    if (ids?.delete(messageId) === true && ids.size === 0) this.incoming.delete(client);
    return incoming;
  }

  #owedFor(message: Message): readonly OwedDelivery[] {
    if (this.trie.size === 0) return NO_DELIVERIES;
    const matches = this.trie.match(message.topic);
    if (matches.length === 0) return NO_DELIVERIES;
    const payload = ownBytes(message.payload);
    const best = new Map<string, QoS>();
    for (const { clientId, qos } of matches) {
      const granted = qos < message.qos ? qos : message.qos;
      if (granted > (best.get(clientId) ?? 0)) best.set(clientId, granted);
    }
    const deliveries: OwedDelivery[] = [];
    for (const [client, qos] of best) {
      const session = this.sessions.get(client);
      if (session === undefined || !this.#hasRoom(session, payload.length)) continue;
      const owed = { topic: message.topic, payload, qos, retain: false };
      deliveries.push(new OwedDelivery(this.newOwedId(), session, owed));
    }
    return deliveries;
  }

  /** One that takes another's place may always, if it is no larger. What is under way is not counted yet. */
  #mayRetain({ topic, payload }: Message): boolean {
    const { retained } = this;
    const known = retained.get(topic);
    const bytes = payload.length - (known?.payload.length ?? 0);
    const { messages, bytes: mostBytes } = this.#retainedLimits;
    const fits = known !== undefined || retained.size < messages;
    if (payload.length === 0 || (fits && (bytes <= 0 || retained.bytes + bytes <= mostBytes))) {
      this.#retainedFull = false;
      return true;
    }
    this.#retainedRefused += 1;
    if (!this.#retainedFull) {
      this.#retainedFull = true;
      this.#onFull('retained');
    }
    return false;
  }

  #hasRoom(session: Session, bytes: number): boolean {
    const { owed, owedBytes } = session;
    if (owed.size < this.#limits.messages && owedBytes + bytes <= this.#limits.bytes) return true;
    this.#refused += 1;
    if (!session.full) {
      session.full = true;
      this.#onFull(session);
    }
    return false;
  }
}

function mountOf(client: string): string {
  return client.slice(0, client.indexOf('/') + 1);
}
