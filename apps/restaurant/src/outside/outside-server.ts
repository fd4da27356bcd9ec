/**
 * The outside services over HTTP: `POST /kitchen/reserve`, `/kitchen/release`, `/payment/charge`, `/payment/refund`,
 * `/courier/dispatch`, with JSON bodies and `Idempotency-Key`.
 *
 * With `control`, tests order mishaps: `POST /control/mishaps`; `DELETE` clears them, `GET` tells how many calls wait.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { CallRecord } from './call-record.ts';
import { CallsFile } from './calls-file.ts';
import { Mishaps, mishapSchema } from './mishaps.ts';
import type { Mishap } from './mishaps.ts';
import { serviceNamed, Services } from './services.ts';
import type { Answer, ArrivedCall } from './services.ts';

export interface OutsideServerOptions {
  readonly callsFile: string;
  /** Whether tests may order mishaps. */
  readonly control: boolean;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** Longer than callers keep idle connections, so that they never meet one that is being closed. */
const KEEP_ALIVE_MS = 65_000;

/** A server that does not listen yet. */
export function createOutsideServer({ callsFile, control }: OutsideServerOptions): Server {
  const outside = new Outside(new CallsFile(callsFile), control);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    outside.handle(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  return server.on('close', () => outside.close());
}

class Outside {
  readonly #file: CallsFile;
  readonly #services = new Services();
  readonly #mishaps = new Mishaps();
  readonly #control: boolean;

  constructor(file: CallsFile, control: boolean) {
    this.#file = file;
    this.#control = control;
    this.#catchUp();
  }

  close(): void {
    this.#file.close();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://outside').pathname;
    if (this.#control && path === '/control/mishaps') return this.#order(request, response);
    const name = serviceNamed(path.slice(1).replace('/', '.'));
    if (name === null || request.method !== 'POST') {
      return send(response, { status: 404, answer: { error: 'not_found', message: path } });
    }
    const body = await readJson(request);
    if (body === undefined) {
      const message = `the body is not JSON of at most ${MAX_BODY_BYTES} bytes`;
      return send(response, { status: 400, answer: { error: 'bad_request', message } });
    }
    this.#catchUp();
    const key = request.headers['idempotency-key'];
    const call = this.#services.arrive(name, typeof key === 'string' ? key : null, body);
    const mishap = this.#mishaps.next(name);
    if (mishap === null) return send(response, this.#land(call));
    await this.#goWrong(mishap, call, response);
  }

  async #goWrong(mishap: Mishap, call: ArrivedCall, response: ServerResponse): Promise<void> {
    switch (mishap.kind) {
      case 'hang':
        await this.#mishaps.wait(mishap.ms);
        return send(response, this.#land(call));
      case 'slow': {
        const said = this.#land(call);
        await this.#mishaps.wait(mishap.ms);
        return send(response, said);
      }
      case 'status': {
        const { status } = mishap;
        if (mishap.takesEffect) this.#land(call);
        else this.#write(call, { repeated: false, status, answer: null });
        return send(response, { status, answer: { error: 'mishap', message: 'as ordered' } });
      }
      case 'reset':
        if (mishap.takesEffect) this.#land(call);
        else this.#write(call, { repeated: false, status: null, answer: null });
        response.socket?.resetAndDestroy();
        return;
      case 'garbage':
        this.#land(call);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"chargeId": <!doctype');
    }
  }

  #land(call: ArrivedCall): Answer {
    this.#catchUp();
    const { status, answer, repeated } = this.#services.land(call);
    this.#write(call, { repeated, status, answer });
    return { status, answer };
  }

  #write(
    { name, idempotencyKey, body }: ArrivedCall,
    came: Pick<CallRecord, 'repeated' | 'status' | 'answer'>,
  ): void {
    this.#file.append({ time: new Date().toISOString(), name, idempotencyKey, body, ...came });
  }

  #catchUp(): void {
    for (const record of this.#file.news()) this.#services.recall(record);
  }

  async #order(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'DELETE') {
      this.#mishaps.clear();
      // Those that waited have landed when this is answered.
      await nextTurn();
    }
    if (request.method !== 'POST') {
      return send(response, { status: 200, answer: { waiting: this.#mishaps.waiting } });
    }
    const mishap = mishapSchema.safeParse(await readJson(request));
    if (!mishap.success) {
      const message = z.prettifyError(mishap.error);
      return send(response, { status: 400, answer: { error: 'bad_request', message } });
    }
    this.#mishaps.order(mishap.data);
    send(response, { status: 200, answer: {} });
  }
}

/** The body as JSON; undefined when it is none, or too large. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  try {
    return bytes <= MAX_BODY_BYTES
      ? (JSON.parse(Buffer.concat(chunks).toString()) as unknown)
      : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, answer }: Answer): void {
  const text = JSON.stringify(answer);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
