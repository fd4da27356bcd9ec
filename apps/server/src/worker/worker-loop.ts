/**
 * A worker: leases commands, has them carried out, and says what came of them until it is answered (R5.2, R12.1).
 *
 * 1. It asks for as many commands as it has room for, and for no more.
 * 2. A lease is asked for again under its number until it is answered, and a result sent again until it is: both are safe
 *    to repeat.
 * 3. What it holds is every command it was given whose result is not yet answered. Joining again it says what that is, and
 *    only once its last lease has ended one way or the other: whatever else is leased to it never reached it.
 * 4. The server's absence stops nothing that is under way. Results wait until it is back.
 * 5. Draining: nothing more is leased, what is under way ends, then it leaves.
 *
 * @module
 */
import { HoldfastError, MAX_LEASE, retryPause } from '@holdfast/core';
import type {
  Clock,
  CommandResource,
  CommandResult,
  EffectCall,
  EffectExecutor,
  EffectResult,
  HeldCommand,
  Micros,
  Millis,
  Random,
} from '@holdfast/core';
import { formatMicros } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import { callOf, commandResult } from '@holdfast/gateway';
import type { WorkerCalls } from '@holdfast/sdk/client';
import type { ReleaseCache } from './release-cache.ts';

export interface WorkerLoopOptions {
  readonly server: WorkerCalls;
  readonly executor: EffectExecutor;
  readonly releases: Pick<ReleaseCache, 'ensure'>;
  readonly terms: {
    readonly name: string;
    readonly group: string;
    readonly concurrency: number;
    readonly tenants: readonly string[];
    readonly effects: readonly string[];
  };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** How long the server may hold a lease's answer. */
const LEASE_WAIT = '20s';
/** Between tries to reach a server that is away. */
const AGAIN = { attempts: Infinity, backoff: 200, max: 3000, factor: 2 };
/** How long a server that does not answer is waited for by a worker that goes. */
const GOOD_BYE_MS = 5000;
const STOPPED = 'stopped';

/** Codes by which the server says that nobody need send the result again. */
const MOVED_ON: ReadonlySet<string> = new Set(['lease.lost', 'not_found']);
/** Codes of keys that will not be taken the next time either, unless somebody acts. */
const REFUSED: ReadonlySet<string> = new Set([
  'auth.missing',
  'auth.refused',
  'auth.scope',
  'auth.tenant',
]);

export class WorkerLoop {
  readonly #options: WorkerLoopOptions;
  readonly #held = new Map<string, HeldCommand>();
  readonly #stop = new AbortController();
  readonly #freed: (() => void)[] = [];
  #id: string | null = null;
  #joined = false;
  #hasLeft = false;
  #poll = 1;
  #beatEvery: Millis = 0;
  #cancelBeat: (() => void) | null = null;
  #leasing: Promise<void> = Promise.resolve();
  /** Results by type since the start, and those that came too late, for metrics. */
  readonly totals: Record<EffectResult['kind'] | 'refused', number> = {
    succeeded: 0,
    failed: 0,
    not_done: 0,
    in_doubt: 0,
    refused: 0,
  };

  constructor(options: WorkerLoopOptions) {
    this.#options = options;
  }

  get id(): string | null {
    return this.#id;
  }

  /** Joined, and not draining. */
  get ready(): boolean {
    return this.#joined && !this.#stop.signal.aborted;
  }

  get inFlight(): number {
    return this.#held.size;
  }

