/** The restaurant's outside services as a process of their own, whatever becomes of servers and workers. */
import { join } from 'node:path';
import { z } from 'zod';
import { readCalls } from './calls-file.ts';
import type { OutsideCall } from './calls-file.ts';
import { ROOT } from './checkout.ts';
import { Child } from './child.ts';
import { within } from './eventually.ts';

const SERVICES = join(ROOT, 'apps/restaurant/dist/services-main.js');
const READY_WITHIN_MS = 30_000;

export class OutsideServices {
  readonly url: string;
  readonly #child: Child;
  readonly #callsFile: string;

  private constructor(child: Child, url: string, callsFile: string) {
    this.#child = child;
    this.url = url;
    this.#callsFile = callsFile;
  }

  /** @param callsFile where they write down every call they get */
  static async start(callsFile: string): Promise<OutsideServices> {
    const child = new Child(process.execPath, [SERVICES, '--control', '--calls', callsFile]);
    const first = new Promise<string>((resolve) => child.onLine(resolve));
    const line = await within('the outside services are ready', READY_WITHIN_MS, first);
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(line));
    return new OutsideServices(child, url, callsFile);
  }

  calls(): readonly OutsideCall[] {
    return readCalls(this.#callsFile);
  }

  /** From now on so many calls of a service take so long before they answer. */
  async slow(name: string, ms: number, times: number): Promise<void> {
    const answer = await fetch(`${this.url}/control/mishaps`, {
      method: 'POST',
      body: JSON.stringify({ name, kind: 'slow', ms, times }),
    });
    if (!answer.ok) throw new Error(`the services refused a mishap: ${await answer.text()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}
