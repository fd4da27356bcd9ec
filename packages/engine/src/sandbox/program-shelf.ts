import type { ProgramFault } from '../sandbox-port.ts';
import type { MemoryImage } from './machine-memory.ts';
import { MAX_IMAGES } from './limits.ts';
import type { ProgramNumber, ProgramPost } from './protocol.ts';
import { SourcePlaces } from './source-place.ts';

/** A program ready to be called. */
export interface LoadedProgram {
  readonly image: MemoryImage;
  /** Promise jobs that its script left behind; calls are then not told from it by theirs. */
  readonly hasPromiseJobs: boolean;
}

/** One program that this thread has been given. */
export interface ShelvedProgram {
  readonly program: ProgramNumber;
  readonly saga: string;
  readonly script: Uint8Array;
  readonly places: SourcePlaces;
  /** How loading ended; null before it was tried, and after its image made room for others. */
  loaded: LoadedProgram | ProgramFault | null;
}

/** The programs of a thread. Scripts lie in memory that all threads share; images are this thread's, and bounded. */
export class ProgramShelf {
  readonly #programs = new Map<ProgramNumber, ShelvedProgram>();
  /** Programs whose image is kept, the one unused for longest first. */
  readonly #recent = new Set<ShelvedProgram>();

  add(post: ProgramPost): void {
    this.#programs.set(post.program, {
      program: post.program,
      saga: post.saga,
      script: new Uint8Array(post.script),
      places: new SourcePlaces(
        post.saga,
        post.sourceMap === null ? null : new Uint8Array(post.sourceMap),
      ),
      loaded: null,
    });
  }

  forget(program: ProgramNumber): void {
    const shelved = this.#programs.get(program);
    if (shelved !== undefined) this.#recent.delete(shelved);
    this.#programs.delete(program);
  }

  /** @throws Error when the program was never given: the pool sends programs before their calls */
  get(program: ProgramNumber): ShelvedProgram {
    const shelved = this.#programs.get(program);
    if (shelved === undefined) throw new Error(`program ${program} is not on this thread`);
    return shelved;
  }

  /** Marks the program as used last, and lets go of the image unused for longest when there are too many. */
  touch(shelved: ShelvedProgram): void {
    this.#recent.delete(shelved);
    this.#recent.add(shelved);
    if (this.#recent.size <= MAX_IMAGES) return;
    for (const oldest of this.#recent) {
      oldest.loaded = null;
      this.#recent.delete(oldest);
      return;
    }
  }
}
