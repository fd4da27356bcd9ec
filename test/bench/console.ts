/**
 * `npm run bench -- --console`: does the console stay smooth while 1,000 events a second come in?
 *
 * The built server, and its console in the machine's Chromium, headless and drawn by the processor. Each screen that changes
 * live, first with nothing coming in, then under a load that keeps its pace (`load/mixed-events.ts`). What smooth means is
 * said before it is measured. Then what looking costs the server: what it takes at most with nobody looking, and with a
 * screen open.
 *
 * `--events` and `--instances` (default 5,000,000 and 1,000,000) as with `--reads`: what the store holds beforehand; 0 for an
 * empty one. `--seconds` (default 20) for each screen; `--screens Today,Events` for some of them.
 *
 * Browser, load, server and effect host share the machine's cores, so what one takes the others have not. Left out: a GPU, a
 * phone's processor, several people who look at one time.
 */
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import { TestBrowser } from '../support/browser.ts';
import { ConsoleVisit } from '../support/console.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { expectStatus } from '../support/http-api.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { missingTools } from '../support/tools.ts';
import {
  cpuSeconds,
  ingest,
  INGEST_CLIENTS,
  metrics,
  orders,
  say,
  table,
} from './bench-support.ts';
import { LIVE_SCREENS } from './console/live-screens.ts';
import type { LiveScreen } from './console/live-screens.ts';
import { measureScreen } from './console/measure-screen.ts';
import type { Looking } from './console/measure-screen.ts';
import { PacedLoad } from './console/paced-load.ts';
import { costTable, DEFINITION, faultsOf, feltTable } from './console/smoothness.ts';
import type { Looked } from './console/smoothness.ts';
import { WATCHED_DEVICE } from './console/what-comes.ts';
import { bytesFor, gib, growData, needRoom } from './growth/grown-data.ts';

const PER_SECOND = 1000;
/** Every so many events of the grown data is one of a run's ten. */
const EVENTS_A_RUN = 10;
/** Before the first measurement, so that every screen has something to show and the server has worked. */
const WARM_UP_SECONDS = 5;
/** Decisions of the device that is looked at, beforehand: as many as its story shows, and more. */
const READINGS = { batches: 12, each: 100 } as const;
const ORDERS = { count: 4000, inFlight: 64 } as const;
const INGEST = 60_000;
/** Screens to look at while the server does its utmost: the one with gauges, and the one that follows the journal. */
const COSTLY = ['Today', 'Events'];

export interface ConsoleOptions {
  readonly events: number;
  readonly instances: number;
  readonly seconds: number;
  /** Names; undefined for all. */
  readonly screens: readonly string[] | undefined;
  /** For a quicker run. */
  readonly scale: (count: number) => number;
}

/** @throws Error where there is no Chromium, no room on the disk, or no such screen */
export async function measureConsole(options: ConsoleOptions): Promise<void> {
  const missing = missingTools('chromium');
  if (missing !== null) throw new Error(`--console needs a browser: ${missing}`);
  const screens = chosen(options.screens);
  using folder = new TempFolder('console');
  const dataDir = folder.at('data');
  await fill(dataDir, options);
  await using server = await HoldfastServer.start({
    dataDir,
    restaurant: false,
    env: { HOLDFAST_LOG_LEVEL: 'warn' },
  });
  using devices = new Project('test/support/readings-release');
  await devices.deploy(server);
  await using browser = await TestBrowser.start();
  await using visit = await ConsoleVisit.open(browser, server, { reducedMotion: 'no-preference' });
  await visit.signInByLink(server);
  // Signed in is the profile; its first page would look on while others are measured.
  await visit.page.close();
  const bench = new ConsoleBench(server, visit.context, options);
  await bench.warmUp();
  say(`\n${DEFINITION}`);
  say(
    `\nEach screen for ${options.seconds} s, a page of its own, with somebody scrolling, clicking and typing.`,
  );
  await bench.atRest(screens);
  await bench.underLoad(screens);
  await bench.atMost(screens.filter(({ name }) => COSTLY.includes(name)));
}

function chosen(names: readonly string[] | undefined): readonly LiveScreen[] {
  if (names === undefined) return LIVE_SCREENS;
  return names.map((name) => {
    const screen = LIVE_SCREENS.find((one) => one.name === name);
    const known = LIVE_SCREENS.map((one) => one.name).join(', ');
    if (screen === undefined) throw new Error(`there is no screen ${name}: ${known}`);
    return screen;
  });
}

async function fill(dataDir: string, { events, instances }: ConsoleOptions): Promise<void> {
  const schedules = Math.max(0, instances - Math.floor(events / EVENTS_A_RUN));
  const bytes = bytesFor({ events, schedules, instances: 0 });
  needRoom(tmpdir(), bytes);
  say(`\nThe data takes up to ${gib(bytes)} GiB below ${tmpdir()}, removed in the end.`);
  const seconds = await growData(dataDir, { events, schedules });
  say(`${instances} runs, ${events + schedules} events: grown in ${seconds.toFixed(0)} s.`);
}

function reading(n: string): object {
  const data = { id: n, device: WATCHED_DEVICE };
  return { specversion: '1.0', id: `long-${n}`, source: 'bench', type: 'reading.taken', data };
}

const BATCH = { headers: { 'content-type': 'application/cloudevents-batch+json' } };

