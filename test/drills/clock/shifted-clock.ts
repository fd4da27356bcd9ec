/** The wall clock of a process that runs with `support/preload/shifted-clock.c`, to be set by a test. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { buildPreload } from '../../support/preload.ts';
import { TempFolder } from '../../support/temp-folder.ts';

const NANOS_PER_MILLI = 1_000_000n;

export class ShiftedClock implements Disposable {
  readonly #folder = new TempFolder('clock');
  readonly #file: number;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  #offset = 0;

  constructor() {
    const path = this.#folder.at('offset');
    this.#file = openSync(path, 'w');
    this.#write();
    this.env = {
      LD_PRELOAD: buildPreload('shifted-clock', this.#folder),
      HOLDFAST_TEST_CLOCK: path,
    };
  }

  /** Milliseconds since 1970, as the process reads them. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** Sets it forward, or back. */
  set(byMillis: number): void {
    this.#offset += Math.round(byMillis);
    this.#write();
  }

  #write(): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(this.#offset) * NANOS_PER_MILLI);
    writeSync(this.#file, bytes, 0, bytes.length, 0);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
    this.#folder[Symbol.dispose]();
  }
}
