/** One event of a stream. `data` is undefined for an `id:` that stands alone. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/** Server-sent events out of text that comes in pieces (WHATWG HTML §9.2.6). Only `id` and `data` matter here. */
export class SseParser {
  #rest = '';
  #id: string | undefined;
  #data: string[] = [];

  /** Events that are complete with this piece. */
  push(piece: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.#rest += piece;
    // A CR at the end may be half of a CRLF: it waits for what follows.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') this.#dispatch(events);
      else this.#take(line);
    }
    return events;
  }

  #take(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\u0000')) this.#id = value;
  }

  #dispatch(events: StreamEvent[]): void {
    if (this.#id !== undefined || this.#data.length > 0) {
      const data = this.#data.length === 0 ? undefined : this.#data.join('\n');
      events.push({ id: this.#id, data });
    }
    this.#id = undefined;
    this.#data = [];
  }
}
