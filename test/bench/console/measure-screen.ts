/**
 * One screen of the console in a real Chromium for a while: what a person would feel, what the page grows by, and what it
 * asks of the server.
 *
 * The page is opened anew, left to settle, then looked at while somebody scrolls, clicks and types. Heap and document are compared after a forced collection before and after.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { z } from 'zod';
import { DESKTOP } from '../../support/browser.ts';
import type { LiveScreen } from './live-screens.ts';

const PROBE = readFileSync(join(import.meta.dirname, 'probe.js'), 'utf8');
const TYPE_PAUSE_MS = 60;
const WHEEL_PIXELS = 900;
const TYPED = 'dev';
/** A point within the screen, beside the navigation. */
const MIDDLE = { x: DESKTOP.width * 0.6, y: DESKTOP.height * 0.6 };

const probed = z.object({
  seconds: z.number(),
  frames: z.array(z.number()),
  tasks: z.array(z.number()),
  acts: z.array(z.object({ kind: z.string(), ms: z.number() })),
  messages: z.number(),
});

export interface ScreenResult {
  readonly screen: string;
  readonly seconds: number;
  /** Milliseconds from frame to frame, ascending. */
  readonly frames: readonly number[];
  /** Milliseconds of tasks of 50 and more, ascending. */
  readonly tasks: readonly number[];
  /** Milliseconds from a click, key or turn of the wheel to the frame that answers, ascending. */
  readonly acts: readonly number[];
  readonly heapMb: { readonly begin: number; readonly end: number };
  readonly nodes: { readonly begin: number; readonly end: number };
  /** Share of one core that the page's main thread used, 0 to 1. */
  readonly busy: number;
  readonly requestsPerSecond: number;
  readonly messagesPerSecond: number;
}

export interface Looking {
  /** Seconds before the measurement begins. */
  readonly settle: number;
  /** At least: whoever acts ends the round. */
  readonly seconds: number;
  /** Seconds between two acts. */
  readonly pause: number;
}

/**
 * @param context signed in
 * @param during told when the measurement begins, and gives what is to be told when it ends
 */
export async function measureScreen(
  context: BrowserContext,
  base: string,
  screen: LiveScreen,
  looking: Looking,
  during: () => Promise<() => Promise<void>>,
): Promise<ScreenResult> {
  const page = await context.newPage();
  const uncaught: string[] = [];
  page.on('pageerror', ({ message }) => uncaught.push(message));
  try {
    await page.addInitScript({ content: PROBE });
    await page.goto(base + screen.path);
    await page.getByText(screen.shows).filter({ visible: true }).first().waitFor();
    const cdp = await context.newCDPSession(page);
    // Processor time: what else runs on the machine does not count as the page's work.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const places = await placesOf(page, screen);
    await pause(looking.settle * 1000);
    let requests = 0;
    page.on('request', () => (requests += 1));
    await collect(cdp);
    const before = await countersOf(cdp);
    const ended = await during();
    await page.evaluate('holdfastProbe.begin()');
    const until = performance.now() + looking.seconds * 1000;
    do await actOnce(page, places, looking);
    while (performance.now() < until);
    const result = probed.parse(await page.evaluate('holdfastProbe.end()'));
    await ended();
    const { worked } = await countersOf(cdp);
    await collect(cdp);
    const after = await countersOf(cdp);
    if (uncaught.length > 0) throw new Error(`${screen.name}: uncaught: ${uncaught.join('; ')}`);
    const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
    return {
      screen: screen.name,
      seconds: result.seconds,
      frames: ascending(result.frames),
      tasks: ascending(result.tasks),
      acts: ascending(result.acts.map(({ ms }) => ms)),
      heapMb: { begin: before.heapMb, end: after.heapMb },
      nodes: { begin: before.nodes, end: after.nodes },
      busy: (worked - before.worked) / result.seconds,
      requestsPerSecond: requests / result.seconds,
      messagesPerSecond: result.messages / result.seconds,
    };
  } finally {
    await page.close();
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where to click, so that nothing is looked for in the page while it is measured. */
async function placesOf(page: Page, { clicks }: LiveScreen): Promise<readonly Place[]> {
  const locators = clicks?.(page) ?? [];
  return Promise.all(
    locators.map(async (locator) => {
      const box = await locator.boundingBox();
      if (box === null) throw new Error(`there is nothing to click: ${String(locator)}`);
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }),
  );
}

/** Scrolls down and back, clicks there and back, opens the palette, types and leaves it: each round begins alike. */
async function actOnce(page: Page, places: readonly Place[], { pause: still }: Looking) {
  const clicked = places.length === 1 ? [...places, ...places] : places;
  const acts: readonly (() => Promise<void>)[] = [
    () => page.mouse.move(MIDDLE.x, MIDDLE.y),
    () => page.mouse.wheel(0, WHEEL_PIXELS),
    () => page.mouse.wheel(0, -WHEEL_PIXELS),
    ...clicked.map(
      ({ x, y }) =>
        () =>
          page.mouse.click(x, y),
    ),
    () => page.keyboard.press('Control+k'),
    () => page.keyboard.type(TYPED, { delay: TYPE_PAUSE_MS }),
    () => page.keyboard.press('Escape'),
  ];
  for (const act of acts) {
    await act();
    await pause(still * 1000);
  }
}

interface Counters {
  readonly heapMb: number;
  readonly nodes: number;
  /** Seconds of processor time that the main thread has worked. */
  readonly worked: number;
}

async function collect(cdp: CDPSession): Promise<void> {
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.disable');
}

async function countersOf(cdp: CDPSession): Promise<Counters> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string): number => {
    const metric = metrics.find((one) => one.name === name);
    if (metric === undefined) throw new Error(`the browser does not tell ${name}`);
    return metric.value;
  };
  return {
    heapMb: of('JSHeapUsedSize') / 1024 ** 2,
    nodes: of('Nodes'),
    worked: of('TaskDuration'),
  };
}
