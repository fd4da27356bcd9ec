/**
 * `POST /v1/events`: the hottest route. An answer goes out only after the synced commit that `EngineApi.ingest`
 * resolves with (I1); nothing here acknowledges on its own.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { flowFields, HoldfastError } from '@holdfast/core';
import type { Fault, IncomingEvent, Problem } from '@holdfast/core';
import type { IngestAnswer, SagaEnd } from '@holdfast/engine';
import { defaultSource, mayUseType } from '../access/key-ring.ts';
import type { Principal } from '../access/key-ring.ts';
import { MAX_ID_LENGTH, readTraceparent } from '../ingest/cloud-events.ts';
import type { EventDefaults, ParsedEvent } from '../ingest/cloud-events.ts';
import { messageMode, readMessage } from '../ingest/http-message.ts';
import type { MessageMode } from '../ingest/http-message.ts';
import type { AnswerCounts } from '../metrics/answer-counts.ts';
import type { Answer } from './answer.ts';
import { HttpError, problemOf } from './answer.ts';
import type { HttpDeps } from './http-port.ts';
import { whileCurrent } from './while-current.ts';
import { parseJsonBody, readBody } from './request-body.ts';
import type { KeyCall } from './route.ts';

interface PublishQuery {
  /** Milliseconds to hold the answer for the saga's end. */
  readonly wait?: number;
  readonly saga?: string;
}

interface PublishDeps extends Pick<HttpDeps, 'engine' | 'keyRing' | 'limits' | 'log'> {
  readonly answers: AnswerCounts;
}

/** Counts what is held for an answer, so that publishers cannot fill the memory while commits are slow. */
export class PublishGate {
  readonly #maxRequests: number;
  readonly #maxBytes: number;
  #requests = 0;
  #bytes = 0;

  constructor(limits: Pick<HttpDeps['limits'], 'maxHeldRequests' | 'maxHeldBytes'>) {
    this.#maxRequests = limits.maxHeldRequests;
    this.#maxBytes = limits.maxHeldBytes;
  }

  /** Runs `work` while its bytes are counted as held. @throws HttpError 429 `overloaded`. */
  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#requests >= this.#maxRequests || this.#bytes + bytes > this.#maxBytes) {
      throw new HttpError('overloaded', 'too many events wait for their commit', {
        hint: 'Send again after the pause that Retry-After names.',
      });
    }
    this.#requests += 1;
    this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#requests -= 1;
      this.#bytes -= bytes;
    }
  }
}

type PublishCall = KeyCall<PublishQuery, undefined>;

export async function publish(
  call: PublishCall,
  deps: PublishDeps,
  gate: PublishGate,
): Promise<Answer> {
  const { incoming } = call;
  const mode = messageMode(incoming.headers);
  const limit =
    mode === 'batch' || mode === 'plain' ? deps.limits.maxBatchBytes : deps.limits.maxEventBytes;
  const length = Number(incoming.headers['content-length'] ?? limit);
  try {
    return await gate.hold(Math.min(length, limit), async () => {
      const bytes = await readBody(incoming, limit, 'event.too_large');
      call.assertCurrent();
      return publishBytes(call, mode, bytes, deps);
    });
  } catch (error) {
    if (error instanceof HoldfastError) refused(error, call, deps);
    throw error;
  }
}

/** Counts a refusal. The line has its code alone: the faults may quote what was sent (R13.1). */
function refused(error: HoldfastError, call: PublishCall, { answers, log }: PublishDeps): void {
  const { code } = error;
  answers.note(code);
  if (log.isLevelEnabled?.('debug') !== true) return;
  const { tenant, principal, incoming } = call;
  const { traceparent } = incoming.headers;
  const about = typeof traceparent === 'string' ? { tenant, traceparent } : { tenant };
  log.debug(
    { ...flowFields(about), protocol: 'http', keyId: principal.keyId, code },
    'event refused',
  );
}

async function publishBytes(
  call: PublishCall,
  mode: MessageMode,
  bytes: Buffer,
  deps: PublishDeps,
): Promise<Answer> {
  const { headers } = call.incoming;
  const value =
    bytes.length === 0 && mode === 'binary' ? undefined : parseJsonBody(bytes, 'event.not_json');
  // Before each is read: of millions of tiny ones the faults alone would fill the memory.
  if (Array.isArray(value) && mode !== 'binary' && value.length > deps.limits.maxBatchEvents)
    throw tooMany(deps.limits.maxBatchEvents);
  const message = readMessage(mode, headers, value, defaultsOf(call));
  if (message.kind === 'batch') {
    if (call.query.wait !== undefined) {
      throw new HoldfastError('request.invalid', 'a batch cannot be waited for', {
        faults: [{ at: '?wait', message: 'not with a batch' }],
      });
    }
    return publishBatch(message.items, value, call, deps);
  }
  if (bytes.length > deps.limits.maxEventBytes) throw tooLarge(deps.limits.maxEventBytes);
  const event = acceptable(message.parsed, call.principal);
  const { wait, saga } = call.query;
  const answer =
    wait === undefined
      ? await deps.engine.ingest({ event, protocol: 'http' })
      : await whileCurrent(deps.keyRing, call, () =>
          deps.engine.ingest({
            event,
            protocol: 'http',
            wait: { timeout: wait, ...(saga === undefined ? {} : { saga }) },
          }),
        );
  return answerOf(answer, event, deps.answers);
}

