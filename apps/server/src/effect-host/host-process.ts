/**
 * One process of an effect host, from its start to its end, and the calls it has.
 *
 * 1. A call handed to the process is answered once: by the process, at once when its signal fires, or as in doubt when
 *    the process ends, however it ends (I4).
 * 2. `onEnd` is called once, after the last answer.
 * 3. While calls are out, and after one ran out of time, the process must be heard from; one that is not is killed, and
 *    so is one that outgrows its memory, floods its pipe or breaks the frames' form. Else there is neither timer nor
 *    traffic.
 */
import type { Clock, EffectCall, EffectError, EffectResult, Millis } from '@holdfast/core';
import { MAX_OUTPUT_BYTES } from '@holdfast/gateway';
import type { FunctionValues } from '@holdfast/gateway';
import { captureOutput } from './captured-output.ts';
import { callLine, FROM_HOST, line, readAnswer, TO_HOST } from './frames.ts';
import { Heartbeat } from './heartbeat.ts';
import { parseJson, resultOf, writeLog } from './host-answers.ts';
import type { HostLog } from './host-log.ts';
import { LineWriter, readLines } from './line-stream.ts';
import { spawnHost } from './spawn-host.ts';
import type { SpawnedHost } from './spawn-host.ts';

export interface HostLimits {
  /** Heap of V8, in MiB; V8 ends the process that needs more. Default 256. */
  readonly heapMiB: number;
  /** Resident memory, in MiB; a process found above it is killed. Default 768. */
  readonly residentMiB: number;
  /** How long a process with calls out may stay silent, in whole seconds. Default 10 s. */
  readonly hungAfter: Millis;
  /** How long it may take to load its code. Default 30 s. */
  readonly loadWithin: Millis;
}

export const DEFAULT_HOST_LIMITS: HostLimits = {
  heapMiB: 256,
  residentMiB: 768,
  hungAfter: 10_000,
  loadWithin: 30_000,
};

export interface HostProcessOptions {
  /** Of the Node that runs it. */
  readonly execPath: string;
  /** `effect-host-main`. */
  readonly entry: string;
  /** The release's `effects.mjs`; its folder becomes the working directory. */
  readonly effects: string;
  readonly limits: HostLimits;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly onReady: () => void;
  readonly onEnd: (end: HostEnd) => void;
}

export interface HostEnd {
  /** Whether it was ever ready for calls. */
  readonly wasReady: boolean;
  /** Why; null for one that was asked to end. */
  readonly error: EffectError | null;
}

interface CallInProcess {
  readonly call: EffectCall;
  readonly answer: (result: EffectResult) => void;
  readonly forget: () => void;
}

/** A frame holds at most an output and its id. */
const MAX_FRAME_LENGTH = MAX_OUTPUT_BYTES + 1024;
/** Frames between two pings that answer no call. The host itself writes a tenth of it at most. */
const MAX_IDLE_FRAMES = 2000;
const MIB = 1024 * 1024;
/** How long the pipe of an ended process is read. */
const DRAIN_WITHIN_MS: Millis = 500;
/** How long an orderly end may take. */
const STOP_WITHIN_MS: Millis = 2000;

export class HostProcess {
  readonly #options: HostProcessOptions;
  readonly #host: SpawnedHost;
  readonly #writer: LineWriter;
  readonly #heartbeat: Heartbeat;
  readonly #calls = new Map<number, CallInProcess>();
  /** Calls that ran out of time and that the process may yet answer. */
  readonly #late = new Set<number>();
  #nextId = 1;
  #values: FunctionValues | null = null;
  #ready = false;
  #ended = false;
  #stopping = false;
  /** Why it was killed. */
  #reason: EffectError | null = null;
  #idleFrames = 0;
  #cancelTimer: () => void;

