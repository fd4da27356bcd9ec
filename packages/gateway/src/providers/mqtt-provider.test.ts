import { expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import type { ProviderSettings } from '@holdfast/core';
import { MqttProvider } from './mqtt-provider.ts';
import type { MqttPublish } from './mqtt-provider.ts';
import { contextOf, effectCall } from './testing-calls.ts';

const settings = (topic: string, format?: 'data' | 'cloudevent'): ProviderSettings => ({
  kind: 'mqtt',
  topic,
  qos: 1,
  retain: true,
  format,
});
const input = '{"room":"hall","level":3,"evil":"a/b","wild":"#"}';

test('publishes the input in the tenant, at the topic it names', async () => {
  const published: unknown[] = [];
  const provider = new MqttProvider((...args) => {
    published.push(args);
    return Promise.resolve();
  });
  const result = await provider.execute(
    effectCall({ tenant: 'north', input }),
    settings('config://HOME/{room}/light/{level}'),
    contextOf({ 'config://HOME': 'house/1' }),
  );
  expect(result).toEqual({ kind: 'succeeded', output: 'null' });
  expect(published).toEqual([['north', 'house/1/hall/light/3', input, { qos: 1, retain: true }]]);
});

test('as a CloudEvent it carries tenant, correlation, trace and the key that tells repeats apart', async () => {
  const payloads: string[] = [];
  const provider = new MqttProvider((_tenant, _topic, payload) => {
    payloads.push(payload);
    return Promise.resolve();
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const call = effectCall({ tenant: '', input, correlationId: 'c-1', traceparent });
  await provider.execute(call, settings('x', 'cloudevent'), contextOf());
  expect(JSON.parse(payloads[0] ?? '')).toEqual({
    specversion: '1.0',
    id: call.commandId,
    source: `holdfast:saga/${call.saga}`,
    type: call.effect,
    subject: `${call.saga}/${call.key}`,
    datacontenttype: 'application/json',
    tenantid: '_',
    correlationid: 'c-1',
    traceparent,
    data: JSON.parse(input) as unknown,
  });
});

test('publishes at the joined broker that it names', async () => {
  const published: unknown[] = [];
  const provider = new MqttProvider((...args) => {
    published.push(args);
    return Promise.resolve();
  });
  const at = { ...settings('lamp/{room}'), bridge: 'home' } as ProviderSettings;
  await provider.execute(effectCall({ tenant: 'north', input }), at, contextOf());
  expect(published).toEqual([
    ['north', 'lamp/hall', input, { qos: 1, retain: true, bridge: 'home' }],
  ]);
});

test.each([
  'x/{evil}',
  'x/{wild}',
  'x/{missing}',
  'hf/events/{room}',
  '$SYS/{room}',
  'hf/workflow/x',
])('%s is refused and nothing is published', async (topic) => {
  const publish: MqttPublish = () => Promise.reject(new Error('must not be called'));
  const attempt = new MqttProvider(publish).execute(
    effectCall({ input }),
    settings(topic),
    contextOf(),
  );
  await expect(attempt).rejects.toMatchObject({
    result: { kind: 'failed', error: { code: 'template' } },
  });
});

test('a broker that certainly took nothing leaves it not done, any other failure in doubt', async () => {
  const failing = (error: Error) => new MqttProvider(() => Promise.reject(error));
  const run = (error: Error) => failing(error).execute(effectCall(), settings('x'), contextOf());
  expect(await run(new HoldfastError('draining', 'draining'))).toMatchObject({
    kind: 'not_done',
    error: { code: 'draining' },
  });
  expect((await run(new Error('socket closed'))).kind).toBe('in_doubt');
});

test('a check asks nobody and stays in doubt', async () => {
  const publish: MqttPublish = () => Promise.reject(new Error('must not be called'));
  const result = await new MqttProvider(publish).execute(
    effectCall({ mode: 'check' }),
    settings('x'),
    contextOf(),
  );
  expect(result).toMatchObject({ kind: 'in_doubt', error: { code: 'check.unsupported' } });
});
