/**
 * What a server answered, kept so that the same view can be drawn again as time passes without asking again.
 *
 * Invariant: a view asks in the same order whenever it is drawn from the same answers.
 *
 * @module
 */
export class AnswerBook {
  #kept: readonly unknown[] = [];
  #coming: unknown[] | null = null;
  #next = 0;

  /** Runs a view that asks anew. What it was answered is kept once it has come to its end. */
  async fresh<T>(view: () => Promise<T>): Promise<T> {
    const coming: unknown[] = [];
    this.#coming = coming;
    try {
      const done = await view();
      this.#kept = coming;
      return done;
    } finally {
      this.#coming = null;
    }
  }

  /** Runs a view again on what is kept. */
  async again<T>(view: () => Promise<T>): Promise<T> {
    this.#next = 0;
    return view();
  }

  /** One answer: the server's, or the one that is kept for this place. */
  async answer<T>(request: () => Promise<T>): Promise<T> {
    if (this.#coming === null) return this.#kept[this.#next++] as T;
    const answer = await request();
    this.#coming.push(answer);
    return answer;
  }

  /** All that is kept, to compare. */
  get text(): string {
    return JSON.stringify(this.#kept);
  }
}
