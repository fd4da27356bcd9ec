/** What left the process as an acknowledgement, and what it was for: taken from what its sockets received and sent. */
import type { PowerRecord } from './power-log.ts';

/** What an acknowledgement promises to be there. */
export type Promised =
  | { readonly kind: 'event'; readonly id: string; readonly by: 'HTTP' | 'PUBACK' | 'PUBREC' }
  | { readonly kind: 'release'; readonly digest: string }
  | { readonly kind: 'secret'; readonly name: string; readonly value: string };

export interface Said {
  /** Number of the record with which all of it had left. */
  readonly at: number;
  readonly promised: Promised;
}

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Control packet types [MQTT-2.2.1]. */
const PUBLISH = 3;
const ACKS: Readonly<Record<number, 'PUBACK' | 'PUBREC'>> = { 4: 'PUBACK', 5: 'PUBREC' };

/** @throws Error for what is neither HTTP nor MQTT */
export function acknowledgements(
  records: readonly PowerRecord[],
  mqttPorts: ReadonlySet<number>,
): readonly Said[] {
  const said: Said[] = [];
  let connections = new Map<number, HttpConnection | MqttConnection>();
  records.forEach(({ type, id, offset, a }, at) => {
    if (type === 'process') connections = new Map();
    if (type === 'accept')
      connections.set(id, mqttPorts.has(offset) ? new MqttConnection() : new HttpConnection());
    if (type === 'received') connections.get(id)?.received(a);
    if (type === 'sent')
      for (const promised of connections.get(id)?.sent(a) ?? []) said.push({ at, promised });
  });
  return said;
}

class HttpConnection {
  #in = '';
  #out = '';
  readonly #requests: HttpRequest[] = [];

  received(bytes: Buffer): void {
    this.#in += bytes.toString('latin1');
    for (;;) {
      const message = takeMessage(this.#in);
      if (message === null) return;
      this.#in = this.#in.slice(message.end);
      const [method = '', path = ''] = message.first.split(' ');
      const body = Buffer.from(message.body, 'latin1').toString('utf8');
      this.#requests.push({ method, path, body });
    }
  }

  sent(bytes: Buffer): readonly Promised[] {
    this.#out += bytes.toString('latin1');
    const found: Promised[] = [];
    for (;;) {
      const message = takeMessage(this.#out);
      if (message === null) return found;
      this.#out = this.#out.slice(message.end);
      const request = this.#requests.shift();
      if (request === undefined || !message.first.startsWith('HTTP/1.1 2')) continue;
      const promised = promiseOf(request, message.body);
      if (promised !== null) found.push(promised);
    }
  }
}

function promiseOf({ method, path, body }: HttpRequest, answer: string): Promised | null {
  if (method === 'POST' && path.startsWith('/v1/events'))
    return { kind: 'event', id: field(answer, 'id'), by: 'HTTP' };
  if (method === 'POST' && path === '/v1/releases')
    return { kind: 'release', digest: field(answer, 'digest') };
  const secret = /^\/v1\/secrets\/(\w+)$/.exec(path)?.[1];
  if (method === 'PUT' && secret !== undefined)
    return { kind: 'secret', name: secret, value: field(body, 'value') };
  return null;
}

function field(json: string, name: string): string {
  const value: unknown = JSON.parse(json);
  if (typeof value === 'object' && value !== null && name in value)
    return String(Object.getOwnPropertyDescriptor(value, name)?.value);
  throw new Error(`no ${name} in ${json}`);
}

interface Message {
  readonly first: string;
  readonly body: string;
  readonly end: number;
}

/** The first message of a stream (RFC 9112); null while it is not whole. */
function takeMessage(stream: string): Message | null {
  const headEnd = stream.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = stream.slice(0, headEnd);
  const start = headEnd + 4;
  const first = head.slice(0, head.indexOf('\r\n'));
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return takeChunked(stream, first, start);
  const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return end > stream.length ? null : { first, body: stream.slice(start, end), end };
}

function takeChunked(stream: string, first: string, start: number): Message | null {
  let body = '';
  for (let at = start; ;) {
    const lineEnd = stream.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const length = Number.parseInt(stream.slice(at, lineEnd), 16);
    const end = lineEnd + 2 + length + 2;
    if (end > stream.length) return null;
    if (length === 0) return { first, body, end };
    body += stream.slice(lineEnd + 2, end - 2);
    at = end;
  }
}

class MqttConnection {
  #in: Buffer = Buffer.alloc(0);
  #out: Buffer = Buffer.alloc(0);
  /** Event ids by packet id, of what is on its way in. */
  readonly #events = new Map<number, string>();

  received(bytes: Buffer): void {
    this.#in = Buffer.concat([this.#in, bytes]);
    for (let packet = takePacket(this.#in); packet !== null; packet = takePacket(this.#in)) {
      this.#in = packet.rest;
      const qos = (packet.first >> 1) & 3;
      if (packet.first >> 4 !== PUBLISH || qos === 0) continue;
      const idAt = 2 + packet.body.readUInt16BE(0);
      const payload = packet.body.toString('utf8', idAt + 2);
      this.#events.set(packet.body.readUInt16BE(idAt), field(payload, 'id'));
    }
  }

  sent(bytes: Buffer): readonly Promised[] {
    this.#out = Buffer.concat([this.#out, bytes]);
    const found: Promised[] = [];
    for (let packet = takePacket(this.#out); packet !== null; packet = takePacket(this.#out)) {
      this.#out = packet.rest;
      const by = ACKS[packet.first >> 4];
      if (by === undefined) continue;
      const id = this.#events.get(packet.body.readUInt16BE(0));
      if (id === undefined) throw new Error(`a ${by} of a packet that was not received`);
      found.push({ kind: 'event', id, by });
    }
    return found;
  }
}

interface Packet {
  readonly first: number;
  readonly body: Buffer;
  readonly rest: Buffer;
}

/** The first packet of a stream [MQTT-2.2.3]; null while it is not whole. */
function takePacket(stream: Buffer): Packet | null {
  let length = 0;
  for (let at = 1; at < 5; at += 1) {
    const byte = stream[at];
    if (byte === undefined) return null;
    length += (byte & 0x7f) << (7 * (at - 1));
    if ((byte & 0x80) !== 0) continue;
    const end = at + 1 + length;
    if (end > stream.length) return null;
    return {
      first: stream[0] ?? 0,
      body: stream.subarray(at + 1, end),
      rest: stream.subarray(end),
    };
  }
  throw new Error('a remaining length of more than four bytes');
}