async function publishBatch(
  items: readonly ParsedEvent[],
  value: unknown,
  call: PublishCall,
  deps: PublishDeps,
): Promise<Answer> {
  const { engine, limits, answers } = deps;
  const sizeOf = (i: number): number =>
    Array.isArray(value) ? Buffer.byteLength(JSON.stringify(value[i] ?? null)) : 0;
  const refusals: HoldfastError[] = [];
  let accepted = 0;
  const one = async (parsed: ParsedEvent, i: number): Promise<string> => {
    try {
      const event = acceptable(parsed, call.principal);
      if (sizeOf(i) > limits.maxEventBytes) throw tooLarge(limits.maxEventBytes);
      const text = acceptedText(await engine.ingest({ event, protocol: 'http' }), event, answers);
      accepted += 1;
      return text;
    } catch (error) {
      // What is unexpected fails the whole request: its items' fate is not known to us, and must not look decided.
      if (!(error instanceof HoldfastError)) throw error;
      refusals.push(error);
      const problem: Problem = problemOf(error);
      return JSON.stringify(problem);
    }
  };
  const texts = await Promise.all(items.map(one));
  const [first, ...others] = refusals;
  for (const error of others) refused(error, call, deps);
  // Thrown, it is counted by who catches it.
  if (accepted === 0 && first !== undefined && isWholeRefusal(first)) throw first;
  if (first !== undefined) refused(first, call, deps);
  return { status: accepted === items.length ? 202 : 207, text: `[${texts.join(',')}]` };
}

/** Whether the refusal is about the server's condition rather than about one event. */
function isWholeRefusal(error: HoldfastError): boolean {
  return error.status === 429 || error.status >= 500;
}

function tooMany(limit: number): HoldfastError {
  return new HoldfastError('event.too_large', `a batch may hold ${limit} events at most`);
}

function tooLarge(limit: number): HoldfastError {
  return new HoldfastError('event.too_large', `the event is larger than ${limit} bytes`);
}

function defaultsOf(call: {
  incoming: IncomingMessage;
  tenant: string;
  principal: Principal;
}): EventDefaults {
  const { headers } = call.incoming;
  const correlation = headers['x-correlation-id'];
  const { traceparent } = headers;
  return {
    tenant: call.tenant,
    source: defaultSource(call.principal),
    correlationId: typeof correlation === 'string' ? checkedCorrelation(correlation) : null,
    traceparent: typeof traceparent === 'string' ? readTraceparent(traceparent) : null,
  };
}

function checkedCorrelation(text: string): string | null {
  if (text === '') return null;
  if (text.length <= MAX_ID_LENGTH) return text;
  const message = `must not be longer than ${MAX_ID_LENGTH} characters`;
  throw new HoldfastError('request.invalid', `x-correlation-id ${message}`, {
    faults: [{ at: 'x-correlation-id', message }],
  });
}

/** The event, if it is one and the key may publish its type. @throws HoldfastError naming the field. */
function acceptable(parsed: ParsedEvent, principal: Principal): IncomingEvent {
  if (!parsed.ok)
    throw new HoldfastError(parsed.code, sentence(parsed.faults), { faults: parsed.faults });
  if (mayUseType(principal, parsed.event.type)) return parsed.event;
  throw new HttpError(
    'auth.scope',
    `the key may not publish events of type "${parsed.event.type}"`,
  );
}

function sentence(faults: readonly Fault[]): string {
  const [first] = faults;
  return first === undefined
    ? 'the event does not validate'
    : `${first.at || 'the event'} ${first.message}`;
}

function answerOf(answer: IngestAnswer, event: IncomingEvent, answers: AnswerCounts): Answer {
  const text = acceptedText(answer, event, answers);
  if (answer.status !== 'accepted' || answer.ended === undefined) return { status: 202, text };
  const { ended } = answer;
  const location = `/v1/sagas/${encodeURIComponent(ended.saga)}/${encodeURIComponent(ended.key)}`;
  return { status: 200, text: endText(ended, text), headers: { location } };
}

/** The answer to one event as JSON text. @throws HoldfastError when it was not accepted. */
function acceptedText(answer: IngestAnswer, event: IncomingEvent, answers: AnswerCounts): string {
  switch (answer.status) {
    case 'accepted': {
      answers.accepted(answer.duplicate);
      const delivery = event.id === null ? ',"delivery":"at-least-once"' : '';
      return `{"seq":${answer.seq},"id":${JSON.stringify(answer.id)},"duplicate":${answer.duplicate}${delivery}}`;
    }
    case 'conflict':
      throw new HoldfastError(
        'event.conflict',
        `source "${event.source}" and id "${event.id ?? ''}" were recorded at seq ${answer.seq} with other content`,
        { hint: 'Give a new event a new id; send the same event again unchanged.' },
      );
    case 'invalid': {
      // The engine's pointers start at the data; the caller's at the envelope.
      const faults = answer.faults.map(({ at, message }) => ({
        at: at === '/' ? '/data' : `/data${at}`,
        message,
      }));
      throw new HoldfastError('event.invalid', sentence(faults), { faults });
    }
  }
}

/** `SagaEndResource` as JSON text; result and failure are JSON text already and are not parsed again. */
function endText(end: SagaEnd, event: string): string {
  const { saga, key, run, status, version, release, result, failure } = end;
  const head = JSON.stringify({ saga, key, run, status, version, release });
  return `${head.slice(0, -1)},"result":${result ?? 'null'},"failure":${failure ?? 'null'},"event":${event}}`;
}