class ConsoleBench {
  readonly #server: HoldfastServer;
  readonly #context: BrowserContext;
  readonly #looking: Looking;
  readonly #seconds: number;
  readonly #scale: (count: number) => number;

  constructor(server: HoldfastServer, context: BrowserContext, options: ConsoleOptions) {
    this.#server = server;
    this.#context = context;
    this.#seconds = options.seconds;
    this.#scale = options.scale;
    // Long enough for what a list keeps to be full; the pauses of a person, or of one in a hurry.
    this.#looking = {
      seconds: options.seconds,
      settle: options.scale(5),
      pause: options.scale(300) / 1000,
    };
  }

  async warmUp(): Promise<void> {
    await using load = await PacedLoad.start(this.#server, PER_SECOND);
    await pause(this.#scale(WARM_UP_SECONDS) * 1000);
    await eventually('the device has said something', async () =>
      (await this.#server.api.saga('device', WATCHED_DEVICE)) === null ? undefined : true,
    );
    await load.stop();
    for (let batch = 0; batch < READINGS.batches; batch += 1) {
      const readings = Array.from({ length: READINGS.each }, (_, n) => reading(`${batch}-${n}`));
      expectStatus(await this.#server.api.post('/v1/events', readings, BATCH), 202);
    }
  }

  async atRest(screens: readonly LiveScreen[]): Promise<void> {
    say('\n## With nothing coming in\n');
    const looked: Looked[] = [];
    for (const screen of screens) looked.push(await this.#look(screen));
    this.#report(looked);
  }

  async underLoad(screens: readonly LiveScreen[]): Promise<void> {
    say(`\n## While ${PER_SECOND} events/s come in\n`);
    say(
      'Of ten events eight are readings over HTTP that no saga takes, one is an order of three function effects, one is from a device over MQTT, whose saga takes it. Paced: what was due is sent, answered or not.\n',
    );
    await using load = await PacedLoad.start(this.#server, PER_SECOND);
    const nobody = await this.#window();
    await pause(this.#seconds * 1000);
    const unseen = await nobody();
    const looked: Looked[] = [];
    for (const screen of screens) {
      looked.push(await this.#look(screen));
      load.check();
    }
    const { done, errors, perSecond, p50, p99 } = await load.stop();
    this.#report(looked);
    say(
      `\nIn all ${done} events, ${perSecond.toFixed(0)} a second acknowledged, ${errors} not; batches over HTTP within ${p50.toFixed(1)} ms (p50) and ${p99.toFixed(1)} ms (p99) of when they were due. With nobody looking ${unseen.eventsPerSecond.toFixed(0)} events/s arrived, and the server took ${(unseen.server * 100).toFixed(1)} % of a core.`,
    );
  }

  /** Closed loops, so that what the console takes from the server is missing there. */
  async atMost(screens: readonly LiveScreen[]): Promise<void> {
    say('\n## What the server takes at most, and with a screen open\n');
    const rows = [await this.#utmost('nobody looks')];
    for (const { name, path } of screens) {
      const page = await this.#context.newPage();
      await page.goto(this.#server.ready.http + path);
      rows.push(await this.#utmost(`${name} is open`));
      await page.close();
    }
    rows.push(await this.#utmost('nobody looks, again'));
    const head = `who looks | orders/s at ${ORDERS.inFlight}, function effects | p99 ms | QoS 1 publishes/s | p99 ms`;
    say(table(head.split(' | '), rows));
  }

  async #utmost(who: string): Promise<string[]> {
    const { count, inFlight } = ORDERS;
    const run = await orders(this.#server, 'bench.function', this.#scale(count), inFlight);
    const taken = await ingest(this.#server, this.#scale(INGEST / INGEST_CLIENTS));
    if (run.errors > 0 || taken.errors > 0)
      throw new Error(`${run.errors} orders and ${taken.errors} publishes failed while ${who}`);
    return [who, ...[run, taken].flatMap((of) => [of.perSecond.toFixed(0), of.p99.toFixed(1)])];
  }

  async #look(screen: LiveScreen): Promise<Looked> {
    let served: Served | undefined;
    const result = await measureScreen(
      this.#context,
      this.#server.ready.http,
      screen,
      this.#looking,
      async () => {
        const end = await this.#window();
        return async () => void (served = await end());
      },
    );
    if (served === undefined) throw new Error(`${screen.name} was not measured to its end`);
    return { ...result, ...served };
  }

  /** What arrives and what the server works, from now until the answer is called. */
  async #window(): Promise<() => Promise<Served>> {
    const look = async () => ({
      arrived: (await metrics(this.#server)).sum('holdfast_intake_events_total'),
      worked: cpuSeconds(this.#server.pid),
      at: performance.now(),
    });
    const before = await look();
    return async () => {
      const after = await look();
      const seconds = (after.at - before.at) / 1000;
      return {
        eventsPerSecond: (after.arrived - before.arrived) / seconds,
        server: (after.worked - before.worked) / seconds,
      };
    };
  }

  #report(looked: readonly Looked[]): void {
    say(feltTable(looked));
    say('');
    say(costTable(looked));
    const rough = looked.filter((one) => faultsOf(one).length > 0).length;
    say(`\n${looked.length - rough} of ${looked.length} screens are smooth.`);
  }
}

type Served = Pick<Looked, 'eventsPerSecond' | 'server'>;
