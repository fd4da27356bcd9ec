/** A quarantined message, read again as its topic is mapped by now: for a redrive. */
import { HoldfastError } from '@holdfast/core';
import type { IncomingEvent, TenantId } from '@holdfast/core';
import type { KeyRing } from '../access/key-ring.ts';
import { readEvent, readPayload } from './event-reading.ts';
import type { SourceMap } from './source-map.ts';
import { planTopic } from './topic-plan.ts';

/** A message as the quarantine has it. */
export interface StoredMessage {
  readonly tenant: TenantId;
  readonly topic: string;
  /** The client's id as it gave it. */
  readonly client: string;
  /** Id of the key it was published with; null for a will. */
  readonly key: string | null;
  readonly payload: Buffer;
}

/**
 * The events that the message is. By the limits of the key it came with, while there is one: a redrive lets nobody
 * publish what they may not.
 *
 * @throws HoldfastError `conflict` when it is no event, or still none; the hint says what to do
 */
export function readAgain(
  message: StoredMessage,
  sources: SourceMap,
  keyRing: Pick<KeyRing, 'find'>,
): readonly IncomingEvent[] {
  const { tenant, topic, client, key, payload } = message;
  const principal = key === null ? null : keyRing.find(key);
  const plan = planTopic({ tenant, principal, clientId: client }, topic, sources);
  if (plan.kind === 'refused') throw still(plan.reason);
  if (plan.kind === 'message')
    throw new HoldfastError('conflict', `no active release takes messages of ${topic}`, {
      hint: 'activate a release with a source for the topic, or discard the entry',
    });
  const read = readPayload(payload);
  if (!read.ok) throw still(read.reason);
  return (plan.kind === 'event' ? [plan.event] : plan.events).map((event) => {
    const reading = readEvent(event, topic, read.value);
    if (!reading.ok) throw still(reading.reason);
    return reading.event;
  });
}

function still(reason: string): HoldfastError {
  return new HoldfastError('conflict', `it still cannot be taken: ${reason}`, {
    hint: 'have its sender send it anew, and discard the entry',
  });
}
