import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import { DEFAULT_STACK_LIMIT_BYTES, INITIAL_MEMORY_BYTES } from './limits.ts';
import { Machine } from './machine.ts';
import { MachineMemory } from './machine-memory.ts';
import { importKit, instantiate } from './quickjs-instance.ts';
import { GAS, handBundle } from './testing/hand-bundle.ts';
import { loadImage } from './testing/test-machine.ts';

const KIB = 1024;
const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const options = {
  wasm: new WebAssembly.Module(readFileSync(path)),
  memoryLimit: INITIAL_MEMORY_BYTES,
  stackLimit: DEFAULT_STACK_LIMIT_BYTES,
};

/** The longest run of zeros, in KiB blocks. */
function longestZeros(bytes: Uint8Array): { from: number; to: number } {
  let best = { from: 0, to: 0 };
  let from = 0;
  for (let at = 0; at < bytes.length; at += KIB) {
    if (bytes.subarray(at, at + KIB).some((byte) => byte !== 0)) from = at + KIB;
    else if (at + KIB - from > best.to - best.from) best = { from, to: at + KIB };
  }
  return best;
}

/** What programs do that could leave marks anywhere: all of QuickJS's parts, some failing. */
const BODIES = [
  'state = [..."abcäöü"].map((c) => c.toUpperCase().normalize("NFD"))',
  'state = /(?<y>\\p{L}+)-(\\d+)/u.exec("größe-42")?.groups.y',
  'state = (3n ** 500n).toString().length + parseFloat("1.5e300") + (0.1).toFixed(20) + (255).toString(36)',
  'const f = (n) => (n === 0 ? 0 : 1 + f(n - 1)); state = f(300)',
  'const m = new Map(); for (let i = 0; i < 5000; i++) m.set("k" + i, { i }); state = m.size',
  'state = [5, 3, 1].sort((a, b) => a - b).concat(Array.from({ length: 5000 }, (_, i) => i)).length',
  'function* g() { for (let i = 0; i < 100; i++) yield i } state = [...g()].length',
  'throw new TypeError("x")',
  'state = JSON.stringify(JSON.parse("[".repeat(300) + "]".repeat(300))).length',
  'for (;;);',
  'try { null.x } catch (e) { state = e.stack }',
  'Promise.resolve(1).then(() => 2); state = new Uint8Array(100000).fill(7).length',
  'const a = {}; a.self = a; state = typeof Symbol.for("x" + Object.keys(a).length)',
];

test('between static data and stack there is nothing that a restore leaves out', async () => {
  const pristine = await instantiate(options, await importKit());
  const heap = new Uint8Array(pristine.memory.wasm.buffer);
  const used = heap.subarray(
    0,
    heap.findLastIndex((byte) => byte !== 0),
  );
  const gap = longestZeros(used);
  expect(gap.to - gap.from).toBeGreaterThan(5000 * KIB);

  const memories: WebAssembly.Memory[] = [];
  const RealMemory = WebAssembly.Memory;
  vi.stubGlobal('WebAssembly', {
    Module: WebAssembly.Module,
    Instance: WebAssembly.Instance,
    RuntimeError: WebAssembly.RuntimeError,
    Memory: class extends RealMemory {
      constructor(descriptor: { initial: number; maximum: number }) {
        super(descriptor);
        memories.push(this);
      }
    },
  });
  try {
    const machine = await Machine.create(options);
    const images = BODIES.map((body) => loadImage(machine, handBundle(body)));
    for (const image of [...images, ...images.toReversed()])
      machine.call(image, 'decide', ['{}'], GAS);
    expect(machine.isSpent).toBe(false);
  } finally {
    vi.unstubAllGlobals();
  }
  // 16 KiB of the gap count as static data; the prelude's text was placed in the 32 after; 1.5 MiB are the stack's.
  const untouched = Buffer.from(
    memories[0]!.buffer,
    gap.from + 48 * KIB,
    gap.to - gap.from - 1584 * KIB,
  );
  expect(untouched.findIndex((byte) => byte !== 0)).toBe(-1);
});

test('an image puts back all that was written below and above the gap', async () => {
  const { memory } = await instantiate(options, await importKit());
  memory.measure();
  const before = Buffer.from(memory.bytes);
  const image = memory.image();
  const end = before.findLastIndex((byte) => byte !== 0);
  for (const at of [0, 1000, 80_000, 90_000, end - 5000, end])
    memory.bytes[at] = (memory.bytes[at] ?? 0) ^ 0xff;
  expect(memory.bytes.equals(before)).toBe(false);
  memory.restore(image);
  expect(memory.bytes.equals(before)).toBe(true);
});

test('refuses a memory laid out in another way', () => {
  expect(() => new MachineMemory(INITIAL_MEMORY_BYTES, INITIAL_MEMORY_BYTES).measure()).toThrow(
    'no stack',
  );
});
