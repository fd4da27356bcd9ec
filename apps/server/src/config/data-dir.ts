import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What decides about the data directory, injected so that tests need not touch the real environment. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly cwd: string;
}

export function realSurroundings(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir(), cwd: process.cwd() };
}

/**
 * Where data lives when nothing says otherwise, by each platform's convention:
 * `$XDG_DATA_HOME/holdfast` (`~/.local/share/holdfast`), `~/Library/Application Support/Holdfast`, `%LOCALAPPDATA%\Holdfast`.
 */
export function defaultDataDir({ env, platform, home }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Holdfast');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Holdfast');
  }
  // XDG Base Directory Specification 0.8: a relative path in XDG_DATA_HOME is invalid and is ignored.
  const xdg = env['XDG_DATA_HOME'];
  const base = xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share');
  return join(base, 'holdfast');
}

/** The data directory a command means: `--data-dir`, then `HOLDFAST_DATA_DIR`, then the platform's own. Absolute. */
export function chooseDataDir(flag: string | undefined, around: Surroundings): string {
  const named = flag ?? around.env['HOLDFAST_DATA_DIR'];
  if (named === undefined || named === '') return defaultDataDir(around);
  return resolve(around.cwd, named);
}
