/**
 * The calls file: JSON lines, appended to and never changed.
 *
 * A line is written before its call is answered, in one write; a process that is killed loses no answered call. What
 * another process appended meanwhile (one that was killed may still have had a call in hand) is read before the next
 * line is written, so two that overlap agree.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { callRecordSchema } from './call-record.ts';
import type { CallRecord } from './call-record.ts';

export class CallsFile {
  readonly #fd: number;
  #offset = 0;
  /** Bytes of a last line that is not whole: cut short by a power loss, or still being written. */
  #unfinished = 0;

  /** @throws Error when the file cannot be opened. */
  constructor(path: string) {
    this.#fd = openSync(path, 'a+');
  }

  /** Whole lines that are there and were neither read nor written through this object. */
  news(): CallRecord[] {
    const { size } = fstatSync(this.#fd);
    if (size === this.#offset + this.#unfinished) return [];
    const bytes = Buffer.alloc(size - this.#offset);
    const length = readSync(this.#fd, bytes, 0, bytes.length, this.#offset);
    const end = bytes.subarray(0, length).lastIndexOf('\n') + 1;
    this.#offset += end;
    this.#unfinished = length - end;
    return bytes
      .toString('utf8', 0, end)
      .split('\n')
      .flatMap((line) => parsed(line) ?? []);
  }

  /** Call `news` first, and let nothing come between. */
  append(record: CallRecord): void {
    // After an unfinished line a line break: it is then a line that nobody can read, and ours is whole.
    const line = Buffer.from(`${this.#unfinished > 0 ? '\n' : ''}${JSON.stringify(record)}\n`);
    writeSync(this.#fd, line);
    this.#offset += this.#unfinished + line.length;
    this.#unfinished = 0;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function parsed(line: string): CallRecord | null {
  if (line === '') return null;
  try {
    return callRecordSchema.parse(JSON.parse(line));
  } catch {
    // Cut short by a crash: that call was never answered.
    return null;
  }
}
