/** A histogram as it stood at one moment; plain data, to be handed from thread to thread. */
export interface HistogramSnapshot {
  /** Upper bounds of the buckets, included, rising. What is above the last is in one bucket more. */
  readonly bounds: readonly number[];
  /** How many values fell into each bucket, one more than there are bounds. Not cumulative. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/**
 * Counts values into buckets that are fixed from the start: noting one looks through a few numbers and allocates
 * nothing, so that it may stand on a hot path.
 */
export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds, included, rising */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Notes a value. One below zero, as a clock that was set back makes, counts as zero. */
  note(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    if (value > 0) this.#sum += value;
  }

  snapshot(): HistogramSnapshot {
    return { bounds: this.bounds, counts: [...this.#counts], sum: this.#sum };
  }
}
