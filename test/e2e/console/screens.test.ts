/**
 * Every screen with data on it, light and dark, on a desktop and on a phone: nothing that axe-core finds, nothing on the
 * page's console, no page that is wider than the phone. With HOLDFAST_SCREENSHOTS the pictures of docs/images/console are
 * made on the way (`npm run screenshots`).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ShiftedClock } from '../../drills/clock/shifted-clock.ts';
import { AnsweringTarget } from '../../support/answering-target.ts';
import { DESKTOP, PHONE, TestBrowser } from '../../support/browser.ts';
import type { Theme } from '../../support/browser.ts';
import { ROOT } from '../../support/checkout.ts';
import { ConsoleVisit } from '../../support/console.ts';
import {
  configOf,
  dialogsOf,
  furnish,
  furnished,
  screensOf,
} from '../../support/console-screens.ts';
import type { Screen } from '../../support/console-screens.ts';
import { eventually } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { dialogWalk, keyboardWalk } from '../../support/keyboard-walk.ts';
import type { MqttUser } from '../../support/mqtt.ts';
import { Project } from '../../support/project.ts';
import { TempFolder } from '../../support/temp-folder.ts';
import { missingTools } from '../../support/tools.ts';

const pictures = process.env['HOLDFAST_SCREENSHOTS'] === '1';
const missing = pictures ? missingTools('chromium', 'gcc') : missingTools('chromium');
const FOLDER = join(ROOT, 'docs/images/console');
/** The evening of the pictures, by the server's clock and by the browser's. */
const EVENING = Date.parse('2026-11-20T18:30:00Z');

