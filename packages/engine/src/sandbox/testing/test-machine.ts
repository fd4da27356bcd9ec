import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_STACK_LIMIT_BYTES, LOAD_GAS } from '../limits.ts';
import type { MemoryImage } from '../machine-memory.ts';
import type { RunResult } from '../machine.ts';
import { Machine } from '../machine.ts';

const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const wasm = new WebAssembly.Module(readFileSync(path));

/** A machine on this thread. Its native stack is smaller than a sandbox thread's: no test of deep recursion here. */
export async function testMachine(memoryLimit = DEFAULT_MEMORY_LIMIT_BYTES): Promise<Machine> {
  return Machine.create({ wasm, memoryLimit, stackLimit: DEFAULT_STACK_LIMIT_BYTES });
}

/** @throws Error with the prelude's answer when the script does not load */
export function loadImage(machine: Machine, script: string): MemoryImage {
  const { result, image } = machine.load(Buffer.from(script), LOAD_GAS);
  if (image === null) throw new Error(`not loaded: ${describe(result)}`);
  return image;
}

/** What a run came to, in one line. */
export function describe(result: RunResult): string {
  return result.kind === 'text' ? result.text.toString() : result.kind;
}
