/** The HTTP API as an outsider meets it: plain fetch, a key, JSON. */
import type { Json } from '@holdfast/core';
import { z } from 'zod';
import { eventually } from './eventually.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; throws where it is none. */
  readonly json: Json;
}

const jsonSchema = z.json();

const problem = z.looseObject({
  status: z.number(),
  code: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  faults: z.array(z.object({ at: z.string(), message: z.string() })).default([]),
});
export type ProblemAnswer = z.infer<typeof problem>;

const saga = z.looseObject({
  saga: z.string(),
  key: z.string(),
  run: z.number(),
  status: z.string(),
  version: z.number(),
  release: z.string(),
  result: jsonSchema,
  failure: jsonSchema,
  blockedBy: z
    .looseObject({ code: z.string(), message: z.string(), at: z.string().optional() })
    .nullable(),
});
export type SagaAnswer = z.infer<typeof saga>;

const timeline = z.looseObject({
  entries: z.array(
    z.looseObject({
      at: z.string(),
      kind: z.string(),
      title: z.string(),
      step: z.string().nullable(),
    }),
  ),
  earlier: z.number().nullable(),
});
type TimelinePart = z.infer<typeof timeline>;
export type TimelineLine = TimelinePart['entries'][number];

const accepted = z.looseObject({ seq: z.number(), id: z.string(), duplicate: z.boolean() });
export type AcceptedAnswer = z.infer<typeof accepted>;

const disposition = z.looseObject({
  saga: z.string().nullable(),
  status: z.string(),
  reason: z.string().nullable(),
});

const event = z.looseObject({
  seq: z.number(),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  tenant: z.string(),
  data: jsonSchema,
  dispositions: z.array(disposition).optional(),
});
export type EventAnswer = z.infer<typeof event>;

const quarantined = z.looseObject({
  id: z.number(),
  origin: z.string(),
  code: z.string(),
  reason: z.string(),
  context: jsonSchema,
  head: z.string().nullable(),
});
export type QuarantineAnswer = z.infer<typeof quarantined>;

/** Longer than any `?wait`. */
const ANSWERED_WITHIN_MS = 120_000;

function expiring(what: string): AbortSignal {
  const controller = new AbortController();
  const error = new Error(`${what} was not answered within ${ANSWERED_WITHIN_MS} ms`);
  setTimeout(() => controller.abort(error), ANSWERED_WITHIN_MS).unref();
  return controller.signal;
}

export interface Send {
  readonly headers?: Readonly<Record<string, string>>;
}

export class HttpApi {
  readonly #base: string;
  readonly #key: string | null;
  readonly #tenant: string | null;

  /** @param key null for none */
  constructor(base: string, key: string | null, tenant: string | null = null) {
    this.#base = base;
    this.#key = key;
    this.#tenant = tenant;
  }

  with(changes: { readonly key?: string | null; readonly tenant?: string | null }): HttpApi {
    return new HttpApi(
      this.#base,
      changes.key === undefined ? this.#key : changes.key,
      changes.tenant === undefined ? this.#tenant : changes.tenant,
    );
  }

