/**
 * `--watch`: a command's view, shown again whenever something changed, until stopped.
 *
 * On a terminal it is drawn in place. Elsewhere each view that differs is appended; with `--json` as one document a line.
 *
 * Invariants:
 * 1. The server is asked when something may have changed, not as time passes: what only ages ("3 s ago") is drawn from the
 *    answers that are there.
 * 2. A server that goes away for a while ends nothing: the last view stays, and says so.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import type { CliContext } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import { Output } from '../output.ts';
import { localTime } from '../time-text.ts';
import { AnswerBook } from './answer-book.ts';
import { onChanges } from './changes.ts';
import { Screen } from './screen.ts';
import { topicsOf } from './topics.ts';

/** Least time between two looks at the server, however much happens. */
const LOOK_EVERY_MS = 250;
const AGE_EVERY_MS = 1000;

type View = (context: CliContext) => Promise<number>;

interface Seen {
  /** What goes to standard output, and of a view on a terminal its notes too. */
  readonly text: string;
  readonly notes: string;
}

/** @param path of the command, without the program's name */
export async function watch(context: CliContext, path: string, view: View): Promise<number> {
  return untilInterrupted(async (signal) => {
    const { out } = context;
    const book = new AnswerBook();
    const pulse = new Pulse();
    const seen = (): Promise<Seen> => captured(context, book, view);
    const show = out.redraws ? onScreen(context) : appended(context, book);
    // What is appended does not age.
    const aging = out.redraws ? setInterval(() => pulse.beat('aged'), AGE_EVERY_MS) : undefined;
    const resized = (): void => pulse.beat('aged');
    process.on('SIGWINCH', resized);
    const stop = new AbortController();
    const listening = onChanges(context, {
      signal: AbortSignal.any([signal, stop.signal]),
      topics: topicsOf(path),
      changed: () => pulse.beat('changed'),
    });
    signal.addEventListener('abort', () => pulse.beat('stopped'));
    try {
      // What is wrong at first is the answer.
      show.view(await book.fresh(seen));
      for (;;) {
        const cause = await pulse.next();
        if (cause === 'stopped') return 0;
        if (cause === 'aged') {
          show.aged(await book.again(seen));
          continue;
        }
        try {
          show.view(await book.fresh(seen));
        } catch (error) {
          if (!isPassing(error)) throw error;
          show.away(error);
        }
        await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      clearInterval(aging);
      process.off('SIGWINCH', resized);
      stop.abort();
      await listening;
      show.end();
    }
  });
}

function isPassing(error: unknown): error is HoldfastError {
  return (
    error instanceof HoldfastError &&
    (error.code === 'unavailable' || error.code === 'draining' || error.code === 'overloaded')
  );
}

/** Runs the view with what it writes kept. */
async function captured(context: CliContext, book: AnswerBook, view: View): Promise<Seen> {
  let [text, notes] = ['', ''];
  const { out, around } = context;
  const shape = { isTTY: out.redraws, columns: out.columns };
  const output = new Output({
    stdout: { ...shape, write: (more) => (text += more) },
    stderr: { ...shape, write: (more) => (out.redraws ? (text += more) : (notes += more)) },
    json: out.json,
    // Nothing moves inside a view.
    env: { ...around.env, CI: 'true' },
  });
  await view({ ...context, out: output, answers: book });
  return { text, notes };
}

interface Show {
  view(seen: Seen): void;
  /** Time has passed; nothing else. */
  aged(seen: Seen): void;
  away(error: HoldfastError): void;
  end(): void;
}

function onScreen({ out }: CliContext): Show {
  const screen = new Screen({
    get rows() {
      return out.rows ?? 24;
    },
    get columns() {
      return out.columns ?? 80;
    },
    write: (text) => out.raw(text),
  });
  let away: string | null = null;
  const draw = ({ text }: Seen): void => {
    const foot =
      away === null
        ? out.paint.dim('shown again at every change; Ctrl-C ends')
        : out.paint.bad(away);
    screen.draw(text.trimEnd().split('\n'), foot);
  };
  let last: Seen = { text: '', notes: '' };
  return {
    view: (seen) => {
      away = null;
      draw((last = seen));
    },
    aged: (seen) => draw((last = seen)),
    away: (error) => {
      away ??= `${error.message}, since ${localTime(new Date().toISOString())}; tried again`;
      draw(last);
    },
    end: () => screen.leave(),
  };
}

function appended({ out }: CliContext, book: AnswerBook): Show {
  let answers: string | null = null;
  let away = false;
  return {
    view: ({ text, notes }) => {
      if (away) out.note(`answers again, ${localTime(new Date().toISOString())}`);
      away = false;
      if (book.text === answers) return;
      if (answers !== null && !out.json) out.line();
      answers = book.text;
      if (!out.json) out.line(`-- ${localTime(new Date().toISOString())}`);
      out.raw(text);
      if (notes !== '') out.note(notes.trimEnd());
    },
    // What only ages is not written again and again.
    aged: () => undefined,
    away: (error) => {
      if (!away) out.note(`${error.message}, ${localTime(new Date().toISOString())}; tried again`);
      away = true;
    },
    end: () => undefined,
  };
}

type Cause = 'aged' | 'changed' | 'stopped';
const WEIGHT: Readonly<Record<Cause, number>> = { aged: 0, changed: 1, stopped: 2 };

/** Many causes to look again, taken as one: the weightiest. */
class Pulse {
  #due: Cause | null = null;
  #wake: (() => void) | null = null;

  beat(cause: Cause): void {
    if (this.#due === null || WEIGHT[cause] > WEIGHT[this.#due]) this.#due = cause;
    this.#wake?.();
  }

  async next(): Promise<Cause> {
    while (this.#due === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const cause = this.#due;
    this.#due = null;
    return cause;
  }
}
