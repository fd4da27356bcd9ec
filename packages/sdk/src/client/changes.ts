/**
 * What changes, as an async iterator: a stream of server-sent events that is taken up again where it broke.
 *
 * Nothing says what was missed between two connections: each but the first begins with a message that names every topic.
 *
 * @module
 */
import { CHANGE_TOPICS, retryPause } from '@holdfast/core';
import type { Changes } from '@holdfast/core';
import { connection, isAborted, isPassing, RECONNECT } from './event-tail.ts';
import type { Pauses } from './pauses.ts';
import type { Transport } from './transport.ts';

export interface ChangesOptions {
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal;
  /** Told when a connection stands, and when it has broken and another is tried. Not told of the end. */
  readonly onConnection?: (connected: boolean) => void;
}

export async function* followChanges(
  transport: Transport,
  { signal, onConnection }: ChangesOptions,
  pauses: Pauses,
): AsyncGenerator<Changes, void, undefined> {
  let connected = false;
  let failures = 0;
  let head = 0;
  while (!isAborted(signal)) {
    try {
      const again = connected;
      for await (const { data } of connection(
        transport,
        { path: '/v1/changes' },
        undefined,
        signal,
      )) {
        failures = 0;
        if (data === undefined) {
          connected = true;
          onConnection?.(true);
          if (again) yield { head, topics: [...CHANGE_TOPICS] };
          continue;
        }
        const changes = JSON.parse(data) as Changes;
        head = changes.head;
        yield changes;
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (!connected || !isPassing(error)) throw error;
    }
    if (isAborted(signal)) return;
    onConnection?.(false);
    failures += 1;
    await pauses.sleep(retryPause(RECONNECT, failures, pauses.random), signal);
  }
}
