/**
 * The console in a browser, as a person uses it. Every page is watched: an error on its console or a breach of the content
 * security policy is a fault, and `visit.faults` is to be empty at the end of a test.
 */
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import type { TestBrowser } from './browser.ts';
import type { HoldfastServer } from './holdfast-server.ts';

/** As far beyond what anything needs as `eventually`'s: what fails says what it looked for. */
const FOUND_WITHIN_MS = 60_000;

const TELL_BREACHES = `document.addEventListener('securitypolicyviolation', (breach) =>
  console.error('policy: ' + breach.violatedDirective + ' ' + breach.blockedURI));`;

export class ConsoleVisit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly base: string;
  /** Errors of the page's console, uncaught errors, breaches of the policy. */
  readonly faults: string[] = [];
  readonly #refusals = new Set<number>();

  private constructor(context: BrowserContext, page: Page, base: string) {
    this.context = context;
    this.page = page;
    this.base = base;
    page.on('pageerror', (error) => this.faults.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !this.#isExpected(text))
        this.faults.push(`console: ${text} ${message.location().url}`);
    });
  }

  /** A profile of its own, with nobody signed in. */
  static async open(
    browser: TestBrowser,
    server: HoldfastServer,
    options: BrowserContextOptions = {},
  ): Promise<ConsoleVisit> {
    const base = server.ready.http;
    const context = await browser.context({ baseURL: base, ...options });
    context.setDefaultTimeout(FOUND_WITHIN_MS);
    // A breach that the browser only reports is told like one that it logs.
    await context.addInitScript({ content: TELL_BREACHES });
    return new ConsoleVisit(context, await context.newPage(), base);
  }

  /** The browser logs every answer above 399; these are what the test is about. */
  expectRefusals(...statuses: readonly number[]): void {
    for (const status of statuses) this.#refusals.add(status);
  }

  /** Signs in by a link that works once, as `holdfast open` makes it. @returns the link */
  async signInByLink(server: HoldfastServer): Promise<string> {
    const { url } = z
      .looseObject({ url: z.string() })
      .parse(await server.cliJson('open', '--print'));
    await this.page.goto(url);
    await this.heading('Today').waitFor();
    return url;
  }

  /** Pastes a key at the sign-in. */
  async signInByKey(key: string): Promise<void> {
    // Whoever comes without a session is told 401, and shown the sign-in.
    this.expectRefusals(401);
    await this.page.goto('/login');
    await this.page.getByLabel('Key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.heading('Today').waitFor();
    this.#refusals.delete(401);
  }

  heading(name: string | RegExp) {
    return this.page.getByRole('heading', { name, level: 1 });
  }

  /** Another screen by the link that people click. */
  async go(screen: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('link', { name: screen })
      .filter({ visible: true })
      .click();
    await this.heading(screen).waitFor();
  }

  /** When the document was loaded: another after a reload. */
  loadedAt(): Promise<number> {
    return this.page.evaluate<number>('performance.timeOrigin');
  }

  /** Whether something sticks out at the side of the window, or of the screen inside the frame. */
  isTooWide(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      "[document.documentElement, ...document.querySelectorAll('main > *')]" +
        '.some((box) => box.scrollWidth > box.clientWidth + 1)',
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }

  #isExpected(text: string): boolean {
    return [...this.#refusals].some((status) =>
      text.includes(`responded with a status of ${status}`),
    );
  }
}