  async send(
    method: string,
    path: string,
    body?: string | Uint8Array,
    { headers = {} }: Send = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(this.#base + path, {
      method,
      // One that is never answered says which it was.
      signal: expiring(`${method} ${path}`),
      headers: {
        ...(this.#key === null ? {} : { authorization: `Bearer ${this.#key}` }),
        ...(this.#tenant === null ? {} : { 'x-tenant-id': this.#tenant }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return jsonSchema.parse(JSON.parse(text));
      },
    };
  }

  get(path: string): Promise<ApiAnswer> {
    return this.send('GET', path);
  }

  /** Posts JSON. */
  post(path: string, body: unknown, send: Send = {}): Promise<ApiAnswer> {
    return this.send('POST', path, JSON.stringify(body), send);
  }

  /** Publishes an event that is expected to be taken. */
  async publish(body: unknown, query = ''): Promise<AcceptedAnswer> {
    const answer = await this.post(`/v1/events${query}`, body);
    return accepted.parse(expectStatus(answer, 202).json);
  }

  /** The instance as it stands; null while there is none. */
  async saga(name: string, key: string): Promise<SagaAnswer | null> {
    const answer = await this.get(sagaPath(name, key));
    return answer.status === 404 ? null : saga.parse(expectStatus(answer, 200).json);
  }

  async timeline(name: string, key: string): Promise<readonly TimelineLine[]> {
    return (await this.timelinePart(name, key)).entries;
  }

  async timelinePart(name: string, key: string, query = ''): Promise<TimelinePart> {
    const answer = await this.get(`${sagaPath(name, key)}/timeline${query}`);
    return timeline.parse(expectStatus(answer, 200).json);
  }

  /** Waits until the instance has one of the statuses; one that it must not pass through fails at once. */
  async waitForStatus(
    name: string,
    key: string,
    ...statuses: readonly string[]
  ): Promise<SagaAnswer> {
    let last: SagaAnswer | null = null;
    return eventually(
      `saga ${name}/${key} is ${statuses.join(' or ')}`,
      async () => {
        last = await this.saga(name, key);
        if (last === null) return undefined;
        if (statuses.includes(last.status)) return last;
        if (TERMINAL.has(last.status))
          throw new Error(`saga ${name}/${key} ended: ${JSON.stringify(last)}`);
        return undefined;
      },
      { seen: () => last },
    );
  }

  completeWait(name: string, key: string, wait: string, payload: unknown = {}): Promise<ApiAnswer> {
    return this.post(`${sagaPath(name, key)}/waits/${encodeURIComponent(wait)}/complete`, payload);
  }

  async events(query = ''): Promise<readonly EventAnswer[]> {
    return this.#all(`/v1/events${query}`, event);
  }

  async event(seq: number): Promise<EventAnswer> {
    return event.parse(expectStatus(await this.get(`/v1/events/${seq}`), 200).json);
  }

  async quarantine(): Promise<readonly QuarantineAnswer[]> {
    return this.#all('/v1/quarantine', quarantined);
  }

  async sagas(
    query = '',
  ): Promise<readonly { readonly key: string; readonly status: string; readonly saga: string }[]> {
    return this.#all(
      `/v1/sagas${query}`,
      z.looseObject({ key: z.string(), status: z.string(), saga: z.string() }),
    );
  }

  /** Makes a key. @returns its secret */
  async createKey(
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly secret: string; readonly id: string }> {
    const answer = await this.post('/v1/keys', body);
    const made = z
      .looseObject({ secret: z.string(), key: z.looseObject({ id: z.string() }) })
      .parse(expectStatus(answer, 201).json);
    return { secret: made.secret, id: made.key.id };
  }

  /** Every item of a list, page by page. */
  async #all<T extends z.ZodType>(path: string, item: T): Promise<z.infer<T>[]> {
    const page = z.object({ items: z.array(item), next: z.string().nullable() });
    const found: z.infer<T>[] = [];
    let cursor: string | null = null;
    do {
      const mark: string = path.includes('?') ? '&' : '?';
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await this.get(`${path}${mark}limit=500${query}`);
      const { items, next } = page.parse(expectStatus(answer, 200).json);
      found.push(...items);
      cursor = next;
    } while (cursor !== null);
    return found;
  }
}

const TERMINAL: ReadonlySet<string> = new Set([
  'completed',
  'compensated',
  'failed',
  'cancelled',
  'blocked',
]);

function sagaPath(name: string, key: string): string {
  return `/v1/sagas/${encodeURIComponent(name)}/${encodeURIComponent(key)}`;
}

/** @throws Error with the answer's body when its status is another */
export function expectStatus(answer: ApiAnswer, status: number): ApiAnswer {
  if (answer.status === status) return answer;
  throw new Error(`expected HTTP ${status}, got ${answer.status}: ${answer.text}`);
}

/** The answer as problem details. @throws Error when it is none (RFC 9457 §3) */
export function problemOf(answer: ApiAnswer): ProblemAnswer {
  const type = answer.headers.get('content-type');
  if (type !== 'application/problem+json') {
    throw new Error(`expected problem details, got ${type}: ${answer.text}`);
  }
  return problem.parse(answer.json);
}
