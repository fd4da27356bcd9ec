/** What the broker keeps, in the shapes that it, Aedes and the store each want. */
import type { BrokerOp } from '@holdfast/store';
import { ownBytes, packetRow } from './message.ts';
import type { Message } from './message.ts';
import type { OwedDelivery, StoredSubscription } from './session.ts';

/** A retained message in the shape that Aedes asks for. */
export interface RetainedPacket extends Message {
  readonly cmd: 'publish';
}

/** A will in the shape that Aedes asks for. */
export interface WillPacket extends Message {
  clientId?: string;
  brokerId?: string;
}

export interface SubscriptionMatch extends StoredSubscription {
  readonly clientId: string;
}

/** A QoS 2 message taken in and not yet released by its sender. */
export interface Incoming {
  readonly messageId: number;
  /** The packet it came with, until Aedes has asked for it; then, or after a restart, null. */
  packet: object | null;
  /** What `incomingGetPacket` answers with. */
  readonly message: Message;
  /** Of its topic and payload; null for one that was stored without. */
  readonly digest: string | null;
  /** Whether the store knows it: not so for clients with clean sessions. */
  readonly durable: boolean;
  /** Settles with the commit that holds it; null once it has. */
  committed: Promise<void> | null;
}

/** What a message leaves behind. `message.payload` is in memory of its own. */
export interface Remembered {
  readonly message: Message;
  readonly owed: readonly OwedDelivery[];
}

/** What must be committed for a message before it is acknowledged (I1). */
export function rememberOps(remembered: Remembered): BrokerOp[] {
  const { message, owed } = remembered;
  const ops: BrokerOp[] = [];
  if (message.retain) {
    ops.push(
      message.payload.length === 0
        ? { op: 'mqtt.unretain', topic: message.topic }
        : { op: 'mqtt.retain', packet: packetRow(message, ownBytesOnce(message.payload)) },
    );
  }
  for (const { id, session, message: delivery } of owed) {
    const packet = packetRow(delivery, ownBytesOnce(delivery.payload));
    ops.push({ op: 'mqtt.owe', id, client: session.client, packet });
  }
  return ops;
}

/** Payloads that are to be kept have memory of their own already; text of the engine's does not. */
function ownBytesOnce(payload: Buffer | string): Buffer {
  return typeof payload === 'string' ? ownBytes(payload) : payload;
}
