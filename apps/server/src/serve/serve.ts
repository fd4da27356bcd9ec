/**
 * `holdfast serve`: runs the server until it is told to stop (R11.1).
 *
 * SIGINT, SIGTERM and the launcher's death drain and end with 0; a second signal ends at once. SIGHUP has the configuration
 * read again, but from a terminal, which sends it when it is closed: then it ends too.
 *
 * @module
 */
import { isatty } from 'node:tty';
import { HoldfastError } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import { ensureDirectory } from '@holdfast/store';
import type { Logger } from 'pino';
import { EXIT_INTERRUPTED, onInterrupt } from '../cli/interrupt.ts';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { ServerSettings } from '../config/settings.ts';
import { watchLifeline } from '../lifeline.ts';
import { deployConfigured } from './configured-releases.ts';
import { HiddenValues } from './hidden-values.ts';
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
  /** Reads the configuration again, as it was read for `settings`. */
  readonly reread: () => LoadedSettings;
  readonly stdout: { write(text: string): unknown };
}

/** It was asked to stop, and had not begun. */
const EXIT_UNREADY = 0;
const CONFIGURED = { by: 'local', reason: 'named by the configuration' };
/** How long a start may go on after the word to stop. */
const START_GRACE_MS = 5000;

/**
 * Runs until stopped; resolves with the exit code.
 *
 * @throws HoldfastError when the server cannot start
 */
export async function runServe(settings: ServerSettings, options: ServeOptions): Promise<number> {
  const hidden = new HiddenValues();
  const log = createLog(settings.log, (line) => hidden.strike(line));
  const stopped = Promise.withResolvers<string>();
  const stop = { asked: false };
  const ask = (why: string): void => {
    stop.asked = true;
    stopped.resolve(why);
  };
  onInterrupt(ask, () => process.exit(EXIT_INTERRUPTED), {
    signals: isOnTerminal() ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'],
  });
  watchLifeline(options.env, () => ask('its launcher has gone'));
  const opening = open(settings, options, log, hidden);
  // From now on: a signal that comes while it starts would else end it.
  const reload = (): void => void reloadOnce(opening, log);
  if (!isOnTerminal()) process.on('SIGHUP', reload);
  void stopped.promise.then((why) => limitStart(opening, why, log));
  const { server, restaurant } = await opening;
  // Whoever asked for the end is not told to come in.
  if (!stop.asked) {
    server.warmHosts();
    announce(server, restaurant, settings, options);
  }
  const why = await stopped.promise;
  log.info({ why }, 'draining');
  await server.stop();
  await restaurant?.close();
  process.off('SIGHUP', reload);
  log.info({}, 'stopped');
  return 0;
}

function isOnTerminal(): boolean {
  return isatty(0) || isatty(1) || isatty(2);
}

/** Whoever sent the signal reads the log for what came of it. A server that is still starting reloads once it has. */
async function reloadOnce(opening: Promise<Opened>, log: Log): Promise<void> {
  // What keeps it from starting is told by whoever started it.
  const opened = await opening.catch(() => null);
  if (opened === null) return;
  const { server } = opened;
  try {
    await server.reload({ by: 'local', reason: 'SIGHUP' });
  } catch (error) {
    log.error(
      { err: error, faults: error instanceof HoldfastError ? error.faults : [] },
      'the configuration was not taken: nothing has changed',
    );
  }
}

/**
 * A server that is told to stop while it starts need not become ready at any price. What it has
 * acknowledged is committed (I1); effects that recovery has set going are in doubt at the next start (I4).
 */
function limitStart(opening: Promise<unknown>, why: string, log: Log): void {
  const giveUp = setTimeout(() => {
    log.warn({ why }, 'stopped before it was ready');
    process.exit(EXIT_UNREADY);
  }, START_GRACE_MS);
  const ended = (): void => clearTimeout(giveUp);
  opening.then(ended, ended);
}

interface Opened {
  readonly server: RunningServer;
  readonly restaurant: Restaurant | null;
}

/** The server, and the restaurant where there is to be one: both or neither. */
async function open(
  settings: ServerSettings,
  options: ServeOptions,
  log: Logger,
  hidden: HiddenValues,
): Promise<Opened> {
  ensureDirectory(settings.dataDir);
  const outside = options.withRestaurant ? spawnServices(settings) : null;
  const start = RunningServer.start({
    settings,
    env: options.env,
    log,
    reread: options.reread,
    setLogLevel: (level) => {
      log.level = level;
    },
    hideFromLog: (values) => hidden.hide(values),
    fatal: (error) => endAtOnce(log, error),
  });
  let server: RunningServer | null = null;
  try {
    server = await start;
    const deployed = await deployConfigured(server.engine, settings.releases, CONFIGURED);
    for (const release of deployed) log.info(release, 'deployed what the configuration names');
    const restaurant = await outside;
    if (restaurant !== null) await openRestaurant(server, restaurant, log);
    return { server, restaurant };
  } catch (error) {
    await server?.stop();
    await outside?.then((services) => services.close()).catch(() => undefined);
    throw error;
  }
}

function announce(
  server: RunningServer,
  restaurant: Restaurant | null,
  settings: ServerSettings,
  { json, stdout }: ServeOptions,
): void {
  const { http, mqttUrl: mqtt, adminKeyFile, fingerprint } = server;
  if (json) {
    const line = {
      event: 'ready',
      http: http.url,
      mqtt,
      pid: process.pid,
      adminKeyFile,
      ...(fingerprint === null ? {} : { fingerprint }),
      ...(restaurant === null ? {} : { callsFile: restaurant.callsFile }),
    };
    stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const where = { http: http.url, mqtt, adminKeyFile, dataDir: settings.dataDir, fingerprint };
  stdout.write(restaurant === null ? banner(where) : restaurantBanner(where, restaurant));
}
