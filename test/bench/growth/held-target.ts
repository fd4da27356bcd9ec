/** An outside service that does not answer until it is told to, and knows when it was called. In this process. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const ANSWER = Buffer.from('{"ok":1}');

export class HeldTarget {
  readonly #server: Server;
  #held: ServerResponse[] = [];
  /** When each call since the last `forget` came, in `performance.now()`. */
  #calls: number[] = [];
  #answers = false;
  #waiters: { readonly calls: number; readonly tell: () => void }[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      request.resume();
      request.on('end', () => this.#called(response));
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  static async open(): Promise<HeldTarget> {
    const target = new HeldTarget();
    target.#server.listen(0, '127.0.0.1');
    await once(target.#server, 'listening');
    return target;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get calls(): number {
    return this.#calls.length;
  }

  /** Whoever called before is gone: counts from nothing. */
  forget(): void {
    for (const response of this.#held) response.destroy();
    this.#held = [];
    this.#calls = [];
  }

  /** When the call with that number, from 1, came. */
  async nth(calls: number): Promise<number> {
    if (this.#calls.length < calls)
      await new Promise<void>((tell) => this.#waiters.push({ calls, tell }));
    return this.#calls[calls - 1] ?? Number.NaN;
  }

  /** Answers all that wait, and from now on at once. */
  answer(): void {
    this.#answers = true;
    for (const response of this.#held) answer(response);
    this.#held = [];
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #called(response: ServerResponse): void {
    this.#calls.push(performance.now());
    if (this.#answers) answer(response);
    else this.#held.push(response);
    const told = this.#waiters.filter(({ calls }) => calls <= this.#calls.length);
    this.#waiters = this.#waiters.filter(({ calls }) => calls > this.#calls.length);
    for (const { tell } of told) tell();
  }
}

function answer(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': ANSWER.length,
  });
  response.end(ANSWER);
}
