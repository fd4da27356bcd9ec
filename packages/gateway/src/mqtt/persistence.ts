/**
 * Aedes' persistence over the mirror and the store (aedes-persistence 11, asynchronous form). What Aedes asks is
 * answered from the mirror; what it gives to keep is committed before its promise resolves, except where a crash may
 * undo it without harm (a delivery acknowledged, a will no longer needed).
 *
 * Messages on their way through the broker do not come by here: the gateway commits them before Aedes hears of them
 * (I1) and hands them out itself, so `storeRetained` and the `outgoingEnqueue`s serve only who calls them directly.
 */
import { Readable } from 'node:stream';
import type { BrokerOp } from '@holdfast/store';
import type { BrokerJournal } from './broker-journal.ts';
import type { BrokerMirror } from './broker-mirror.ts';
import { ownBytes, packetRow } from './message.ts';
import type { Message } from './message.ts';
import { rememberOps } from './remembered.ts';
import type { Incoming, RetainedPacket, SubscriptionMatch, WillPacket } from './remembered.ts';
import { OwedDelivery } from './session.ts';
import type { OutgoingPacket, StoredSubscription } from './session.ts';
import { SubscriptionKeeper } from './subscription-keeper.ts';
import type { ClientRef, SubscriptionRules } from './subscription-keeper.ts';

/** A packet as Aedes hands it to its persistence. */
export interface PacketRef {
  readonly cmd?: string;
  readonly topic?: string;
  readonly payload?: Buffer | string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  readonly messageId?: number | undefined;
}

export interface BrokerRef {
  readonly id: string;
}

export interface PersistenceOptions extends SubscriptionRules {
  readonly mirror: BrokerMirror;
  readonly journal: BrokerJournal;
}

export class MqttPersistence {
  readonly #mirror: BrokerMirror;
  readonly #journal: BrokerJournal;
  readonly #subscriptions: SubscriptionKeeper;
  /** Who put each will: a client that takes over an id puts its own before the old one's is done with. */
  readonly #willOwners = new Map<string, ClientRef>();
  #broker: BrokerRef = { id: '' };
  #destroyed = false;

  constructor(options: PersistenceOptions) {
    this.#mirror = options.mirror;
    this.#journal = options.journal;
    this.#subscriptions = new SubscriptionKeeper(options.mirror, options.journal, options);
  }

  get broker(): BrokerRef {
    return this.#broker;
  }

  // Aedes insists on an async function here.
  async setup(broker: BrokerRef): Promise<void> {
    this.#broker = broker;
  }

  async storeRetained(packet: RetainedPacket): Promise<void> {
    const message: Message = { ...packet, payload: ownBytes(packet.payload), retain: true };
    await this.#journal.commit(rememberOps({ message, owed: [] }));
    this.#mirror.retain({ ...packet });
  }

