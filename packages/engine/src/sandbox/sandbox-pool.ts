/**
 * The sandbox: programs run in threads of their own (I6).
 *
 * 1. A call is in one thread at a time, and is answered once. A thread that a call holds up is ended and replaced; that
 *    call is answered `program.stuck`, the others are made again elsewhere. They are pure: nothing comes of a call but
 *    its answer.
 * 2. Wall time and memory of a thread end a try, and are never part of a decision.
 * 3. Scripts and maps are held once, in memory that all threads share.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Clock, Millis } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { Log } from '../log.ts';
import { SILENT } from '../log.ts';
import type {
  DecideAnswer,
  DecideRequest,
  ProgramFault,
  ProgramRef,
  ProgramSource,
  RouteAnswer,
  RouteRequest,
  Sandbox,
} from '../sandbox-port.ts';
import { inputText } from './input-text.ts';
import {
  DEFAULT_MEMORY_LIMIT_BYTES,
  DEFAULT_STACK_LIMIT_BYTES,
  DEFAULT_WALL_LIMIT_MS,
  INITIAL_MEMORY_BYTES,
  MAX_STACK_LIMIT_BYTES,
} from './limits.ts';
import type { Answer, Call, ProgramPost } from './protocol.ts';
import { sandboxDigest } from './sandbox-digest.ts';
import type { PendingCall, ThreadEnd } from './thread-link.ts';
import { ThreadLink } from './thread-link.ts';

export interface SandboxPoolOptions {
  /** Default 1, minimum 1. */
  readonly threads?: number;
  /** Where the thread's code is; default beside this file, which holds for the sources. */
  readonly workerUrl?: URL;
  /** Where QuickJS's WebAssembly is; default the package's. */
  readonly wasmUrl?: URL;
  /** Longest a call may be in progress, in milliseconds of running time; default 1000, minimum 10. */
  readonly wallLimit?: Millis;
  /** What a machine's memory may grow to, in bytes; default 64 MiB, minimum 16 MiB. */
  readonly memoryLimit?: number;
  /** Stack of a program, in bytes; default 512 KiB, 64 KiB to 1 MiB. */
  readonly stackLimit?: number;
  readonly clock: Clock;
  readonly log?: Log;
}

/** Starts in a row that may fail before the sandbox gives up. */
const MAX_FAILED_STARTS = 3;
const LAST_CALL_ID = 2 ** 31 - 1;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Starts the sandbox's threads. Returns at once; calls made before they are up wait.
 *
 * @throws RangeError for a limit out of its bounds
 */
export function createSandboxPool(options: SandboxPoolOptions): Sandbox {
  return new SandboxPool(options);
}

class SandboxPool implements Sandbox {
  readonly digest: string;
  readonly #options: SandboxPoolOptions;
  readonly #wasm: WebAssembly.Module;
  readonly #programs = new Map<string, ProgramPost>();
  readonly #links: ThreadLink[];
  #lastProgram = 0;
  #lastCall = 0;
  #failedStarts = 0;
  #broken: HoldfastError | null = null;

  constructor(options: SandboxPoolOptions) {
    const { memoryLimit, stackLimit, threads } = checkOptions(options);
    this.#options = options;
    const url = options.wasmUrl ?? pathToFileURL(createRequire(import.meta.url).resolve(WASM));
    const bytes = readFileSync(url);
    this.digest = sandboxDigest(bytes, memoryLimit, stackLimit);
    this.#wasm = new WebAssembly.Module(bytes);
    this.#links = Array.from({ length: threads }, (_, slot) => this.#startThread(slot));
  }

