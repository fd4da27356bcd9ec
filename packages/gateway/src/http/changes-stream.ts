/**
 * `GET /v1/changes`: what to read again, as server-sent events (WHATWG HTML §9.2).
 *
 * Invariants:
 * 1. A tenant is told of its own changes, and of those that are nobody's own (I5).
 * 2. At most four messages a second: the engine gathers (`ChangeWatch`). What a slow reader has not taken is gathered
 *    here, and holds one message at most.
 * 3. It ends as every `SseChannel` does.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Changes, ChangeTopic, Seq, TenantId } from '@holdfast/core';
import type { ChangesTold } from '@holdfast/engine';
import type { HttpDeps } from './http-port.ts';
import { ALIVE, SseChannel, type SseReader } from './sse-channel.ts';

type ChangesDeps = Pick<HttpDeps, 'engine' | 'keyRing' | 'clock' | 'config'>;

export interface ChangesRequest extends SseReader {
  readonly tenant: TenantId;
}

export class ChangesStream {
  readonly #engine: ChangesDeps['engine'];
  readonly #tenant: TenantId;
  readonly #channel: SseChannel;
  readonly #topics = new Set<ChangeTopic>();
  #head: Seq = 0;
  #isFull = false;

  constructor(deps: ChangesDeps, request: ChangesRequest, out: ServerResponse, onEnd: () => void) {
    this.#engine = deps.engine;
    this.#tenant = request.tenant;
    this.#channel = new SseChannel(deps, request, out);
    this.#channel.onEnd(onEnd);
  }

  start(): void {
    // So that the reader knows that it is connected.
    this.#channel.open(': here\n\n', () => (this.#isFull ? null : ALIVE));
    this.#channel.onEnd(this.#engine.onChanged((told) => this.#changed(told)));
  }

  #changed({ head, changes }: ChangesTold): void {
    this.#head = head;
    for (const { tenant, topics } of changes) {
      if (tenant !== null && tenant !== this.#tenant) continue;
      for (const topic of topics) this.#topics.add(topic);
    }
    this.#write();
  }

  #write(): void {
    if (this.#topics.size === 0 || this.#isFull || this.#channel.ended) return;
    const told: Changes = { head: this.#head, topics: [...this.#topics] };
    this.#topics.clear();
    if (this.#channel.write(`event: changes\ndata: ${JSON.stringify(told)}\n\n`)) return;
    this.#isFull = true;
    void this.#channel.drained().then(() => {
      this.#isFull = false;
      this.#write();
    });
  }
}
