import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { HoldfastServer } from '../../support/holdfast-server.ts';
import { LOAD } from '../bench-support.ts';
import type { LoadResult } from '../load/percentiles.ts';

/** `load/mixed-events.ts` while it runs. */
export class PacedLoad implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;
  #text = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#exit = once(process, 'exit');
  }

  static async start({ ready, adminKey }: HoldfastServer, perSecond: number): Promise<PacedLoad> {
    const args = [join(LOAD, 'mixed-events.ts'), ready.http, ready.mqtt, adminKey];
    const child = spawn(process.execPath, [...args, String(perSecond)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const load = new PacedLoad(child);
    const begun = new Promise((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        load.#text += chunk.toString();
        resolve(undefined);
      });
    });
    await Promise.race([begun, load.#exit]);
    load.check();
    return load;
  }

  /** @throws Error once it has ended: what was measured meanwhile was measured without it */
  check(): void {
    if (this.#process.exitCode !== null)
      throw new Error(`the load ended with ${this.#process.exitCode} before it was told to`);
  }

  async stop(): Promise<LoadResult> {
    this.check();
    this.#process.kill('SIGTERM');
    await this.#exit;
    return JSON.parse(this.#text.slice(this.#text.indexOf('\n'))) as LoadResult;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await this.#exit;
  }
}
