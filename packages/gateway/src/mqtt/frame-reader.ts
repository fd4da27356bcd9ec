/**
 * Cuts the bytes of one connection into MQTT control packets, before anything of them is kept.
 *
 * Aedes' parser has no limit on a packet's size and buffers whatever length a header announces; so sizes are judged
 * here, from the header alone:
 *
 * 1. A PUBLISH of at most `maxPublish` bytes is handed on whole.
 * 2. A larger one, up to `maxDiscard`, is read to its end, keeping only its topic and the head of its payload: it goes
 *    to quarantine and is acknowledged, or its sender would send it again for ever.
 * 3. Beyond `maxDiscard`, and for other packets beyond `maxControl`, the connection is at fault and is to be closed.
 * 4. Never more than one packet's kept bytes, and what one read brought, are buffered for a connection.
 * 5. After the first packet, CONNECT, nothing is handed on until `open()`: Aedes holds only a few packets that come
 *    before it has answered, and breaks off with a client that sends more.
 *
 * PUBLISH, nearly all of the traffic, is decoded here; other packets go to Aedes' parser as bytes.
 */
import { isUtf8 } from 'node:buffer';

/** A PUBLISH as read from the wire (MQTT 3.1.1 §3.3). */
export interface PublishFrame {
  readonly topic: string;
  /** A view into what was read: copy it to keep it. */
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 for QoS 0. */
  readonly messageId: number;
  /** Bytes of the whole packet on the wire; `payload` holds fewer when it was discarded. */
  readonly length: number;
  /** Whether the packet was over `maxPublish`, and `payload` is only its head. */
  readonly discarded: boolean;
}

export interface FrameLimits {
  /** Bytes of the largest PUBLISH that is handed on whole. */
  readonly maxPublish: number;
  /** Bytes of the largest PUBLISH that is read at all. */
  readonly maxDiscard: number;
  /** Bytes of the largest other packet. */
  readonly maxControl: number;
  /** Bytes of payload kept of a discarded PUBLISH. */
  readonly head: number;
}

export interface FrameSink {
  publish(frame: PublishFrame): void;
  /** Any other packet, whole. The bytes are a view. */
  control(bytes: Buffer): void;
  /** The connection broke the protocol or a limit; nothing more will come. */
  violation(message: string): void;
}

const CONNECT = 1;
const PUBLISH = 3;
/** Fixed header: one byte of type and flags, at most four of length (§2.2). */
const MAX_HEADER = 5;

interface Header {
  readonly type: number;
  readonly flags: number;
  readonly headerLength: number;
  /** Header included. */
  readonly total: number;
}

/** A packet of which more is to come. */
interface Pending {
  readonly header: Header;
  readonly parts: Buffer[];
  /** Bytes kept so far. */
  kept: number;
  /** Bytes still to come. */
  missing: number;
  /** Most bytes to keep; the total, unless it is discarded. */
  readonly keep: number;
  readonly discarded: boolean;
}

export class FrameReader {
  readonly #limits: FrameLimits;
  readonly #sink: FrameSink;
  #pending: Pending | null = null;
  /** The start of a header that is not complete. */
  #stub: Buffer | null = null;
  #state: 'first' | 'waiting' | 'open' | 'closed' = 'first';

