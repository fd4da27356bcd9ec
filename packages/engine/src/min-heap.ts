/** A binary heap of values by a number, smallest first. */
export class MinHeap<T> {
  readonly #rank: (value: T) => number;
  readonly #values: T[] = [];

  constructor(rank: (value: T) => number) {
    this.#rank = rank;
  }

  get size(): number {
    return this.#values.length;
  }

  peek(): T | undefined {
    return this.#values[0];
  }

  push(value: T): void {
    const values = this.#values;
    let at = values.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): T | undefined {
    const values = this.#values;
    const top = values[0];
    const last = values.pop();
    if (last === undefined || values.length === 0) return top;
    values[0] = last;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = at;
      if (left < values.length && this.#before(left, least)) least = left;
      if (right < values.length && this.#before(right, least)) least = right;
      if (least === at) return top;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    return this.#rank(this.#values[a] as T) < this.#rank(this.#values[b] as T);
  }

  #swap(a: number, b: number): void {
    const values = this.#values;
    const held = values[a] as T;
    values[a] = values[b] as T;
    values[b] = held;
  }
}
