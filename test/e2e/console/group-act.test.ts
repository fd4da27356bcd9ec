/** An act on more than one request takes on: how far it is, and a way to stop it. */
import { expect, test } from 'vitest';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { missingTools } from '../../support/tools.ts';

/** Two requests, and a little. */
const MANY = 2_050;

test('an act on thousands says how far it is, and stops when it is told to; the rest stays for later', async (context) => {
  const missing = missingTools('chromium');
  context.skip(missing !== null, missing ?? '');
  await using server = await HoldfastServer.start({ restaurant: false });
  await using device = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
  for (let sent = 0; sent < MANY; sent += 50) {
    const some = Array.from({ length: 50 }, () =>
      device.publish('hf/events/lamp.lit', 'no JSON', { qos: 1 }),
    );
    await Promise.all(some);
  }
  await using browser = await TestBrowser.start();
  await using visit = await ConsoleVisit.open(browser, server);
  const { page } = visit;
  await visit.signInByLink(server);
  await visit.go('Needs you');
  await page.getByRole('button', { name: /^Discard all 2,050/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Discard 2,050 entries/ });
  await dialog.getByLabel(/^Reason/).fill('a lamp gone mad');
  await dialog.getByLabel(/^Type 2050/).fill('2050');

  // The second request is kept from leaving until it was told to stop.
  const stopped = Promise.withResolvers<void>();
  let asked = 0;
  await page.route('**/v1/attention/*/discard', async (route) => {
    asked += 1;
    if (asked === 2) await stopped.promise;
    await route.continue();
  });
  await dialog.getByRole('button', { name: 'Discard 2,050' }).click();
  await dialog.getByRole('status').filter({ hasText: '1,000 of 2,050 dealt with' }).waitFor();
  expect(await dialog.getByRole('progressbar').getAttribute('value')).toBe('1000');
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await dialog.getByRole('button', { name: 'Stopping…' }).waitFor();
  stopped.resolve();
  await dialog.getByText('2,000 done, 50 not tried').waitFor();
  expect(asked).toBe(2);
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await page.getByRole('button', { name: /^Discard all 50/ }).click();
  const rest = page.getByRole('dialog', { name: /^Discard 50 entries/ });
  await rest.getByLabel(/^Reason/).fill('the rest of it');
  await rest.getByLabel(/^Type 50/).fill('50');
  await rest.getByRole('button', { name: 'Discard 50' }).click();
  await page.getByText('Nothing needs you').waitFor();
  expect(visit.faults).toEqual([]);
});
