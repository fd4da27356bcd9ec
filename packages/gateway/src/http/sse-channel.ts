/**
 * A response that stays open for server-sent events (WHATWG HTML §9.2).
 *
 * It ends when its key is revoked or expires, when its session ends, when the listener closes, and when the reader goes.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Principal } from '../access/key-ring.ts';
import { SECURITY_HEADERS } from './answer.ts';
import type { HttpDeps } from './http-port.ts';

const DEFAULT_HEARTBEAT_MS = 15_000;

/** Says nothing to the reader's program, and shows that the connection stands. */
export const ALIVE = ': alive\n\n';

export interface SseReader {
  readonly principal: Principal;
  readonly closing: AbortSignal;
}

export class SseChannel {
  readonly #deps: Pick<HttpDeps, 'keyRing' | 'clock' | 'config'>;
  readonly #reader: SseReader;
  readonly #out: ServerResponse;
  readonly #endings: (() => void)[] = [];
  #cancelBeat: () => void = () => undefined;
  #ended = false;

  constructor(
    deps: Pick<HttpDeps, 'keyRing' | 'clock' | 'config'>,
    reader: SseReader,
    out: ServerResponse,
  ) {
    this.#deps = deps;
    this.#reader = reader;
    this.#out = out;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * @param first what the reader is sent at once
   * @param beat what it is sent now and then, so that it and proxies keep the connection; null for nothing this time
   */
  open(first: string, beat: () => string | null): void {
    const { principal, closing } = this.#reader;
    const end = (): void => this.end();
    // Gone while its request was looked at: nobody will say so again.
    if (this.#out.closed) {
      end();
      return;
    }
    this.#out.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream',
      // Proxies in front (nginx) would buffer it otherwise.
      'x-accel-buffering': 'no',
    });
    this.#out.on('close', end);
    this.#out.on('error', end);
    closing.addEventListener('abort', end, { once: true });
    this.onEnd(() => closing.removeEventListener('abort', end));
    this.onEnd(this.#deps.keyRing.onEnded(principal, end));
    this.onEnd(() => this.#cancelBeat());
    this.#out.write(first);
    this.#beatWith(beat);
  }

  /** Calls back once, at its end; at once where that has come. */
  onEnd(ending: () => void): void {
    if (this.#ended) ending();
    else this.#endings.push(ending);
  }

  /** False when the reader has not taken yet what it was sent: see `drained`. */
  write(text: string): boolean {
    return this.#out.write(text);
  }

  /** Resolves when the reader has taken what it was sent, or is gone. */
  drained(): Promise<void> {
    if (this.#ended) return Promise.resolve();
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
    for (const ending of this.#endings) ending();
    this.#out.end();
  }

  #beatWith(beat: () => string | null): void {
    const { clock, config } = this.#deps;
    this.#cancelBeat = clock.after(config.heartbeat ?? DEFAULT_HEARTBEAT_MS, () => {
      if (this.#ended) return;
      const text = beat();
      if (text !== null) this.#out.write(text);
      this.#beatWith(beat);
    });
  }
}
