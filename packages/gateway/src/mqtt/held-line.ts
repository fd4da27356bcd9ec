/**
 * The publishes of one connection that wait for their commit.
 *
 * 1. They leave in the order they came, whatever order their commits complete in: acknowledgements go out in the order
 *    the publishes arrived [MQTT-4.6.0-2].
 * 2. `messages` and `bytes` count what has not left: the connection is not read while they are over its limits.
 */
import type { InboundPublish } from './inbound-publish.ts';

/** When the emptied front of the line is cut off. */
const COMPACT_AT = 1024;

export class HeldLine {
  readonly #leave: (publish: InboundPublish) => void;
  #line: InboundPublish[] = [];
  #head = 0;
  #bytes = 0;

  /** @param leave called for each, in order, once it is ready and all before it have left */
  constructor(leave: (publish: InboundPublish) => void) {
    this.#leave = leave;
  }

  get messages(): number {
    return this.#line.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(publish: InboundPublish): void {
    this.#line.push(publish);
    this.#bytes += publish.payload.length;
  }

  /** Lets leave whatever may. */
  advance(): void {
    for (
      let first = this.#line[this.#head];
      first?.ready === true;
      first = this.#line[this.#head]
    ) {
      this.#head += 1;
      this.#bytes -= first.payload.length;
      this.#leave(first);
    }
    if (this.#head === this.#line.length) {
      this.#line = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
  }
}
