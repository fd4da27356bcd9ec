/**
 * Markup in what strangers wrote, on every screen that shows it, in a real browser: nothing of it runs, nothing becomes an
 * element, a link or an image, nothing is fetched, and the words stand there as they were written.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { ALL_MARKUP, MARKUP, TERMINAL_TRICKS } from '../../support/hostile-text.ts';
import { FATES, StrangeHouse } from '../../support/strange-house.ts';
import { missingTools } from '../../support/tools.ts';

const missing = missingTools('chromium');
const RTL = TERMINAL_TRICKS['turns the line around'];
const WORDS = `${ALL_MARKUP} ${RTL}`;

let house: StrangeHouse;
let browser: TestBrowser;
let visit: ConsoleVisit;
let nobody: ConsoleVisit;
const requested: string[] = [];
beforeAll(async () => {
  if (missing !== null) return;
  house = await StrangeHouse.open(WORDS);
  browser = await TestBrowser.start();
  visit = await ConsoleVisit.open(browser, house.server);
  nobody = await ConsoleVisit.open(browser, house.server);
  for (const { page } of [visit, nobody]) {
    page.on('request', (request) => requested.push(request.url()));
    page.on('dialog', (dialog) => void dialog.dismiss());
  }
  // Of what is asked for there is not everything.
  visit.expectRefusals(400, 404);
  await visit.signInByLink(house.server);
});
afterAll(async () => {
  if (missing !== null) return;
  await visit[Symbol.asyncDispose]();
  await nobody[Symbol.asyncDispose]();
  await browser[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});
beforeEach((context) => {
  if (missing !== null) context.skip(missing);
});

/** What a page that took text for markup would have: elements, links and attributes of the strangers' making. */
const TRACES = `({
  owned: 'owned' in window,
  elements: [...document.querySelectorAll(
    'script:not([src]), script[src*="//"]:not([src^="' + location.origin + '"]), img, iframe, object, embed, base, ' +
    'svg[onload], animate, [data-owned], meta[http-equiv=refresh], [srcdoc], style:not(head style)')]
    .map((one) => one.outerHTML.slice(0, 200)),
  handlers: [...document.querySelectorAll('*')]
    .flatMap((one) => [...one.attributes].filter(({ name }) => /^on/i.test(name)).map(({ name }) => one.tagName + ' ' + name)),
  links: [...document.querySelectorAll('[href], [src], [action], [formaction]')]
    .flatMap((one) => ['href', 'src', 'action', 'formaction'].map((name) => one.getAttribute(name)))
    .filter((address) => address !== null && new URL(address, location.href).origin !== location.origin
      && !/^data:image\\//.test(address)),
})`;
const traces = z.object({
  owned: z.boolean(),
  elements: z.array(z.string()),
  handlers: z.array(z.string()),
  links: z.array(z.string()),
});
const CLEAN = { owned: false, elements: [], handlers: [], links: [] };

/** What stands on the page as text, in its fields and in what is told to a screen reader. */
const TEXT = `[document.title, document.body.innerText,
  ...[...document.querySelectorAll('input, textarea')].map((one) => one.value),
  ...[...document.querySelectorAll('[title], [aria-label], [placeholder]')]
    .flatMap((one) => ['title', 'aria-label', 'placeholder'].map((name) => one.getAttribute(name) ?? '')),
  ...[...document.querySelectorAll('pre, code, text')].map((one) => one.textContent)].join('\\n')`;

async function look(of: ConsoleVisit, path: string, shows: string | null): Promise<void> {
  const { page } = of;
  await page.goto(path);
  const loading = page.getByRole('status').filter({ hasText: 'Loading' });
  let text = '';
  await eventually(
    `${path} shows ${shows ?? 'its heading'}`,
    async () => {
      if ((await loading.count()) > 0) return undefined;
      text = await page.evaluate<string>(TEXT);
      return shows === null || text.includes(shows) ? true : undefined;
    },
    { within: 30_000, seen: () => text.slice(0, 4000) },
  );
  await clean(of, path);
}

async function clean({ page, faults }: ConsoleVisit, where: string): Promise<void> {
  expect([where, traces.parse(await page.evaluate(TRACES))]).toEqual([where, CLEAN]);
  expect([where, faults]).toEqual([where, []]);
}

const { script, image } = MARKUP;
const inPath = (text: string): string => encodeURIComponent(text);

