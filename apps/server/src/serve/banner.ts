/**
 * What a person reads when the server is ready: where it listens, where the key is, and commands to paste.
 *
 * @module
 */
import { shellWord } from '@holdfast/core';
import { COMMAND } from '../asset-paths.ts';
import type { Restaurant } from './restaurant.ts';

export interface Where {
  readonly http: string;
  readonly mqtt: string;
  readonly adminKeyFile: string;
  readonly dataDir: string;
  /** Of the certificate that the server made itself; null when it made none. */
  readonly fingerprint: string | null;
}

export function banner({ http, mqtt, adminKeyFile, dataDir, fingerprint }: Where): string {
  return [
    '',
    'Holdfast is ready.',
    '',
    `  HTTP API   ${http}`,
    `  MQTT       ${mqtt}`,
    `  Console    ${shellWord(COMMAND)} open --data-dir ${shellWord(dataDir)}`,
    `  Admin key  ${adminKeyFile}`,
    `  Data       ${dataDir}`,
    ...(fingerprint === null
      ? []
      : ['', `  Certificate, self-made; its SHA-256 is`, `  ${fingerprint}`]),
    '',
    '  Ctrl-C drains and stops.',
    '',
    '',
  ].join('\n');
}

/** With commands that place an order each way, watch it, and complete its wait. */
export function restaurantBanner(where: Where, { callsFile }: Restaurant): string {
  const { http, mqtt, adminKeyFile } = where;
  const { hostname, port } = new URL(mqtt);
  const key = `$(cat ${shellWord(adminKeyFile)})`;
  const authorize = `-H "Authorization: Bearer ${key}"`;
  const order = (id: string): string =>
    JSON.stringify({
      orderId: id,
      customer: 'Ada',
      items: [{ sku: 'soup', qty: 2 }],
      amount: 1800,
    });
  const event = JSON.stringify({
    specversion: '1.0',
    id: 'order-1',
    source: 'terminal',
    type: 'order.placed',
    data: JSON.parse(order('o-1')) as unknown,
  });
  return `${banner(where)}${[
    'The restaurant is open. Its outside services write down every call they get:',
    `  ${callsFile}`,
    '',
    'Place an order over HTTP:',
    '',
    `  curl -s ${http}/v1/events ${authorize} -H 'Content-Type: application/cloudevents+json' -d '${event}'`,
    '',
    'Place one over MQTT:',
    '',
    `  mosquitto_pub -h ${hostname} -p ${port} -u me -P "${key}" -q 1 -t hf/events/order.placed -m '${order('o-2')}'`,
    '',
    'Watch them: both wait for the kitchen.',
    '',
    `  curl -s ${http}/v1/sagas/order/o-1 ${authorize}`,
    `  curl -s ${http}/v1/sagas/order/o-2/timeline ${authorize}`,
    '',
    'The kitchen is ready:',
    '',
    ...['o-1', 'o-2'].map(
      (id) =>
        `  curl -s -X POST ${http}/v1/sagas/order/${id}/waits/kitchen.ready/complete ${authorize} -H 'Content-Type: application/json' -d '{"shelf":"3"}'`,
    ),
    '',
    'And see how it ended:',
    '',
    `  curl -s "${http}/v1/sagas/order/o-1?wait=10s" ${authorize}`,
    '',
    '',
  ].join('\n')}`;
}
