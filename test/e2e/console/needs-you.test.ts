/** What broke, from the alert to its end: found under Needs you, mended, and the whole group resolved or redriven at once. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { alertMessageSchema } from '@holdfast/core';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { Project } from '../../support/project.ts';
import { TempFolder } from '../../support/temp-folder.ts';
import { missingTools } from '../../support/tools.ts';

const LOAVES = ['loaf-1', 'loaf-2', 'loaf-3'];
const BURNT = ['burnt-1', 'burnt-2'];

test('a broken effect is told of, found, mended; its whole group goes on with the keys it had', async (context) => {
  const missing = missingTools('chromium');
  context.skip(missing !== null, missing ?? '');
  await using target = await AnsweringTarget.start();
  using folder = new TempFolder('console');
  writeFileSync(
    folder.at('holdfast.yaml'),
    `alerts:\n  window: 1s\n  targets:\n    ops: { type: webhook, url: "${target.url}/alert" }\n`,
  );
  await using server = await HoldfastServer.start({
    restaurant: false,
    args: ['--config', folder.at('holdfast.yaml')],
    env: { HOLDFAST_CONFIG_TARGET: target.url },
  });
  using project = new Project('test/e2e/console');
  await project.deploy(server);
  await using browser = await TestBrowser.start();
  await using visit = await ConsoleVisit.open(browser, server);
  const { page } = visit;
  await visit.signInByLink(server);
  await visit.go('Needs you');
  await page.getByText('Nothing needs you').waitFor();
  const loaded = await visit.loadedAt();

  // Calls without an answer: nobody knows whether the oven is hot.
  target.breakPath('/heat', 'silent');
  for (const id of LOAVES) {
    await server.api.publish({ type: 'bread.asked', data: { id, loaves: 2 } });
  }
  const groups = page.getByRole('list', { name: 'Groups' });
  await groups.getByRole('link', { name: /oven\.heat in doubt/ }).waitFor();
  for (const id of LOAVES) await server.api.waitForStatus('bread', id, 'blocked');
  await page.getByRole('button', { name: 'Resolve all 3' }).waitFor();
  expect(await visit.loadedAt()).toBe(loaded);

  // The alert leads to the very group.
  const alert = await eventually('the alert', () => target.callsOf('/alert')[0]);
  const { url } = alertMessageSchema.parse(JSON.parse(alert.body));
  await page.goto(
    new URL(`${new URL(url ?? '').pathname}${new URL(url ?? '').search}`, visit.base).href,
  );
  const inDoubt = page.getByRole('region', { name: 'oven.heat in doubt' });
  await inDoubt.waitFor();
  const table = inDoubt.getByRole('table', { name: 'What is in this group' });
  for (const id of LOAVES) await table.getByRole('link', { name: id }).waitFor();

  target.mend('/heat');
  await inDoubt.getByRole('button', { name: 'Resolve all 3' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resolve 3 effects in doubt' });
  await dialog.getByRole('radio', { name: /Call it again/ }).check();
  const shown = await dialog.getByRole('list', { name: 'Outside calls' }).textContent();
  const tried = target.callsOf('/heat').map(({ idempotencyKey }) => idempotencyKey ?? '');
  expect(tried).toHaveLength(LOAVES.length);
  for (const key of tried) expect(shown).toContain(key);
  await dialog.getByLabel(/^Reason/).fill('the oven has a new fuse');
  await dialog.getByRole('button', { name: 'Resolve 3' }).click();
  await page.getByText('This is settled').waitFor();
  for (const id of LOAVES) await server.api.waitForStatus('bread', id, 'completed');
  const again = target.callsOf('/heat').map(({ idempotencyKey }) => idempotencyKey ?? '');
  expect(again.slice(LOAVES.length).toSorted()).toEqual(tried.toSorted());

  // An undo that is refused: the instance stands still until it is redriven.
  target.breakPath('/cool', 400);
  for (const id of BURNT) {
    await server.api.publish({ type: 'bread.asked', data: { id, loaves: 1, burnt: true } });
    await server.api.waitForStatus('bread', id, 'blocked');
  }
  await visit.go('Needs you');
  await groups.getByRole('link', { name: /bread/ }).click();
  target.mend('/cool');
  await page.getByRole('button', { name: 'Redrive all 2' }).click();
  const redrive = page.getByRole('dialog', { name: 'Redrive 2 blocked instances' });
  expect(await redrive.getByRole('list', { name: 'Outside calls' }).textContent()).toContain(
    'oven.cool',
  );
  await redrive.getByLabel(/^Reason/).fill('the door closes again');
  await redrive.getByRole('button', { name: 'Redrive 2' }).click();
  await page.getByText('This is settled').waitFor();
  for (const id of BURNT) await server.api.waitForStatus('bread', id, 'compensated');

  await visit.go('Access');
  await page.getByRole('button', { name: 'Audit log' }).click();
  await page.getByRole('table', { name: 'Audit log' }).waitFor();
  const audit = JSON.stringify(await server.cliJson('audit', 'list'));
  expect(audit.split('the oven has a new fuse')).toHaveLength(LOAVES.length + 1);
  expect(audit.split('the door closes again')).toHaveLength(BURNT.length + 1);
  expect(visit.faults).toEqual([]);
});
