/** What an admin does to the server itself: a test alert, a reload, the audit verified, another tenant looked at, a drain. */
import { writeFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { TempFolder } from '../../support/temp-folder.ts';
import { missingTools } from '../../support/tools.ts';

/** Opens the dialog of an act, gives a reason, and does it. @returns the dialog */
async function act(opens: Locator, confirm: string, reason: string): Promise<Locator> {
  await opens.click();
  const dialog = opens.page().getByRole('dialog');
  await dialog.getByLabel(/^Reason/).fill(reason);
  await dialog.getByRole('button', { name: confirm }).click();
  return dialog;
}

test('alerts tested, configuration reloaded, audit verified, tenant switched, server drained', async (context) => {
  const missing = missingTools('chromium');
  context.skip(missing !== null, missing ?? '');
  await using target = await AnsweringTarget.start();
  using folder = new TempFolder('console');
  const file = folder.at('holdfast.yaml');
  const alerts = `alerts:\n  targets:\n    ops: { type: webhook, url: "${target.url}/alert" }\n`;
  writeFileSync(file, alerts);
  await using server = await HoldfastServer.start({ restaurant: false, args: ['--config', file] });
  await using browser = await TestBrowser.start();
  await using visit = await ConsoleVisit.open(browser, server);
  const { page } = visit;
  const tab = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
  await visit.signInByLink(server);

  await visit.go('Settings');
  await tab('Alerts').click();
  const testOps = page.getByRole('button', { name: 'Test ops' });
  await act(testOps, 'Send a test message', 'is anybody there');
  await page.getByText('ops took the test message').waitFor();
  expect(target.callsOf('/alert')).toHaveLength(1);
  target.breakPath('/alert', 410);
  const failed = await act(testOps, 'Send a test message', 'and now');
  await failed
    .getByRole('alert')
    .getByText(/ops did not take it: .*410/)
    .waitFor();
  await failed.getByRole('button', { name: 'Back' }).click();

  await tab('Server').click();
  const reload = page.getByRole('button', { name: 'Reload…' });
  writeFileSync(file, `${alerts}log: { level: nonsense }\n`);
  visit.expectRefusals(422);
  const refused = await act(reload, 'Reload', 'a typing error');
  const why = refused.getByRole('alert');
  await why.getByText('Refused: nothing was changed').waitFor();
  expect(await why.textContent()).toMatch(/log\.level|holdfast\.yaml/);
  await refused.getByRole('button', { name: 'Back' }).click();
  writeFileSync(file, `${alerts}log: { level: debug }\n`);
  await act(reload, 'Reload', 'look closer');
  const reloaded = page.getByRole('dialog', { name: 'The configuration is read again' });
  await reloaded.getByText(/^log\.level: .* debug$/).waitFor();
  await reloaded.getByRole('button', { name: 'Close' }).last().click();

  await visit.go('Access');
  await tab('Audit log').click();
  const log = page.getByRole('table', { name: 'Audit log' });
  await log.getByRole('row', { name: /look closer/ }).waitFor();
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  await page.getByText('The chain holds.').waitFor();

  await server.api.with({ tenant: 'north' }).publish({ type: 'note.made', data: {} });
  const tenant = page.getByLabel('Tenant', { exact: true });
  const events = page.getByRole('table', { name: 'Events' });
  await tenant.focus();
  await tenant.locator('option[value="north"]').waitFor({ state: 'attached' });
  await tenant.selectOption('north');
  await visit.go('Events');
  await events.getByText('note.made').waitFor();
  // The tab stays with its tenant.
  await page.reload();
  await events.getByText('note.made').waitFor();
  expect(await tenant.inputValue()).toBe('north');
  await tenant.selectOption('_');
  await visit.go('Events');
  await events.getByText('session.opened').first().waitFor();
  expect(await events.getByText('note.made').count()).toBe(0);

  await visit.go('Settings');
  await tab('Server').click();
  await act(page.getByRole('button', { name: 'Drain…' }), 'Drain', 'the machine moves');
  await page.getByText('Drained: nothing is in flight').waitFor();
  await page.getByText('no: it drains').waitFor();
  // What is wrong is told on the first screen, with the way to it.
  await visit.go('Today');
  const problem = page.getByRole('listitem').filter({ hasText: 'draining' });
  await problem.getByRole('link', { name: 'Look at it' }).click();
  await page.getByText('no: it drains').waitFor();
  const audit = JSON.stringify(await server.cliJson('audit', 'list'));
  for (const reason of ['is anybody there', 'look closer', 'the machine moves'])
    expect(audit).toContain(reason);
  expect(visit.faults).toEqual([]);
});
