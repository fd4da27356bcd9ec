/**
 * A persistent session (MQTT 3.1.1 §4.1): what a client with CleanSession 0 is subscribed to, and what it is owed.
 *
 * Invariants:
 * 1. A delivery enters `owed` only once its row is committed (I1) and leaves it when the client has acknowledged it.
 * 2. Deliveries go out in the order they entered, on a reconnect too: until a connection's backlog is empty, new ones
 *    queue behind it (`live` is false) [MQTT-4.6.0-6].
 * 3. No two deliveries in flight share a packet id [MQTT-2.3.1-4]. A delivery's id follows from its number where that
 *    id is free, so that after a crash it is sent again under the same one [MQTT-4.4.0-1] though nothing was recorded;
 *    an id chosen otherwise is recorded before a QoS 2 message leaves with it.
 * 4. At most `BACKLOG_WINDOW` of a backlog are in flight: a client that reads but never acknowledges is sent no more.
 */
import type { Message } from './message.ts';

export interface StoredSubscription {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly rh?: number | undefined;
  readonly rap?: boolean | undefined;
  readonly nl?: boolean | undefined;
  readonly subscriptionIdentifier?: number | undefined;
}

/** Most deliveries of a backlog that wait for their acknowledgement. */
export const BACKLOG_WINDOW = 512;
const MAX_MESSAGE_ID = 0xffff;

/** A packet as Aedes takes it from its persistence. */
export type OutgoingPacket =
  | { readonly cmd: 'pubrel'; readonly messageId: number | undefined }
  | {
      readonly cmd: 'publish';
      readonly brokerId: string;
      readonly brokerCounter: number;
      readonly topic: string;
      readonly payload: Buffer | string;
      readonly qos: 0 | 1 | 2;
      readonly retain: boolean;
      readonly dup: boolean;
      readonly messageId: number | undefined;
    };

/** A delivery owed to a session. */
export class OwedDelivery {
  /** Orders and names it; unique in the broker. */
  readonly id: number;
  readonly session: Session;
  readonly message: Message;
  /** Packet id it was or is to be sent with; undefined until then. */
  messageId: number | undefined;
  phase: 'publish' | 'pubrel' = 'publish';
  /** Whether it may have been sent before, on another connection or by a process that is gone: then DUP is set. */
  resent = false;
  /** The connection it was sent on last. */
  sentOn: object | null = null;
  /** Whether `messageId` must be recorded before a QoS 2 message leaves with it (invariant 3). */
  unrecorded = false;
  /** How Aedes names the message it belongs to. */
  brokerId = '';
  brokerCounter = 0;

  constructor(id: number, session: Session, message: Message) {
    this.id = id;
    this.session = session;
    this.message = message;
  }

  packet(): OutgoingPacket {
    if (this.phase === 'pubrel') return { cmd: 'pubrel', messageId: this.messageId };
    const { topic, payload, qos, retain } = this.message;
    const { brokerId, brokerCounter, messageId } = this;
    return {
      cmd: 'publish',
      brokerId,
      brokerCounter,
      topic,
      payload,
      qos,
      retain,
      dup: false,
      messageId,
    };
  }
}

export class Session {
  /** The client's id, mounted. */
  readonly client: string;
  readonly filters = new Map<string, StoredSubscription>();
  readonly owed = new Map<number, OwedDelivery>();
  /** Bytes of payload in `owed`. */
  owedBytes = 0;
  /** True once it was discarded: what still refers to it has no effect. */
  gone = false;
  /** Whether deliveries are refused for want of room, so that it is said once. */
  full = false;
  /** Whether new deliveries may go out at once: its backlog is empty. */
  live = false;
  readonly #byMessageId = new Map<number, OwedDelivery | 'passing'>();
  readonly #byCounter = new Map<number, OwedDelivery>();
  readonly #streaming = new Set<OwedDelivery>();
  #connection: object | null = null;
  #inFlight = 0;
  #wake: (() => void) | null = null;

  constructor(client: string) {
    this.client = client;
  }

  /** The connection that serves it now. */
  get connection(): object | null {
    return this.#connection;
  }

  /** Whether nothing would be lost by dropping it. */
  get empty(): boolean {
    return this.filters.size === 0 && this.owed.size === 0;
  }

  /** A connection takes the session over; deliveries of an earlier one count as unsent. */
  attach(connection: object): void {
    this.#connection = connection;
    this.live = false;
    this.#inFlight = 0;
    this.#streaming.clear();
    for (const [id, holder] of this.#byMessageId) {
      if (holder === 'passing') this.#byMessageId.delete(id);
    }
    this.#changed();
  }

