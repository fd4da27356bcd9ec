/**
 * One reader of server-sent events (WHATWG HTML §9.2): what every stream of them has in common.
 *
 * Invariants:
 * 1. It ends once: when its key is revoked or expires, when its session ends, when the listener closes, when the reader
 *    goes, or when its stream says so. What was given to `alsoEnd` ends with it.
 * 2. Something is written at least once in a heartbeat, so that nothing in between takes the connection for dead.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { TenantId } from '@holdfast/core';
import type { Principal } from '../access/key-ring.ts';
import { HttpError, SECURITY_HEADERS } from './answer.ts';
import type { HttpDeps } from './http-port.ts';

const DEFAULT_HEARTBEAT_MS = 15_000;

export type SseDeps = Pick<HttpDeps, 'keyRing' | 'clock' | 'config'>;

export interface SseRequest {
  readonly principal: Principal;
  readonly tenant: TenantId;
  readonly closing: AbortSignal;
}

export class SseConnection {
  readonly #deps: SseDeps;
  readonly #principal: Principal;
  readonly #out: ServerResponse;
  readonly #onEnd: () => void;
  readonly #endings: (() => void)[] = [];
  #stopBeat: () => void = () => undefined;
  #ended = false;

  /** Sends the head of the answer. @param onEnd called once, when it has ended */
  constructor(
    deps: SseDeps,
    { principal, closing }: SseRequest,
    out: ServerResponse,
    onEnd: () => void,
  ) {
    this.#deps = deps;
    this.#principal = principal;
    this.#out = out;
    this.#onEnd = onEnd;
    const end = (): void => this.end();
    out.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream',
      // Proxies in front (nginx) would buffer it otherwise.
      'x-accel-buffering': 'no',
    });
    out.on('close', end);
    out.on('error', end);
    closing.addEventListener('abort', end, { once: true });
    this.alsoEnd(() => closing.removeEventListener('abort', end));
    this.alsoEnd(deps.keyRing.onEnded(principal, end));
  }

  /** A method, so that the compiler does not take the answer for unchanged across an await. */
  isEnded(): boolean {
    return this.#ended;
  }

  /** Runs when the connection ends. */
  alsoEnd(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** @param beat what a heartbeat writes; null for nothing this time */
  keepAlive(beat: () => string | null): void {
    const { clock, config, keyRing } = this.#deps;
    this.#stopBeat = clock.after(config.heartbeat ?? DEFAULT_HEARTBEAT_MS, () => {
      if (!keyRing.isCurrent(this.#principal)) return this.end();
      const text = beat();
      if (text !== null) this.#out.write(text);
      this.keepAlive(beat);
    });
  }

  /** @returns false when the reader has more than it has taken: `whenDrained` tells */
  write(text: string): boolean {
    return this.#out.write(text);
  }

  /** Calls back each time that a slow reader has taken all. */
  onDrained(listener: () => void): void {
    this.#out.on('drain', listener);
  }

  /** Once a slow reader has taken all, or is gone. */
  whenDrained(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        this.#out.off('drain', go).off('close', go);
        resolve();
      };
      this.#out.on('drain', go).on('close', go);
    });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopBeat();
    for (const ending of this.#endings) ending();
    this.#out.end();
    this.#onEnd();
  }
}

/** Counts open streams. */
export class StreamGate {
  readonly #max: number;
  #open = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws HttpError 429 `overloaded`. Returns what gives the place back, once. */
  enter(): () => void {
    if (this.#open >= this.#max)
      throw new HttpError('overloaded', 'too many event streams are open');
    this.#open += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open -= 1;
    };
  }
}
