/**
 * What has been done and what would undo it.
 *
 * @module
 */
import type { UndoLine } from '@holdfast/core';
import type { Steps } from './operation.ts';

/**
 * `pending`: asked for, no outcome yet. `armed`: took effect, or may have. `undoing`, `undone`: as they say.
 * `void`: certainly did not take effect; there is nothing to undo.
 */
type EntryState = 'pending' | 'armed' | 'undoing' | 'undone' | 'void';

/** One call that has an `undo`. */
export interface Entry {
  readonly step: string;
  readonly effect: string;
  readonly undo: (output: never) => Steps<unknown> | undefined;
  state: EntryState;
  doubtful: boolean;
  output: unknown;
  /** Tries of its undo so far. */
  tries: number;
}

export class UndoLedger {
  /** In the order of asking. */
  readonly #entries: Entry[] = [];
  /** Paths of branches that were given up. */
  readonly #abandoned: string[] = [];

  add(step: string, effect: string, undo: Entry['undo']): Entry {
    const entry: Entry = {
      step,
      effect,
      undo,
      state: 'pending',
      doubtful: false,
      output: undefined,
      tries: 0,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** Notes that nobody goes on with a branch: what it did must be undone. */
  abandon(path: string): void {
    this.#abandoned.push(path);
  }

  /**
   * The next to undo: of all when `everything`, else of the branches that were given up. Nothing as long as something
   * there is in flight.
   */
  next(everything: boolean, inFlight: (path: string) => boolean): Entry | undefined {
    for (const path of everything ? [''] : this.#abandoned) {
      const entry = this.#entries.findLast(
        ({ state, step }) => state === 'armed' && step.startsWith(path),
      );
      if (entry !== undefined && !inFlight(path)) return entry;
    }
    return undefined;
  }

  /** Whether a branch that was given up has something left to undo, or in flight that may have to be. */
  get owes(): boolean {
    return this.#abandoned.some((path) =>
      this.#entries.some(
        ({ step, state }) => step.startsWith(path) && state !== 'undone' && state !== 'void',
      ),
    );
  }

  /** Lets a failed undo be tried again. */
  rearm(): void {
    for (const entry of this.#entries) if (entry.state === 'undoing') entry.state = 'armed';
  }

  /** Lines for a decision. */
  lines(): UndoLine[] {
    const lines: UndoLine[] = [];
    for (const { step, effect, state, doubtful } of this.#entries) {
      if (state !== 'pending' && state !== 'void') lines.push({ step, effect, state, doubtful });
    }
    return lines;
  }
}
