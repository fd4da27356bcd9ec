import type { MqttPacketRow } from '@holdfast/store';

export type QoS = 0 | 1 | 2;

/** An application message inside the broker: its topic is mounted. */
export interface Message {
  readonly topic: string;
  readonly payload: Buffer | string;
  readonly qos: QoS;
  readonly retain: boolean;
}

const NO_META = '{}';

/**
 * The bytes in memory of their own. What is read from a socket, or allocated small, shares a large block: keeping it
 * would keep the block, and sending it to another thread would copy the block.
 */
export function ownBytes(payload: Buffer | Uint8Array | string): Buffer {
  const source = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const own = Buffer.allocUnsafeSlow(source.length);
  own.set(source);
  return own;
}

/** As the store keeps it. @param payload `ownBytes` */
export function packetRow(message: Message, payload: Uint8Array): MqttPacketRow {
  return { topic: message.topic, payload, qos: message.qos, retain: message.retain, meta: NO_META };
}

/** As the store gave it back. */
export function messageOf(row: MqttPacketRow): Message {
  const { payload } = row;
  return {
    topic: row.topic,
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    qos: row.qos,
    retain: row.retain,
  };
}
