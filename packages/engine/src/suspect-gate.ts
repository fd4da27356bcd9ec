/**
 * The sandbox, with a gate for suspects: events that two starts in a row found undecided, one of which may be what ends
 * the process.
 *
 * 1. While a suspect is in the sandbox nothing else is, so that a crash points at it.
 * 2. That it is about to be given is noted on the disk before.
 * 3. Suspects and all others take turns: a saga that lags over two starts has a suspect in each event of its backlog,
 *    and the other sagas must go on (I9).
 * 4. With no suspect left the gate is open, and costs nothing.
 *
 * Deliveries stay as they are, in the order of the journal: only calls wait.
 *
 * @module
 */
import { compose, type Seq, type TenantId } from '@holdfast/core';
import type {
  DecideAnswer,
  DecideRequest,
  ProgramRef,
  ProgramSource,
  RouteAnswer,
  RouteRequest,
  Sandbox,
  TraceAnswer,
  TraceRequest,
} from './sandbox-port.ts';

/** An event of one consumer. */
export interface Suspect {
  readonly saga: string;
  readonly tenant: TenantId;
  readonly eventId: string;
  readonly seq: Seq;
  /** How often it has been given to its saga by itself, with this time. */
  readonly count: number;
}

interface Held {
  readonly suspect: Suspect;
  noted: boolean;
}

export class SuspectGate implements Sandbox {
  readonly #sandbox: Sandbox;
  /** Resolves once it is on the disk that the event is about to be given. */
  readonly #note: (suspect: Suspect) => Promise<void>;
  #suspects: Map<string, Held> | null = null;
  #alone = false;
  #inside = 0;
  /** Those that wait to be inside by themselves. */
  #waitingAlone: (() => void)[] = [];
  #waiting: (() => void)[] = [];

  constructor(sandbox: Sandbox, note: (suspect: Suspect) => Promise<void>) {
    this.#sandbox = sandbox;
    this.#note = note;
  }

  get digest(): string {
    return this.#sandbox.digest;
  }

  load(source: ProgramSource): void {
    this.#sandbox.load(source);
  }

  unload(program: ProgramRef): void {
    this.#sandbox.unload(program);
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  recall(program: ProgramRef): void {
    this.#sandbox.recall(program);
  }

  /** Keeps an eye on who is inside, before there is any suspect. */
  watch(): void {
    this.#suspects ??= new Map();
  }

  /** No longer, unless there are suspects. */
  unwatch(): void {
    if (this.#suspects?.size === 0) this.#suspects = null;
  }

  /** Lets this one in by itself. */
  suspect(suspect: Suspect): void {
    this.#suspects ??= new Map();
    this.#suspects.set(keyOf(suspect), { suspect, noted: false });
  }

  /** It has been dealt with. */
  cleared(suspect: Suspect): void {
    this.#suspects?.delete(keyOf(suspect));
    this.unwatch();
  }

  route(request: RouteRequest): Promise<RouteAnswer> {
    const suspects = this.#suspects;
    if (suspects === null && !this.#isBusy) return this.#sandbox.route(request);
    return this.#pass(suspects?.get(keyOf(request)), () => this.#sandbox.route(request));
  }

  decide(request: DecideRequest): Promise<DecideAnswer> {
    const suspects = this.#suspects;
    if (suspects === null && !this.#isBusy) return this.#sandbox.decide(request);
    const { saga, tenant, event } = request.input;
    const key = keyOf({ saga, tenant, eventId: event.id });
    return this.#pass(suspects?.get(key), () => this.#sandbox.decide(request));
  }

  /** It was decided once, and the process outlived that. */
  trace(request: TraceRequest): Promise<TraceAnswer> {
    return this.#sandbox.trace(request);
  }

  /** Somebody is inside by themselves, or waits to be: the gate stays shut to others. */
  get #isBusy(): boolean {
    return this.#alone || this.#waitingAlone.length > 0;
  }

  async #pass<T>(held: Held | undefined, call: () => Promise<T>): Promise<T> {
    const alone = held !== undefined;
    await this.#enter(alone);
    try {
      if (held !== undefined && !held.noted) {
        held.noted = true;
        await this.#note(held.suspect);
      }
      return await call();
    } finally {
      this.#leave(alone);
    }
  }

  async #enter(alone: boolean): Promise<void> {
    const isFree = alone
      ? !this.#alone && this.#inside === 0
      : !this.#alone && this.#waitingAlone.length === 0;
    if (isFree) {
      if (alone) this.#alone = true;
      else this.#inside += 1;
      return;
    }
    // Whoever lets it in counts it.
    await new Promise<void>((resolve) => {
      (alone ? this.#waitingAlone : this.#waiting).push(resolve);
    });
  }

  #leave(alone: boolean): void {
    if (alone) this.#alone = false;
    else this.#inside -= 1;
    if (this.#alone || this.#inside > 0) return;
    const isTurnOfOthers = alone && this.#waiting.length > 0;
    const next = isTurnOfOthers ? undefined : this.#waitingAlone.shift();
    if (next !== undefined) {
      this.#alone = true;
      next();
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#inside = waiting.length;
    for (const enter of waiting) enter();
  }
}

function keyOf(of: Pick<Suspect, 'saga' | 'tenant' | 'eventId'>): string {
  return compose(of.saga, of.tenant, of.eventId);
}
