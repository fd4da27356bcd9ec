/**
 * The broker's clients and topics.
 *
 * @module
 */
import type {
  MqttClientResource,
  MqttPageFilter,
  MqttRetainedResource,
  MqttTopicResource,
  Page,
} from '@holdfast/core';
import { api } from './client.ts';
import { pages } from './queries.ts';

/** The head of what was published, as far as it is shown. */
export type Payload = Pick<MqttRetainedResource, 'payload' | 'encoding' | 'bytes'>;

/** No stream tells of the broker's own life: asked again while it is looked at. */
const ASK_AGAIN_MS = 3_000;

function brokerPages<Item>(
  what: string,
  prefix: string | undefined,
  list: (filter: MqttPageFilter) => Promise<Page<Item>>,
) {
  const filter = prefix === undefined ? {} : { prefix };
  return {
    ...pages(['mqtt', what, prefix ?? ''], [], (page) => list({ ...filter, ...page })),
    refetchInterval: ASK_AGAIN_MS,
  };
}

export const clientsQuery = (prefix?: string) =>
  brokerPages<MqttClientResource>('clients', prefix, (filter) => api().mqtt.clients(filter));
export const retainedQuery = (prefix?: string) =>
  brokerPages<MqttRetainedResource>('retained', prefix, (filter) => api().mqtt.retained(filter));
export const topicsQuery = (prefix?: string) =>
  brokerPages<MqttTopicResource>('topics', prefix, (filter) => api().mqtt.topics(filter));