  load(source: ProgramSource): void {
    const name = programName(source);
    if (this.#programs.has(name)) return;
    this.#lastProgram += 1;
    this.#programs.set(name, {
      program: this.#lastProgram,
      saga: source.saga,
      script: share(source.script),
      sourceMap: source.sourceMap === null ? null : share(source.sourceMap),
    });
  }

  unload(ref: ProgramRef): void {
    const name = programName(ref);
    const post = this.#programs.get(name);
    if (post === undefined) return;
    this.#programs.delete(name);
    for (const link of this.#links) link.forget(post.program);
  }

  async decide({ release, saga, input, gas }: DecideRequest): Promise<DecideAnswer> {
    const post = this.#programOf({ release, saga });
    const call: Call = { kind: 'decide', program: post.program, gas, input: inputText(input) };
    return this.#make<DecideAnswer>(post, call, `${saga}\u0000${input.key}`);
  }

  async route(request: RouteRequest): Promise<RouteAnswer> {
    const { release, saga, tenant, type, eventId, data, now, gas, decide } = request;
    const post = this.#programOf({ release, saga });
    const call: Call = {
      kind: 'route',
      program: post.program,
      gas,
      tenant,
      type,
      eventId,
      data,
      now,
      decide,
    };
    return this.#make<RouteAnswer>(post, call, `${saga}\u0000${eventId}`);
  }

  async close(): Promise<void> {
    this.#broken ??= new HoldfastError('draining', 'the sandbox is closed');
    const reason = this.#broken;
    const left = await Promise.all(this.#links.map((link) => link.close()));
    for (const pending of left.flat()) pending.reject(reason);
  }

  #make<T extends Answer>(program: ProgramPost, call: Call, affinity: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#lastCall = this.#lastCall === LAST_CALL_ID ? 1 : this.#lastCall + 1;
      // The protocol answers a call with an answer of its kind.
      const pending = {
        id: this.#lastCall,
        program,
        call,
        resolve: resolve as (answer: Answer) => void,
        reject,
      };
      this.#send(pending, this.#links[slotOf(affinity, this.#links.length)]);
    });
  }

  #send(pending: PendingCall, link: ThreadLink | undefined): void {
    if (this.#broken !== null || link === undefined) {
      pending.reject(this.#broken ?? new Error('the sandbox has no threads'));
      return;
    }
    link.send(pending);
  }

  #programOf(ref: ProgramRef): ProgramPost {
    const post = this.#programs.get(programName(ref));
    if (post !== undefined) return post;
    throw new HoldfastError(
      'release.unknown',
      `saga ${ref.saga} of release ${ref.release} is not loaded in the sandbox`,
    );
  }

  #startThread(slot: number): ThreadLink {
    const { memoryLimit, stackLimit, wallLimit } = checkOptions(this.#options);
    return new ThreadLink({
      url: this.#options.workerUrl ?? new URL('./sandbox-thread.ts', import.meta.url),
      start: { wasm: this.#wasm, memoryLimit, stackLimit },
      wallLimit,
      clock: this.#options.clock,
      onEnd: (end) => this.#replace(slot, end),
    });
  }

  #replace(slot: number, end: ThreadEnd): void {
    const log = this.#options.log ?? SILENT;
    log.warn(
      {
        slot,
        reason: end.reason,
        program: end.culprit?.program.saga ?? null,
        calls: end.others.length,
      },
      `sandbox thread replaced: ${end.message}`,
    );
    end.culprit?.resolve({ ok: false, failure: faultOf(end) });
    this.#failedStarts = end.wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts >= MAX_FAILED_STARTS) {
      this.#broken ??= new HoldfastError(
        'unavailable',
        `sandbox threads do not start: ${end.message}`,
      );
    }
    if (this.#broken === null) this.#links[slot] = this.#startThread(slot);
    // Whoever has least to do takes the others over; a thread that only starts has nothing, but is not up yet.
    const others = this.#links.filter((_, at) => at !== slot);
    const heir = others.toSorted((one, other) => one.load - other.load)[0] ?? this.#links[slot];
    for (const pending of end.others) this.#send(pending, heir);
  }
}

const WASM = '@jitl/quickjs-wasmfile-release-sync/wasm';
const LEAST_WALL_LIMIT_MS = 10;
const LEAST_STACK_LIMIT_BYTES = 64 * 1024;

function checkOptions(
  options: SandboxPoolOptions,
): Required<Pick<SandboxPoolOptions, 'threads' | 'wallLimit' | 'memoryLimit' | 'stackLimit'>> {
  const {
    threads = 1,
    wallLimit = DEFAULT_WALL_LIMIT_MS,
    memoryLimit = DEFAULT_MEMORY_LIMIT_BYTES,
    stackLimit = DEFAULT_STACK_LIMIT_BYTES,
  } = options;
  within('threads', threads, 1, 64);
  within('wallLimit', wallLimit, LEAST_WALL_LIMIT_MS, 3_600_000);
  within('memoryLimit', memoryLimit, INITIAL_MEMORY_BYTES, 2 ** 31);
  within('stackLimit', stackLimit, LEAST_STACK_LIMIT_BYTES, MAX_STACK_LIMIT_BYTES);
  return { threads, wallLimit, memoryLimit, stackLimit };
}

function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `sandbox: ${name} is ${value}; it must be a whole number from ${least} to ${most}`,
  );
}

function faultOf({ reason, message }: ThreadEnd): ProgramFault {
  const code = reason === 'memory' ? 'program.memory' : 'program.stuck';
  return { code, message, at: null, stack: null, host: true };
}

function programName({ release, saga }: ProgramRef): string {
  return `${release}\u0000${saga}`;
}

function share(text: string): SharedArrayBuffer {
  const bytes = new TextEncoder().encode(text);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/** FNV-1a: the same instance goes to the same thread, which has its program's image ready. */
function slotOf(affinity: string, slots: number): number {
  if (slots === 1) return 0;
  let hash = FNV_OFFSET;
  for (let at = 0; at < affinity.length; at++) {
    hash = Math.imul(hash ^ affinity.charCodeAt(at), FNV_PRIME);
  }
  return (hash >>> 0) % slots;
}
