/** An HTTP target outside whose answers a test decides, path by path; it keeps what it was asked. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TargetCall {
  readonly path: string;
  readonly body: string;
  readonly idempotencyKey: string | undefined;
}

export class AnsweringTarget {
  readonly url: string;
  readonly calls: readonly TargetCall[];
  readonly #server: ReturnType<typeof createServer>;
  readonly #broken: Map<string, number | 'silent'>;

  private constructor(
    server: ReturnType<typeof createServer>,
    calls: readonly TargetCall[],
    broken: Map<string, number | 'silent'>,
  ) {
    this.#server = server;
    this.calls = calls;
    this.#broken = broken;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<AnsweringTarget> {
    const calls: TargetCall[] = [];
    const broken = new Map<string, number | 'silent'>();
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const key = request.headers['idempotency-key'];
        calls.push({ path, body, idempotencyKey: typeof key === 'string' ? key : undefined });
        const answer = broken.get(path) ?? 200;
        if (answer === 'silent') return;
        response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AnsweringTarget(server, calls, broken);
  }

  /** Calls of this path are answered so from now on; `silent`: never. */
  breakPath(path: string, answer: number | 'silent'): void {
    this.#broken.set(path, answer);
  }

  mend(path: string): void {
    this.#broken.delete(path);
  }

  callsOf(path: string): readonly TargetCall[] {
    return this.calls.filter((call) => call.path === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
