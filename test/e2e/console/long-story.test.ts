/** A device with hundreds of decisions: the newest are there at once, the earlier ones on request, and nothing jumps. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../../support/browser.ts';
import { ConsoleVisit } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { expectStatus } from '../../support/http-api.ts';
import { Project } from '../../support/project.ts';
import { missingTools } from '../../support/tools.ts';

const missing = missingTools('chromium');
const DEVICE = 'thermometer-1';
const BATCH = { headers: { 'content-type': 'application/cloudevents-batch+json' } };
let server: HoldfastServer;
let browser: TestBrowser;
beforeAll(async () => {
  if (missing !== null) return;
  server = await HoldfastServer.start({ restaurant: false });
  using devices = new Project('test/support/readings-release');
  await devices.deploy(server);
  browser = await TestBrowser.start();
});
afterAll(async () => {
  if (missing !== null) return;
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function readings(from: number, to: number): Promise<void> {
  const batch = Array.from({ length: to - from + 1 }, (_, index) => ({
    specversion: '1.0',
    id: `reading-${from + index}`,
    source: 'test',
    type: 'reading.taken',
    data: { id: String(from + index), device: DEVICE },
  }));
  expectStatus(await server.api.post('/v1/events', batch, BATCH), 202);
  await eventually('the device has decided on all', async () =>
    (await server.api.saga('device', DEVICE))?.version === to ? true : undefined,
  );
}

test('the newest decisions are shown, the earlier ones come when asked for, and the reader keeps the place', async (context) => {
  context.skip(missing !== null, missing ?? '');
  await readings(1, 450);
  await using visit = await ConsoleVisit.open(browser, server);
  const { page } = visit;
  await visit.signInByLink(server);
  await page.goto(`/sagas/device/${DEVICE}?story=list`);
  const story = page.getByRole('region', { name: 'Timeline' });
  await story.getByText('The newest 100 of 450 decisions.').waitFor();
  const lines = story.getByRole('region', { name: 'Lines, oldest first' });
  const decision = (version: number) => lines.getByText(`version ${version}: waiting`);
  await decision(450).waitFor();
  expect(await lines.getByRole('listitem').count()).toBeLessThan(80);

  const state = page.getByLabel('State at version 450');
  await state.waitFor();
  expect(await state.textContent()).toContain('readings: 450');
  expect(await state.textContent()).not.toContain('counts');
  await page.getByText('What the runtime keeps beside it').click();
  await page.getByLabel('Kept beside it at version 450').getByText('counts').waitFor();

  // At its newest end it follows what comes.
  await readings(451, 452);
  await decision(452).waitFor();

  // Elsewhere it stands still, whatever comes after, or before when it is asked for.
  await lines.hover();
  await page.mouse.wheel(0, -2_800);
  await eventually('the middle is shown', async () =>
    (await decision(402).isVisible()) ? true : undefined,
  );
  const placeOf = async () => {
    const box = await decision(402).boundingBox();
    const frame = await lines.boundingBox();
    return box === null || frame === null ? null : Math.round(box.y - frame.y);
  };
  const place = await placeOf();
  await readings(453, 454);
  await page.getByText('454 of 454').waitFor();
  await story.getByRole('button', { name: 'Show 100 earlier' }).click();
  await story.getByText('The newest 200 of 454 decisions.').waitFor();
  expect(await placeOf()).toBe(place);
  await story.getByRole('button', { name: 'Show 100 earlier' }).click();
  await story.getByRole('button', { name: 'Show 100 earlier' }).click();
  // Four requests for each change would be too many: it says that it stands still now.
  await story.getByText(/these 800 entries are as they were/).waitFor();
  expect(await placeOf()).toBe(place);
  await story.getByRole('button', { name: 'Show 54 earlier' }).click();
  await story.getByText(/these 908 entries are as they were/).waitFor();
  await lines.press('Home');
  await decision(1).waitFor();

  await story.getByRole('radio', { name: 'chart' }).click();
  await story.getByRole('button', { name: /version 1: waiting/ }).waitFor();
  await readings(455, 456);
  await story.getByRole('button', { name: 'Back to the newest' }).click();
  await story.getByText('The newest 100 of 456 decisions.').waitFor();
  await story.getByRole('button', { name: /version 456: waiting/ }).waitFor();
  expect(visit.faults).toEqual([]);
});
