/**
 * Limits of the sandbox. Gas, stack and memory belong to a decision (I6): they are counted inside the machine, from the
 * same starting point every time. The wall limit protects the host and ends in a fault of the try.
 *
 * @module
 */
const KIB = 1024;
const MIB = 1024 * KIB;

export const WASM_PAGE_BYTES = 64 * KIB;

/** Longest a call may be in progress before its thread is ended, in milliseconds of running time. */
export const DEFAULT_WALL_LIMIT_MS = 1000;
/** What a machine's memory may grow to, in bytes: QuickJS itself, its stack and all that a program holds. */
export const DEFAULT_MEMORY_LIMIT_BYTES = 64 * MIB;
/** What the WebAssembly module asks for at least; a machine starts with it and is replaced once it has grown. */
export const INITIAL_MEMORY_BYTES = 16 * MIB;
/** Stack of QuickJS, in bytes. About 3,000 plain calls deep, or JSON some 20,000 levels deep. */
export const DEFAULT_STACK_LIMIT_BYTES = 512 * KIB;
/** `THREAD_STACK_MIB` is known to outlast it. */
export const MAX_STACK_LIMIT_BYTES = MIB;
/**
 * Stack of the thread itself, in MiB. Must outlast QuickJS's own at any state of V8's compilation: with a quarter of this,
 * JSON.stringify of a deep value ends the thread's stack before QuickJS's (docs/reference/sandbox.md).
 */
export const THREAD_STACK_MIB = 16;
/** Heaps of V8 in a sandbox thread, in MiB: it holds answers on their way, no program. */
export const THREAD_OLD_SPACE_MIB = 128;
export const THREAD_YOUNG_SPACE_MIB = 4;

/** Gas, in interrupt ticks, for running a bundle's script and its factory once. */
export const LOAD_GAS = 2000;

/** Programs whose images a thread keeps ready; the one unused for longest makes room. */
export const MAX_IMAGES = 32;

/** Largest decision, in bytes of UTF-8 JSON, as the program returns it. */
export const MAX_DECISION_BYTES = 4 * MIB;
/** Deepest nesting of event data, state and decision. */
export const MAX_JSON_DEPTH = 1024;
/** Longest step id or name in a decision, in UTF-16 units. */
export const MAX_NAME_LENGTH = 512;
