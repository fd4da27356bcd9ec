/**
 * The sandbox: programs run in threads of their own (I6).
 *
 * 1. A call is in one thread at a time, and is answered once. A thread that a call holds up is ended and replaced; that
 *    call is answered `program.stuck`, the others are made again elsewhere. They are pure: nothing comes of a call but
 *    its answer.
 * 2. Wall time and memory of a thread end a try, and are never part of a decision.
 * 3. Scripts and maps are held once, in memory that all threads share.
 * 4. Programs share the threads by what they cost, and those that fail at a cost run in a thread aside (`ProgramLanes`).
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { HoldfastError } from '@holdfast/core';
import { SILENT } from '../log.ts';
import { CallRecalled } from '../sandbox-port.ts';
import type {
  DecideAnswer,
  DecideRequest,
  ProgramFault,
  ProgramRef,
  ProgramSource,
  RouteAnswer,
  RouteRequest,
  Sandbox,
  TraceAnswer,
  TraceRequest,
} from '../sandbox-port.ts';
import { inputText } from './input-text.ts';
import type { Answer, Call, ProgramPost } from './protocol.ts';
import { sandboxDigest } from './sandbox-digest.ts';
import { checkPoolOptions, type SandboxPoolOptions } from './pool-options.ts';
import { ProgramLanes } from './program-lanes.ts';
import type { PendingCall, ThreadEnd } from './thread-link.ts';
import { ThreadLink } from './thread-link.ts';

/** The thread aside ends once it has had nothing to do for so long: its memory is given back. */
const ASIDE_IDLE_MS = 10_000;
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
  readonly #lanes: ProgramLanes;
  /** For suspects; null while there are none. */
  #aside: ThreadLink | null = null;
  #endAside: (() => void) | null = null;
  #lastProgram = 0;
  #lastCall = 0;
  #failedStarts = 0;
  #broken: HoldfastError | null = null;

  constructor(options: SandboxPoolOptions) {
    const { memoryLimit, stackLimit, threads } = checkPoolOptions(options);
    this.#options = options;
    const url = options.wasmUrl ?? pathToFileURL(createRequire(import.meta.url).resolve(WASM));
    const bytes = readFileSync(url);
    this.digest = sandboxDigest(bytes, memoryLimit, stackLimit);
    this.#wasm = new WebAssembly.Module(bytes);
    this.#links = Array.from({ length: threads }, (_, slot) =>
      this.#startThread((end) => this.#replace(slot, end)),
    );
    this.#lanes = new ProgramLanes({
      clock: options.clock,
      threads,
      dispatch: (pending, aside) =>
        this.#send(pending, aside ? this.#asideLink() : this.#linkOf(pending)),
    });
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
    this.#aside?.forget(post.program);
    this.#lanes.forget(post.program);
  }

  recall(ref: ProgramRef): void {
    const post = this.#programs.get(programName(ref));
    if (post === undefined) return;
    for (const pending of this.#lanes.recall(post.program))
      pending.reject(new CallRecalled(`a call of saga ${ref.saga} was recalled`));
  }

  async decide({
    release,
    saga,
    input,
    gas,
    recallable = false,
  }: DecideRequest): Promise<DecideAnswer> {
    const post = this.#programs.get(programName({ release, saga }));
    if (post === undefined) return { ok: false, failure: missing({ release, saga }) };
    const call: Call = { kind: 'decide', program: post.program, gas, input: inputText(input) };
    return this.#make<DecideAnswer>(post, call, `${saga}\u0000${input.key}`, recallable);
  }

  async route(request: RouteRequest): Promise<RouteAnswer> {
    const {
      release,
      saga,
      tenant,
      type,
      eventId,
      data,
      now,
      gas,
      decide,
      recallable = false,
    } = request;
    const post = this.#programs.get(programName({ release, saga }));
    if (post === undefined) return { ok: false, failure: missing({ release, saga }) };
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
    return this.#make<RouteAnswer>(post, call, `${saga}\u0000${eventId}`, recallable);
  }

  async trace({ release, saga, input, gas, places }: TraceRequest): Promise<TraceAnswer> {
    const post = this.#programs.get(programName({ release, saga }));
    if (post === undefined) return { ok: false, failure: missing({ release, saga }) };
    const text = input === null ? null : inputText({ ...input, trace: true });
    const call: Call = { kind: 'trace', program: post.program, gas, input: text, places };
    return this.#make<TraceAnswer>(post, call, `${saga}\u0000${input?.key ?? ''}`, false);
  }

  async close(): Promise<void> {
    this.#broken ??= new HoldfastError('draining', 'the sandbox is closed');
    const reason = this.#broken;
    this.#endAside?.();
    for (const pending of this.#lanes.close()) pending.reject(reason);
    const links = this.#aside === null ? this.#links : [...this.#links, this.#aside];
    const left = await Promise.all(links.map((link) => link.close()));
    for (const pending of left.flat()) pending.reject(reason);
  }

  #make<T extends Answer>(
    program: ProgramPost,
    call: Call,
    affinity: string,
    recallable: boolean,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#lastCall = this.#lastCall === LAST_CALL_ID ? 1 : this.#lastCall + 1;
      // The protocol answers a call with an answer of its kind.
      if (this.#broken !== null) {
        reject(this.#broken);
        return;
      }
      const answered = resolve as (answer: Answer) => void;
      const pending: PendingCall = {
        id: this.#lastCall,
        program,
        call,
        recallable,
        slot: slotOf(affinity, this.#links.length),
        resolve: (answer, cost) => {
          this.#lanes.answered(program.program, answer, cost);
          answered(answer);
        },
        handBack: () => this.#lanes.handedBack(pending),
        reject,
      };
      this.#lanes.submit(pending);
    });
  }

  #send(pending: PendingCall, link: ThreadLink | undefined): void {
    if (this.#broken !== null || link === undefined) {
      pending.reject(this.#broken ?? new Error('the sandbox has no threads'));
      return;
    }
    link.send(pending);
  }

  #linkOf({ slot }: PendingCall): ThreadLink | undefined {
    return this.#links[slot];
  }

  #asideLink(): ThreadLink {
    this.#endAside?.();
    this.#endAside = this.#options.clock.after(ASIDE_IDLE_MS, () => this.#endIdleAside());
    this.#aside ??= this.#startThread((end) => this.#replaceAside(end));
    return this.#aside;
  }

  #endIdleAside(): void {
    this.#endAside = null;
    if (this.#aside === null) return;
    if (this.#aside.load > 0) {
      this.#endAside = this.#options.clock.after(ASIDE_IDLE_MS, () => this.#endIdleAside());
      return;
    }
    const idle = this.#aside;
    this.#aside = null;
    void idle.close();
  }

  #startThread(onEnd: (end: ThreadEnd) => void): ThreadLink {
    const { memoryLimit, stackLimit, wallLimit } = checkPoolOptions(this.#options);
    return new ThreadLink({
      url: this.#options.workerUrl ?? new URL('./sandbox-thread.ts', import.meta.url),
      start: { wasm: this.#wasm, memoryLimit, stackLimit },
      wallLimit,
      clock: this.#options.clock,
      onEnd,
    });
  }

  #replace(slot: number, end: ThreadEnd): void {
    this.#noteEnd(end);
    if (this.#broken === null)
      this.#links[slot] = this.#startThread((next) => this.#replace(slot, next));
    // Whoever has least to do takes the others over; a thread that only starts has nothing, but is not up yet.
    const others = this.#links.filter((_, at) => at !== slot);
    const heir = others.toSorted((one, other) => one.load - other.load)[0] ?? this.#links[slot];
    for (const pending of end.others) this.#send(pending, heir);
    this.#answerCulprit(end);
  }

  /** The next suspect's call starts another. */
  #replaceAside(end: ThreadEnd): void {
    this.#noteEnd(end);
    this.#aside = null;
    if (this.#broken === null)
      for (const pending of end.others) this.#send(pending, this.#asideLink());
    else for (const pending of end.others) this.#send(pending, undefined);
    this.#answerCulprit(end);
  }

  /** Last: its answer may bring the next call. */
  #answerCulprit(end: ThreadEnd): void {
    end.culprit?.resolve({ ok: false, failure: faultOf(end) }, end.ranFor);
  }

  #noteEnd(end: ThreadEnd): void {
    const log = this.#options.log ?? SILENT;
    log.warn(
      {
        reason: end.reason,
        saga: end.culprit?.program.saga ?? null,
        calls: end.others.length,
      },
      `sandbox thread replaced: ${end.message}`,
    );
    this.#failedStarts = end.wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts < MAX_FAILED_STARTS) return;
    this.#broken ??= new HoldfastError(
      'unavailable',
      `sandbox threads do not start: ${end.message}`,
    );
  }
}

const WASM = '@jitl/quickjs-wasmfile-release-sync/wasm';
function faultOf({ reason, message }: ThreadEnd): ProgramFault {
  const code = reason === 'memory' ? 'program.memory' : 'program.stuck';
  return { code, message, at: null, stack: null, host: true };
}

/** A registered release may have lost its bundle: whatever needs the program fails, and nothing else. */
function missing({ release, saga }: ProgramRef): ProgramFault {
  const message = `saga ${saga} of release ${release} is not loaded: its bundle is not on the disk. Register it again`;
  return { code: 'program.missing', message, at: null, stack: null };
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
