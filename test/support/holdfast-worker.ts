/** A real worker as users run it: the built `holdfast serve --mode effect`, on a data directory and a port of its own. */
import { z } from 'zod';
import { CLI, requireBuild } from './checkout.ts';
import { Child } from './child.ts';
import { within } from './eventually.ts';
import type { TempFolder } from './temp-folder.ts';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 60_000;

const readyLine = z.looseObject({
  event: z.literal('ready'),
  mode: z.literal('effect'),
  http: z.string(),
  worker: z.string(),
  pid: z.number(),
});
type ReadyLine = z.infer<typeof readyLine>;

export interface WorkerOptions {
  readonly name: string;
  /** The server's HTTP address. */
  readonly url: string;
  readonly key: string;
  /** Holds its data directory, and outlives it. */
  readonly folder: TempFolder;
  readonly env?: Readonly<Record<string, string>>;
}

export class HoldfastWorker {
  readonly #options: WorkerOptions;
  #child: Child;
  #ready: ReadyLine | null = null;

  private constructor(options: WorkerOptions) {
    requireBuild();
    this.#options = options;
    this.#child = this.#launch();
  }

  /** Starts a worker and waits until it has joined. */
  static async start(options: WorkerOptions): Promise<HoldfastWorker> {
    const worker = new HoldfastWorker(options);
    try {
      await worker.#becomeReady();
    } catch (error) {
      await worker[Symbol.asyncDispose]();
      throw error;
    }
    return worker;
  }

  get name(): string {
    return this.#options.name;
  }

  get ready(): ReadyLine {
    if (this.#ready === null) throw new Error(`worker ${this.name} is not running`);
    return this.#ready;
  }

  get log(): string {
    return this.#child.stderr;
  }

  /** Ends the process as a power cut would; its effect hosts end with it. */
  async sigkill(): Promise<void> {
    process.kill(this.ready.pid, 'SIGKILL');
    await this.#child.ended;
    this.#ready = null;
  }

  /** Asks it to stop and waits until it has. @returns its exit code */
  async stop(): Promise<number | null> {
    process.kill(this.ready.pid, 'SIGTERM');
    const { code } = await within('the worker ends', STOP_WITHIN_MS, this.#child.ended);
    this.#ready = null;
    return code;
  }

  async restart(): Promise<void> {
    if (this.#child.end === null) throw new Error('the worker still runs');
    this.#child = this.#launch();
    await this.#becomeReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }

  #launch(): Child {
    const { name, url, key, folder, env = {} } = this.#options;
    const args = [CLI, 'serve', '--mode', 'effect', '--data-dir', folder.at(name), '--json'];
    return new Child(process.execPath, args, {
      env: {
        HOLDFAST_WORKER_URL: url,
        HOLDFAST_WORKER_KEY: key,
        HOLDFAST_WORKER_NAME: name,
        ...env,
      },
      lifeline: true,
    });
  }

  async #becomeReady(): Promise<void> {
    const child = this.#child;
    const line = new Promise<string>((resolve, reject) => {
      child.onLine(resolve);
      child.ended.then(
        ({ code, signal, stderr }) =>
          reject(new Error(`the worker ended with ${code ?? signal}: ${stderr}`)),
        reject,
      );
    });
    const first = await within('the worker says that it has joined', READY_WITHIN_MS, line);
    this.#ready = readyLine.parse(JSON.parse(first));
  }
}
