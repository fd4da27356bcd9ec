/**
 * I1: a commit that fails in the sync is of unknown fate. Nothing of it is acknowledged, the process ends, and the next
 * start takes what the disk has. `support/preload/failing-sync.c` is the disk.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callsOf, countByName } from '../support/calls-file.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order, orderPlaced } from '../support/orders.ts';
import type { OrderPlaced } from '../support/orders.ts';
import { buildPreload } from '../support/preload.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { missingTools } from '../support/tools.ts';

const INPUT_OUTPUT = 74;
const EACH = 20;

function events(): readonly OrderPlaced[] {
  return Array.from({ length: EACH }, () => orderPlaced(order()));
}

test('a failed sync: nothing is acknowledged, exit 74, and the next start has each event once', async (context) => {
  const missing = missingTools('gcc');
  if (missing !== null) return context.skip(missing);
  using folder = new TempFolder('sync');
  const trigger = folder.at('fail');
  const env = {
    LD_PRELOAD: buildPreload('failing-sync', folder),
    HOLDFAST_TEST_FAIL_SYNC: trigger,
  };
  await using server = await HoldfastServer.start({ env });
  await using till = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  const before = orderPlaced(order());
  await till.publish('hf/events/order.placed', before);
  await server.api.waitForStatus('order', before.id, 'waiting');

  writeFileSync(trigger, '');
  const [overHttp, qos1, qos2] = [events(), events(), events()];
  const acknowledged: string[] = [];
  for (const event of overHttp) {
    server.api.post('/v1/events', event).then(
      ({ status }) => {
        if (status < 300) acknowledged.push(event.id);
      },
      () => undefined,
    );
  }
  for (const [qos, some] of [
    [1, qos1],
    [2, qos2],
  ] as const) {
    for (const event of some) {
      till.client.publish('hf/events/order.placed', JSON.stringify(event), { qos }, (error) => {
        if (!error) acknowledged.push(event.id);
      });
    }
  }
  till.client.on('packetreceive', ({ cmd }) => {
    if (cmd === 'puback' || cmd === 'pubrec') acknowledged.push(cmd);
  });
  expect(await server.ended()).toBe(INPUT_OUTPUT);
  // What was on its way to us has come by then.
  await sleep(200);
  expect(acknowledged).toEqual([]);

  rmSync(trigger);
  await server.restart();
  expect((await server.api.get('/health')).status).toBe(200);
  // As careful clients do: all of it again.
  const all = [...overHttp, ...qos1, ...qos2];
  for (const event of all) await server.api.publish(event);
  const journaled = (await server.api.events('?type=order.placed')).map(({ id }) => id);
  expect(journaled.toSorted()).toEqual([before, ...all].map(({ id }) => id).toSorted());
  for (const { id } of all) {
    await server.api.waitForStatus('order', id, 'waiting');
    expect(countByName(callsOf(server.calls(), id))).toEqual({
      'kitchen.reserve': 1,
      'payment.charge': 1,
    });
  }
});
