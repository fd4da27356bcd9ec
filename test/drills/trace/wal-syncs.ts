/**
 * Follows a SQLite write-ahead log through its writes and syncs, and knows from when on each mark is durable: its page
 * was written, then the frame that commits its transaction, then a sync of the log began, and succeeded.
 *
 * Frame format: https://www.sqlite.org/fileformat2.html#walformat (a header of 32 bytes; frames of a 24-byte header and
 * one page; a frame whose header holds a database size commits).
 */
import type { TracedCall } from './strace-lines.ts';

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** Where the frame header holds the size of the database after the commit; 0 in other frames. */
const COMMIT_SIZE_AT = 4;

export class WalSyncs {
  readonly #pageSize: number;
  readonly #mark: RegExp;
  /** When each mark was first written, whatever became of it. */
  readonly #written = new Map<string, number>();
  readonly #durable = new Map<string, number>();
  /** Marks of the transaction being written. */
  #uncommitted: string[] = [];
  /** Marks of whole transactions, not yet synced, with the end of the write that committed them. */
  #unsynced: { readonly mark: string; readonly at: number }[] = [];
  #frameCommits = false;
  #lastOffset = 0;
  commits = 0;
  syncs = 0;

  /** @param mark finds marks in a page, with the flag `g` */
  constructor(mark: RegExp, pageSize = 4096) {
    this.#mark = mark;
    this.#pageSize = pageSize;
  }

  /** From which line on the mark is durable; undefined while it is not. */
  durableFrom(mark: string): number | undefined {
    return this.#durable.get(mark);
  }

  /** What is known of a mark that is not durable. */
  stateOf(mark: string): string {
    if (this.#durable.has(mark)) return 'durable';
    if (this.#unsynced.some((entry) => entry.mark === mark)) return 'committed, not synced';
    return this.#written.has(mark) ? 'written, not committed' : 'never written';
  }

  /** Takes in a pwrite64 to the log. @throws Error for a shape of write that it does not know */
  write(call: TracedCall): void {
    const [count = 0, offset = 0] = call.numbers;
    if (call.result !== count || call.data.length !== count) {
      throw new Error(`a write of ${count} bytes to the log wrote ${call.result}`);
    }
    if (offset === 0 && count === LOG_HEADER) return;
    const within = (offset - LOG_HEADER) % (FRAME_HEADER + this.#pageSize);
    if (within === 0 && count === FRAME_HEADER) this.#header(call, offset);
    else if (within === FRAME_HEADER && count === this.#pageSize) this.#page(call);
    else throw new Error(`a write of ${count} bytes at ${offset} of the log is no frame`);
  }

  /** Takes in an fsync or fdatasync of the log. */
  sync(call: TracedCall): void {
    if (call.result !== 0) return;
    this.syncs += 1;
    this.#unsynced = this.#unsynced.filter(({ mark, at }) => {
      // Only what was written whole before the sync began is sure to be covered by it.
      if (at >= call.entry) return true;
      this.#durable.set(mark, call.exit);
      return false;
    });
  }

  #header({ data }: TracedCall, offset: number): void {
    // A log that goes back before its commit was rolled back: what it held there is overwritten.
    if (offset <= this.#lastOffset && this.#uncommitted.length > 0) this.#uncommitted = [];
    this.#lastOffset = offset;
    this.#frameCommits = data.readUInt32BE(COMMIT_SIZE_AT) !== 0;
  }

  #page({ data, exit }: TracedCall): void {
    for (const [mark] of data.toString('latin1').matchAll(this.#mark)) {
      if (this.#durable.has(mark) || this.#uncommitted.includes(mark)) continue;
      if (this.#unsynced.some((entry) => entry.mark === mark)) continue;
      this.#written.set(mark, exit);
      this.#uncommitted.push(mark);
    }
    if (!this.#frameCommits) return;
    this.commits += 1;
    for (const mark of this.#uncommitted) this.#unsynced.push({ mark, at: exit });
    this.#uncommitted = [];
  }
}
