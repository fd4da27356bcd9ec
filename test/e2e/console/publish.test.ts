/** An event published by the form that its schema makes, and followed to what it started. */
import { expect, test } from 'vitest';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { Project } from '../../support/project.ts';
import { missingTools } from '../../support/tools.ts';

test('a form made from the schema publishes, says what is wrong beside the field, and leads on', async (context) => {
  const missing = missingTools('chromium');
  context.skip(missing !== null, missing ?? '');
  await using target = await AnsweringTarget.start();
  await using server = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_CONFIG_TARGET: target.url },
  });
  using project = new Project('test/e2e/console');
  await project.deploy(server);
  await using browser = await TestBrowser.start();
  await using visit = await ConsoleVisit.open(browser, server);
  const { page } = visit;
  await visit.signInByLink(server);
  await visit.go('Events');
  await page
    .getByRole('link', { name: /Publish/ })
    .first()
    .click();
  await visit.heading('Publish an event').waitFor();
  await page.getByLabel('Type', { exact: true }).selectOption('bread.asked');
  await page.getByText('Taken by bread, which it starts.').waitFor();
  await page.getByLabel(/^id/).fill('rye-1');
  await page.getByLabel(/^loaves/).fill('none');
  const publish = page.getByRole('button', { name: 'Publish bread.asked' });
  await publish.click();
  await page.getByText('Not published: one field needs another look.').waitFor();
  expect(await page.getByLabel(/^loaves/).getAttribute('aria-invalid')).toBe('true');
  expect(await server.api.events('?type=bread.asked')).toEqual([]);

  await page.getByLabel(/^loaves/).fill('3');
  await publish.click();
  const status = page.getByRole('status').filter({ hasText: 'Recorded as event' });
  await status.getByRole('link', { name: 'bread / rye-1' }).waitFor();
  await status.getByRole('link', { name: /^#\d+$/ }).click();
  await visit.heading('bread.asked').waitFor();
  const became = page.getByRole('region', { name: 'What became of it' });
  await became.getByRole('link', { name: 'bread / rye-1' }).click();
  await visit.heading('rye-1').waitFor();
  await page.getByText('completed').first().waitFor();
  expect(target.callsOf('/heat')).toHaveLength(1);
  const [event] = await server.api.events('?type=bread.asked');
  expect(event?.data).toEqual({ id: 'rye-1', loaves: 3 });
  expect(visit.faults).toEqual([]);
});
