/**
 * A view that is drawn again in place: on the terminal's other screen, from its top, each line over the one before, so that
 * nothing flickers and nothing scrolls. The first screen comes back as it was, with the last view printed on it.
 *
 * @module
 */

/** What we need of the terminal. */
export interface Terminal {
  readonly rows: number;
  write(text: string): void;
}

const CSI = '\u001b[';
/** xterm's other screen (1049), no cursor (DECTCEM 25), lines cut at the edge instead of wrapped (DECAWM 7). */
const ENTER = `${CSI}?1049h${CSI}?25l${CSI}?7l`;
const LEAVE = `${CSI}?7h${CSI}?25h${CSI}?1049l`;
/** Shown all at once, where the terminal can (synchronized output, 2026). */
const BEGIN = `${CSI}?2026h${CSI}H`;
const END = `${CSI}J${CSI}?2026l`;
const CLEAR_TO_EDGE = `${CSI}K`;

export class Screen {
  readonly #terminal: Terminal;
  #shown: string | null = null;
  #last: readonly string[] = [];
  readonly #onExit = (): void => this.leave();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Draws what is not drawn already. `foot`: a line at the bottom. */
  draw(lines: readonly string[], foot: string): void {
    this.#enter();
    this.#last = lines;
    const rows = Math.max(2, this.#terminal.rows);
    const body = fitted(lines, rows - 1);
    const frame = [...body, ...Array.from({ length: rows - 1 - body.length }, () => ''), foot];
    const text = frame.map((line) => line + CLEAR_TO_EDGE).join('\r\n');
    if (text === this.#shown) return;
    this.#shown = text;
    this.#terminal.write(BEGIN + text + END);
  }

  /** Gives the terminal back, with the last view on it. Again does nothing. */
  leave(): void {
    process.off('exit', this.#onExit);
    if (this.#shown === null) return;
    this.#shown = null;
    this.#terminal.write(LEAVE + this.#last.map((line) => `${line}\n`).join(''));
  }

  #enter(): void {
    if (this.#shown !== null) return;
    // A second Ctrl-C ends the process at once.
    process.on('exit', this.#onExit);
    this.#shown = '';
    this.#terminal.write(ENTER);
  }
}

/**
 * No more lines than there are rows. A list keeps its head. Of a view with several blocks the longest, its story, keeps
 * its end: what is new stands there.
 */
export function fitted(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const [start, end] = longestBlock(lines);
  const over = lines.length - rows + 1;
  const more = `(${over} more lines: a taller window shows them)`;
  const isOnly = start === 0 && end === lines.length;
  if (isOnly || over >= end - start) return [...lines.slice(0, rows - 1), more];
  return [...lines.slice(0, start), more, ...lines.slice(start + over)];
}

/** Where the longest run of lines without an empty one begins and ends. */
function longestBlock(lines: readonly string[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && lines[i] !== '') continue;
    if (i - start > best[1] - best[0]) best = [start, i];
    start = i + 1;
  }
  return best;
}
