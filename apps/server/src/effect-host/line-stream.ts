/** Lines over a socket: out in one write per turn of the event loop, in with a bound on their length. */
import type { Duplex } from 'node:stream';

/** Collects lines and writes them together once the present turn's callbacks have run. */
export class LineWriter {
  readonly #stream: Duplex;
  #lines: string[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** `text` ends with its line break. */
  write(text: string): void {
    if (this.#lines.push(text) === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const text = this.#lines.join('');
    this.#lines = [];
    if (this.#stream.writable) this.#stream.write(text);
  };
}

/**
 * Calls `onLine` for each line of a stream, without its line break.
 *
 * @param maxLength most characters of a line; `onTooLong` is called once one has more, and nothing after it is read
 */
export function readLines(
  stream: Duplex,
  onLine: (line: string) => void,
  maxLength: number,
  onTooLong: () => void,
): void {
  let rest = '';
  let stopped = false;
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (stopped) return;
    let from = rest.length;
    rest += chunk;
    let start = 0;
    for (;;) {
      const end = rest.indexOf('\n', from);
      if ((end === -1 ? rest.length : end) - start > maxLength) {
        stopped = true;
        rest = '';
        onTooLong();
        return;
      }
      if (end === -1) break;
      onLine(rest.slice(start, end));
      start = end + 1;
      from = start;
    }
    if (start > 0) rest = rest.slice(start);
  });
}
