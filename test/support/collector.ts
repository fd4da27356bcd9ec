/** An OpenTelemetry collector that keeps what it is sent: OTLP over HTTP, in JSON. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { eventually } from './eventually.ts';

const value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  // 64-bit integers are text in the JSON of Protocol Buffers, and numbers are to be taken too.
  z
    .object({ intValue: z.union([z.string(), z.number()]) })
    .transform(({ intValue }) => Number(intValue)),
]);
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .transform((list) => Object.fromEntries(list.map((one) => [one.key, one.value])));
const traceId = z.string().regex(/^[0-9a-f]{32}$/);
const spanId = z.string().regex(/^[0-9a-f]{16}$/);

const span = z.looseObject({
  traceId,
  spanId,
  parentSpanId: z.union([spanId, z.literal('')]).optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  links: z.array(z.looseObject({ traceId, spanId })).default([]),
  status: z.looseObject({ code: z.number().optional() }),
});
export type CollectedSpan = z.infer<typeof span>;

const request = z.object({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});

/** `SpanKind` of OTLP. */
export const KIND = { internal: 1, server: 2, client: 3, consumer: 5 } as const;

export class Collector {
  readonly spans: CollectedSpan[] = [];
  readonly services = new Set<unknown>();
  readonly headers: IncomingHttpHeaders[] = [];
  /** Everything as it was sent. */
  text = '';
  /** Whether it leaves its senders without an answer. */
  silent = false;
  /** What went wrong here: nothing may. */
  readonly faults: unknown[] = [];
  #server: Server;
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('request', this.#take);
  }

  static async open(): Promise<Collector> {
    const server = createServer();
    await listen(server, 0);
    return new Collector(server, (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nobody listens any more. */
  async leave(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Listens again, where it did. */
  async comeBack(): Promise<void> {
    this.#server = createServer(this.#take);
    await listen(this.#server, this.port);
  }

  /** Spans of a trace, each once, by when they began. */
  trace(id: string): readonly CollectedSpan[] {
    const bySpan = new Map(
      this.spans.filter((one) => one.traceId === id).map((one) => [one.spanId, one]),
    );
    return [...bySpan.values()].sort((a, b) =>
      Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)),
    );
  }

  /** The whole trace of a run that has ended. */
  async ended(key: string): Promise<readonly CollectedSpan[]> {
    const of = await eventually(`a span of the run ${key}`, () =>
      this.spans.find(
        (one) => one.name.startsWith('saga ') && one.attributes['holdfast.key'] === key,
      ),
    );
    return this.trace(of.traceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.leave();
  }

  readonly #take = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      this.text += text;
      this.headers.push(incoming.headers);
      try {
        this.#keep(incoming.url, text);
      } catch (error) {
        this.faults.push(error);
      }
      if (this.silent) return;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  };

  #keep(url: string | undefined, text: string): void {
    if (url !== '/v1/traces') throw new Error(`spans were sent to ${url}`);
    for (const { resource, scopeSpans } of request.parse(JSON.parse(text)).resourceSpans) {
      this.services.add(resource.attributes['service.name']);
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
