/** Clients that send marks and write down which request, or packet, on which connection carried which. */
import { Agent, request } from 'node:http';
import { MqttUser } from '../../support/mqtt.ts';
import { TRACE_MARK } from './check-trace.ts';

/** The clients' book: what the server acknowledges is looked up here, never asked of the server. */
export class SentBook {
  readonly #packets = new Map<string, string>();
  readonly #requests = new Map<number, (string | null)[]>();
  /** Marks whose acknowledgement has reached its client. */
  readonly acknowledged = new Set<string>();

  packet(port: number, packetId: number, mark: string): void {
    this.#packets.set(`${port}/${packetId}`, mark);
  }

  request(port: number, mark: string | null): void {
    const sent = this.#requests.get(port);
    if (sent === undefined) this.#requests.set(port, [mark]);
    else sent.push(mark);
  }

  readonly markOfPacket = (port: number, packetId: number): string | undefined =>
    this.#packets.get(`${port}/${packetId}`);

  readonly markOfRequest = (port: number, n: number): string | null | undefined =>
    this.#requests.get(port)?.[n];
}

/** One connection over which requests go one after the other. */
export class MarkedHttp {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #base: string;
  readonly #key: string;
  readonly #book: SentBook;

  constructor(base: string, key: string, book: SentBook) {
    this.#base = base;
    this.#key = key;
    this.#book = book;
  }

  /** @param mark null where the answer acknowledges nothing. @throws Error unless the status is 2xx */
  async send(method: string, path: string, body: unknown, mark: string | null): Promise<string> {
    const { status, text } = await this.#exchange(method, path, JSON.stringify(body), mark);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    if (mark !== null) this.#book.acknowledged.add(mark);
    return text;
  }

  /** The status of a GET. */
  async look(path: string): Promise<{ readonly status: number; readonly text: string }> {
    return this.#exchange('GET', path, undefined, null);
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(
    method: string,
    path: string,
    body: string | undefined,
    mark: string | null,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#base + path, {
        method,
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${this.#key}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      outgoing.on('socket', (socket) => {
        const note = (): void => {
          if (socket.localPort === undefined) reject(new Error('a socket without a port'));
          else this.#book.request(socket.localPort, mark);
        };
        if (socket.connecting) socket.once('connect', note);
        else note();
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
      });
      outgoing.end(body);
    });
  }
}

/** An MQTT client every publish of which holds a mark. */
export class MarkedMqtt {
  readonly #user: MqttUser;
  readonly #book: SentBook;

  private constructor(user: MqttUser, book: SentBook) {
    this.#user = user;
    this.#book = book;
  }

  static async connect(url: string, key: string, book: SentBook): Promise<MarkedMqtt> {
    const user = await MqttUser.connect(url, { key });
    user.client.on('packetsend', (packet) => {
      if (packet.cmd !== 'publish' || packet.messageId === undefined) return;
      const { stream } = user.client;
      const port = 'localPort' in stream ? stream.localPort : undefined;
      const mark = packet.payload.toString().match(TRACE_MARK)?.[0];
      if (typeof port !== 'number' || mark === undefined) {
        throw new Error('a packet went out without a port or a mark');
      }
      book.packet(port, packet.messageId, mark);
    });
    return new MarkedMqtt(user, book);
  }

  async publish(
    topic: string,
    payload: string | object,
    mark: string,
    options: { readonly qos: 1 | 2; readonly retain?: boolean },
  ): Promise<void> {
    await this.#user.publish(topic, payload, options);
    this.#book.acknowledged.add(mark);
  }

  async close(): Promise<void> {
    await this.#user[Symbol.asyncDispose]();
  }
}
