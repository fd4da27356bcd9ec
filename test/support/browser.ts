/**
 * A real Chromium, the machine's own, headless. `missingTools('chromium')` says why a test that needs it cannot run.
 */
import { execFileSync } from 'node:child_process';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** The widths that screens are looked at in: a laptop's and a phone's. */
export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 375, height: 740 } as const;

export type Theme = 'light' | 'dark';

export class TestBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], {
      encoding: 'utf8',
    }).trim();
    return new TestBrowser(
      await chromium.launch({
        executablePath,
        // Chromium's sandbox does not start for root, which tests on a build machine run as; only our own pages are opened.
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      }),
    );
  }

  /** A fresh profile: no cookies of another. Times and numbers look the same everywhere. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.#browser.newContext({
      viewport: DESKTOP,
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...options,
    });
  }

  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.context(options);
    return context.newPage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
