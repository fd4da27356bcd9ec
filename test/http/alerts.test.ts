import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Alerts, alertsSchema, alertsTestedSchema, HoldfastError } from '@holdfast/core';
import { HttpHouse } from '../support/http-house.ts';

const house = new HttpHouse();
const view = house.key(['view'], { tenant: 'north' });
const admin = house.key(['admin']);

beforeAll(() => house.start());
afterAll(() => house.stop());
beforeEach(() => {
  house.tested.length = 0;
  house.fake.acts.length = 0;
});

test('a key that may view is shown the alerts of its tenant', async () => {
  const asked: string[] = [];
  const shown: Alerts = {
    open: [],
    deliveries: [],
    targets: [],
    ping: { state: 'well', interval: 60_000, lastSentAt: null, error: null },
  };
  house.answerAlerts((tenant) => {
    asked.push(tenant);
    return shown;
  });
  const { status, body } = await house.ask('GET', '/v1/alerts', { key: view });
  expect(status).toBe(200);
  expect(alertsSchema.parse(body)).toEqual(shown);
  const other = await house.ask('GET', '/v1/alerts', {
    key: admin,
    headers: { 'x-tenant-id': 'south' },
  });
  expect(other.status).toBe(200);
  expect(asked).toEqual(['north', 'south']);
});

test('an admin has all targets tested, or one, and that is on record', async () => {
  const all = await house.ask('POST', '/v1/alerts/test', { key: admin });
  expect(alertsTestedSchema.parse(all.body)).toEqual({ items: [] });
  const json = { target: 'ops', reason: 'moved house' };
  expect((await house.ask('POST', '/v1/alerts/test', { key: admin, json })).status).toBe(200);
  expect(house.tested).toEqual([null, 'ops']);
  expect(house.fake.acts.map(({ act, actor }) => [act, actor.reason])).toEqual([
    ['alerts.tested', null],
    ['alerts.tested', 'moved house'],
  ]);
  const refused = await house.ask('POST', '/v1/alerts/test', { key: view });
  expect([refused.status, house.tested.length]).toEqual([403, 2]);
});

test('a target that is not configured is a 404, a body with something else a 400, and neither is on record', async () => {
  const none = await house.ask('POST', '/v1/alerts/test', { key: admin, json: { target: 'none' } });
  expect(none).toMatchObject({ status: 404, body: { code: 'not_found' } });
  const wrong = await house.ask('POST', '/v1/alerts/test', { key: admin, json: { targets: [] } });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  expect(house.fake.acts).toEqual([]);
});

test('metrics tell of alerts, targets and pings where there are any', async () => {
  const before = await house.ask('GET', '/metrics', { key: view });
  expect(before.text).not.toMatch(/holdfast_(alert|pings)/);
  house.countAlerts({
    open: { blocked: 2 },
    targets: [{ name: 'ops', sent: 3, failures: 1, dropped: 0, queued: 4 }],
    pings: { sent: 5, failed: 0, withheld: 1 },
  });
  const { text } = await house.ask('GET', '/metrics', { key: view });
  for (const line of [
    'holdfast_alerts_open{kind="blocked"} 2',
    'holdfast_alerts_open{kind="disk"} 0',
    'holdfast_alert_deliveries_total{target="ops",result="sent"} 3',
    'holdfast_alert_deliveries_total{target="ops",result="failed"} 1',
    'holdfast_alert_messages_queued{target="ops"} 4',
    'holdfast_pings_total{result="withheld"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test('a fault of the desk is a problem with its code', async () => {
  house.answerAlerts(() => {
    throw new HoldfastError('unavailable', 'not now');
  });
  const { status, body } = await house.ask('GET', '/v1/alerts', { key: view });
  expect({ status, body }).toMatchObject({ status: 503, body: { code: 'unavailable' } });
});
