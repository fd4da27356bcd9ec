/**
 * What goes out to a client: Aedes asks here, by `authorizeForward`, before each delivery.
 *
 * 1. Nothing goes to a client but what lies in its tenant and what its key lets it see, now: also for subscriptions of
 *    former times, which Aedes restores without asking (I5).
 * 2. Topics go out as their tenant knows them.
 * 3. A delivery owed to a persistent session is sent once on a connection, under the packet id its session gave it, and
 *    not before what is owed from earlier.
 * 4. A client that does not read is not written to without bound: what is QoS 0 is dropped, then the client is closed,
 *    and what it is owed stays.
 */
import type { Connection } from './connection.ts';
import type { QoS } from './message.ts';
import { OwedDelivery } from './session.ts';
import type { Session } from './session.ts';

/** A packet about to be written; Aedes made it for this delivery alone, so it may be changed. */
export interface OutgoingCopy {
  topic: string;
  qos: QoS;
  dup: boolean;
  /** Set only for what comes from the backlog. */
  messageId?: number | undefined;
  readonly brokerId?: string | null;
  readonly brokerCounter?: number;
}

export interface OutletLimits {
  /** Bytes not taken by a client's socket beyond which it gets no QoS 0 messages. */
  readonly dropAt: number;
  /** Bytes beyond which it is closed. */
  readonly closeAt: number;
}

export class Outlet {
  readonly #limits: OutletLimits;
  readonly #tooSlow: (connection: Connection) => void;
  /** Totals since start. */
  readonly totals = { delivered: 0, dropped: 0 };

  constructor(limits: OutletLimits, tooSlow: (connection: Connection) => void) {
    this.#limits = limits;
    this.#tooSlow = tooSlow;
  }

  /** The packet as it is to be written, or null for not at all. */
  pass<P extends OutgoingCopy>(connection: Connection, packet: P): P | null {
    const local = this.#localTopic(connection, packet.topic);
    if (local === null || !connection.maySee(local)) return null;
    // From the backlog: Aedes gave it the id that `outgoingStream` named.
    const isBacklog = packet.messageId !== undefined && packet.messageId !== 0;
    const { session } = connection;
    if (isBacklog) {
      const delivery = session?.byMessageId(packet.messageId ?? 0);
      packet.dup = delivery instanceof OwedDelivery && delivery.resent;
    } else if (!this.#passLive(connection, session, packet)) {
      return null;
    }
    packet.topic = local;
    this.totals.delivered += 1;
    return packet;
  }

  #localTopic(connection: Connection, topic: string): string | null {
    const { prefix } = connection;
    return prefix !== '' && topic.startsWith(prefix) ? topic.slice(prefix.length) : null;
  }

  #passLive(connection: Connection, session: Session | null, packet: OutgoingCopy): boolean {
    if (packet.qos === 0) return this.#hasRoom(connection, 0);
    const qos = connection.effectiveQos(packet.topic, packet.qos);
    const owed = session?.byCounter(packet.brokerId ?? '', packet.brokerCounter ?? 0);
    if (session !== null && owed !== undefined) {
      // Not this connection's any more, or behind a backlog, or sent with it: it stays in the queue.
      if (
        session.connection !== connection.client ||
        !session.live ||
        owed.sentOn === connection.client
      )
        return false;
      if (!this.#hasRoom(connection, owed.message.qos)) return false;
      packet.messageId = session.send(owed);
      packet.qos = owed.message.qos;
      packet.dup = owed.resent;
      return true;
    }
    if (!this.#hasRoom(connection, qos)) return false;
    packet.qos = qos;
    if (session !== null && qos > 0)
      packet.messageId = session.passingId(1 + (session.owed.size % 0xffff));
    return true;
  }

  #hasRoom(connection: Connection, qos: QoS): boolean {
    const unsent = connection.socket.writableLength;
    if (unsent <= this.#limits.dropAt) return true;
    if (qos === 0) {
      this.totals.dropped += 1;
      return false;
    }
    if (unsent <= this.#limits.closeAt) return true;
    this.#tooSlow(connection);
    return false;
  }
}
