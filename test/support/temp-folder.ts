import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this test alone; gone with it. */
export class TempFolder {
  readonly path: string;

  constructor(purpose = 'test') {
    this.path = mkdtempSync(join(tmpdir(), `holdfast-${purpose}-`));
  }

  at(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  [Symbol.dispose](): void {
    // A process that was killed a moment ago may still be closing files in it.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