  /**
   * Resolves once it has joined and leases commands; keeps trying while the server cannot be reached.
   *
   * @throws HoldfastError `auth.…` when the key is refused; `unavailable` when it is drained first
   */
  async start(): Promise<void> {
    for (let failures = 1; !this.#joined; failures++) {
      try {
        await this.#join();
      } catch (error) {
        if (this.#stop.signal.aborted || isRefusal(error)) throw error;
        await this.#again(failures, error, 'cannot join the server yet');
      }
    }
    this.#leasing = this.#lease();
  }

  /**
   * Takes no more, and leaves once what is under way has ended or `timeout` milliseconds have passed.
   *
   * @returns how many commands it left unfinished
   */
  async drain(timeout: Millis): Promise<number> {
    const { clock, server } = this.#options;
    this.#stop.abort(STOPPED);
    await this.#leasing;
    const id = this.#id;
    if (id === null) return 0;
    const until = clock.monotonic() + timeout;
    await this.#told(server.drain(id, this.#holding()), 'drains');
    while (this.#held.size > 0 && clock.monotonic() < until) await this.#oneFreed(until);
    this.#hasLeft = true;
    this.#cancelBeat?.();
    const unfinished = this.#holding();
    await this.#told(server.leave(id, unfinished), 'leaves');
    return unfinished.length;
  }

  /** The server finds out by itself in the end: its answer is worth no long wait. */
  async #told(saying: Promise<void>, what: string): Promise<void> {
    const { clock, log } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const missed = (reason: object): void => {
      log.warn(reason, `could not tell the server that the worker ${what}`);
      resolve();
    };
    const cancel = clock.after(GOOD_BYE_MS, () => missed({ afterMs: GOOD_BYE_MS }));
    saying.then(resolve, (error: unknown) => missed({ err: error }));
    await promise;
    cancel();
  }

  #holding(): HeldCommand[] {
    return [...this.#held.values()];
  }

  async #join(): Promise<void> {
    const { server, terms, log } = this.#options;
    const { id, beatEvery, tenants, lost } = await server.join({
      ...(this.#id === null ? {} : { id: this.#id }),
      ...terms,
      tenants: [...terms.tenants],
      effects: [...terms.effects],
      holding: this.#holding(),
    });
    // The server may have given a new id: then what is under way is no longer ours, and will be refused.
    if (this.#id !== id) this.#poll = 1;
    this.#id = id;
    this.#joined = true;
    this.#beatEvery = beatEvery;
    this.#beatLater();
    log.info({ worker: id, tenants, underWay: this.#held.size, lost: lost.length }, 'joined');
  }

  async #lease(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (!this.#joined) await this.#join();
        await this.#leaseOnce(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (codeOf(error) === 'worker.unknown') this.#joined = false;
        failures += 1;
        await this.#again(failures, error, 'cannot lease commands');
      }
    }
  }

  async #leaseOnce(signal: AbortSignal): Promise<void> {
    const { server, terms } = this.#options;
    const room = terms.concurrency - this.#held.size;
    if (room <= 0) {
      await this.#oneFreed(Infinity);
      return;
    }
    if (this.#id === null) return;
    const ask = { poll: this.#poll, max: Math.min(room, MAX_LEASE), wait: LEASE_WAIT };
    const { commands } = await server.lease(this.#id, ask, signal);
    this.#poll += 1;
    for (const command of commands) this.#take(command);
  }

  #take(command: CommandResource): void {
    const { commandId, metadata } = command;
    const call = callOf(command);
    this.#held.set(keyOf(call), { commandId, attempt: metadata.attempt });
    this.#carryOut(call)
      .then((result) => this.#complete(call, result))
      .catch((error: unknown) => {
        this.#options.log.error({ err: error, ...aboutCall(call) }, 'a result was lost');
      })
      .finally(() => {
        this.#held.delete(keyOf(call));
        for (const tell of this.#freed.splice(0)) tell();
      });
  }

  async #carryOut(call: EffectCall): Promise<EffectResult> {
    try {
      await this.#options.releases.ensure(call.release);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.log.error({ err: error, ...aboutCall(call) }, 'cannot fetch the release');
      // Nothing was called. A question that was not asked leaves the doubt as it is.
      const kind = call.mode === 'check' ? 'in_doubt' : 'not_done';
      return { kind, error: { code: 'host.release_unavailable', message } };
    }
    return this.#options.executor.execute(call);
  }

  /** Until the server has it, or does not want it. */
  async #complete(call: EffectCall, result: EffectResult): Promise<void> {
    const { server, clock } = this.#options;
    let sent: CommandResult = commandResult(call, result, timeText(clock.now()));
    for (let failures = 1; ; failures++) {
      if (this.#id === null) throw new Error('a worker that never joined was given a command');
      try {
        await server.complete(this.#id, sent);
        this.totals[sent.resultType] += 1;
        return;
      } catch (error) {
        const code = codeOf(error);
        if (MOVED_ON.has(code)) {
          this.totals.refused += 1;
          this.#options.log.warn({ code, ...aboutCall(call) }, 'the result came too late');
          return;
        }
        if (code === 'request.invalid') {
          // Sent again it would be refused again: the lease ends, and the try is in doubt.
          if (sent.resultType !== 'succeeded') throw error;
          // It acted, and the server cannot take in what it answered: that is doubt.
          sent = commandResult(
            call,
            { kind: 'in_doubt', error: { code: 'output.invalid', message: messageOf(error) } },
            sent.timestamp,
          );
          continue;
        }
        await this.#pauseBeforeResend(failures, error, call);
      }
    }
  }

  async #pauseBeforeResend(failures: number, error: unknown, call: EffectCall): Promise<void> {
    const { clock, random, log } = this.#options;
    log.debug({ code: codeOf(error), ...aboutCall(call) }, 'a result could not be delivered yet');
    const pause = retryPause(AGAIN, failures, random);
    await new Promise<void>((resolve) => void clock.after(pause, resolve));
  }

  #beatLater(): void {
    this.#cancelBeat?.();
    if (this.#hasLeft) return;
    this.#cancelBeat = this.#options.clock.after(this.#beatEvery, () => {
      this.#beat()
        .catch((error: unknown) => {
          if (codeOf(error) === 'worker.unknown') this.#joined = false;
          this.#options.log.debug({ code: codeOf(error) }, 'a beat was not answered');
        })
        .finally(() => this.#beatLater());
    });
  }

  async #beat(): Promise<void> {
    const { server, log } = this.#options;
    // While it drains nobody else joins again.
    if (!this.#joined && this.#stop.signal.aborted) await this.#join();
    if (this.#id === null || !this.#joined) return;
    const { lost } = await server.beat(this.#id, this.#holding());
    const own = lost.filter(({ commandId, attempt }) => this.#held.has(`${commandId} ${attempt}`));
    if (own.length > 0) log.warn({ lost: own }, 'leases ended before their calls did');
  }

  /** Waits before the next try. */
  async #again(failures: number, error: unknown, what: string): Promise<void> {
    const { clock, random, log } = this.#options;
    const pause = retryPause(AGAIN, failures, random);
    log.warn({ code: codeOf(error), pause: Math.round(pause) }, `${what}: ${messageOf(error)}`);
    await this.#wait((resolve) => clock.after(pause, resolve));
  }

  /** Resolves when a command has ended, when it is time, or when the worker is told to stop. */
  async #oneFreed(until: Millis): Promise<void> {
    const { clock } = this.#options;
    await this.#wait((resolve) => {
      this.#freed.push(resolve);
      return until === Infinity
        ? () => undefined
        : clock.after(Math.max(0, until - clock.monotonic()), resolve);
    }, until !== Infinity);
  }

  /** @param regardless of the word to stop */
  async #wait(arm: (resolve: () => void) => () => void, regardless = false): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted && !regardless) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = (): void => resolve();
    const disarm = arm(resolve);
    if (!regardless) signal.addEventListener('abort', stop, { once: true });
    await promise;
    signal.removeEventListener('abort', stop);
    disarm();
  }
}

function keyOf({ commandId, attempt }: EffectCall): string {
  return `${commandId} ${attempt}`;
}

function timeText(at: Micros): string {
  return formatMicros(at);
}

function isRefusal(error: unknown): boolean {
  return REFUSED.has(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof HoldfastError ? error.code : 'internal';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function aboutCall({ effect, commandId, attempt, tenant, correlationId, traceparent }: EffectCall) {
  return { effect, commandId, attempt, tenant, correlationId, traceparent };
}
