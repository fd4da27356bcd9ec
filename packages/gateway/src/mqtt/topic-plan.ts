/**
 * What a publish to a topic is, for one tenant and one key: worked out once for each topic a connection uses.
 *
 * - `hf/events/TYPE` is an event of that type. Everything else below `hf/` is the engine's, and so is what begins with
 *   `$`: refused, whoever asks (I5).
 * - A topic that a manifest source takes is a message, and an event of each such source's type besides.
 * - Any other topic is a message between devices.
 */
import { HoldfastError } from '@holdfast/core';
import type { ErrorCode, Fault, IncomingEvent, TenantId } from '@holdfast/core';
import { defaultSource, mayUseType } from '../access/key-ring.ts';
import type { Principal } from '../access/key-ring.ts';
import { parseParts } from '../ingest/cloud-events.ts';
import type { SourceMap, TopicSource } from './source-map.ts';
import { levelCount, matchesFilter, MAX_TOPIC_LEVELS } from './topic-filter.ts';

const EVENT_TOPIC = 'hf/events/';
export const WORKFLOW_TOPIC = 'hf/workflow';
const HOUSE_TOPIC = 'hf/';

interface Refusal {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  readonly reason: string;
  readonly faults?: readonly Fault[];
}

/** An event of one type: all that does not depend on the payload. */
export interface EventPlan {
  readonly template: IncomingEvent;
  /** The manifest source it comes by; null at `hf/events/…`. */
  readonly source: TopicSource | null;
}

export type TopicPlan =
  | Refusal
  | { readonly kind: 'event'; readonly event: EventPlan }
  | { readonly kind: 'mapped'; readonly events: readonly EventPlan[] }
  | { readonly kind: 'message' };

/** Who publishes: a key, or a will whose owner was judged when it connected. */
export interface Publisher {
  readonly tenant: TenantId;
  readonly principal: Principal | null;
  /** The client's id as it gave it. */
  readonly clientId: string;
  /** The bridge it comes by, for a message of a joined broker. */
  readonly bridge?: string;
}

const MESSAGE: TopicPlan = { kind: 'message' };

export function planTopic(publisher: Publisher, topic: string, sources: SourceMap): TopicPlan {
  const { principal } = publisher;
  if (levelCount(topic) > MAX_TOPIC_LEVELS) {
    return refused('event.invalid', `the topic has more than ${MAX_TOPIC_LEVELS} levels`);
  }
  if (topic.startsWith('$'))
    return refused('event.reserved', 'topics that begin with "$" are the broker\'s');
  if (principal !== null && !principal.scopes.has('publish')) {
    return refused('auth.scope', `key ${principal.name} has not the scope "publish"`);
  }
  if (principal !== null && !mayUseTopic(principal, topic)) {
    return refused('auth.scope', `key ${principal.name} may not use this topic`);
  }
  if (topic.startsWith(EVENT_TOPIC)) return planEvent(publisher, topic.slice(EVENT_TOPIC.length));
  if (topic === 'hf' || topic.startsWith(HOUSE_TOPIC)) {
    return refused(
      'event.reserved',
      `only the engine publishes here; events go to ${EVENT_TOPIC}TYPE`,
    );
  }
  const found = sources.of(topic);
  return found.length === 0 ? MESSAGE : planMapped(publisher, topic, found);
}

/** Whether the key's topic limits let it use the topic. */
export function mayUseTopic(principal: Principal, topic: string): boolean {
  return principal.topics === null || principal.topics.some((limit) => matchesFilter(limit, topic));
}

/**
 * Checks a topic that the house itself is to publish a message to.
 *
 * @throws HoldfastError `event.reserved` for one below `hf/` or beginning with `$`, `request.invalid` for one that is no
 *   topic name
 */
export function checkHouseTopic(topic: string): void {
  checkTopicName(topic);
  if (topic.startsWith('$') || topic === 'hf' || topic.startsWith(HOUSE_TOPIC)) {
    throw new HoldfastError('event.reserved', `${topic} is not for messages`);
  }
}

/**
 * Checks a topic that something is to be published to [MQTT-3.3.2-2], [MQTT-4.7.3-1].
 *
 * @throws HoldfastError `request.invalid`
 */
export function checkTopicName(topic: string): void {
  if (topic !== '' && !/[+#\u0000]/.test(topic) && levelCount(topic) <= MAX_TOPIC_LEVELS) return;
  throw new HoldfastError('request.invalid', `${JSON.stringify(topic)} is no topic name`);
}

function refused(code: ErrorCode, reason: string, faults?: readonly Fault[]): Refusal {
  return { kind: 'refused', code, reason, ...(faults === undefined ? {} : { faults }) };
}

function planEvent(publisher: Publisher, type: string): TopicPlan {
  if (type === '') return refused('event.invalid', `${EVENT_TOPIC} names no event type`);
  const source =
    publisher.principal === null ? clientSource(publisher) : defaultSource(publisher.principal);
  const event = eventPlan(publisher, type, source, null);
  return 'kind' in event ? event : { kind: 'event', event };
}

function planMapped(
  publisher: Publisher,
  topic: string,
  sources: readonly TopicSource[],
): TopicPlan {
  const events: EventPlan[] = [];
  for (const source of sources) {
    const event = eventPlan(publisher, source.settings.type, topicSource(topic), source);
    if ('kind' in event) return event;
    events.push(event);
  }
  return { kind: 'mapped', events };
}

function eventPlan(
  publisher: Publisher,
  type: string,
  uri: string,
  source: TopicSource | null,
): EventPlan | Refusal {
  const { principal, tenant } = publisher;
  if (principal !== null && !mayUseType(principal, type)) {
    return refused(
      'auth.scope',
      `key ${principal.name} may not publish events of type ${JSON.stringify(type)}`,
    );
  }
  const parsed = parseParts({}, null, { tenant, source: uri, type });
  if (parsed.ok) return { template: parsed.event, source };
  return refused(
    parsed.code,
    parsed.faults.map((fault) => fault.message).join('; '),
    parsed.faults,
  );
}

/**
 * `source` of an event that a manifest source makes: the topic. Devices number their messages for themselves, so an id
 * taken from the payload is unique below its topic, and rarely below the key that many of them share.
 */
function topicSource(topic: string): string {
  return `/topics/${topic.split('/').map(encodeURIComponent).join('/')}`;
}

function clientSource(publisher: Publisher): string {
  if (publisher.bridge !== undefined) return `/bridges/${encodeURIComponent(publisher.bridge)}`;
  return `/clients/${encodeURIComponent(publisher.clientId)}`;
}
