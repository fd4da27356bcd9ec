/**
 * One QuickJS in one WebAssembly memory.
 *
 * 1. Every call starts from an image: the bytes that the memory held when its program had just been loaded. So a call
 *    sees nothing of any call before it, whatever that one patched, stored, leaked or counted, and equal calls use equal
 *    gas (I6). Nothing is ever freed: the next call puts the bytes back.
 * 2. What is put back is all that QuickJS can reach: its static data and its heap. Left alone are the stack below the
 *    point where calls start, and the heap above what the image had in use: C reads neither before writing it.
 * 3. Memory has the same size at the start of every call: a machine that has grown, or that trapped, is spent, and its
 *    owner replaces it by `renew`. Images outlive it: they hold for every machine made from the same first image.
 *
 * @module
 */
import type {
  BorrowedHeapCharPointer,
  EvalDetectModule,
  JSContextPointer,
  JSRuntimePointer,
  JSValueConstPointerPointer,
  JSValuePointer,
  QuickJSEmscriptenModule,
  QuickJSFFI,
} from 'quickjs-emscripten-core';
import { EvalFlags, IntrinsicsFlags } from 'quickjs-emscripten-core';
import type { MachineMemory, MemoryImage } from './machine-memory.ts';
import { PRELUDE, PRELUDE_FILE, PROGRAM_FILE, SCRIPT_HEAD, SCRIPT_TAIL } from './prelude.ts';
import type { MachineOptions, QuickJsInstance, QuickJsKit } from './quickjs-instance.ts';
import { importKit, instantiate } from './quickjs-instance.ts';

/**
 * What came of one run inside the machine. `text`: the prelude's answer, a view that holds until the next run.
 * `memory`: QuickJS found no room, even if the program went on; or the machine broke down.
 */
export type RunResult =
  | { readonly kind: 'text'; readonly text: Buffer; readonly gasUsed: number }
  | { readonly kind: 'gas' }
  | { readonly kind: 'memory'; readonly message: string };

/** The prelude's functions, in the order of the array it evaluates to. */
type Entry = 'load' | 'key' | 'decide' | 'describe';

/** A machine that has run the prelude and no program. */
interface Ground {
  readonly runtime: JSRuntimePointer;
  readonly context: JSContextPointer;
  readonly entries: Readonly<Record<Entry, JSValuePointer>>;
  readonly image: MemoryImage;
}

/** Everything of ECMAScript but `Date`, which QuickJS then does not even build. */
const INTRINSICS = (IntrinsicsFlags.BaseObjects |
  IntrinsicsFlags.Eval |
  IntrinsicsFlags.StringNormalize |
  IntrinsicsFlags.RegExp |
  IntrinsicsFlags.JSON |
  IntrinsicsFlags.Proxy |
  IntrinsicsFlags.MapSet |
  IntrinsicsFlags.TypedArrays |
  IntrinsicsFlags.Promise |
  IntrinsicsFlags.BigInt) as IntrinsicsFlags;

const STRICT = EvalFlags.JS_EVAL_FLAG_STRICT as EvalFlags;
const NO_MODULE_DETECTION = 0 as EvalDetectModule;
const POINTER_BYTES = 4;
const OUT_OF_ROOM = 'no room for what goes into the machine';
const NO_ROOM: RunResult = { kind: 'memory', message: 'out of memory' };

export class Machine {
  readonly #memory: MachineMemory;
  readonly #wasm: QuickJSEmscriptenModule;
  readonly #ffi: QuickJSFFI;
  readonly #options: MachineOptions;
  readonly #kit: QuickJsKit;
  readonly #ground: Ground;
  #ticks = 0;
  #gas = Number.POSITIVE_INFINITY;
  #trapped = false;

