/**
 * The linear memory of one machine: its images, its growth and its scratch space.
 *
 * Layout, from low to high: constants and static data · a gap of zeros, where the stack grows downward from its high end ·
 * the heap up to the allocator's break, whose last word is never zero. The low end of the gap is never reached by a stack
 * under its limit, and serves as scratch space for texts on their way in: they need no allocation.
 *
 * @module
 */
import { WASM_PAGE_BYTES } from './limits.ts';

const CHUNK = 1024;
/** Static data may end in zeros: so much of the gap's low end counts as static data. */
const STATIC_MARGIN = 16 * 1024;
/** Room kept for frames of C below the limit that QuickJS watches. */
const STACK_MARGIN = 1024 * 1024;
/** A gap smaller than this is no stack: the layout is not the one this code knows. */
const LEAST_GAP = 2 * STACK_MARGIN;
/** Emscripten asks for less and less, so often, before it reports that there is no room. */
const GROWTH_ATTEMPTS = 3;

interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The bytes below and above the gap. */
export interface MemoryImage {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
}

export class MachineMemory {
  readonly wasm: WebAssembly.Memory;
  readonly #initial: number;
  #view: Buffer;
  #gap: Gap = { from: 0, to: 0 };
  #refusals = 0;
  #isExhausted = false;

  /** @param initial bytes @param limit bytes it may grow to */
  constructor(initial: number, limit: number) {
    this.#initial = initial;
    this.wasm = new WebAssembly.Memory({
      initial: initial / WASM_PAGE_BYTES,
      maximum:
        Math.max(initial, Math.ceil(limit / WASM_PAGE_BYTES) * WASM_PAGE_BYTES) / WASM_PAGE_BYTES,
    });
    this.#view = Buffer.from(this.wasm.buffer);
    const grow = this.wasm.grow.bind(this.wasm);
    this.wasm.grow = (pages) => this.#grow(pages, grow);
  }

  /** All of it, as it is now. A view taken earlier is void once the memory has grown. */
  get bytes(): Buffer {
    if (this.#view.length !== this.wasm.buffer.byteLength)
      this.#view = Buffer.from(this.wasm.buffer);
    return this.#view;
  }

  get hasGrown(): boolean {
    return this.wasm.buffer.byteLength !== this.#initial;
  }

  /** Whether room was asked for and refused since it was last reset. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  resetExhausted(): void {
    this.#refusals = 0;
    this.#isExhausted = false;
  }

  /**
   * Finds the gap: the longest run of zeros below the heap's end, which is the stack of a machine at rest.
   * To be called once, before anything runs.
   *
   * @throws Error when there is no such run: another build of QuickJS, laid out in another way
   */
  measure(): void {
    const { bytes } = this;
    const top = this.#top();
    const zeros = Buffer.alloc(CHUNK);
    let best: Gap = { from: 0, to: 0 };
    let from = 0;
    for (let at = 0; at + CHUNK <= top; at += CHUNK) {
      if (bytes.compare(zeros, 0, CHUNK, at, at + CHUNK) !== 0) from = at + CHUNK;
      else if (at + CHUNK - from > best.to - best.from) best = { from, to: at + CHUNK };
    }
    if (best.to - best.from < LEAST_GAP)
      throw new Error('QuickJS has no stack where one is expected in its memory');
    this.#gap = { from: best.from + STATIC_MARGIN, to: best.to };
  }

  image(): MemoryImage {
    const { bytes } = this;
    return {
      low: Uint8Array.prototype.slice.call(bytes, 0, this.#gap.from),
      high: Uint8Array.prototype.slice.call(bytes, this.#gap.to, this.#top()),
    };
  }

  restore(image: MemoryImage): void {
    const { bytes } = this;
    bytes.set(image.low, 0);
    bytes.set(image.high, this.#gap.to);
  }

  /** As `restore`, and nothing is left above: an image made from here on holds only what its program put there. */
  restoreClean(image: MemoryImage): void {
    const end = this.#gap.to + image.high.length;
    this.bytes.fill(0, end, Math.max(end, this.#top()));
    this.restore(image);
  }

  /** Where a text of `length` bytes may stand until QuickJS runs on; null when it is too long for that. */
  scratch(length: number, stackLimit: number): number | null {
    return this.#gap.from + length <= this.#gap.to - stackLimit - STACK_MARGIN
      ? this.#gap.from
      : null;
  }

  /** The end of what is not zero; beyond it nothing has been handed out. */
  #top(): number {
    const { bytes } = this;
    const zeros = Buffer.alloc(WASM_PAGE_BYTES);
    let top = bytes.length;
    while (top > 0 && bytes.compare(zeros, 0, WASM_PAGE_BYTES, top - WASM_PAGE_BYTES, top) === 0)
      top -= WASM_PAGE_BYTES;
    while (top > 0 && bytes[top - 1] === 0) top -= 1;
    return top;
  }

  #grow(pages: number, grow: (pages: number) => number): number {
    try {
      const before = grow(pages);
      this.#refusals = 0;
      return before;
    } catch (error) {
      this.#refusals += 1;
      if (this.#refusals === GROWTH_ATTEMPTS) this.#isExhausted = true;
      throw error;
    }
  }
}