  detach(connection: object): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.live = false;
    this.#changed();
  }

  /** Ends it: its queue is dropped and its streams end. */
  discard(): void {
    this.gone = true;
    this.#connection = null;
    this.live = false;
    this.owed.clear();
    this.owedBytes = 0;
    this.#byMessageId.clear();
    this.#byCounter.clear();
    this.#streaming.clear();
    this.#changed();
  }

  /** Takes up a delivery whose row is committed. `brokerId` and `brokerCounter` must be set. */
  add(delivery: OwedDelivery): void {
    this.owed.set(delivery.id, delivery);
    this.owedBytes += delivery.message.payload.length;
    this.#byCounter.set(delivery.brokerCounter, delivery);
    if (delivery.messageId !== undefined) this.#byMessageId.set(delivery.messageId, delivery);
  }

  remove(delivery: OwedDelivery): void {
    if (!this.owed.delete(delivery.id)) return;
    this.owedBytes -= delivery.message.payload.length;
    this.#byCounter.delete(delivery.brokerCounter);
    if (
      delivery.messageId !== undefined &&
      this.#byMessageId.get(delivery.messageId) === delivery
    ) {
      this.#byMessageId.delete(delivery.messageId);
    }
    this.#streaming.delete(delivery);
    if (delivery.sentOn !== null && delivery.sentOn === this.#connection) this.#inFlight -= 1;
    this.full = false;
    this.#changed();
  }

  byCounter(brokerId: string, counter: number): OwedDelivery | undefined {
    const delivery = this.#byCounter.get(counter);
    return delivery?.brokerId === brokerId ? delivery : undefined;
  }

  /** `passing`: in flight, but owed to nobody after this connection. */
  byMessageId(messageId: number): OwedDelivery | 'passing' | undefined {
    return this.#byMessageId.get(messageId);
  }

  /** The packet id of a message that is not owed: a retained one sent on subscribing. */
  passingId(seed: number): number {
    const id = this.#freeId(seed);
    this.#byMessageId.set(id, 'passing');
    return id;
  }

  passed(messageId: number): void {
    if (this.#byMessageId.get(messageId) === 'passing') this.#byMessageId.delete(messageId);
  }

  /** Marks it as sent on the present connection, and returns the packet id it has from now on. */
  send(delivery: OwedDelivery): number {
    if (delivery.sentOn !== this.#connection) this.#inFlight += 1;
    if (delivery.messageId !== undefined) delivery.resent = true;
    delivery.sentOn = this.#connection;
    if (delivery.messageId === undefined) {
      const wanted = 1 + ((delivery.id - 1) % MAX_MESSAGE_ID);
      const id = this.#freeId(wanted);
      delivery.unrecorded = id !== wanted;
      this.setMessageId(delivery, id);
      return id;
    }
    return delivery.messageId;
  }

  setMessageId(delivery: OwedDelivery, messageId: number): void {
    const before = delivery.messageId;
    if (before !== undefined && this.#byMessageId.get(before) === delivery)
      this.#byMessageId.delete(before);
    delivery.messageId = messageId;
    this.#byMessageId.set(messageId, delivery);
  }

  /** What is owed now, in order. */
  snapshot(): OutgoingPacket[] {
    return Array.from(this.owed.values(), (delivery) => delivery.packet());
  }

  /**
   * What is owed and was not sent on this connection, in order, and whatever is added meanwhile. Ends once all of it
   * has left (`left`), from when on the session is live; or when the connection no longer serves the session.
   */
  async *backlog(connection: object): AsyncGenerator<OutgoingPacket, void, undefined> {
    while (this.#connection === connection) {
      for (const delivery of this.owed.values()) {
        if (delivery.sentOn === connection) continue;
        while (this.#inFlight >= BACKLOG_WINDOW && this.#connection === connection)
          await this.#change();
        if (this.#connection !== connection) return;
        if (!this.owed.has(delivery.id)) continue;
        this.send(delivery);
        this.#streaming.add(delivery);
        yield delivery.packet();
      }
      if (this.#streaming.size === 0) {
        this.live = true;
        return;
      }
      await this.#change();
    }
  }

  /** The delivery is about to be written, or was found not to be. */
  left(delivery: OwedDelivery): void {
    if (this.#streaming.delete(delivery)) this.#changed();
  }

  #freeId(wanted: number): number {
    let id = wanted;
    for (let tried = 0; tried < MAX_MESSAGE_ID; tried++) {
      if (!this.#byMessageId.has(id)) return id;
      id = id === MAX_MESSAGE_ID ? 1 : id + 1;
    }
    throw new RangeError(`all packet ids of ${this.client} are in flight`);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
