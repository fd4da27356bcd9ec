/**
 * What an effect host prints, as log lines. Bounded twice: only so many lines a second are logged, and only so many
 * bytes a second are read at all; a host that prints more is held up by its own pipe, not by the server.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '@holdfast/core';

const WINDOW_MS = 1000;
const MAX_LINES_PER_WINDOW = 100;
const MAX_BYTES_PER_WINDOW = 8 * 1024 * 1024;
/** In characters; a longer line is cut, and what follows dropped to its end. */
const MAX_LINE_LENGTH = 4096;

export function captureOutput(
  stream: Readable,
  clock: Clock,
  onLine: (line: string) => void,
): void {
  new CapturedOutput(stream, clock, onLine).start();
}

class CapturedOutput {
  readonly #stream: Readable;
  readonly #clock: Clock;
  readonly #onLine: (line: string) => void;
  #rest = '';
  /** Whether the line at hand is longer than may be and was logged already. */
  #cut = false;
  #window = 0;
  #lines = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(stream: Readable, clock: Clock, onLine: (line: string) => void) {
    this.#stream = stream;
    this.#clock = clock;
    this.#onLine = onLine;
  }

  start(): void {
    this.#stream.setEncoding('utf8');
    this.#stream.on('data', (chunk: string) => this.#onChunk(chunk));
    this.#stream.on('end', () => {
      if (this.#rest !== '' && !this.#cut) this.#emit(this.#rest);
      this.#reportDropped();
    });
    // A pipe that breaks ends with its process, whose end is reported.
    this.#stream.on('error', () => this.#reportDropped());
  }

  #onChunk(chunk: string): void {
    this.#enterWindow();
    this.#bytes += chunk.length;
    let start = 0;
    for (;;) {
      const end = chunk.indexOf('\n', start);
      if (end === -1) break;
      this.#take(chunk.slice(start, end), true);
      start = end + 1;
    }
    if (start < chunk.length) this.#take(chunk.slice(start), false);
    if (this.#bytes >= MAX_BYTES_PER_WINDOW) this.#pause();
  }

  #take(text: string, ends: boolean): void {
    if (!this.#cut) {
      this.#rest += text;
      if (this.#rest.length > MAX_LINE_LENGTH) {
        this.#emit(`${this.#rest.slice(0, MAX_LINE_LENGTH)}…`);
        this.#cut = true;
      } else if (ends) {
        this.#emit(this.#rest);
      }
    }
    if (ends || this.#cut) this.#rest = '';
    if (ends) this.#cut = false;
  }

  #emit(text: string): void {
    if (++this.#lines <= MAX_LINES_PER_WINDOW) this.#onLine(text.replace(/\r$/, ''));
    else this.#dropped++;
  }

  #enterWindow(): void {
    const window = Math.floor(this.#clock.monotonic() / WINDOW_MS);
    if (window === this.#window) return;
    this.#window = window;
    this.#lines = 0;
    this.#bytes = 0;
    this.#reportDropped();
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return;
    this.#onLine(`${this.#dropped} lines dropped: more than ${MAX_LINES_PER_WINDOW} in a second`);
    this.#dropped = 0;
  }

  #pause(): void {
    this.#stream.pause();
    const rest = WINDOW_MS - (this.#clock.monotonic() % WINDOW_MS);
    this.#clock.after(rest, () => this.#stream.resume());
  }
}
