import { toErrorRecord } from '@holdfast/core';

/** How often each answer was given to an event that came in by one protocol. Answers are few: two words, and codes. */
export class AnswerCounts {
  readonly #counts = new Map<string, number>();
  /** A batch that is refused as a whole is so by the refusal of its first event, which was counted. */
  readonly #refused = new WeakSet<Error>();

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  accepted(isDuplicate: boolean): void {
    this.note(isDuplicate ? 'duplicate' : 'accepted');
  }

  /** Answers the code; null when this very refusal was counted before. */
  refused(error: unknown): string | null {
    if (error instanceof Error) {
      if (this.#refused.has(error)) return null;
      this.#refused.add(error);
    }
    const { code } = toErrorRecord(error);
    this.note(code);
    return code;
  }

  note(answer: string): void {
    this.#counts.set(answer, (this.#counts.get(answer) ?? 0) + 1);
  }
}
