/** MQTT over WebSocket at the server as users run it. */
import { expect, test } from 'vitest';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order } from '../support/orders.ts';

test('an order placed over WebSocket runs, and its workflow events come back the same way', async () => {
  await using server = await HoldfastServer.start();
  const url = `${server.ready.http.replace('http', 'ws')}/mqtt`;
  await using browser = await MqttUser.connect(url, { key: server.adminKey });
  expect(await browser.subscribe('hf/workflow/#')).toBe(1);
  const placed = order();
  await browser.publish('hf/events/order.placed', placed);
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
  const news = await browser.message('a workflow event of the order', ({ payload }) =>
    payload.includes(placed.orderId),
  );
  expect(JSON.parse(news.payload)).toMatchObject({ correlationid: placed.orderId });
});

test('can be turned off', async () => {
  await using server = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_MQTT_WEBSOCKET_ENABLED: 'false' },
  });
  const url = `${server.ready.http.replace('http', 'ws')}/mqtt`;
  await expect(MqttUser.connect(url, { key: server.adminKey })).rejects.toThrow(
    /socket hang up|closed|Unexpected server response/,
  );
});
