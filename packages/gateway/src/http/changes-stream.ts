/**
 * `GET /v1/changes`: what to read again, as server-sent events.
 *
 * Invariants:
 * 1. A tenant is told of its own changes, and of those that are nobody's own (I5).
 * 2. At most four messages a second: the engine gathers (`ChangeWatch`). What a slow reader has not taken is gathered
 *    here, and holds one message at most.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Changes, ChangeTopic, Seq, TenantId } from '@holdfast/core';
import type { ChangesTold } from '@holdfast/engine';
import type { HttpDeps } from './http-port.ts';
import { SseConnection } from './sse-connection.ts';
import type { SseDeps, SseRequest } from './sse-connection.ts';

export class ChangesStream {
  readonly #tenant: TenantId;
  readonly #connection: SseConnection;
  readonly #topics = new Set<ChangeTopic>();
  #head: Seq = 0;
  #isFull = false;

  /** Begins at once. */
  constructor(
    deps: SseDeps & Pick<HttpDeps, 'engine'>,
    request: SseRequest,
    out: ServerResponse,
    onEnd: () => void,
  ) {
    this.#tenant = request.tenant;
    this.#connection = new SseConnection(deps, request, out, onEnd);
    this.#connection.onDrained(() => {
      this.#isFull = false;
      this.#write();
    });
    this.#connection.alsoEnd(deps.engine.onChanged((told) => this.#changed(told)));
    // So that the reader knows that it is connected.
    this.#connection.write(': here\n\n');
    this.#connection.keepAlive(() => (this.#isFull ? null : ': alive\n\n'));
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
    if (this.#topics.size === 0 || this.#isFull || this.#connection.isEnded()) return;
    const told: Changes = { head: this.#head, topics: [...this.#topics] };
    this.#topics.clear();
    this.#isFull = !this.#connection.write(`event: changes\ndata: ${JSON.stringify(told)}\n\n`);
  }
}
