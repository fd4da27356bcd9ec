/**
 * A real server as users run it: the built `holdfast serve` with the restaurant and its outside services, on a data
 * directory and ports of its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readCalls } from './calls-file.ts';
import type { OutsideCall } from './calls-file.ts';
import { CLI, requireBuild } from './checkout.ts';
import { Child, runToEnd } from './child.ts';
import type { Ended } from './child.ts';
import { within } from './eventually.ts';
import { HttpApi } from './http-api.ts';
import { TempFolder } from './temp-folder.ts';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 60_000;

const readyLine = z.looseObject({
  event: z.literal('ready'),
  http: z.string(),
  mqtt: z.string(),
  pid: z.number(),
  adminKeyFile: z.string(),
  callsFile: z.string().optional(),
});
export type ReadyLine = z.infer<typeof readyLine>;

export interface ServerOptions {
  /** Default: a temporary one, removed with the server. */
  readonly dataDir?: string;
  /** Whether the restaurant runs too. Default true. */
  readonly restaurant?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly httpPort?: number;
  readonly mqttPort?: number;
  /** What runs it. Default: this very Node, by name and no arguments; `strace …` for one. */
  readonly launcher?: readonly string[];
}

export class HoldfastServer {
  readonly #folder: TempFolder | null;
  readonly #options: ServerOptions;
  readonly dataDir: string;
  #child: Child;
  #ready: ReadyLine | null = null;
  #callsFile: string | null = null;

  private constructor(options: ServerOptions) {
    requireBuild();
    this.#folder = options.dataDir === undefined ? new TempFolder('data') : null;
    this.dataDir = options.dataDir ?? this.#folder?.at('data') ?? '';
    this.#options = options;
    this.#child = this.#launch(options);
  }

  /** Starts a server and waits until it is ready. */
  static async start(options: ServerOptions = {}): Promise<HoldfastServer> {
    const server = new HoldfastServer(options);
    try {
      await server.#becomeReady();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get ready(): ReadyLine {
    if (this.#ready === null) throw new Error('the server is not running');
    return this.#ready;
  }

  get pid(): number {
    return this.ready.pid;
  }

  get httpPort(): number {
    return Number(new URL(this.ready.http).port);
  }

  get mqttPort(): number {
    return Number(new URL(this.ready.mqtt).port);
  }

  get adminKey(): string {
    return readFileSync(this.ready.adminKeyFile, 'utf8').trim();
  }

  /** The API with the first admin key. */
  get api(): HttpApi {
    return new HttpApi(this.ready.http, this.adminKey);
  }

  /** What the server wrote to standard error, its log; the newest part. */
  get log(): string {
    return this.#child.stderr;
  }

  /** Also once the server has ended. */
  get callsFile(): string {
    if (this.#callsFile === null) throw new Error('this server runs no outside services');
    return this.#callsFile;
  }

  calls(): readonly OutsideCall[] {
    return readCalls(this.callsFile);
  }

  get database(): string {
    const generation = readFileSync(join(this.dataDir, 'CURRENT'), 'utf8').trim();
    return join(this.dataDir, 'generations', generation, 'holdfast.db');
  }

  /** Runs a `holdfast` command against this server. */
  cli(...args: readonly string[]): Promise<Ended> {
    return runToEnd(process.execPath, [CLI, ...args, '--data-dir', this.dataDir]);
  }

  /** Runs one that must succeed. @returns its one JSON document */
  async cliJson(...args: readonly string[]): Promise<unknown> {
    const ended = await this.cli(...args, '--json');
    if (ended.code !== 0) {
      throw new Error(
        `holdfast ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}${ended.stdout}`,
      );
    }
    return JSON.parse(ended.stdout);
  }

  /** Ends the serving process as a power cut would, and nothing else. */
  async sigkill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await this.#child.ended;
    this.#ready = null;
  }

  /** Asks it to stop and waits until it has. @returns its exit code */
  async stop(): Promise<number | null> {
    process.kill(this.pid, 'SIGTERM');
    const { code } = await within(
      'the server ends after SIGTERM',
      STOP_WITHIN_MS,
      this.#child.ended,
    );
    this.#ready = null;
    return code;
  }

  /** Waits until it has ended by itself. @returns its exit code */
  async ended(): Promise<number | null> {
    const { code } = await within('the server ends by itself', STOP_WITHIN_MS, this.#child.ended);
    this.#ready = null;
    return code;
  }

  /** Starts again on the same data, after `sigkill` or `stop`. */
  async restart(changes: Omit<ServerOptions, 'dataDir'> = {}): Promise<void> {
    if (this.#child.end === null) throw new Error('the server still runs');
    // What a killed server leaves behind must not serve the next one: in life it would be found and ended too.
    this.#child = this.#launch({ ...this.#options, ...changes });
    await this.#becomeReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    this.#folder?.[Symbol.dispose]();
  }

  #launch(options: ServerOptions): Child {
    const { restaurant = true, env = {}, args = [], httpPort = 0, mqttPort = 0 } = options;
    const [file = process.execPath, ...before] = options.launcher ?? [process.execPath];
    return new Child(
      file,
      [
        ...before,
        CLI,
        'serve',
        ...(restaurant ? ['--with-restaurant'] : []),
        '--data-dir',
        this.dataDir,
        '--http-port',
        String(httpPort),
        '--mqtt-port',
        String(mqttPort),
        '--json',
        ...args,
      ],
      // What the launchers set too (docs/adr/0011-memory-at-rest.md).
      {
        env: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072', ...env },
        lifeline: true,
      },
    );
  }

  async #becomeReady(): Promise<void> {
    const child = this.#child;
    const line = new Promise<string>((resolve, reject) => {
      child.onLine(resolve);
      child.ended.then(
        ({ code, signal, stderr }) =>
          reject(
            new Error(`the server ended with ${code ?? signal} before it was ready: ${stderr}`),
          ),
        reject,
      );
    });
    const first = await within('the server says that it is ready', READY_WITHIN_MS, line);
    this.#ready = readyLine.parse(JSON.parse(first));
    this.#callsFile = this.#ready.callsFile ?? null;
  }
}

/** Runs `serve` where it is expected to refuse. */
export function serveRefused(dataDir: string, ...args: readonly string[]): Promise<Ended> {
  requireBuild();
  const serve = [CLI, 'serve', '--data-dir', dataDir, '--json', ...args];
  return runToEnd(process.execPath, serve, { lifeline: true });
}