describe('every screen', () => {
  test('of instances: lists, stories, states, versions, acts', async () => {
    await look(visit, '/sagas', script);
    await look(visit, `/sagas?search=${inPath(`note:${image}`)}`, image);
    for (const fate of Object.keys(FATES) as (keyof typeof FATES)[]) {
      const at = `/sagas/stranger/${inPath(house.keyOf(fate))}`;
      await look(visit, at, script);
      await look(visit, `${at}?story=list&version=1`, image);
    }
    await look(visit, `/sagas/${inPath(script)}/${inPath(WORDS)}`, image);
  });

  test('of what needs a person, and the dialogs in which to act', async () => {
    await look(visit, '/needs-you', script);
    const groups = visit.page.getByRole('link').filter({ hasText: /stranger|doubt|quarantine/i });
    await groups.first().waitFor();
    const addresses = await visit.page.evaluate<string[]>(
      '[...document.querySelectorAll("main a")].map((link) => link.getAttribute("href") ?? "")',
    );
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses.filter((one) => one.startsWith('/needs-you')))
      await look(visit, address, null);
    await visit.page.goto(`/sagas/stranger/${inPath(house.keyOf('ask'))}`);
    await visit.page
      .getByRole('button', { name: /Cancel/ })
      .first()
      .click();
    await visit.page.getByRole('dialog').waitFor();
    await clean(visit, 'the dialog of an act');
  });

  test('of events: the list, one, the tail as it comes, and the form', async () => {
    await look(visit, '/events', script);
    await look(visit, `/events/${house.seq}`, image);
    await look(visit, `/events?type=${inPath(WORDS)}&text=${inPath(WORDS)}`, image);
    await look(visit, '/events/publish?type=stranger.came', 'stranger.came');
    await visit.page.goto('/events');
    await visit.page.getByText('stranger.came').first().waitFor();
    const late = `late ${MARKUP.vector}`;
    await house.server.api.publish({
      type: 'late.one',
      subject: late,
      correlationid: late,
      data: { [late]: late },
    });
    await visit.page.getByText('late.one').first().waitFor();
    await clean(visit, 'the tail');
  });

  test('of devices: clients, topics, what is retained, and the lines of a manifest', async () => {
    await look(visit, '/devices?view=clients', script);
    await look(visit, '/devices?view=retained', script);
    await look(visit, '/devices', script);
    await visit.page.getByText(script).filter({ visible: true }).first().click();
    await clean(visit, 'a topic');
  });

  test('of effects, schedules, waits, releases, access, audit, settings', async () => {
    await look(visit, '/effects', 'stranger.lose');
    const effects = z
      .looseObject({ items: z.array(z.looseObject({ commandId: z.string(), effect: z.string() })) })
      .parse((await house.server.api.get('/v1/effects')).json).items;
    for (const name of ['stranger.lose', 'stranger.refuse', 'stranger.forge', 'stranger.tell']) {
      const one = effects.find(({ effect }) => effect === name);
      await look(visit, `/effects/${one?.commandId ?? ''}`, script);
    }
    await look(visit, '/schedules', 'stranger.answer');
    await look(visit, '/schedules?view=timers', null);
    await look(visit, `/releases/${house.digest}`, 'strangers');
    await look(visit, '/access', script);
    await look(visit, '/access?view=audit', image);
    await look(visit, `/access?view=audit&target=${inPath(WORDS)}`, null);
    await look(visit, '/settings?view=alerts', null);
    await look(visit, '/', null);
    await look(visit, `/docs?q=${inPath(WORDS)}`, null);
    await look(visit, `/${inPath(WORDS)}`, null);
  });

  test('the page of a wait, which a stranger with a link opens: title, fields and their words', async () => {
    const token = z
      .looseObject({ token: z.string() })
      .parse(JSON.parse(house.target.callsOf('/tell')[0]?.body ?? '{}')).token;
    await look(nobody, `/wait/${token}`, '<svg onload="window.owned=1"> May the stranger in?');
    expect(await nobody.page.evaluate<string>(TEXT)).toContain(
      '<script>window.owned=1</script> described',
    );
    expect(await nobody.page.evaluate<string>(TEXT)).toContain(
      '<img src=x onerror="window.owned=1"> titled',
    );
  });

  test('the sign-in leads nowhere but into the console', async () => {
    for (const next of [
      'javascript:window.owned=1',
      '//evil.example/',
      '/\\evil.example',
      '/\t/evil.example',
    ]) {
      await using visitor = await ConsoleVisit.open(browser, house.server);
      visitor.expectRefusals(401);
      await visitor.page.goto(`/login?next=${inPath(next)}`);
      await visitor.page.getByLabel('Key').fill(house.server.adminKey);
      await visitor.page.getByRole('button', { name: 'Sign in' }).click();
      await visitor.page.waitForURL((url) => url.pathname !== '/login');
      expect([next, new URL(visitor.page.url()).origin]).toEqual([next, house.server.ready.http]);
      await clean(visitor, `next=${next}`);
    }
  });
});

test('nothing was fetched from elsewhere, and no image of a stranger’s from here', () => {
  const { origin } = new URL(house.server.ready.http);
  const elsewhere = requested.filter(
    (url) => !url.startsWith('data:') && new URL(url).origin !== origin,
  );
  expect(elsewhere).toEqual([]);
  expect(requested.filter((url) => /\/x(?:$|\?)/.test(new URL(url).pathname))).toEqual([]);
  expect(requested.length).toBeGreaterThan(50);
});

test('a mark that turns a line around turns its own words, and not ours beside them', async () => {
  /** Texts that hold one, by whether what is beside them on the line is turned too. */
  const TURNED = `(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = { kept: 0, leaks: [] };
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
      if (!text.data.includes('\u202e')) continue;
      const { display, unicodeBidi } = getComputedStyle(text.parentElement);
      if (display === 'inline' && !/isolate|plaintext/.test(unicodeBidi))
        found.leaks.push(text.parentElement.outerHTML.slice(0, 200));
      else found.kept += 1;
    }
    return found;
  })()`;
  for (const path of [
    '/sagas',
    `/sagas/stranger/${inPath(house.keyOf('refuse'))}?story=list`,
    `/events/${house.seq}`,
    '/needs-you',
    '/access?view=audit',
  ]) {
    await look(visit, path, image);
    const { kept, leaks } = z
      .object({ kept: z.number(), leaks: z.array(z.string()) })
      .parse(await visit.page.evaluate(TURNED));
    expect([path, leaks]).toEqual([path, []]);
    expect([path, kept > 0]).toEqual([path, true]);
  }
});
