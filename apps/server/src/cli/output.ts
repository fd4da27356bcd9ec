/**
 * Where a command's words go: what was asked for to stdout, all else to stderr.
 *
 * Invariants:
 * 1. With `--json`, stdout gets exactly one document (a tail: one a line) and stderr nothing but one error document.
 * 2. No colour and no moving line where the stream is no terminal, or NO_COLOR is set (no-color.org).
 * 3. What we draw is ASCII where the locale is not UTF-8; documents say the same everywhere.
 * 4. No control character from outside (a key, a reason, a client id) reaches the terminal, whatever a command forgot: but
 *    for our own colours, moving lines and `raw`, all that is written goes through `plain-text.ts` here.
 *
 * @module
 */
import { asciiDrawing, showsUnicode } from './drawing.ts';
import { palette } from './palette.ts';
import type { Palette } from './palette.ts';
import { plainJson, shownText } from './plain-text.ts';
import { renderFacts, renderTable } from './table.ts';
import type { Column } from './table.ts';

/** What we need of a standard stream. */
export interface OutStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Back to the start of the line, and clear it (ECMA-48 EL). */
const REDRAW = '\r\u001b[2K';

function coloured(stream: OutStream, env: OutputOptions['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

export class Output {
  readonly json: boolean;
  /** Colours of stdout. */
  readonly paint: Palette;
  /** Colours of stderr. */
  readonly paintError: Palette;
  /** Whether a line may be redrawn on stderr. */
  readonly lively: boolean;
  /** Whether stdout is a terminal that may be drawn over. */
  readonly redraws: boolean;
  readonly #stdout: OutStream;
  readonly #stderr: OutStream;
  readonly #drawn: (text: string) => string;
  readonly #coloured: boolean;
  readonly #colouredError: boolean;

  constructor({ stdout, stderr, json, env }: OutputOptions) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#drawn = showsUnicode(env) ? (text) => text : asciiDrawing;
    this.#coloured = coloured(stdout, env);
    this.#colouredError = coloured(stderr, env);
    this.paint = palette(this.#coloured);
    this.paintError = palette(this.#colouredError);
    this.redraws = !json && stdout.isTTY === true && env['TERM'] !== 'dumb';
    this.lively =
      !json && stderr.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '';
  }

  /** Characters in a line of stdout; undefined for a pipe, where nothing is cut. */
  get columns(): number | undefined {
    return this.#stdout.isTTY === true ? this.#stdout.columns : undefined;
  }

  /** Lines of the terminal that stdout is; undefined for a pipe. */
  get rows(): number | undefined {
    return this.#stdout.isTTY === true ? this.#stdout.rows : undefined;
  }

  /** The one document of `--json`; indented for a person who looks at it on a terminal. */
  document(value: unknown): void {
    const indent = this.#stdout.isTTY === true ? 2 : undefined;
    this.#stdout.write(`${plainJson(JSON.stringify(value, null, indent))}\n`);
  }

  /** One document of several, always one line. */
  documentLine(value: unknown): void {
    this.#stdout.write(`${plainJson(JSON.stringify(value))}\n`);
  }

  line(text = ''): void {
    this.#stdout.write(`${shownText(this.#drawn(text), this.#coloured)}\n`);
  }

  /** Text that must arrive as it is, and is ours: a script, a page, a screen drawn already. */
  raw(text: string): void {
    this.#stdout.write(text);
  }

  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
    const { lines, leftOut } = renderTable(rows, columns, {
      columns: this.columns,
      heading: this.paint.dim,
    });
    for (const line of lines) this.line(line);
    if (leftOut.length > 0)
      this.note(
        this.paintError.dim(`no room for ${leftOut.join(', ')}: a wider window shows more`),
      );
  }

  facts(facts: readonly (readonly [string, string])[]): void {
    const safe = facts.map(
      ([name, value]) => [name, shownText(value, this.#coloured).replaceAll('\n', '\\n')] as const,
    );
    for (const line of renderFacts(safe, this.paint.dim)) this.line(line);
  }

  /** For a person beside the result: progress, hints, warnings. Silent with `--json`. */
  note(text: string): void {
    if (!this.json) this.error(`${text}\n`);
  }

  /** An error: its lines, or its one document. */
  error(text: string): void {
    this.#stderr.write(
      this.json ? plainJson(text) : shownText(this.#drawn(text), this.#colouredError),
    );
  }

  /** The one line that is drawn over and over on a lively stderr; an empty one clears it. */
  redraw(text: string): void {
    this.#stderr.write(REDRAW + shownText(this.#drawn(text), this.#colouredError));
  }
}