  constructor(limits: FrameLimits, sink: FrameSink) {
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Whether `open` is awaited: nothing more should be read meanwhile. */
  get waiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Takes in what was read. Calls the sink before it returns. */
  push(read: Buffer): void {
    if (this.#state === 'closed') return;
    let bytes = read;
    if (this.#stub !== null) {
      bytes = Buffer.concat([this.#stub, read]);
      this.#stub = null;
    }
    let at = 0;
    while (at < bytes.length && this.#reading()) {
      at =
        this.#pending === null ? this.#begin(bytes, at) : this.#continue(this.#pending, bytes, at);
    }
    if (this.#state === 'waiting' && at < bytes.length) this.#stub = bytes.subarray(at);
  }

  /** The CONNECT was answered: hands on what came after it, and all that follows. */
  open(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'open';
    const stub = this.#stub;
    this.#stub = null;
    if (stub !== null) this.push(stub);
  }

  /** Nothing more is taken in. */
  close(): void {
    this.#state = 'closed';
    this.#pending = null;
    this.#stub = null;
  }

  /** A sink may close or open the reader while it reads. */
  #reading(): boolean {
    return this.#state === 'first' || this.#state === 'open';
  }

  /** Starts on a packet; returns where the next byte to read is. */
  #begin(bytes: Buffer, at: number): number {
    const header = readHeader(bytes, at);
    if (header === 'incomplete') {
      this.#stub = Buffer.from(bytes.subarray(at));
      return bytes.length;
    }
    if (header === 'malformed') return this.#violate('malformed remaining length [MQTT-2.2.3]');
    const discarded = this.#judge(header);
    if (discarded === null) return bytes.length;
    const end = at + header.total;
    if (end <= bytes.length && !discarded) {
      this.#whole(header, bytes.subarray(at, end), false);
      return end;
    }
    const keep = discarded ? this.#keepOf() : header.total;
    this.#pending = { header, parts: [], kept: 0, missing: header.total, keep, discarded };
    return at;
  }

  /** Whether to discard the packet; null when it ends the connection. */
  #judge(header: Header): boolean | null {
    const { maxPublish, maxDiscard, maxControl } = this.#limits;
    if (this.#state === 'first' && header.type !== CONNECT) {
      return this.#refuse('the first packet must be CONNECT [MQTT-3.1.0-1]');
    }
    if (header.type !== PUBLISH) {
      return header.total <= maxControl
        ? false
        : this.#refuse(`a packet of ${header.total} bytes is over the limit`);
    }
    if (header.total <= maxPublish) return false;
    if (header.total <= maxDiscard) return true;
    return this.#refuse(`a publish of ${header.total} bytes is over the limit of ${maxDiscard}`);
  }

  /** Topic (at most 65535 bytes), packet id and the payload's head. */
  #keepOf(): number {
    return MAX_HEADER + 2 + 0xffff + 2 + this.#limits.head;
  }

  #continue(pending: Pending, bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + pending.missing);
    const wanted = Math.min(end, at + pending.keep - pending.kept);
    if (wanted > at) {
      pending.parts.push(bytes.subarray(at, wanted));
      pending.kept += wanted - at;
    }
    pending.missing -= end - at;
    if (pending.missing === 0) {
      this.#pending = null;
      this.#whole(pending.header, Buffer.concat(pending.parts, pending.kept), pending.discarded);
    }
    return end;
  }

  #whole(header: Header, bytes: Buffer, discarded: boolean): void {
    if (header.type !== PUBLISH) {
      if (this.#state === 'first') this.#state = 'waiting';
      this.#sink.control(bytes);
      return;
    }
    const frame = decodePublish(header, bytes, discarded ? this.#limits.head : null);
    if (typeof frame === 'string') this.#violate(frame);
    else this.#sink.publish(frame);
  }

  #refuse(message: string): null {
    this.#violate(message);
    return null;
  }

  #violate(message: string): number {
    this.close();
    this.#sink.violation(message);
    return Number.MAX_SAFE_INTEGER;
  }
}

function readHeader(bytes: Buffer, at: number): Header | 'incomplete' | 'malformed' {
  const first = bytes[at] ?? 0;
  let length = 0;
  let factor = 1;
  for (let i = 1; i < MAX_HEADER; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return 'incomplete';
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      return { type: first >> 4, flags: first & 0x0f, headerLength: i + 1, total: i + 1 + length };
    }
    factor *= 128;
  }
  return 'malformed';
}

/**
 * The packet, or what is wrong with it.
 *
 * @param head bytes of payload to keep of a discarded packet; null for a whole one
 */
function decodePublish(header: Header, bytes: Buffer, head: number | null): PublishFrame | string {
  const qos = (header.flags >> 1) & 3;
  if (qos !== 0 && qos !== 1 && qos !== 2) return 'both QoS bits are set [MQTT-3.3.1-4]';
  const topicStart = header.headerLength + 2;
  if (topicStart > bytes.length) return 'the packet ends before its topic';
  const topicEnd = topicStart + bytes.readUInt16BE(header.headerLength);
  const payloadStart = qos === 0 ? topicEnd : topicEnd + 2;
  if (payloadStart > bytes.length) return 'the packet ends within its topic';
  const topic = bytes.toString('utf8', topicStart, topicEnd);
  if (topic.includes('\u0000')) return 'the topic holds U+0000 [MQTT-1.5.3-2]';
  if (topic.includes('\ufffd') && !isUtf8(bytes.subarray(topicStart, topicEnd))) {
    return 'the topic is not UTF-8 [MQTT-1.5.3-1]';
  }
  const messageId = qos === 0 ? 0 : bytes.readUInt16BE(topicEnd);
  if (qos !== 0 && messageId === 0) return 'packet id 0 [MQTT-2.3.1-1]';
  return {
    topic,
    payload: bytes.subarray(payloadStart, head === null ? bytes.length : payloadStart + head),
    qos,
    retain: (header.flags & 1) !== 0,
    dup: (header.flags & 8) !== 0,
    messageId,
    length: header.total,
    discarded: head !== null,
  };
}
