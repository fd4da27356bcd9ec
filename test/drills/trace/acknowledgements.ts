/**
 * Finds acknowledgements in what a server wrote to its sockets: HTTP answers by their place on the connection, PUBACK
 * and PUBREC by connection and packet id. Both are streams: a write may hold several, or a part of one.
 */

export type AckKind = 'HTTP 2xx' | 'PUBACK' | 'PUBREC';

export interface Acknowledgement {
  readonly kind: AckKind;
  /** The client's port. */
  readonly port: number;
  /** Packet id of an MQTT acknowledgement; of an HTTP answer its number on the connection, from 0. */
  readonly number: number;
  /** The line at which the write began that held its first byte. */
  readonly at: number;
}

interface Piece {
  readonly bytes: Buffer;
  readonly at: number;
}

/** Bytes of one connection, each with the time it was written. */
class ByteStream {
  readonly #pieces: Piece[] = [];

  add(bytes: Buffer, at: number): void {
    this.#pieces.push({ bytes, at });
  }

  /** All that is there. */
  peek(): Buffer {
    return Buffer.concat(this.#pieces.map(({ bytes }) => bytes));
  }

  /** Takes bytes off the front. @returns when the first of them was written */
  take(count: number): number {
    const at = this.#pieces[0]?.at ?? 0;
    let left = count;
    while (left > 0) {
      const piece = this.#pieces[0];
      if (piece === undefined) throw new Error('took more than there is');
      if (piece.bytes.length <= left) {
        this.#pieces.shift();
        left -= piece.bytes.length;
      } else {
        this.#pieces[0] = { bytes: piece.bytes.subarray(left), at: piece.at };
        left = 0;
      }
    }
    return at;
  }
}

/** What a connection's writer says, taken apart as far as it is whole. */
export class AckStream {
  readonly #protocol: 'http' | 'mqtt';
  readonly #port: number;
  readonly #stream = new ByteStream();
  #answers = 0;

  constructor(protocol: 'http' | 'mqtt', port: number) {
    this.#protocol = protocol;
    this.#port = port;
  }

  written(bytes: Buffer, at: number): readonly Acknowledgement[] {
    this.#stream.add(bytes, at);
    const found: Acknowledgement[] = [];
    const next = this.#protocol === 'http' ? () => this.#response() : () => this.#packet();
    for (let one = next(); one !== null; one = next()) if (one !== 'other') found.push(one);
    return found;
  }

  #response(): Acknowledgement | 'other' | null {
    const bytes = this.#stream.peek();
    const text = bytes.toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd < 0) return null;
    const head = text.slice(0, headEnd);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
    if (status === undefined) throw new Error(`no HTTP answer: ${head.slice(0, 80)}`);
    const bodyStart = headEnd + 4;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const end = length === undefined ? chunkedEnd(text, bodyStart) : bodyStart + Number(length);
    if (end === null || end > bytes.length) return null;
    const at = this.#stream.take(end);
    const number = this.#answers++;
    return status.startsWith('2') ? { kind: 'HTTP 2xx', port: this.#port, number, at } : 'other';
  }

  #packet(): Acknowledgement | 'other' | null {
    const bytes = this.#stream.peek();
    const length = remainingLength(bytes);
    if (length === null || length.end + length.value > bytes.length) return null;
    const kind = PACKET_KINDS[(bytes[0] ?? 0) >> 4];
    const number = kind === undefined ? 0 : bytes.readUInt16BE(length.end);
    const at = this.#stream.take(length.end + length.value);
    return kind === undefined ? 'other' : { kind, port: this.#port, number, at };
  }
}

/** Control packet types [MQTT-2.2.1]. */
const PACKET_KINDS: Readonly<Record<number, AckKind>> = { 4: 'PUBACK', 5: 'PUBREC' };

/** [MQTT-2.2.3]: seven bits a byte, the eighth says that more follow. Null while it is not whole. */
function remainingLength(bytes: Buffer): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let at = 1; at < 5; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    value += (byte & 0x7f) << (7 * (at - 1));
    if ((byte & 0x80) === 0) return { value, end: at + 1 };
  }
  throw new Error('a remaining length of more than four bytes');
}

/** The end of a chunked body (RFC 9112 §7.1); null while it is not whole. */
function chunkedEnd(text: string, start: number): number | null {
  const end = text.indexOf('\r\n0\r\n\r\n', Math.max(start - 2, 0));
  return end < 0 ? null : end + 7;
}