  /** @throws Error when no process can be started. */
  constructor(options: HostProcessOptions) {
    this.#options = options;
    const { limits, clock } = options;
    this.#host = spawnHost({ ...options, heapMiB: limits.heapMiB });
    this.#writer = new LineWriter(this.#host.frames);
    this.#heartbeat = new Heartbeat({
      clock,
      hungAfter: limits.hungAfter,
      ping: this.#ping,
      isNeeded: () => this.#calls.size > 0 || this.#idleFrames > 1,
      onHung: () =>
        this.#kill('host.hung', `effect code held its host up for ${limits.hungAfter} ms`),
    });
    this.#listen();
    this.#cancelTimer = clock.after(limits.loadWithin, () =>
      this.#kill('host.load_failed', `effect code took more than ${limits.loadWithin} ms to load`),
    );
  }

  get pid(): number | undefined {
    return this.#host.child.pid;
  }

  /** Calls that it has and that are not answered. */
  get callsOut(): number {
    return this.#calls.size;
  }

  /** Hands it a call. Only while it is ready. */
  call(
    call: EffectCall,
    values: FunctionValues,
    signal: AbortSignal,
    answer: (result: EffectResult) => void,
  ): void {
    const id = this.#nextId++;
    const onAbort = (): void => {
      this.#writer.write(line(TO_HOST.abort, id));
      this.#late.add(id);
      const message = `no answer in ${call.timeout} ms`;
      this.#answer(id, { kind: 'in_doubt', error: { code: 'timeout', message } });
      this.#heartbeat.doubt();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const forget = (): void => signal.removeEventListener('abort', onAbort);
    this.#calls.set(id, { call, answer, forget });
    if (values !== this.#values) {
      this.#values = values;
      this.#writer.write(line(TO_HOST.values, JSON.stringify(values)));
    }
    this.#writer.write(callLine(id, call));
    this.#heartbeat.start();
  }

  /** Ends it in order: at the end of its frames the process is gone at once. */
  stop(): void {
    if (this.#ended || this.#stopping) return;
    this.#stopping = true;
    this.#host.frames.end();
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(STOP_WITHIN_MS, () => {
      this.#host.child.kill('SIGKILL');
    });
  }

  #listen(): void {
    const { child, frames, lifeline, stdout, stderr } = this.#host;
    const { clock, log } = this.#options;
    readLines(frames, this.#onFrame, MAX_FRAME_LENGTH, () =>
      this.#kill('host.flooding', `effect code wrote a frame of over ${MAX_FRAME_LENGTH} bytes`),
    );
    // Pipes break when the process ends; how it ended says why.
    frames.on('error', (error) => log.debug({ err: error }, 'effect host: its frames broke off'));
    lifeline.on('error', (error) => log.debug({ err: error }, 'effect host: its lifeline broke'));
    lifeline.resume();
    for (const [name, stream] of Object.entries({ stdout, stderr })) {
      captureOutput(stream, clock, (text) =>
        log.info({ pid: this.pid, stream: name }, `effect code: ${text}`),
      );
    }
    child.on('error', (error) => {
      this.#reason ??= { code: 'host.unavailable', message: error.message };
      if (child.pid === undefined) this.#onEnd('it could not be started');
    });
    child.once('exit', (code, signal) => this.#onExit(signal ?? `exit code ${code}`));
  }

  /** Answers that it wrote before it ended may still be in the pipe. */
  #onExit(how: string): void {
    if (this.#reason !== null || this.#host.frames.closed) return this.#onEnd(how);
    this.#host.frames.once('close', () => this.#onEnd(how));
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(DRAIN_WITHIN_MS, () => this.#onEnd(how));
  }

  readonly #ping = (): void => {
    this.#idleFrames = 0;
    this.#writer.write(line(TO_HOST.ping, ''));
  };

  readonly #onFrame = (text: string): void => {
    this.#heartbeat.heard();
    const kind = text.charAt(0);
    const rest = text.slice(1);
    switch (kind) {
      case FROM_HOST.succeeded:
      case FROM_HOST.failed:
      case FROM_HOST.notDone:
      case FROM_HOST.inDoubt:
        this.#onAnswer(kind, rest);
        break;
      case FROM_HOST.ready:
        this.#onReady();
        break;
      case FROM_HOST.pong:
        this.#onPong(Number(rest));
        break;
      case FROM_HOST.log:
        this.#countIdleFrame();
        writeLog(this.#options.log, rest, (id) => this.#calls.get(id)?.call);
        break;
      case FROM_HOST.unloadable:
        this.#kill('host.load_failed', parseJson<string>(rest) ?? 'effect code does not load');
        break;
      default:
        this.#killIntruder();
    }
  };

  #onReady(): void {
    // One that is being ended goes on being ended: the timer is then that of its end.
    if (this.#ready || this.#stopping) return;
    this.#ready = true;
    this.#cancelTimer();
    this.#options.onReady();
  }

  #onAnswer(kind: string, text: string): void {
    const read = readAnswer(text);
    if (read === null) return this.#killIntruder();
    if (this.#late.delete(read.id)) return;
    if (!this.#calls.has(read.id)) return this.#countIdleFrame();
    const result = resultOf(kind, read.json);
    if (result === null) return this.#killIntruder();
    this.#answer(read.id, result);
  }

  #onPong(resident: number): void {
    this.#countIdleFrame();
    const { residentMiB } = this.#options.limits;
    if (resident > residentMiB * MIB) {
      this.#kill('host.memory', `effect code holds more than ${residentMiB} MiB`);
    }
  }

  #countIdleFrame(): void {
    this.#idleFrames++;
    this.#heartbeat.start();
    if (this.#idleFrames > MAX_IDLE_FRAMES) {
      this.#kill('host.flooding', 'effect code floods the pipe of its host');
    }
  }

  #answer(id: number, result: EffectResult): void {
    const out = this.#calls.get(id);
    if (out === undefined) return;
    this.#calls.delete(id);
    out.forget();
    out.answer(result);
  }

  #killIntruder(): void {
    this.#kill('host.frames', 'effect code wrote into the pipe of its host');
  }

  #kill(code: string, message: string): void {
    if (this.#ended || this.#reason !== null) return;
    this.#reason = { code, message };
    this.#host.frames.pause();
    this.#host.child.kill('SIGKILL');
  }

  #onEnd(how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    this.#heartbeat.stop();
    this.#host.frames.destroy();
    this.#host.lifeline.destroy();
    const error = this.#reason ?? {
      code: 'host.crashed',
      message: `the effect host ended: ${how}`,
    };
    for (const id of this.#calls.keys()) this.#answer(id, { kind: 'in_doubt', error });
    const asked = this.#stopping && this.#reason === null;
    this.#options.onEnd({ wasReady: this.#ready, error: asked ? null : error });
  }
}
