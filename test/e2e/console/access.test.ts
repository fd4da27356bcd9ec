/** Keys made and revoked in the console, and two tenants that share a server and nothing else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { Project } from '../../support/project.ts';
import { missingTools } from '../../support/tools.ts';

const missing = missingTools('chromium');
let target: AnsweringTarget;
let server: HoldfastServer;
let browser: TestBrowser;
beforeAll(async () => {
  if (missing !== null) return;
  target = await AnsweringTarget.start();
  server = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_CONFIG_TARGET: target.url },
  });
  using project = new Project('test/e2e/console');
  await project.deploy(server);
  browser = await TestBrowser.start();
});
afterAll(async () => {
  if (missing !== null) return;
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

test('a key made in the console signs somebody in; revoked, their session ends before their eyes', async (context) => {
  context.skip(missing !== null, missing ?? '');
  await using admin = await ConsoleVisit.open(browser, server);
  await admin.signInByLink(server);
  await admin.go('Access');
  await admin.page.getByRole('button', { name: /Create a key/ }).click();
  const form = admin.page.getByRole('dialog', { name: 'Create a key' });
  await form.getByLabel(/^Name/).fill('kitchen display');
  await form.getByRole('checkbox', { name: /^operate/ }).check();
  await form.getByRole('button', { name: 'Create' }).click();
  const made = admin.page.getByRole('dialog', { name: 'kitchen display is created' });
  const key = (await made.locator('code').first().textContent())?.trim() ?? '';
  expect(key.length).toBeGreaterThan(40);
  await made.getByRole('button', { name: 'I have kept it' }).click();
  const row = admin.page.getByRole('row', { name: /kitchen display/ });
  await row.getByText('active').waitFor();
  expect(await admin.page.content()).not.toContain(key);

  await using cook = await ConsoleVisit.open(browser, server);
  await cook.signInByKey(key);
  await cook.go('Sagas');
  const screens = cook.page.getByRole('navigation', { name: 'Screens' });
  expect(await screens.getByRole('link', { name: 'Access' }).count()).toBe(0);

  // The cook does nothing: the session ends under a page that only stands there.
  cook.expectRefusals(401);
  await row.getByRole('button', { name: 'Revoke kitchen display' }).click();
  const revoke = admin.page.getByRole('dialog', { name: 'Revoke kitchen display' });
  await revoke.getByLabel(/^Reason/).fill('lost behind the oven');
  await revoke.getByRole('button', { name: 'Revoke', exact: true }).click();
  await row.getByText('revoked').first().waitFor();
  await cook.page.getByText('Your session has ended').waitFor();
  expect(new URL(cook.page.url()).searchParams.get('next')).toBe('/sagas');
  await cook.page.getByLabel('Key').fill(key);
  await cook.page.getByRole('button', { name: 'Sign in' }).click();
  await cook.page.getByRole('alert').filter({ hasText: 'Not signed in' }).waitFor();
  // Why it was revoked is on record.
  await admin.page.getByRole('button', { name: 'Audit log' }).click();
  await admin.page.getByRole('row', { name: /key\.revoked.*lost behind the oven/ }).waitFor();
  expect([admin.faults, cook.faults]).toEqual([[], []]);
});

test('two tenants are blind to each other, in lists, search and by address', async (context) => {
  context.skip(missing !== null, missing ?? '');
  const tenants = ['north', 'south'] as const;
  const seqs: Record<string, number> = {};
  const keys: Record<string, string> = {};
  for (const tenant of tenants) {
    const api = server.api.with({ tenant });
    const { secret } = await api.createKey({
      name: `${tenant} cook`,
      scopes: ['view', 'publish', 'operate'],
    });
    keys[tenant] = secret;
    const { seq } = await api.publish({
      type: 'bread.asked',
      data: { id: `loaf-of-${tenant}`, loaves: 7 },
    });
    seqs[tenant] = seq;
    await api.waitForStatus('bread', `loaf-of-${tenant}`, 'completed');
  }
  for (const [own, other] of [tenants, tenants.toReversed()] as const) {
    if (own === undefined || other === undefined) throw new Error('two tenants are looked at');
    await using visit = await ConsoleVisit.open(browser, server);
    const { page } = visit;
    await visit.signInByKey(keys[own] ?? '');
    await visit.go('Sagas');
    const list = page.getByRole('table', { name: 'Sagas' });
    await list.getByRole('link', { name: `loaf-of-${own}` }).waitFor();
    expect(await list.getByRole('link').count()).toBe(1);
    // By a field that both have, and by the other's very key.
    await page.goto('/sagas?search=loaves:7');
    await list.getByRole('link', { name: `loaf-of-${own}` }).waitFor();
    expect(await list.getByRole('link').count()).toBe(1);
    await page.goto(`/sagas?key=loaf-of-${other}`);
    await page.getByText('No instance is like this').waitFor();

    visit.expectRefusals(404);
    await page.goto(`/sagas/bread/loaf-of-${other}`);
    await page.getByText('There is no bread with this key').waitFor();
    await page.goto(`/events/${seqs[other]}`);
    await page.getByRole('alert').waitFor();
    expect(await page.locator('body').textContent()).not.toContain(`loaf-of-${other}`);
    await page.goto('/events');
    await page.getByRole('table', { name: 'Events' }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain(other);
    expect(visit.faults).toEqual([]);
  }
});
