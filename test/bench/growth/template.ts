/** A text with places that each copy of it fills in its own way. */
export class Template {
  readonly #parts: readonly string[];
  /** Which place stands behind each part but the last. */
  readonly #places: readonly number[];

  /** @param places texts that stand for what differs; none of them within another */
  constructor(text: string, places: readonly string[]) {
    const parts: string[] = [];
    const found: number[] = [];
    let from = 0;
    for (let next = firstOf(text, places, 0); next !== null; next = firstOf(text, places, from)) {
      parts.push(text.slice(from, next.at));
      found.push(next.place);
      from = next.at + (places[next.place]?.length ?? 0);
    }
    this.#parts = [...parts, text.slice(from)];
    this.#places = found;
  }

  fill(values: readonly string[]): string {
    let text = this.#parts[0] ?? '';
    for (const [at, place] of this.#places.entries())
      text += (values[place] ?? '') + (this.#parts[at + 1] ?? '');
    return text;
  }
}

function firstOf(
  text: string,
  places: readonly string[],
  from: number,
): { readonly at: number; readonly place: number } | null {
  let first: { at: number; place: number } | null = null;
  for (const [place, token] of places.entries()) {
    const at = text.indexOf(token, from);
    if (at >= 0 && (first === null || at < first.at)) first = { at, place };
  }
  return first;
}
