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

export async function startRestaurant(
  server: RunningServer,
  settings: ServerSettings,
  log: Log,
): Promise<Restaurant> {
  const bundleFile = built('release-bundle.json');
  if (!existsSync(bundleFile)) {
    throw new HoldfastError(
      'release.unknown',
      `the restaurant's release has not been built: ${bundleFile} is missing`,
      {
        hint: 'npm start builds it; or run node scripts/build.mjs',
      },
    );
  }
  const callsFile = join(settings.dataDir, 'restaurant-calls.jsonl');
  const outside = await spawnOutside({ entry: built('services-main.js'), callsFile, port: 0 });
  server.config.set(URL_NAME, outside.url);
  const bundle = releaseBundleSchema.parse(JSON.parse(readFileSync(bundleFile, 'utf8')));
  const { digest } = await server.engine.registerRelease(bundle, ACTOR);
  await server.engine.activateRelease(digest, ACTOR);
  log.info({ release: digest.slice(0, 12), url: outside.url }, 'restaurant is open');
  return { url: outside.url, callsFile, close: () => outside.close() };
}
