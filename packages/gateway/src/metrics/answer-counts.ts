/** How often each answer was given to an event that came in by one protocol. Answers are few: two words, and codes. */
export class AnswerCounts {
  readonly #counts = new Map<string, number>();

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  accepted(isDuplicate: boolean): void {
    this.note(isDuplicate ? 'duplicate' : 'accepted');
  }

  note(answer: string): void {
    this.#counts.set(answer, (this.#counts.get(answer) ?? 0) + 1);
  }
}
