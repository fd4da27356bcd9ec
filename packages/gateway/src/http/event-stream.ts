/**
 * `GET /v1/events/stream`: the journal as server-sent events (WHATWG HTML §9.2), from a position on.
 *
 * Invariants:
 * 1. Events go out in order of `seq`, each once per connection; `id:` is the event's `seq`, so that a reader who comes
 *    back with `Last-Event-ID` misses none and repeats none.
 * 2. Commits wake it, it never polls; what commits while it reads or pauses is read in one go (coalesced).
 * 3. A slow reader is waited for, and holds one page of events at most.
 * 4. It ends as every `SseChannel` does, and where the journal cannot be read, so that the reader comes back.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import { formatMicros, HoldfastError, toErrorRecord } from '@holdfast/core';
import type { JournalEvent, Seq, TailFilter, TenantId } from '@holdfast/core';
import { HttpError } from './answer.ts';
import type { HttpDeps } from './http-port.ts';
import { ALIVE, SseChannel, type SseReader } from './sse-channel.ts';

/** Events read at one time. */
const PAGE = 256;
/** Shortest pause between two reads of one stream: commits in between are coalesced. */
const COALESCE_MS = 20;

type StreamDeps = Pick<HttpDeps, 'engine' | 'readModel' | 'keyRing' | 'clock' | 'config' | 'log'>;

export interface StreamRequest extends SseReader {
  readonly tenant: TenantId;
  readonly filter: TailFilter;
  readonly after: Seq;
}

/** Where a stream begins: `Last-Event-ID`, else `after`, else the journal's end. */
export async function startOf(
  filter: TailFilter,
  lastEventId: string | undefined,
  readModel: HttpDeps['readModel'],
): Promise<Seq> {
  if (lastEventId !== undefined && lastEventId !== '') {
    if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
    throw new HoldfastError('request.invalid', 'Last-Event-ID must be a seq', {
      faults: [{ at: 'last-event-id', message: 'must be a seq' }],
    });
  }
  return filter.after ?? (await readModel.lastSeq());
}

/** Counts open streams. */
export class StreamGate {
  readonly #max: number;
  #open = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws HttpError 429 `overloaded`. Returns what gives the place back, once. */
  enter(): () => void {
    if (this.#open >= this.#max)
      throw new HttpError('overloaded', 'too many event streams are open');
    this.#open += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open -= 1;
    };
  }
}

export class EventStream {
  readonly #deps: StreamDeps;
  readonly #request: StreamRequest;
  readonly #channel: SseChannel;
  #after: Seq;
  /** Highest position the reader was told of, by an event or by an `id:` of its own. */
  #told: Seq;
  #reading = false;
  #woken = false;

  constructor(deps: StreamDeps, request: StreamRequest, out: ServerResponse, onEnd: () => void) {
    this.#deps = deps;
    this.#request = request;
    this.#channel = new SseChannel(deps, request, out);
    this.#channel.onEnd(onEnd);
    this.#after = request.after;
    this.#told = request.after;
  }

  start(): void {
    // Without data: it dispatches nothing, and a reader who is cut off before the first event still knows where it was.
    this.#channel.open(`id: ${this.#after}\n\n`, () => this.#beat());
    this.#channel.onEnd(this.#deps.engine.onCommitted(() => this.#wake()));
    this.#wake();
  }

  /** An `id:` without data moves `Last-Event-ID` past events that the filter left out. */
  #beat(): string {
    const text = this.#after > this.#told ? `id: ${this.#after}\n\n` : ALIVE;
    this.#told = this.#after;
    return text;
  }

  #wake(): void {
    this.#woken = true;
    if (this.#reading || this.#channel.ended) return;
    this.#reading = true;
    this.#read()
      .catch((error: unknown) => {
        const { code, message } = toErrorRecord(error);
        this.#deps.log.warn({ code, message }, 'an event stream ended');
        this.#channel.end();
      })
      .finally(() => {
        this.#reading = false;
        if (this.#woken) this.#wake();
      });
  }

  /** Reads and writes until nothing is left that was committed before the last wake. */
  async #read(): Promise<void> {
    const { tenant, filter } = this.#request;
    while (this.#woken && !this.#channel.ended) {
      this.#woken = false;
      const page = await this.#deps.readModel.eventsAfter(tenant, this.#after, PAGE, filter.stream);
      if (this.#channel.ended) return;
      this.#after = page.at(-1)?.seq ?? this.#after;
      await this.#write(page.filter((event) => passes(event, filter)));
      if (page.length === PAGE) this.#woken = true;
      else await this.#pause();
    }
  }

  async #write(events: readonly JournalEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#told = last.seq;
    const text = events
      .map((event) => `id: ${event.seq}\ndata: ${journalEventJson(event)}\n\n`)
      .join('');
    if (!this.#channel.write(text)) await this.#channel.drained();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#deps.clock.after(COALESCE_MS, resolve);
    });
  }
}

function passes(event: JournalEvent, filter: TailFilter): boolean {
  return (
    (filter.type === undefined || event.type === filter.type) &&
    (filter.correlationId === undefined || event.correlationId === filter.correlationId)
  );
}

/** `EventResource` as JSON text on one line; data is JSON text already and is not parsed again. */
function journalEventJson(event: JournalEvent): string {
  const head = JSON.stringify({
    seq: event.seq,
    stream: event.stream,
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time,
    receivedAt: formatMicros(event.receivedAt),
    tenant: event.tenant,
    correlationId: event.correlationId,
    causationId: event.causationId,
    traceparent: event.traceparent,
  });
  // Data that came in with line breaks between its tokens would end the field.
  const data = /[\r\n]/.test(event.data) ? JSON.stringify(JSON.parse(event.data)) : event.data;
  return `${head.slice(0, -1)},"data":${data}}`;
}
