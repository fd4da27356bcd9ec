/** `holdfast mqtt clients|retained|topics`: the broker of the tenant. */
import type { MqttClientResource, MqttRetainedResource, MqttTopicResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { printPage } from '../cli/print-page.ts';
import { sizeText } from '../cli/size-text.ts';
import type { Column } from '../cli/table.ts';
import { relativeTime } from '../cli/time-text.ts';

interface Filter {
  readonly prefix?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listClients(context: CliContext, filter: Filter): Promise<number> {
  const page = await ask(context, 'Reading clients', (client) => client.mqtt.clients(filter));
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<MqttClientResource>[] = [
    { title: 'CLIENT', value: ({ clientId }) => clientId, paint: paint.name, flexible: true },
    { title: 'KEY', value: ({ key }) => key.name, flexible: true },
    { title: 'FROM', value: ({ address }) => address, spare: true },
    { title: 'SINCE', value: ({ connectedAt }) => relativeTime(connectedAt, now), align: 'right' },
    { title: 'SESSION', value: ({ clean }) => (clean ? 'clean' : 'kept'), spare: true },
    { title: 'OWED', value: ({ owed }) => owed, align: 'right', spare: true },
    {
      title: 'SUBSCRIBED TO',
      value: ({ subscriptions }) =>
        subscriptions.map(({ filter: topics, qos }) => `${topics} (${qos})`).join(', '),
      flexible: true,
    },
  ];
  return printPage(context.out, page, columns, 'no clients are connected');
}

const payloadOf = ({ payload, encoding, bytes }: MqttRetainedResource): string =>
  encoding === 'base64' ? `${sizeText(bytes)}, not text` : payload;

export async function listRetained(context: CliContext, filter: Filter): Promise<number> {
  const page = await ask(context, 'Reading retained messages', (client) =>
    client.mqtt.retained(filter),
  );
  const { paint } = context.out;
  const columns: readonly Column<MqttRetainedResource>[] = [
    { title: 'TOPIC', value: ({ topic }) => topic, paint: paint.name, flexible: true },
    { title: 'QOS', value: ({ qos }) => qos, align: 'right' },
    { title: 'SIZE', value: ({ bytes }) => sizeText(bytes), align: 'right' },
    { title: 'PAYLOAD', value: payloadOf, flexible: true },
  ];
  return printPage(context.out, page, columns, 'no messages are retained');
}

export async function listTopics(context: CliContext, filter: Filter): Promise<number> {
  const page = await ask(context, 'Reading topics', (client) => client.mqtt.topics(filter));
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<MqttTopicResource>[] = [
    { title: 'TOPIC', value: ({ topic }) => topic, paint: paint.name, flexible: true },
    { title: 'MESSAGES', value: ({ messages }) => messages, align: 'right' },
    { title: 'LAST', value: ({ lastAt }) => relativeTime(lastAt, now), align: 'right' },
    { title: 'QOS', value: ({ qos }) => qos, align: 'right' },
    { title: 'PAYLOAD', value: payloadOf, flexible: true },
  ];
  return printPage(context.out, page, columns, 'nothing was published lately');
}
