/**
 * `holdfast serve`: runs the server until it is told to stop (R11.1).
 *
 * SIGINT and SIGTERM drain and end with 0; a second one ends at once. So does the launcher's death.
 *
 * @module
 */
import type { Log } from '@holdfast/engine';
import { onInterrupt } from '../cli/interrupt.ts';
import type { ServerSettings } from '../config/settings.ts';
import { watchLifeline } from '../lifeline.ts';
import { createLog } from './log.ts';
import { endAtOnce } from './end-at-once.ts';
import { banner, restaurantBanner } from './banner.ts';
import { openRestaurant, type Restaurant, spawnServices } from './restaurant.ts';
import { RunningServer } from './running-server.ts';

export interface ServeOptions {
  /** One line of JSON on stdout when ready, instead of words. */
  readonly json: boolean;
  /** Also run the reference app and its outside services. */
  readonly withRestaurant: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: { write(text: string): unknown };
}

const EXIT_FORCED = 130;
/** It was asked to stop, and had not begun. */
const EXIT_UNREADY = 0;
/** How long a start may go on after the word to stop. */
const START_GRACE_MS = 5000;

/**
 * Runs until stopped; resolves with the exit code.
 *
 * @throws HoldfastError when the server cannot start
 */
export async function runServe(settings: ServerSettings, options: ServeOptions): Promise<number> {
  const log = createLog(settings.log);
  const stopped = Promise.withResolvers<string>();
  onInterrupt(stopped.resolve, () => process.exit(EXIT_FORCED));
  watchLifeline(options.env, () => stopped.resolve('its launcher has gone'));
  const outside = options.withRestaurant ? spawnServices(settings) : null;
  const start = RunningServer.start({
    settings,
    env: options.env,
    log,
    fatal: (error) => endAtOnce(log, error),
  });
  void stopped.promise.then((why) => limitStart(start, why, log));
  const server = await start.catch(async (error: unknown) => {
    await outside?.then((services) => services.close()).catch(() => undefined);
    throw error;
  });
  const restaurant = await openOutside(server, outside, log);
  server.warmHosts();
  announce(server, restaurant, settings, options);
  const why = await stopped.promise;
  log.info({ why }, 'draining');
  await server.stop();
  await restaurant?.close();
  log.info({}, 'stopped');
  return 0;
}

/** A server that is told to stop while it starts has taken nothing in: it need not become ready at any price. */
function limitStart(start: Promise<unknown>, why: string, log: Log): void {
  const giveUp = setTimeout(() => {
    log.warn({ why }, 'stopped before it was ready');
    process.exit(EXIT_UNREADY);
  }, START_GRACE_MS);
  const ended = (): void => clearTimeout(giveUp);
  start.then(ended, ended);
}

/** The restaurant, where there is to be one; the server is not left behind without it. */
async function openOutside(
  server: RunningServer,
  outside: Promise<Restaurant> | null,
  log: Log,
): Promise<Restaurant | null> {
  if (outside === null) return null;
  try {
    return await openRestaurant(server, await outside, log);
  } catch (error) {
    await server.stop();
    await outside.then((services) => services.close()).catch(() => undefined);
    throw error;
  }
}

function announce(
  server: RunningServer,
  restaurant: Restaurant | null,
  settings: ServerSettings,
  { json, stdout }: ServeOptions,
): void {
  const { http, mqttUrl: mqtt, adminKeyFile } = server;
  if (json) {
    const line = {
      event: 'ready',
      http: http.url,
      mqtt,
      pid: process.pid,
      adminKeyFile,
      ...(restaurant === null ? {} : { callsFile: restaurant.callsFile }),
    };
    stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const where = { http: http.url, mqtt, adminKeyFile, dataDir: settings.dataDir };
  stdout.write(restaurant === null ? banner(where) : restaurantBanner(where, restaurant));
}
