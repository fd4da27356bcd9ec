/**
 * The pool's end of one sandbox thread.
 *
 * 1. A call is pending from `send` until its answer, and in no other link. When the thread ends, every pending call is
 *    handed back exactly once, in the order it was sent.
 * 2. What is sent within one tick goes in one message. A program is in the thread before its first call.
 * 3. A thread that ended answers nothing any more: what it still had on its way is dropped, and calls are pure, so they
 *    may be made again elsewhere.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { Clock, Millis } from '@holdfast/core';
import { THREAD_OLD_SPACE_MIB, THREAD_STACK_MIB, THREAD_YOUNG_SPACE_MIB } from './limits.ts';
import type {
  Answer,
  Call,
  FromThread,
  ProgramNumber,
  ProgramPost,
  ThreadStart,
  ToThread,
} from './protocol.ts';
import { PROGRESS_CALL, PROGRESS_SLOTS } from './protocol.ts';
import { WallWatch } from './wall-watch.ts';

/** About what it takes to start a thread. */
const REPLACING_MS: Millis = 100;

/** A call on its way, with what its caller waits for. */
export interface PendingCall {
  /** From 1 to 2^31 - 1, different among the pending ones. */
  readonly id: number;
  readonly program: ProgramPost;
  readonly call: Call;
  /** Whether it may be taken back before a thread has it. */
  readonly recallable: boolean;
  /** The thread it goes to among those that share the work. */
  readonly slot: number;
  /** `cost`: how long it ran. */
  readonly resolve: (answer: Answer, cost: Millis) => void;
  /** It was not made. */
  readonly handBack: () => void;
  readonly reject: (error: Error) => void;
}

/** Why a thread is no more. */
export interface ThreadEnd {
  readonly reason: 'stuck' | 'memory' | 'crashed';
  readonly message: string;
  /** The call it was at; null when it was between calls. */
  readonly culprit: PendingCall | null;
  /** What the culprit has cost, in milliseconds: how long it ran, or, where nobody saw that, what replacing its thread costs. */
  readonly ranFor: Millis;
  /** All other calls that have no answer, in order. */
  readonly others: readonly PendingCall[];
  /** Whether it ever answered anything, a start-up message included. */
  readonly wasReady: boolean;
}

export interface ThreadLinkOptions {
  readonly url: URL;
  readonly start: Omit<ThreadStart, 'progress'>;
  readonly wallLimit: Millis;
  readonly clock: Clock;
  /** Told once, when the thread ends without `close`. */
  readonly onEnd: (end: ThreadEnd) => void;
}

interface Outbox {
  programs: ProgramPost[];
  ids: number[];
  calls: Call[];
  forget: ProgramNumber[];
}

export class ThreadLink {
  readonly #options: ThreadLinkOptions;
  readonly #worker: Worker;
  readonly #progress = new Int32Array(
    new SharedArrayBuffer(PROGRESS_SLOTS * Int32Array.BYTES_PER_ELEMENT),
  );
  readonly #pending = new Map<number, PendingCall>();
  readonly #known = new Set<ProgramNumber>();
  readonly #watch: WallWatch;
  #outbox: Outbox | null = null;
  #error: NodeJS.ErrnoException | null = null;
  #wasReady = false;
  #heard = 0;
  #hasEnded = false;

  constructor(options: ThreadLinkOptions) {
    this.#options = options;
    this.#worker = new Worker(options.url, {
      name: 'holdfast-sandbox',
      workerData: { ...options.start, progress: this.#progress.buffer } satisfies ThreadStart,
      // None of the parent's: its flags and its environment are no business of a program's thread.
      execArgv: [],
      argv: [],
      env: {},
      resourceLimits: {
        maxOldGenerationSizeMb: THREAD_OLD_SPACE_MIB,
        maxYoungGenerationSizeMb: THREAD_YOUNG_SPACE_MIB,
        stackSizeMb: THREAD_STACK_MIB,
      },
    });
    const look = (): number => Atomics.load(this.#progress, PROGRESS_CALL);
    this.#watch = new WallWatch(options.clock, options.wallLimit, look, (call) =>
      this.#stuck(call),
    );
    this.#worker.on('message', (message: FromThread) => this.#take(message));
    this.#worker.on('error', (error) => {
      this.#error = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on('exit', (code) => this.#exited(code));
  }

  /** Calls without an answer. */
  get load(): number {
    return this.#pending.size;
  }

  send(pending: PendingCall): void {
    this.#pending.set(pending.id, pending);
    const outbox = this.#open();
    const { program } = pending.program;
    if (!this.#known.has(program)) {
      this.#known.add(program);
      outbox.programs.push(pending.program);
    }
    outbox.ids.push(pending.id);
    outbox.calls.push(pending.call);
    this.#watch.start();
  }

  forget(program: ProgramNumber): void {
    if (this.#known.delete(program)) this.#open().forget.push(program);
  }

  /** Ends the thread. @returns the calls that got no answer, in order */
  async close(): Promise<readonly PendingCall[]> {
    const pending = this.#end();
    await this.#worker.terminate();
    return pending;
  }

  #open(): Outbox {
    if (this.#outbox !== null) return this.#outbox;
    const outbox: Outbox = { programs: [], ids: [], calls: [], forget: [] };
    this.#outbox = outbox;
    // After the microtasks that are due, and what they ask for: one answer's continuation may call again.
    queueMicrotask(() => process.nextTick(() => this.#flush()));
    return outbox;
  }

  #flush(): void {
    const outbox = this.#outbox;
    this.#outbox = null;
    if (outbox === null || this.#hasEnded) return;
    this.#worker.postMessage({ heard: this.#heard, ...outbox } satisfies ToThread);
  }

  #take({ ids, answers, costs }: FromThread): void {
    if (this.#hasEnded) return;
    this.#wasReady = true;
    this.#heard += 1;
    for (const [at, answer] of answers.entries()) {
      const id = ids[at] ?? 0;
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (answer === null) pending?.handBack();
      else pending?.resolve(answer, costs[at] ?? 0);
    }
    if (this.#pending.size === 0) this.#watch.stop();
  }

  #stuck(id: number): void {
    const culprit = this.#pending.get(id) ?? null;
    if (culprit === null) {
      // Its answer came with the last message: the thread is about to note another call, or none.
      this.#watch.start();
      return;
    }
    const message = `still in progress after ${this.#options.wallLimit} ms; its thread was ended`;
    this.#report('stuck', message, culprit);
    void this.#worker.terminate();
  }

  #exited(code: number): void {
    if (this.#hasEnded) return;
    const culprit = this.#pending.get(Atomics.load(this.#progress, PROGRESS_CALL)) ?? null;
    const isMemory = this.#error?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const message = `the sandbox thread ended: ${this.#error?.message ?? `exit code ${code}`}`;
    this.#report(isMemory ? 'memory' : 'crashed', message, culprit);
  }

  #report(reason: ThreadEnd['reason'], message: string, culprit: PendingCall | null): void {
    const wasReady = this.#wasReady;
    const others = this.#end().filter((pending) => pending !== culprit);
    const { wallLimit, onEnd } = this.#options;
    const ranFor = reason === 'stuck' ? wallLimit : Math.min(wallLimit, REPLACING_MS);
    onEnd({ reason, message, culprit, ranFor, others, wasReady });
  }

  #end(): readonly PendingCall[] {
    this.#hasEnded = true;
    this.#watch.stop();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    return pending;
  }
}
