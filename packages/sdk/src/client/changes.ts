/**
 * What changes, as an async iterator: a stream of server-sent events that is taken up again where it broke.
 *
 * Nothing says what was missed between two connections: the first message of each but the first names every topic.
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
}

export async function* followChanges(
  transport: Transport,
  { signal }: ChangesOptions,
  pauses: Pauses,
): AsyncGenerator<Changes, void, undefined> {
  let connected = false;
  let failures = 0;
  let head = 0;
  while (!isAborted(signal)) {
    try {
      const again = connected;
      let told = false;
      for await (const { data } of connection(
        transport,
        { path: '/v1/changes' },
        undefined,
        signal,
      )) {
        connected = true;
        failures = 0;
        if (again && !told) yield { head, topics: [...CHANGE_TOPICS] };
        told = true;
        if (data === undefined) continue;
        const changes = JSON.parse(data) as Changes;
        head = changes.head;
        yield changes;
      }
    } catch (error) {
      if (isAborted(signal)) return;
      if (!connected || !isPassing(error)) throw error;
    }
    failures += 1;
    await pauses.sleep(retryPause(RECONNECT, failures, pauses.random), signal);
  }
}
