/**
 * `GET /v1/changes`: what to read again, as server-sent events (WHATWG HTML §9.2).
 *
 * Invariants:
 * 1. A tenant is told of its own changes, and of those that are nobody's own (I5).
 * 2. At most four messages a second: the engine gathers (`ChangeWatch`). What a slow reader has not taken is gathered
 *    here, and holds one message at most.
 * 3. It ends when its key is revoked or expires, when its session ends, when the listener closes, and when the reader goes.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Changes, ChangeTopic, Seq, TenantId } from '@holdfast/core';
import type { ChangesTold } from '@holdfast/engine';
import type { Principal } from '../access/key-ring.ts';
import { SECURITY_HEADERS } from './answer.ts';
import type { HttpDeps } from './http-port.ts';

const DEFAULT_HEARTBEAT_MS = 15_000;

export interface ChangesRequest {
  readonly principal: Principal;
  readonly tenant: TenantId;
  readonly closing: AbortSignal;
}

export class ChangesStream {
  readonly #deps: Pick<HttpDeps, 'engine' | 'keyRing' | 'clock' | 'config'>;
  readonly #request: ChangesRequest;
  readonly #out: ServerResponse;
  readonly #onEnd: () => void;
  readonly #endings: (() => void)[] = [];
  readonly #topics = new Set<ChangeTopic>();
  #head: Seq = 0;
  #stopBeat: () => void = () => undefined;
  #isFull = false;
  #ended = false;

  constructor(
    deps: Pick<HttpDeps, 'engine' | 'keyRing' | 'clock' | 'config'>,
    request: ChangesRequest,
    out: ServerResponse,
    onEnd: () => void,
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#out = out;
    this.#onEnd = onEnd;
  }

  start(): void {
    const { keyRing, engine } = this.#deps;
    const { principal, closing } = this.#request;
    const end = (): void => this.#end();
    this.#out.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream',
      // Proxies in front (nginx) would buffer it otherwise.
      'x-accel-buffering': 'no',
    });
    this.#out.on('close', end);
    this.#out.on('error', end);
    this.#out.on('drain', () => {
      this.#isFull = false;
      this.#write();
    });
    closing.addEventListener('abort', end, { once: true });
    this.#endings.push(
      () => closing.removeEventListener('abort', end),
      keyRing.onEnded(principal, end),
      engine.onChanged((told) => this.#changed(told)),
      () => this.#stopBeat(),
    );
    // So that the reader knows that it is connected.
    this.#out.write(': here\n\n');
    this.#beat();
  }

  #changed({ head, changes }: ChangesTold): void {
    this.#head = head;
    for (const { tenant, topics } of changes) {
      if (tenant !== null && tenant !== this.#request.tenant) continue;
      for (const topic of topics) this.#topics.add(topic);
    }
    this.#write();
  }

  #write(): void {
    if (this.#topics.size === 0 || this.#isFull || this.#ended) return;
    const told: Changes = { head: this.#head, topics: [...this.#topics] };
    this.#topics.clear();
    this.#isFull = !this.#out.write(`event: changes\ndata: ${JSON.stringify(told)}\n\n`);
  }

  #beat(): void {
    const { clock, config, keyRing } = this.#deps;
    this.#stopBeat = clock.after(config.heartbeat ?? DEFAULT_HEARTBEAT_MS, () => {
      if (!keyRing.isCurrent(this.#request.principal)) return this.#end();
      if (!this.#isFull) this.#out.write(': alive\n\n');
      this.#beat();
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const ending of this.#endings) ending();
    this.#out.end();
    this.#onEnd();
  }
}
