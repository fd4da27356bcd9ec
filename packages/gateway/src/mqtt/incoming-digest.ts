/** By what a QoS 2 message that is sent again is told from another one under the same packet id. */
import { hash } from 'node:crypto';
import type { MqttPacketRow } from '@holdfast/store';
import { z } from 'zod';
import type { Message } from './message.ts';

const metaSchema = z.object({ digest: z.string().nullable().default(null) });
const EMPTY = Buffer.alloc(0);

export function digestOf({ topic, payload }: Pick<Message, 'topic' | 'payload'>): string {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  // No topic holds U+0000.
  return hash('sha256', Buffer.concat([Buffer.from(`${topic}\0`), bytes]), 'base64');
}

/** As the store keeps it: the payload is in the journal, or with whom it was for. */
export function incomingRow(
  { topic, qos }: Pick<Message, 'topic' | 'qos'>,
  digest: string | null,
): MqttPacketRow {
  return { topic, payload: EMPTY, qos, retain: false, meta: JSON.stringify({ digest }) };
}

/** Null for one that was stored without. */
export function storedDigest(row: MqttPacketRow): string | null {
  return metaSchema.parse(JSON.parse(row.meta)).digest;
}
