import type { SourcePlace } from '@holdfast/core';
import {
  isIgnored,
  originalPositionFor,
  sourceContentFor,
  TraceMap,
} from '@jridgewell/trace-mapping';
import { PROGRAM_FILE, SCRIPT_HEAD_LINES } from './prelude.ts';

/** Where something was thrown, in the author's sources where a map leads there. */
export interface ThrownPlace {
  /** `file:line:column`, both from 1; null when the stack names no place in the program. */
  readonly at: string | null;
  readonly stack: string | null;
}

/** `    at name (file:line:column)` as QuickJS writes it; without parentheses for a fault of the syntax. */
const FRAME = /^\s*at (?:(.*) \()?([^\s()]+):(\d+):(\d+)\)?$/;

/**
 * Sources that are not the author's when the map does not say so itself (`ignoreList`): packages, by folder or as the
 * release builder names them (`name@version/`), the SDK inside its own repository, and what the builder itself wrote.
 */
const LIBRARY =
  /(^|\/)(node_modules|packages\/(sdk|core)\/src)\/|^(@[^/]+\/)?[^/@]+@\d[^/]*\/|^(\.\/)?holdfast:/;

/** Whether a source of a map is the author's, by its name. */
export function isAuthorSource(source: string): boolean {
  return !LIBRARY.test(source);
}

interface Frame {
  readonly text: string;
  readonly place: string | null;
  readonly isAuthors: boolean;
}

/** Finds places of one program. The map is only read when the first is asked for. */
export class SourcePlaces {
  readonly #saga: string;
  readonly #json: Uint8Array | null;
  #map: TraceMap | null | undefined;

  constructor(saga: string, sourceMap: Uint8Array | null) {
    this.#saga = saga;
    this.#json = sourceMap;
  }

  locate(stack: string): ThrownPlace {
    const frames = stack
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => this.#frame(line));
    if (frames.length === 0) return { at: null, stack: null };
    const first =
      frames.find((frame) => frame.isAuthors) ?? frames.find((frame) => frame.place !== null);
    return { at: first?.place ?? null, stack: frames.map((frame) => frame.text).join('\n') };
  }

  /** The author's line that a stack leads to; null where it leads through none. */
  placeIn(stack: string): SourcePlace | null {
    for (const line of stack.split('\n')) {
      const { place, isAuthors } = this.#frame(line);
      if (isAuthors && place !== null) return this.placeAt(place);
    }
    return null;
  }

  /** @param at `file:line:column` of the author's sources, as `locate` gives it */
  placeAt(at: string): SourcePlace | null {
    const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(at) ?? [];
    if (file === undefined) return null;
    const map = this.#trace();
    const text = map?.sources.includes(file) === true ? sourceContentFor(map, file) : null;
    const source = text?.split(/\r\n|[\n\r\u2028\u2029]/)[Number(line) - 1]?.trim() ?? null;
    return { file, line: Number(line), column: Number(column), source };
  }

  #frame(line: string): Frame {
    const [, name, file, row, column] = FRAME.exec(line) ?? [];
    if (file !== PROGRAM_FILE) return { text: line.trimEnd(), place: null, isAuthors: false };
    const { place, isAuthors } = this.#place(Number(row) - SCRIPT_HEAD_LINES, Number(column));
    const text =
      name === undefined || name === '' ? `    at ${place}` : `    at ${name} (${place})`;
    return { text, place, isAuthors };
  }

  #place(line: number, column: number): { readonly place: string; readonly isAuthors: boolean } {
    const map = this.#trace();
    if (map !== null && line > 0) {
      const found = originalPositionFor(map, { line, column: column - 1 });
      if (found.source !== null) {
        const isAuthors = !isIgnored(map, found.source) && isAuthorSource(found.source);
        return { place: `${found.source}:${found.line}:${found.column + 1}`, isAuthors };
      }
    }
    return { place: `sagas/${this.#saga}.js:${line}:${column}`, isAuthors: map === null };
  }

  #trace(): TraceMap | null {
    if (this.#map === undefined) {
      this.#map = this.#json === null ? null : readMap(Buffer.from(this.#json).toString('utf8'));
    }
    return this.#map;
  }
}

/** A map that cannot be read leaves places in the bundle: that an error is told matters more than where it was. */
function readMap(json: string): TraceMap | null {
  try {
    return new TraceMap(json);
  } catch {
    return null;
  }
}
