/** An order in the console: signed in by a link, watched as it arrives, walked through from its first event to its last. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { order, orderPlaced } from '../../support/orders.ts';
import { missingTools } from '../../support/tools.ts';

const missing = missingTools('chromium');
let server: HoldfastServer;
let browser: TestBrowser;
beforeAll(async () => {
  if (missing !== null) return;
  server = await HoldfastServer.start();
  browser = await TestBrowser.start();
});
afterAll(async () => {
  if (missing !== null) return;
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('a one-time link signs in once, leaves the address, and says so when it is used again', async (context) => {
  context.skip(missing !== null, missing ?? '');
  await using visit = await ConsoleVisit.open(browser, server);
  const link = await visit.signInByLink(server);
  expect(visit.page.url()).toBe(`${visit.base}/`);
  expect(visit.faults).toEqual([]);

  await using stranger = await ConsoleVisit.open(browser, server);
  stranger.expectRefusals(401);
  await stranger.page.goto(link);
  const refused = stranger.page.getByRole('alert');
  await refused.waitFor();
  expect(await refused.textContent()).toMatch(/Not signed in.*link.*(used|expired)/i);
  expect(stranger.page.url()).toBe(`${stranger.base}/login`);
  await stranger.page.goto('/sagas');
  await stranger.heading('Holdfast').waitFor();
  expect(new URL(stranger.page.url()).searchParams.get('next')).toBe('/sagas');
  expect(stranger.faults).toEqual([]);
});

test('an order arrives without reload, and its story is walked in chart, list and state', async (context) => {
  context.skip(missing !== null, missing ?? '');
  await using visit = await ConsoleVisit.open(browser, server);
  const { page } = visit;
  await visit.signInByLink(server);
  await visit.go('Sagas');
  await page.getByText('No instance yet').waitFor();
  const loaded = await visit.loadedAt();

  const placed = order({ orderId: 'order-42' });
  await server.api.publish(orderPlaced(placed));
  const row = page.getByRole('table', { name: 'Sagas' }).getByRole('row', { name: /order-42/ });
  await row.getByText('waiting').waitFor();
  await row.getByRole('link', { name: 'order-42' }).click();
  await visit.heading('order-42').waitFor();

  const timeline = page.getByRole('region', { name: 'Timeline' });
  const chart = timeline.getByRole('group', { name: 'Story as a chart' });
  await chart.getByRole('img', { name: /payment\.charge/ }).waitFor();
  await chart.getByRole('img', { name: /kitchen\.ready.*open/ }).waitFor();
  await timeline.getByRole('radio', { name: 'list' }).click();
  const list = timeline.getByRole('list', { name: 'Timeline' });
  await list.getByText('order.placed').first().waitFor();
  const begun = await list.getByRole('listitem').count();
  expect(new URL(page.url()).search).not.toBe('');

  const states = page.getByRole('region', { name: 'State by version' });
  const slider = states.getByRole('slider', { name: 'Version' });
  const newest = Number(await slider.getAttribute('max'));
  expect(newest).toBeGreaterThan(2);
  await slider.fill('1');
  const first = states.getByLabel('State at version 1');
  await first.waitFor();
  expect(await first.textContent()).toContain('order-42');
  await states.getByText(`1 of ${newest}`).waitFor();
  await states.getByRole('button', { name: 'Version after' }).click();
  await states.getByLabel('State at version 2').waitFor();
  await states.getByText('kitchen.reserve').first().waitFor();
  await states.getByText('the same, now, from what is recorded').waitFor();

  await server.api.completeWait('order', 'order-42', 'kitchen.ready', { shelf: 'A3' });
  await page.getByText('completed').first().waitFor();
  await list.getByText('courier.dispatch').first().waitFor();
  expect(await list.getByRole('listitem').count()).toBeGreaterThan(begun);
  expect(await visit.loadedAt()).toBe(loaded);

  // Every view is an address: the same is there when somebody else opens it.
  const shared = page.url();
  await page.goto('about:blank');
  await page.goto(shared);
  await page.getByLabel('State at version 2').waitFor();
  expect(await timeline.getByRole('radio', { name: 'list' }).isChecked()).toBe(true);
  expect(visit.faults).toEqual([]);
});
