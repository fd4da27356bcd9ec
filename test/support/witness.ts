/** Stands in front of an HTTP service, lets everything through, and keeps the `traceparent` of each call. */
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WitnessedCall {
  /** `POST /payment/charge` without the method. */
  readonly path: string;
  readonly traceparent: string | undefined;
  readonly body: string;
}

export class Witness {
  readonly calls: WitnessedCall[] = [];
  #server: Server | null = null;

  /** @returns the address to call instead of `target` */
  readonly standBefore = async (target: string): Promise<string> => {
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        const { traceparent } = incoming.headers;
        const path = incoming.url ?? '';
        this.calls.push({
          path,
          traceparent: typeof traceparent === 'string' ? traceparent : undefined,
          body: body.toString(),
        });
        const { method, headers } = incoming;
        const onward = request(new URL(path, target), { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        onward.on('error', () => response.destroy());
        response.on('close', () => onward.destroy());
        onward.end(body);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  /** Calls about an order. */
  of(orderId: string): readonly WitnessedCall[] {
    return this.calls.filter(({ body }) => body.includes(orderId));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
