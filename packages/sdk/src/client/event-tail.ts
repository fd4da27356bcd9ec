/**
 * The journal as an async iterator: a stream of server-sent events that is taken up again where it broke.
 *
 * Invariants:
 * 1. Each event is given once and in order: whatever breaks, the next connection names the last position seen.
 * 2. Nothing is tried again that trying cannot mend: an error of ours (4xx) ends the iteration with it, as does a server
 *    that cannot be reached in the first place.
 *
 * @module
 */
import { HoldfastError, retryPause } from '@holdfast/core';
import type { EventResource, Millis, RetryPolicy, TailFilter } from '@holdfast/core';
import type { Pauses } from './pauses.ts';
import { SseParser } from './sse-parser.ts';
import type { StreamEvent } from './sse-parser.ts';
import { ApiError } from './transport.ts';
import type { Ask, Transport } from './transport.ts';

export interface TailOptions extends TailFilter {
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal;
}

/** Without a sign of life for this long (three heartbeats) a connection is taken for dead. */
const SILENCE_MS: Millis = 45_000;
export const RECONNECT: RetryPolicy = { attempts: Infinity, backoff: 250, max: 10_000, factor: 2 };

export async function* tailEvents(
  transport: Transport,
  { signal, ...filter }: TailOptions,
  pauses: Pauses,
): AsyncGenerator<EventResource, void, undefined> {
  let position: string | undefined;
  let connected = false;
  let failures = 0;
  while (!isAborted(signal)) {
    try {
      const ask = { path: '/v1/events/stream', query: { ...filter } };
      for await (const event of connection(transport, ask, position, signal)) {
        connected = true;
        failures = 0;
        if (event.id !== undefined) position = event.id;
        if (event.data !== undefined) yield JSON.parse(event.data) as EventResource;
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (!connected || !isPassing(error)) throw error;
    }
    failures += 1;
    await pauses.sleep(retryPause(RECONNECT, failures, pauses.random), signal);
  }
}

/** A function, so that the compiler does not take the answer for unchanged across an await. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Whether another connection may do better. What breaks a connection midway is the platform's own kind of error. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  if (error instanceof HoldfastError) return error.code === 'unavailable';
  return !(error instanceof SyntaxError);
}

/** What one connection brings until it ends. The first says that it stands, and has neither id nor data. */
export async function* connection(
  transport: Transport,
  asked: Pick<Ask, 'path' | 'query'>,
  position: string | undefined,
  outer: AbortSignal | undefined,
): AsyncGenerator<StreamEvent, void, undefined> {
  const own = new AbortController();
  const signal = outer === undefined ? own.signal : AbortSignal.any([outer, own.signal]);
  const headers = {
    accept: 'text/event-stream',
    ...(position === undefined ? {} : { 'last-event-id': position }),
  };
  let silence = setTimeout(() => own.abort(), SILENCE_MS);
  try {
    const response = await transport.send({ ...asked, headers }, signal);
    if (response.body === null) return;
    yield { id: undefined, data: undefined };
    const parser = new SseParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    while (true) {
      const chunk: { readonly value?: Uint8Array | undefined } = await reader.read();
      if (chunk.value === undefined) return;
      clearTimeout(silence);
      silence = setTimeout(() => own.abort(), SILENCE_MS);
      yield* parser.push(decoder.decode(chunk.value, { stream: true }));
    }
  } finally {
    clearTimeout(silence);
    own.abort();
  }
}
