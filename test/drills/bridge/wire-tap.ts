/**
 * Stands between Holdfast and the broker it joins, hands everything on, and writes down what was delivered and what was
 * acknowledged. It outlives both.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { parser } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';

export class WireTap {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Texts of messages that Holdfast has acknowledged, by PUBACK or PUBREC, with the connection it first did so on. */
  readonly acknowledged = new Map<string, number>();
  /** Texts of messages with the connection they were first delivered on, in that order. */
  readonly delivered = new Map<string, number>();
  /** How many deliveries had DUP set. */
  deliveredAgain = 0;
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(target: number): Promise<WireTap> {
    const server = createServer();
    const tap = new WireTap(server);
    server.on('connection', (socket) => tap.#join(socket, target));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return tap;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(holdfast: Socket, target: number): void {
    this.connections += 1;
    const connection = this.connections;
    const broker = connect(target, '127.0.0.1');
    /** What was delivered on this connection, by packet id. */
    const delivered = new Map<number, string>();
    listen(broker, (packet) => {
      if (packet.cmd !== 'publish' || packet.messageId === undefined) return;
      if (packet.dup) this.deliveredAgain += 1;
      const text = packet.payload.toString();
      delivered.set(packet.messageId, text);
      if (!this.delivered.has(text)) this.delivered.set(text, connection);
    });
    listen(holdfast, (packet) => {
      if (packet.cmd !== 'puback' && packet.cmd !== 'pubrec') return;
      const text = delivered.get(packet.messageId ?? 0);
      if (text === undefined || this.acknowledged.has(text)) return;
      this.acknowledged.set(text, connection);
    });
    for (const [from, to] of [
      [holdfast, broker],
      [broker, holdfast],
    ] as const) {
      this.#sockets.add(from);
      from.pipe(to);
      // The end of one is the end of the other; what for is nobody's concern here.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

function listen(socket: Socket, heard: (packet: Packet) => void): void {
  const reading = parser({ protocolVersion: 4 });
  reading.on('packet', heard);
  socket.on('data', (bytes: Buffer) => reading.parse(bytes));
}
