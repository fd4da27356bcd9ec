/** The page of a wait, opened by its token alone, on a phone. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { PHONE, TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { Project } from '../../support/project.ts';
import { missingTools } from '../../support/tools.ts';

const asked = z.object({ token: z.string() });

test('a cook answers on a phone, without a key; who comes later is told so', async (context) => {
  const missing = missingTools('chromium');
  context.skip(missing !== null, missing ?? '');
  await using target = await AnsweringTarget.start();
  await using server = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_CONFIG_TARGET: target.url },
  });
  using project = new Project('test/e2e/console');
  await project.deploy(server);
  await server.api.publish({ type: 'soup.asked', data: { id: 'soup-7' } });
  const body = await eventually('the cook is asked', () => target.callsOf('/ask')[0]?.body);
  const { token } = asked.parse(JSON.parse(body));

  await using browser = await TestBrowser.start();
  await using visit = await ConsoleVisit.open(browser, server, {
    viewport: PHONE,
    hasTouch: true,
    isMobile: true,
  });
  const { page } = visit;
  await page.goto(`/wait/${token}`);
  await visit.heading('Does the soup need salt?').waitFor();
  expect(await visit.isTooWide()).toBe(false);
  // As its author wrote the schema, and unanswered: nobody has said no by saying nothing.
  const salt = page.getByRole('radiogroup', { name: /^Salt/ });
  const note = page.getByLabel(/^Note/);
  const [first, second] = [await salt.boundingBox(), await note.boundingBox()];
  expect(first?.y ?? Infinity).toBeLessThan(second?.y ?? 0);
  const send = page.getByRole('button', { name: 'Send' });
  await send.tap();
  await salt.getByText('say yes or no').waitFor();
  expect((await server.api.saga('soup', 'soup-7'))?.status).toBe('waiting');
  await salt.getByRole('radio', { name: 'Yes' }).check();
  await note.fill('a pinch');
  await send.tap();
  await visit.heading('Done').waitFor();
  const ended = await server.api.waitForStatus('soup', 'soup-7', 'completed');
  expect(ended.result).toEqual({ salted: true });

  await using late = await ConsoleVisit.open(browser, server, { viewport: PHONE });
  await late.page.goto(`/wait/${token}`);
  await late.heading('Already done').waitFor();
  expect(await late.page.getByRole('button').count()).toBe(0);
  late.expectRefusals(404);
  await late.page.goto(`/wait/${token.slice(0, -4)}AAAA`);
  await late.heading('This link leads nowhere').waitFor();

  // An operator answers in the cook's place, by the same form, and says why.
  await server.api.publish({ type: 'soup.asked', data: { id: 'soup-8' } });
  await server.api.waitForStatus('soup', 'soup-8', 'waiting');
  await using operator = await ConsoleVisit.open(browser, server);
  await operator.signInByLink(server);
  await operator.page.goto('/sagas/soup/soup-8');
  await operator.page.getByRole('button', { name: 'Complete or fail…' }).click();
  const dialog = operator.page.getByRole('dialog', { name: 'End the wait tasted of soup-8' });
  await dialog.getByLabel(/^Reason/).fill('the cook is at lunch');
  const complete = dialog.getByRole('button', { name: 'Complete the wait' });
  await complete.click();
  await dialog.getByText('Not sent: 1 field above needs another look.').waitFor();
  await dialog.getByLabel(/^salt/).selectOption({ label: 'no' });
  await complete.click();
  await operator.page.getByText('completed').first().waitFor();
  const unsalted = await server.api.waitForStatus('soup', 'soup-8', 'completed');
  expect(unsalted.result).toEqual({ salted: false });
  const audit = JSON.stringify(await server.cliJson('audit', 'list'));
  expect(audit).toContain('the cook is at lunch');
  expect([visit.faults, late.faults, operator.faults]).toEqual([[], [], []]);
});
