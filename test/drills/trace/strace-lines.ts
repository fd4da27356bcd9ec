/**
 * Reads what `strace -f -yy -xx` wrote: one system call a line, or two where another thread spoke in between
 * (`<unfinished ...>`, `<... NAME resumed>`). strace stops a thread at entry and at exit of a call and prints in the
 * order it sees them, so the order of lines is an order in which things happened: a call whose exit is printed before
 * another's entry was over before that one began.
 */

/** A call at one descriptor that has ended. Ticks number the lines. */
export interface TracedCall {
  readonly name: string;
  readonly fd: string;
  /** What the call was given to write, its buffers joined. */
  readonly data: Buffer;
  /** Number arguments behind the buffer: for pwrite64 count and offset. */
  readonly numbers: readonly number[];
  readonly entry: number;
  readonly exit: number;
  /** -1 for a failed call. */
  readonly result: number;
}

interface OpenCall {
  readonly name: string;
  readonly text: string;
  readonly entry: number;
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += (-?\d+)(?: .*)?$/s;
const UNFINISHED = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>.*\) += (-?\d+)(?: .*)?$/s;
/** What ends without a result, and what is no call. */
const OTHER =
  /^\d+ +(?:\+\+\+ |--- |<\.\.\. .* resumed>|\w+\(.*\) += \?|.*<unfinished \.\.\.>\) += \?)/s;
const DESCRIPTOR = /^\d+<((?:\\x[0-9a-f]{2})*|[A-Za-z0-9]+:\[.*?\])>/;
const STRING = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g;

export class StraceReader {
  readonly #calls: ReadonlySet<string>;
  readonly #wanted: (fd: string) => boolean;
  readonly #open = new Map<string, OpenCall>();
  #tick = 0;

  /**
   * @param calls names of the calls to read; others are passed over
   * @param wanted descriptors to read, decoded; others are passed over
   */
  constructor(calls: readonly string[], wanted: (fd: string) => boolean) {
    this.#calls = new Set(calls);
    this.#wanted = wanted;
  }

  /** @returns the call that ended with this line, if one did. @throws Error for a line that is not understood */
  read(line: string): TracedCall | null {
    this.#tick += 1;
    const whole = WHOLE.exec(line);
    if (whole !== null) {
      const [, , name = '', text = '', result = ''] = whole;
      return this.#ended({ name, text, entry: this.#tick }, Number(result));
    }
    const unfinished = UNFINISHED.exec(line);
    if (unfinished !== null) {
      const [, pid = '', name = '', text = ''] = unfinished;
      this.#open.set(pid, { name, text, entry: this.#tick });
      return null;
    }
    const resumed = RESUMED.exec(line);
    if (resumed !== null) {
      const [, pid = '', , result = ''] = resumed;
      const open = this.#open.get(pid);
      this.#open.delete(pid);
      return open === undefined ? null : this.#ended(open, Number(result));
    }
    if (!OTHER.test(line))
      throw new Error(`trace line ${this.#tick} is not understood: ${line.slice(0, 300)}`);
    return null;
  }

  #ended({ name, text, entry }: OpenCall, result: number): TracedCall | null {
    if (!this.#calls.has(name)) return null;
    const written = DESCRIPTOR.exec(text);
    if (written === null) return null;
    const fd = decoded(written[1] ?? '');
    if (!this.#wanted(fd)) return null;
    const rest = text.slice(written[0].length);
    return {
      name,
      fd,
      data: this.#data(rest),
      numbers:
        rest
          .slice(rest.lastIndexOf('"') + 1)
          .match(/-?\d+/g)
          ?.map(Number) ?? [],
      entry,
      exit: this.#tick,
      result,
    };
  }

  #data(text: string): Buffer {
    const parts: Buffer[] = [];
    for (const [, hex = '', cut] of text.matchAll(STRING)) {
      if (cut !== undefined)
        throw new Error(`trace line ${this.#tick} holds a string that strace cut: raise -s`);
      parts.push(bytesOf(hex));
    }
    return Buffer.concat(parts);
  }
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}

function decoded(descriptor: string): string {
  return descriptor.startsWith('\\x') ? bytesOf(descriptor).toString('utf8') : descriptor;
}

/** Both ports of a TCP socket as `-yy` writes it; null for any other descriptor. */
export function portsOf(
  descriptor: string,
): { readonly local: number; readonly remote: number } | null {
  const found = /^TCP(?:v6)?:\[.*:(\d+)->.*:(\d+)\]$/.exec(descriptor);
  return found === null ? null : { local: Number(found[1]), remote: Number(found[2]) };
}
