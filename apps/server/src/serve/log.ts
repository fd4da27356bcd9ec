/**
 * Log lines, on stderr: one JSON object each by pino, or text for people on a terminal (R13.1).
 *
 * Invariants:
 * 1. What came from outside begins no line and holds no control character, whichever form is written: a client's id
 *    neither forges a line nor reaches the terminal of who reads the log.
 * 2. No line is longer than what is worth keeping, whatever was sent.
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import pino, { type Logger } from 'pino';
import { plainJson, plainLines, plainText } from '../cli/plain-text.ts';

export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'auto' | 'json' | 'text';
}

const STDERR = 2;
/** Nothing ever wakes it: it is slept on. */
const PAUSE = new Int32Array(new SharedArrayBuffer(4));
const EAGAIN_PAUSE_MS = 5;
/** The log is nobody's any more (a launcher that died, a closed terminal), or the disk it goes to has no room. */
const DROPPED: ReadonlySet<string | undefined> = new Set([
  'EPIPE',
  'EIO',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
]);
/** Of a line that is longer than this each text is cut to `TEXT_HEAD`, in UTF-16 units. */
const MAX_LINE = 16 * 1024;
const TEXT_HEAD = 1024;
const LABELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/**
 * @param settings `auto` gives text on a terminal, else JSON
 * @param strike takes out of a line what may not stand there
 */
export function createLog(
  { level, format }: LogSettings,
  strike: (line: string) => string = (line) => line,
): Logger {
  const asText = format === 'text' || (format === 'auto' && isatty(STDERR));
  const options = { level, base: null, serializers: { err: pino.stdSerializers.err } };
  return pino(options, {
    write: (line) => {
      // Struck before it is cut or written otherwise: half of a secret would not be known again.
      const kept = shortened(strike(line));
      writeLine(asText ? textLine(kept) : plainJson(kept));
    },
  });
}

function shortened(line: string): string {
  if (line.length <= MAX_LINE) return line;
  const cut = (_: string, value: unknown): unknown =>
    typeof value === 'string' && value.length > TEXT_HEAD
      ? `${value.slice(0, TEXT_HEAD)}… (${value.length} characters)`
      : value;
  return `${JSON.stringify(JSON.parse(line), cut)}\n`;
}

/** Where a line can go nowhere the server goes on without it: what must be known is in the journal. */
function writeLine(line: string): void {
  let rest = Buffer.from(line);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STDERR, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A full pipe whose reader is slow: the line waits for it.
      if (code === 'EAGAIN') Atomics.wait(PAUSE, 0, 0, EAGAIN_PAUSE_MS);
      else if (DROPPED.has(code)) return;
      else throw error;
    }
  }
}

/** `12:03:04.567 warn  instance blocked: … saga=order key=o-1` */
function textLine(json: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(json) as {
    level: number;
    time: number;
    msg: string;
    err?: { message: string; stack?: string };
  };
  const at = new Date(time).toISOString().slice(11, 23);
  let line = `${at} ${(LABELS[level] ?? String(level)).padEnd(5)} ${plainText(msg)}`;
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined || value === '') continue;
    line += ` ${plainText(name)}=${plainText(typeof value === 'string' ? value : JSON.stringify(value))}`;
  }
  // Each of its lines is indented: none looks like the beginning of another entry.
  if (err !== undefined)
    line += `\n  ${plainLines(err.stack ?? err.message).replaceAll('\n', '\n  ')}`;
  return `${line}\n`;
}
