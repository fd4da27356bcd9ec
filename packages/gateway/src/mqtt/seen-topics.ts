/**
 * The topics that were lately published to, with the last payload: what somebody who writes a manifest's MQTT sources
 * picks from. In memory only, and bounded; a topic is forgotten when more recent ones need its place.
 *
 * It stands on the path of every message: a message of a topic that was noted within the last second is only counted.
 */
import { MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock, Micros } from '@holdfast/core';
import type { Message, QoS } from './message.ts';

/** Topics remembered for each tenant. */
const MOST_TOPICS = 500;
/** Bytes of a payload's head that are kept. */
export const HEAD_BYTES = 1024;
/** How long a payload is shown before a newer one takes its place. */
const REFRESH: Micros = 1000 * MICROS_PER_MILLI;

export interface SeenTopic {
  /** Mounted. */
  readonly topic: string;
  messages: number;
  lastAt: Micros;
  notedAt: Micros;
  qos: QoS;
  retain: boolean;
  head: Buffer;
  bytes: number;
}

export class SeenTopics {
  readonly #clock: Pick<Clock, 'now'>;
  /** By mount, then by topic; those noted longest ago first. */
  readonly #byMount = new Map<string, Map<string, SeenTopic>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  note(message: Message): void {
    const { topic } = message;
    const mount = topic.slice(0, topic.indexOf('/') + 1);
    let topics = this.#byMount.get(mount);
    if (topics === undefined) {
      topics = new Map();
      this.#byMount.set(mount, topics);
    }
    const now = this.#clock.now();
    const seen = topics.get(topic);
    if (seen === undefined) {
      const [oldest] = topics.size < MOST_TOPICS ? [] : topics.keys();
      if (oldest !== undefined) topics.delete(oldest);
      topics.set(topic, { topic, messages: 1, lastAt: now, notedAt: now, ...shown(message) });
      return;
    }
    seen.messages += 1;
    seen.lastAt = now;
    if (now - seen.notedAt < REFRESH) return;
    Object.assign(seen, shown(message), { notedAt: now });
    topics.delete(topic);
    topics.set(topic, seen);
  }

  /** Those of a mount, in no order. @param prefix what stands before everything of a tenant */
  of(prefix: string): Iterable<SeenTopic> {
    return this.#byMount.get(prefix)?.values() ?? [];
  }
}

function shown({
  payload,
  qos,
  retain,
}: Message): Pick<SeenTopic, 'qos' | 'retain' | 'head' | 'bytes'> {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  // A copy: what is read from a socket shares a large block.
  return { qos, retain, head: Buffer.from(bytes.subarray(0, HEAD_BYTES)), bytes: bytes.length };
}
