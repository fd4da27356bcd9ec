/** Debian's Mosquitto, on a port and in a folder of its own, keeping what it is given. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Child } from './child.ts';
import { eventually } from './eventually.ts';
import { TempFolder } from './temp-folder.ts';

export class Mosquitto {
  readonly port: number;
  readonly #folder: TempFolder;
  #child: Child | null = null;

  private constructor(port: number, folder: TempFolder) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<Mosquitto> {
    const mosquitto = new Mosquitto(await freePort(), new TempFolder('mosquitto'));
    try {
      mosquitto.#configure();
      await mosquitto.restart();
    } catch (error) {
      await mosquitto[Symbol.asyncDispose]();
      throw error;
    }
    return mosquitto;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts it with what it had saved. Resolves once it takes connections. */
  async restart(): Promise<void> {
    if (this.#child?.end === null) throw new Error('mosquitto still runs');
    const child = new Child('mosquitto', ['-c', this.#folder.at('mosquitto.conf')]);
    this.#child = child;
    await eventually(
      `mosquitto listens on ${this.port}`,
      async () => {
        if (child.end !== null) throw new Error(`mosquitto ended: ${child.stderr}${child.stdout}`);
        return (await answers(this.port)) ? true : undefined;
      },
      { seen: () => child.stderr },
    );
  }

  /** Saves what it holds, as it does by itself from time to time. */
  save(): void {
    this.#child?.signal('SIGUSR1');
  }

  /** Ends it as an administrator does: it saves what it holds. */
  async stop(): Promise<void> {
    this.#child?.signal('SIGTERM');
    await this.#child?.ended;
  }

  /** Ends it as a crash does: what it has not saved is lost. */
  async kill(): Promise<void> {
    this.#child?.signal('SIGKILL');
    await this.#child?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }

  #configure(): void {
    const lines = [
      `listener ${this.port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${this.#folder.path}/`,
      'persistent_client_expiration 1d',
      'max_queued_messages 100000',
      // As root it would become its own user, who may not write here.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ];
    writeFileSync(this.#folder.at('mosquitto.conf'), `${lines.join('\n')}\n`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
