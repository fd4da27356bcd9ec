/**
 * The reference app beside a server: its release active, its outside services as a process of their own.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError, releaseBundleSchema } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import { spawnOutside } from '@holdfast/restaurant';
import type { ServerSettings } from '../config/settings.ts';
import type { RunningServer } from './running-server.ts';

/** What the restaurant's effects find their services by. */
const URL_NAME = 'RESTAURANT_URL';
const ACTOR = { by: 'local', reason: 'holdfast serve --with-restaurant' };

export interface Restaurant {
  readonly url: string;
  /** The outside services' record of every call they got, JSON lines. */
  readonly callsFile: string;
  close(): Promise<void>;
}

/** What the build leaves beside the server's bundle. */
function built(path: string): string {
  const fromSource = import.meta.url.endsWith('.ts');
  const root = fromSource ? '../../../restaurant/dist/' : '../../restaurant/dist/';
  return fileURLToPath(new URL(root + path, import.meta.url));
}

const BUNDLE = built('release-bundle.json');

/**
 * Starts the outside services; beside the server's own start, because neither needs the other.
 *
 * @throws HoldfastError `release.unknown` when they have not been built; Error when they do not come up
 */
export function spawnServices({ dataDir }: ServerSettings): Promise<Restaurant> {
  const starting = spawn(join(dataDir, 'restaurant-calls.jsonl'));
  // Whoever opens the restaurant, or closes what was started, is told; until then nobody waits for it.
  starting.catch(() => undefined);
  return starting;
}

async function spawn(callsFile: string): Promise<Restaurant> {
  if (!existsSync(BUNDLE)) {
    throw new HoldfastError(
      'release.unknown',
      `the restaurant's release has not been built: ${BUNDLE} is missing`,
      {
        hint: 'npm start builds it; or run node scripts/build.mjs',
      },
    );
  }
  const outside = await spawnOutside({ entry: built('services-main.js'), callsFile, port: 0 });
  return { url: outside.url, callsFile, close: () => outside.close() };
}

/** Makes the restaurant's release the active one, and tells it where its services are. */
export async function openRestaurant(
  server: RunningServer,
  services: Restaurant,
  log: Log,
): Promise<void> {
  server.config.set(URL_NAME, services.url);
  const bundle = releaseBundleSchema.parse(JSON.parse(readFileSync(BUNDLE, 'utf8')));
  const { digest } = await server.engine.registerRelease(bundle, ACTOR);
  await server.engine.activateRelease(digest, ACTOR);
  log.info({ release: digest, url: services.url }, 'restaurant is open');
}
