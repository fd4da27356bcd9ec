/** What the broker shows a tenant of itself: its own clients, retained messages and topics, and nobody else's (I5). */
import { isUtf8 } from 'node:buffer';
import { formatMicros } from '@holdfast/core';
import type {
  MqttClientResource,
  MqttRetainedResource,
  MqttTopicResource,
  TenantId,
} from '@holdfast/core';
import type { BrokerMirror } from './broker-mirror.ts';
import type { Connection } from './connection.ts';
import { mountPrefix, unmount } from './mount.ts';
import { HEAD_BYTES } from './seen-topics.ts';
import type { SeenTopics } from './seen-topics.ts';

export interface BrokerView {
  clients(tenant: TenantId): readonly MqttClientResource[];
  retained(tenant: TenantId): readonly MqttRetainedResource[];
  topics(tenant: TenantId): readonly MqttTopicResource[];
}

interface ViewDeps {
  readonly connections: ReadonlySet<Connection>;
  readonly mirror: BrokerMirror;
  readonly seen: SeenTopics;
}

export function brokerView({ connections, mirror, seen }: ViewDeps): BrokerView {
  return {
    clients: (tenant) => [...connections].flatMap((one) => clientOf(one, tenant)),
    retained: (tenant) =>
      [...mirror.retained.match(`${mountPrefix(tenant)}#`)].map(({ topic, qos, payload }) => {
        const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
        const head = bytes.subarray(0, HEAD_BYTES);
        return { topic: unmount(topic), qos, ...payloadOf(head, bytes.length) };
      }),
    topics: (tenant) =>
      [...seen.of(mountPrefix(tenant))].map(
        ({ topic, messages, lastAt, qos, retain, head, bytes }) => ({
          topic: unmount(topic),
          messages,
          lastAt: formatMicros(lastAt),
          qos,
          retain,
          ...payloadOf(head, bytes),
        }),
      ),
  };
}

/** One that is welcome, and of the tenant. */
function clientOf(connection: Connection, tenant: TenantId): readonly MqttClientResource[] {
  const { principal, session, openedAt } = connection;
  if (principal === null || openedAt === null || principal.tenant !== tenant) return [];
  return [
    {
      clientId: connection.clientId,
      key: { id: principal.keyId, name: principal.name },
      address: connection.socket.remoteAddress ?? null,
      connectedAt: formatMicros(openedAt),
      clean: session === null,
      subscriptions: [...connection.filters]
        .map(([filter, qos]) => ({ filter: unmount(filter), qos }))
        .toSorted((a, b) => (a.filter < b.filter ? -1 : 1)),
      owed: session?.owed.size ?? 0,
    },
  ];
}

function payloadOf(
  head: Buffer,
  bytes: number,
): Pick<MqttTopicResource, 'payload' | 'encoding' | 'bytes'> {
  const whole = bytes > head.length ? withoutCutCharacter(head) : head;
  return isUtf8(whole)
    ? { payload: whole.toString('utf8'), encoding: 'utf8', bytes }
    : { payload: head.toString('base64'), encoding: 'base64', bytes };
}

/** A head may end within a character of UTF-8: at most three bytes of it are left out. */
function withoutCutCharacter(head: Buffer): Buffer {
  for (let cut = 0; cut <= 3; cut++) {
    const part = head.subarray(0, head.length - cut);
    if (isUtf8(part)) return part;
  }
  return head;
}