  private constructor(made: QuickJsInstance, ground: Ground | null) {
    const { wasm, memory } = made;
    this.#options = made.options;
    this.#kit = made.kit;
    this.#memory = memory;
    this.#wasm = wasm;
    this.#ffi = new made.kit.Functions(wasm);
    wasm.type = 'sync';
    wasm.callbacks = {
      shouldInterrupt: () => (++this.#ticks > this.#gas ? 1 : 0),
      callFunction: () => refuse('a host function'),
      loadModuleSource: () => refuse('a module'),
      normalizeModule: () => refuse('a module'),
      freeHostRef: () => refuse('a host reference'),
    };
    memory.measure();
    this.#ground = ground ?? this.#build();
  }

  /** Makes the first machine of a thread. */
  static async create(options: MachineOptions): Promise<Machine> {
    return new Machine(await instantiate(options, await importKit()), null);
  }

  /** A machine to go on with in place of this one, for which all images hold. */
  async renew(): Promise<Machine> {
    return new Machine(await instantiate(this.#options, this.#kit), this.#ground);
  }

  /** Whether it must be replaced by `renew` before the next run. */
  get isSpent(): boolean {
    return this.#trapped || this.#memory.hasGrown;
  }

  /**
   * Runs a bundle's script and its factory, from the bytes of a machine that has run no program yet. `image` is null
   * unless the answer is `L`, and when the program alone needs more memory than a machine starts with.
   */
  load(
    script: Uint8Array,
    gas: number,
  ): { readonly result: RunResult; readonly image: MemoryImage | null } {
    const { context, image } = this.#ground;
    this.#memory.restoreClean(image);
    const result = this.#run(image, gas, () => {
      const source = Buffer.concat([Buffer.from(SCRIPT_HEAD), script, Buffer.from(SCRIPT_TAIL)]);
      const define = this.#evaluate(context, source, PROGRAM_FILE);
      const thrown = this.#ffi.QTS_ResolveException(context, define);
      return thrown === 0 ? this.#call('load', [define]) : this.#call('describe', [thrown]);
    });
    const isLoaded =
      result.kind === 'text' && result.text.toString('latin1') === 'L' && !this.isSpent;
    return { result, image: isLoaded ? this.#memory.image() : null };
  }

  /** Calls the loaded program. Texts hold no raw U+0000 (JSON cannot, and intake refuses it in names). */
  call(
    image: MemoryImage,
    entry: 'key' | 'decide',
    texts: readonly string[],
    gas: number,
  ): RunResult {
    return this.#run(image, gas, () =>
      this.#call(
        entry,
        texts.map((text) => this.#newString(text)),
      ),
    );
  }

  /** Whether the run that just ended left promise jobs, which nothing will ever run. */
  get hasPromiseJobs(): boolean {
    return !this.#trapped && this.#ffi.QTS_IsJobPending(this.#ground.runtime) !== 0;
  }

  #run(image: MemoryImage, gas: number, act: () => JSValuePointer): RunResult {
    if (this.isSpent) throw new Error('a spent machine was asked to run');
    this.#memory.restore(image);
    this.#memory.resetExhausted();
    this.#ticks = 0;
    this.#gas = gas;
    try {
      const answer = act();
      if (this.#ticks > gas) return { kind: 'gas' };
      if (this.#memory.isExhausted) return NO_ROOM;
      // The prelude catches all that can be caught: what is left is a failure to tell it.
      if (this.#ffi.QTS_ResolveException(this.#ground.context, answer) !== 0) return NO_ROOM;
      const text = this.#text(answer);
      return text === null ? NO_ROOM : { kind: 'text', text, gasUsed: this.#ticks };
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.#trapped = true;
      return { kind: 'memory', message: `QuickJS broke down: ${error.message}` };
    }
  }

  #call(entry: Entry, values: readonly JSValuePointer[]): JSValuePointer {
    const { context, entries } = this.#ground;
    const pointers = this.#place(values.length * POINTER_BYTES);
    const { bytes } = this.#memory;
    for (const [at, value] of values.entries())
      bytes.writeUInt32LE(value, pointers + at * POINTER_BYTES);
    const list = pointers as JSValueConstPointerPointer;
    return this.#ffi.QTS_Call(
      context,
      entries[entry],
      this.#ffi.QTS_GetUndefined(),
      values.length,
      list,
    );
  }

  #newString(text: string): JSValuePointer {
    const length = Buffer.byteLength(text);
    const at = this.#place(length + 1);
    const { bytes } = this.#memory;
    bytes.write(text, at, length, 'utf8');
    bytes[at + length] = 0;
    return this.#ffi.QTS_NewString(this.#ground.context, at as BorrowedHeapCharPointer);
  }

  #evaluate(context: JSContextPointer, source: Uint8Array, file: string): JSValuePointer {
    const at = this.#place(source.length + 1);
    const { bytes } = this.#memory;
    bytes.set(source, at);
    bytes[at + source.length] = 0;
    const code = at as BorrowedHeapCharPointer;
    return this.#ffi.QTS_Eval(context, code, source.length, file, NO_MODULE_DETECTION, STRICT);
  }

  /** Room for what QuickJS reads before it runs on: the scratch space, or the heap for what is too long for it. */
  #place(length: number): number {
    const at = this.#memory.scratch(length, this.#options.stackLimit) ?? this.#wasm._malloc(length);
    if (at === 0) throw new RangeError(OUT_OF_ROOM);
    return at;
  }

  /** The answer's text, as it lies in memory; null when there was no room to make one. */
  #text(answer: JSValuePointer): Buffer | null {
    const start = this.#ffi.QTS_GetString(this.#ground.context, answer);
    if (start === 0 || this.#memory.isExhausted) return null;
    const { bytes } = this.#memory;
    return bytes.subarray(start, bytes.indexOf(0, start));
  }

  /** Builds QuickJS's runtime and context, and has the prelude prepare them. */
  #build(): Ground {
    const ffi = this.#ffi;
    const runtime = ffi.QTS_NewRuntime();
    ffi.QTS_RuntimeSetMaxStackSize(runtime, this.#options.stackLimit);
    ffi.QTS_RuntimeEnableInterruptHandler(runtime);
    const context = ffi.QTS_NewContext(runtime, INTRINSICS);
    const made = this.#evaluate(context, Buffer.from(PRELUDE), PRELUDE_FILE);
    const thrown = ffi.QTS_ResolveException(context, made);
    if (thrown !== 0)
      throw new Error(
        `the prelude failed: ${this.#wasm.UTF8ToString(ffi.QTS_Dump(context, thrown))}`,
      );
    const entry = (at: number): JSValuePointer => ffi.QTS_GetPropNumber(context, made, at);
    const entries = { load: entry(0), key: entry(1), decide: entry(2), describe: entry(3) };
    return { runtime, context, entries, image: this.#memory.image() };
  }
}

/** What QuickJS does not survive: a trap of WebAssembly, or the thread's own stack at its end. */
function isTrap(error: unknown): error is Error {
  if (error instanceof WebAssembly.RuntimeError) return true;
  return (
    error instanceof RangeError &&
    (error.message === OUT_OF_ROOM || error.message === 'Maximum call stack size exceeded')
  );
}

function refuse(what: string): never {
  throw new Error(`QuickJS asked for ${what}, which nobody gave it`);
}
