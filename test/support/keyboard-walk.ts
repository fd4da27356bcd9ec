/** A screen of the console by keyboard alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const SCRIPT = readFileSync(join(import.meta.dirname, 'keyboard-walk-page.js'), 'utf8');
/** A focus that has not come round by then never does. */
const MOST_STEPS = 500;
const stepSchema = z.string().nullable();

/**
 * Presses Tab until the focus has gone round.
 *
 * @returns what is wrong: what cannot be reached, and where the focus is not seen
 */
export async function keyboardWalk(page: Page): Promise<readonly string[]> {
  await page.evaluate(SCRIPT);
  await page.evaluate('holdfastWalk.begin(true)');
  const faults: string[] = [];
  for (let steps = 0; ; steps += 1) {
    if (steps === MOST_STEPS) return [...faults, 'the focus does not come round'];
    await page.keyboard.press('Tab');
    const fault = stepSchema.parse(await page.evaluate('holdfastWalk.step()'));
    if (fault === null) break;
    if (fault !== '') faults.push(fault);
  }
  const missed = z.array(z.string()).parse(await page.evaluate('holdfastWalk.missed()'));
  return [...faults, ...missed.map((name) => `${name} cannot be reached`)];
}

/**
 * Walks the dialog that is open, and leaves it by Escape.
 *
 * @returns what is wrong: also a focus that leaves the dialog, and one that does not go back to `opener`
 */
export async function dialogWalk(page: Page, opener: RegExp): Promise<readonly string[]> {
  await page.evaluate(SCRIPT);
  await page.evaluate('holdfastWalk.begin(false)');
  const faults: string[] = [];
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate('!holdfastWalk.isInDialog()'))
      faults.push(`${await focusedIn(page)} is outside`);
    const fault = stepSchema.parse(await page.evaluate('holdfastWalk.step()'));
    if (fault === null) break;
    if (fault !== '') faults.push(fault);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const focused = await focusedIn(page);
  if (!opener.test(focused)) faults.push(`the focus goes to ${focused}`);
  return faults;
}

async function focusedIn(page: Page): Promise<string> {
  return z.string().parse(await page.evaluate('holdfastWalk.focused()'));
}