let folder: TempFolder;
let clock: ShiftedClock | null = null;
let target: AnsweringTarget;
let server: HoldfastServer;
let browser: TestBrowser;
let display: MqttUser;
let screens: readonly Screen[] = [];
beforeAll(async () => {
  if (missing !== null) return;
  if (pictures) {
    clock = new ShiftedClock();
    clock.set(EVENING - Date.now());
    mkdirSync(FOLDER, { recursive: true });
  }
  target = await AnsweringTarget.start();
  folder = new TempFolder('screens');
  const config = folder.at('holdfast.yaml');
  writeFileSync(config, configOf(target));
  server = await HoldfastServer.start({
    args: ['--config', config],
    env: { HOLDFAST_CONFIG_TARGET: target.url, ...clock?.env },
  });
  using project = new Project('test/e2e/console');
  // Twice, so that there is a way back.
  const [morning, earlier] = ['0 5 * * *', '0 4 * * *'];
  project.replace('holdfast.release.yaml', morning, earlier);
  await project.deploy(server);
  project.replace('holdfast.release.yaml', earlier, morning);
  await project.deploy(server);
  display = await furnish(server, target, (minutes) => clock?.set(minutes * 60_000));
  screens = screensOf(await furnished(server, target));
  browser = await TestBrowser.start();
});
afterAll(async () => {
  if (missing !== null) return;
  await browser[Symbol.asyncDispose]();
  await display[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
  clock?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

async function show(visit: ConsoleVisit, { path, shows }: Screen): Promise<void> {
  await visit.page.goto(path);
  await visit.page.getByText(shows).filter({ visible: true }).first().waitFor();
  const loading = visit.page.getByRole('status').filter({ hasText: 'Loading' });
  await eventually(`${path} is loaded`, async () =>
    (await loading.count()) === 0 ? true : undefined,
  );
}

async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Names of the views of the screen that is shown, and of the one that is chosen. */
async function viewsOf(page: Page): Promise<readonly { name: string; chosen: boolean }[]> {
  const title = await page.getByRole('heading', { level: 1 }).first().textContent();
  const tabs = await page.locator('main > div > [role=group] > button[aria-pressed]').all();
  return Promise.all(
    tabs.map(async (tab) => ({
      name: `${title}: ${await tab.textContent()}`,
      chosen: (await tab.getAttribute('aria-pressed')) === 'true',
    })),
  );
}

/** There are many: on a busy machine they take minutes. */
const WITHIN = { timeout: 300_000 };
const THEMES: readonly Theme[] = ['light', 'dark'];

for (const theme of THEMES) {
  for (const [size, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    test(`every screen: ${theme}, ${size}`, WITHIN, async (context) => {
      context.skip(missing !== null, missing ?? '');
      const options = { viewport, colorScheme: theme };
      await using visit = await ConsoleVisit.open(browser, server, options);
      await using nobody = await ConsoleVisit.open(browser, server, options);
      await visit.signInByLink(server);
      if (clock !== null) {
        for (const one of [visit, nobody]) await one.page.clock.install({ time: clock.now() });
      }
      const found: string[] = [];
      const views = new Map<string, boolean>();
      for (const screen of screens) {
        const seen = screen.alone === true ? nobody : visit;
        await show(seen, screen);
        for (const { name, chosen } of await viewsOf(seen.page))
          views.set(name, chosen || views.get(name) === true);
        found.push(...(await violations(seen.page)).map((one) => `${screen.name} ${one}`));
        if (await seen.isTooWide()) found.push(`${screen.name} is wider than the window`);
        if (pictures && theme === 'light')
          await seen.page.screenshot({ path: join(FOLDER, `${screen.name}-${size}.png`) });
        if (pictures && theme === 'dark' && screen.name === 'today' && size === 'desktop')
          await seen.page.screenshot({ path: join(FOLDER, 'today-dark.png') });
      }
      expect(screens.length).toBeGreaterThan(0);
      expect(found).toEqual([]);
      expect([...views].filter(([, seen]) => !seen)).toEqual([]);
      expect(views.size).toBeGreaterThan(10);
      expect([visit.faults, nobody.faults]).toEqual([[], []]);
    });
  }
}

for (const [theme, size, viewport] of [
  ['light', 'desktop', DESKTOP],
  ['dark', 'phone', PHONE],
] as const) {
  test(`every dialog: ${theme}, ${size}`, WITHIN, async (context) => {
    context.skip(missing !== null, missing ?? '');
    await using visit = await ConsoleVisit.open(browser, server, { viewport, colorScheme: theme });
    await visit.signInByLink(server);
    const { page } = visit;
    if (clock !== null) await page.clock.install({ time: clock.now() });
    const found: string[] = [];
    const dialogs = dialogsOf(screens);
    for (const dialog of dialogs) {
      await show(visit, dialog);
      const { name, button } = dialog;
      await page.getByRole('button', { name: button }).filter({ visible: true }).first().click();
      await page.getByRole('dialog').waitFor();
      const told = `${name}, ${button.source}`;
      found.push(...(await violations(page)).map((one) => `${told}: ${one}`));
      if (await visit.isTooWide()) found.push(`${told} is wider than the window`);
    }
    expect(dialogs.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
    expect(visit.faults).toEqual([]);
  });
}

test(
  'every screen by keyboard alone: all can be reached, and it is seen where one is',
  WITHIN,
  async (context) => {
    context.skip(missing !== null, missing ?? '');
    await using visit = await ConsoleVisit.open(browser, server);
    await using nobody = await ConsoleVisit.open(browser, server);
    await visit.signInByLink(server);
    const found: string[] = [];
    for (const screen of screens) {
      const { page } = screen.alone === true ? nobody : visit;
      await show(screen.alone === true ? nobody : visit, screen);
      found.push(...(await keyboardWalk(page)).map((fault) => `${screen.name}: ${fault}`));
    }
    expect(found).toEqual([]);
  },
);

test(
  'every dialog by keyboard alone: the focus stays in it, and goes back where it came from',
  WITHIN,
  async (context) => {
    context.skip(missing !== null, missing ?? '');
    await using visit = await ConsoleVisit.open(browser, server);
    const { page } = visit;
    await visit.signInByLink(server);
    const found: string[] = [];
    for (const dialog of dialogsOf(screens)) {
      await show(visit, dialog);
      const { name, button } = dialog;
      const opener = page.getByRole('button', { name: button }).filter({ visible: true }).first();
      await opener.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      const faults = await dialogWalk(page, button);
      found.push(...faults.map((fault) => `${name}, ${button.source}: ${fault}`));
    }
    expect(found).toEqual([]);
  },
);
