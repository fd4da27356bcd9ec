/**
 * Publishing. Every event is given an id before it is first sent, so that sending it again is safe: the server answers
 * a repetition with the first one's position.
 *
 * @module
 */
import { HoldfastError, parseDuration, retryPause } from '@holdfast/core';
import type {
  Accepted,
  BatchAnswer,
  Duration,
  Json,
  RetryPolicy,
  SagaEndResource,
} from '@holdfast/core';
import type { Pauses } from './pauses.ts';
import { ApiError } from './transport.ts';
import type { Answered, Ask, Transport } from './transport.ts';

/** An event to publish: CloudEvents attributes under the names that TypeScript likes. */
export interface EventToPublish {
  readonly type: string;
  readonly data?: Json;
  /** Names the event for ever: published again with the same source and id, it is recorded once. Default: a new UUID. */
  readonly id?: string;
  /** Default: the name of the key, as `/keys/NAME`. */
  readonly source?: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly dataSchema?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  /** Further extension attributes, lower-case. */
  readonly extensions?: Readonly<Record<string, string | number | boolean>>;
}

export interface PublishOptions {
  /** Hold the answer until the saga that the event starts has ended, or this long. At most 10 m. */
  readonly wait?: Duration;
  /** Which saga to wait for, where two take the event. */
  readonly saga?: string;
  readonly signal?: AbortSignal;
}

export interface PublishResult extends Accepted {
  /** The saga's end; null when it was not waited for, time ran out, or nothing was started. */
  readonly ended: Omit<SagaEndResource, 'event'> | null;
}

export class Publisher {
  readonly #transport: Transport;
  readonly #policy: RetryPolicy;
  readonly #pauses: Pauses;

  constructor(transport: Transport, policy: RetryPolicy, pauses: Pauses) {
    this.#transport = transport;
    this.#policy = policy;
    this.#pauses = pauses;
  }

  async publish(event: EventToPublish, options: PublishOptions = {}): Promise<PublishResult> {
    const { wait, saga, signal } = options;
    const held = wait === undefined ? 0 : parseDuration(wait);
    const { status, body } = await this.#send({
      path: '/v1/events',
      query: { wait: wait === undefined ? undefined : `${held}ms`, saga },
      body: envelopeOf(event),
      held,
      signal,
    });
    if (status !== 200) return { ...(body as Accepted), ended: null };
    const { event: accepted, ...ended } = body as SagaEndResource;
    return { ...accepted, ended };
  }

  async publishBatch(
    events: readonly EventToPublish[],
    options: Pick<PublishOptions, 'signal'> = {},
  ): Promise<BatchAnswer> {
    if (events.length === 0) return [];
    const body = events.map(envelopeOf);
    const answered = await this.#send({ path: '/v1/events', body, signal: options.signal });
    return answered.body as BatchAnswer;
  }

  /** Sends, and sends again while the failure may pass and tries are left. */
  async #send(ask: Omit<Ask, 'method'>): Promise<Answered> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#transport.ask({ ...ask, method: 'POST' });
      } catch (error) {
        if (!mayPass(error) || tries >= this.#policy.attempts || ask.signal?.aborted === true) {
          throw error;
        }
        const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
        const pause = retryPause(this.#policy, tries, this.#pauses.random);
        await this.#pauses.sleep(Math.max(asked, pause), ask.signal);
      }
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) {
    return error.status === 429 || (error.status >= 502 && error.status <= 504);
  }
  return error instanceof HoldfastError && error.code === 'unavailable';
}

function envelopeOf(event: EventToPublish): Readonly<Record<string, unknown>> {
  return {
    ...event.extensions,
    id: event.id ?? newId(),
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time,
    dataschema: event.dataSchema,
    correlationid: event.correlationId,
    causationid: event.causationId,
    traceparent: event.traceparent,
    data: event.data,
  };
}

/** `crypto.randomUUID` is missing in pages that came over plain HTTP from another machine. */
function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
