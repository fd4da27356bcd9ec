import type { Log } from '@holdfast/engine';
import type { AlertRecord, AlertRecordKeeper } from './alert-record.ts';

/** Writes the record, one write after the other, each with what is so when it begins. */
export class RecordWriter {
  readonly #keeper: AlertRecordKeeper;
  readonly #record: () => AlertRecord;
  readonly #log: Log;
  #writing: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #isBehind = false;

  constructor(keeper: AlertRecordKeeper, record: () => AlertRecord, log: Log) {
    this.#keeper = keeper;
    this.#record = record;
    this.#log = log;
  }

  /** Whether the last write failed: what is so now is not on disk. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Resolves once what is so now is on disk, or could not be written: then `isBehind`. Never rejects. */
  write(): Promise<void> {
    if (this.#writing === null) {
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
      });
      return this.#writing;
    }
    // All who come while one is written share the one after it.
    this.#next ??= this.#writing.then(() => {
      this.#next = null;
      return this.write();
    });
    return this.#next;
  }

  async #write(): Promise<void> {
    try {
      await this.#keeper.write(this.#record());
      if (this.#isBehind) this.#log.info({}, 'the record of alerts is on disk again');
      this.#isBehind = false;
    } catch (error) {
      if (!this.#isBehind) {
        this.#log.warn(
          { err: error },
          'the record of alerts could not be written: a restart may repeat what was sent since',
        );
      }
      this.#isBehind = true;
    }
  }

  /** Resolves once nothing is being written. */
  async settled(): Promise<void> {
    while (this.#writing !== null || this.#next !== null) await (this.#next ?? this.#writing);
  }
}