  createRetainedStream(filter: string): Readable {
    return Readable.from(this.#mirror.retained.match(filter));
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const { retained } = this.#mirror;
    return Readable.from(filters.flatMap((filter) => [...retained.match(filter)]));
  }

  addSubscriptions(client: ClientRef, subscriptions: readonly StoredSubscription[]): Promise<void> {
    return this.#subscriptions.add(client, subscriptions);
  }

  removeSubscriptions(client: ClientRef, filters: readonly string[]): Promise<void> {
    return this.#subscriptions.remove(client, filters);
  }

  async subscriptionsByClient(client: ClientRef): Promise<StoredSubscription[]> {
    return this.#subscriptions.of(client);
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    let clientsCount = 0;
    for (const session of this.#mirror.sessions.values())
      if (session.filters.size > 0) clientsCount++;
    return { subsCount: this.#mirror.trie.size, clientsCount };
  }

  async subscriptionsByTopic(topic: string): Promise<SubscriptionMatch[]> {
    return this.#mirror.trie.match(topic);
  }

  /** A client connects with a clean session: whatever an earlier session left is discarded [MQTT-3.1.2-6]. */
  async cleanSubscriptions(client: ClientRef): Promise<void> {
    const hadIncoming = this.#mirror.incoming.has(client.id);
    const hadSession = this.#mirror.discard(client.id);
    if (hadIncoming) this.#mirror.incoming.delete(client.id);
    if (hadSession || hadIncoming)
      await this.#journal.commit([{ op: 'mqtt.forget', client: client.id }]);
  }

  async outgoingEnqueue(
    subscription: { readonly clientId: string },
    packet: PacketRef,
  ): Promise<void> {
    await this.outgoingEnqueueCombi([subscription], packet);
  }

  async outgoingEnqueueCombi(
    subscriptions: readonly { readonly clientId: string }[],
    packet: PacketRef,
  ): Promise<void> {
    const { topic = '', payload = '', qos = 0, retain = false } = packet;
    const message: Message = { topic, payload, qos, retain };
    const clients = new Set(subscriptions.map((one) => one.clientId));
    const owed = Array.from(clients, (client) => {
      return new OwedDelivery(this.#mirror.newOwedId(), this.#mirror.session(client), message);
    });
    await this.#journal.commit(
      owed.map(({ id, session }) => ({
        op: 'mqtt.owe',
        id,
        client: session.client,
        packet: packetRow(message, ownBytes(payload)),
      })),
    );
    this.#mirror.owe(owed, packet.brokerId ?? '', packet.brokerCounter ?? 0);
  }

  /** A delivery got its packet id, just before it is written; or its PUBREC came, and PUBREL is about to be written. */
  async outgoingUpdate(client: ClientRef, packet: PacketRef): Promise<void> {
    const session = this.#mirror.sessions.get(client.id);
    if (session === undefined || packet.messageId === undefined) return;
    if (packet.cmd === 'pubrel') {
      const delivery = session.byMessageId(packet.messageId);
      if (delivery instanceof OwedDelivery) await this.#release(client, delivery);
      return;
    }
    const delivery = session.byCounter(packet.brokerId ?? '', packet.brokerCounter ?? 0);
    if (delivery === undefined) return;
    if (delivery.messageId !== packet.messageId) session.setMessageId(delivery, packet.messageId);
    if (delivery.unrecorded && delivery.message.qos === 2) await this.#record(client, delivery);
    session.left(delivery);
  }

  /** QoS 2 moves on only once that is durable, or its receiver could be sent the message anew (§4.3.3). */
  async #release(client: ClientRef, delivery: OwedDelivery): Promise<void> {
    if (delivery.phase === 'publish') {
      delivery.phase = 'pubrel';
      await this.#record(client, delivery);
    }
    delivery.session.left(delivery);
  }

  async #record(client: ClientRef, delivery: OwedDelivery): Promise<void> {
    const { id, messageId = null, phase } = delivery;
    await this.#journal.commit([
      { op: 'mqtt.owed.update', id, client: client.id, messageId, phase },
    ]);
    delivery.unrecorded = false;
  }

  /** The client has it: PUBACK or PUBCOMP. A crash that forgets this sends it once more. */
  async outgoingClearMessageId(
    client: ClientRef,
    packet: PacketRef,
  ): Promise<OutgoingPacket | undefined> {
    const session = this.#mirror.sessions.get(client.id);
    if (session === undefined || packet.messageId === undefined) return undefined;
    const delivery = session.byMessageId(packet.messageId);
    if (delivery === 'passing') session.passed(packet.messageId);
    if (!(delivery instanceof OwedDelivery)) return undefined;
    session.remove(delivery);
    this.#journal.later([{ op: 'mqtt.owed.done', id: delivery.id, client: client.id }]);
    this.#mirror.dropIfEmpty(session);
    return delivery.packet();
  }

  outgoingStream(client: ClientRef): Readable {
    const session = this.#mirror.sessions.get(client.id);
    if (session === undefined) return Readable.from([]);
    // One at a time: what is read ahead is marked as sent, and a connection that ends must not have passed many over.
    if (session.connection === client)
      return Readable.from(session.backlog(client), { highWaterMark: 1 });
    return Readable.from(session.snapshot());
  }

  async incomingStorePacket(client: ClientRef, packet: PacketRef): Promise<void> {
    const { messageId = 0, topic = '', payload = '', qos = 0, retain = false } = packet;
    const known = this.#mirror.incomingOf(client.id, messageId);
    if (known !== undefined && known.packet === packet) {
      // The gateway took it in already, with the message's own commit.
      known.packet = null;
      return;
    }
    const message = { cmd: 'publish', topic, payload, qos, retain, dup: false, messageId };
    const row = packetRow(message, ownBytes(payload));
    await this.#journal.commit([
      { op: 'mqtt.incoming', client: client.id, messageId, packet: row },
    ]);
    this.#mirror.addIncoming(client.id, {
      messageId,
      packet: null,
      message,
      digest: null,
      durable: true,
      committed: null,
    });
  }

  /** @throws Error when there is no such packet, which is how Aedes learns that it is new */
  async incomingGetPacket(client: ClientRef, packet: PacketRef): Promise<Message> {
    const known = this.#mirror.incomingOf(client.id, packet.messageId ?? 0);
    if (known === undefined || known.packet === packet) throw new Error('no such packet');
    return known.message;
  }

  /** Released by its sender: synced before PUBCOMP, for the sender may then use the packet id for another message. */
  async incomingDelPacket(client: ClientRef, packet: PacketRef): Promise<void> {
    const messageId = packet.messageId ?? 0;
    const known = this.#mirror.removeIncoming(client.id, messageId);
    if (known === undefined) throw new Error('no such packet');
    if (known.durable) await this.#journal.commit([incomingDone(client.id, known)]);
  }

  async cleanIncoming(client: ClientRef): Promise<void> {
    const ids = this.#mirror.incoming.get(client.id);
    if (ids === undefined) return;
    this.#mirror.incoming.delete(client.id);
    const durable = [...ids.values()].filter((one) => one.durable);
    await this.#journal.commit(durable.map((one) => incomingDone(client.id, one)));
  }

  async putWill(client: ClientRef, packet: WillPacket): Promise<void> {
    packet.brokerId = this.#broker.id;
    packet.clientId = client.id;
    const row = packetRow(packet, ownBytes(packet.payload));
    await this.#journal.commit([{ op: 'mqtt.will', client: client.id, packet: row }]);
    this.#mirror.wills.set(client.id, packet);
    this.#willOwners.set(client.id, client);
  }

  async getWill(client: ClientRef): Promise<WillPacket | undefined> {
    return this.#mirror.wills.get(client.id);
  }

  /** Never rejects: Aedes does not listen. */
  async delWill(client: ClientRef): Promise<WillPacket | undefined> {
    const will = this.#mirror.wills.get(client.id);
    const owner = this.#willOwners.get(client.id);
    // A client that was taken over is done with its will after its successor has put one of its own.
    if (will === undefined || (owner !== undefined && owner !== client && owner.closed === false))
      return undefined;
    this.#mirror.wills.delete(client.id);
    this.#willOwners.delete(client.id);
    this.#journal.later([{ op: 'mqtt.will.done', client: client.id }]);
    return will;
  }

  /** Wills whose clients were connected to a broker not among these: to one that is gone. */
  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    const present = (id: string | undefined): boolean =>
      id !== undefined && brokers[id] !== undefined;
    return Readable.from(
      [...this.#mirror.wills.values()].filter((will) => !present(will.brokerId)),
    );
  }

  getClientList(filter: string): Readable {
    const found: string[] = [];
    for (const session of this.#mirror.sessions.values()) {
      if (session.filters.has(filter)) found.push(session.client);
    }
    return Readable.from(found);
  }

  async destroy(): Promise<void> {
    if (this.#destroyed) throw new Error('destroyed called twice!');
    this.#destroyed = true;
    await this.#journal.flush();
  }
}

function incomingDone(client: string, incoming: Incoming): BrokerOp {
  return { op: 'mqtt.incoming.done', client, messageId: incoming.messageId };
}
