/**
 * The broker's clients and topics. To leave this file when the SDK's client has the routes.
 *
 * @module
 */
import type { Page } from '@holdfast/core';
import { call } from './pending.ts';
import { pages } from './queries.ts';

export interface MqttClient {
  readonly clientId: string;
  /** The key it came with. */
  readonly key: { readonly id: string; readonly name: string };
  readonly address: string | null;
  readonly connectedAt: string;
  /** Whether its session ends with the connection. */
  readonly clean: boolean;
  readonly subscriptions: readonly { readonly filter: string; readonly qos: number }[];
  /** Deliveries that its session still waits for. */
  readonly owed: number;
}

export interface Payload {
  /** Its head: text where it is UTF-8, else base64. */
  readonly payload: string;
  readonly encoding: 'utf8' | 'base64';
  /** Of the whole payload. */
  readonly bytes: number;
}

export interface RetainedMessage extends Payload {
  readonly topic: string;
  readonly qos: number;
}

export interface LiveTopic extends Payload {
  readonly topic: string;
  /** Messages since the server started, or since the topic was last forgotten. */
  readonly messages: number;
  readonly lastAt: string;
  readonly qos: number;
  readonly retain: boolean;
}

/** No stream tells of the broker's own life: asked again while it is looked at. */
const ASK_AGAIN_MS = 3_000;

function brokerPages<Item>(what: 'clients' | 'retained' | 'topics', prefix: string | undefined) {
  return {
    ...pages<Item>(['mqtt', what, prefix ?? ''], [], ({ limit, cursor }) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (prefix !== undefined) query.set('prefix', prefix);
      if (cursor !== undefined) query.set('cursor', cursor);
      return call<Page<Item>>(`/v1/mqtt/${what}?${query.toString()}`);
    }),
    refetchInterval: ASK_AGAIN_MS,
  };
}

export const clientsQuery = (prefix?: string) => brokerPages<MqttClient>('clients', prefix);
export const retainedQuery = (prefix?: string) => brokerPages<RetainedMessage>('retained', prefix);
export const topicsQuery = (prefix?: string) => brokerPages<LiveTopic>('topics', prefix);
