/** The checkout under test: where it is, and how its built programs are run. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What users run. */
export const CLI = join(ROOT, 'apps/server/dist/cli.js');

/**
 * Our own environment would decide for the program under test what a user's does not.
 *
 * @param extra is added last
 */
export function cleanEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const env: Record<string, string> = { NO_COLOR: '1' };
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot', 'TEMP', 'LOCALAPPDATA']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return { ...env, ...extra };
}

/** @throws Error where there is no build: what is tested here is what users run, not its sources. */
export function requireBuild(): void {
  if (!existsSync(CLI)) throw new Error(`no ${CLI}: run "npm run build" first`);
}
