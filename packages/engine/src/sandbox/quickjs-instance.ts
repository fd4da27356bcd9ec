import quickJs from '@jitl/quickjs-wasmfile-release-sync';
import type {
  EmscriptenModuleLoader,
  QuickJSEmscriptenModule,
  QuickJSFFI,
  QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import { INITIAL_MEMORY_BYTES } from './limits.ts';
import { MachineMemory } from './machine-memory.ts';

export interface MachineOptions {
  readonly wasm: WebAssembly.Module;
  /** Bytes; rounded up to WebAssembly pages, at least `INITIAL_MEMORY_BYTES`. */
  readonly memoryLimit: number;
  /** Bytes. */
  readonly stackLimit: number;
}

/** The package's two halves: what instantiates the module, and the names of its functions. */
export interface QuickJsKit {
  readonly instantiate: EmscriptenModuleLoader<QuickJSEmscriptenModule>;
  readonly Functions: new (module: QuickJSEmscriptenModule) => QuickJSFFI;
}

/** An instance of the module that has run nothing yet. */
export interface QuickJsInstance {
  readonly options: MachineOptions;
  readonly kit: QuickJsKit;
  readonly memory: MachineMemory;
  readonly wasm: QuickJSEmscriptenModule;
}

export async function importKit(): Promise<QuickJsKit> {
  const variant = variantOf(quickJs);
  const [loader, Functions] = await Promise.all([
    variant.importModuleLoader(),
    variant.importFFI(),
  ]);
  if (typeof loader !== 'function') throw new TypeError('the QuickJS package has no module loader');
  return { instantiate: loader, Functions };
}

export async function instantiate(
  options: MachineOptions,
  kit: QuickJsKit,
): Promise<QuickJsInstance> {
  const memory = new MachineMemory(INITIAL_MEMORY_BYTES, options.memoryLimit);
  const setup = {
    wasmMemory: memory.wasm,
    instantiateWasm: (
      imports: WebAssembly.Imports,
      onSuccess: (made: WebAssembly.Instance) => void,
    ) => {
      const instance = new WebAssembly.Instance(options.wasm, imports);
      onSuccess(instance);
      return instance.exports;
    },
    print: () => undefined,
    printErr: () => undefined,
  };
  return { options, kit, memory, wasm: await kit.instantiate(setup) };
}

/** Node gives the package's default export itself; its types speak of the CommonJS one, a namespace around it. */
function variantOf(
  imported: QuickJSSyncVariant | { readonly default: QuickJSSyncVariant },
): QuickJSSyncVariant {
  return 'default' in imported ? imported.default : imported;
}
