import { writeFileSync, readFileSync, rmSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running server can be reached; `<data-dir>/server.json`, for the CLI. Gone when it has stopped in order. */
export interface ServerFile {
  readonly pid: number;
  readonly http: string;
  readonly mqtt: string;
  /** RFC 3339. */
  readonly startedAt: string;
}

const NAME = 'server.json';

export function writeServerFile(dataDir: string, server: ServerFile): void {
  const path = join(dataDir, NAME);
  writeFileSync(`${path}.new`, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Takes away our own file; another server's, which may have started since, stays. */
export function removeServerFile(dataDir: string, pid: number): void {
  const path = join(dataDir, NAME);
  try {
    const { pid: owner } = JSON.parse(readFileSync(path, 'utf8')) as ServerFile;
    if (owner === pid) rmSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
