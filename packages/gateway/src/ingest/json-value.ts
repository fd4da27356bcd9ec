/**
 * JSON as intake takes it: what parses, what is refused though it parses, and where the fault is.
 *
 * @module
 */
import type { Fault, Json } from '@holdfast/core';

/** Deepest nesting of arrays and objects. Beyond it, recursive walks of a payload (here, in the engine and in programs) could exhaust a stack. */
export const MAX_JSON_DEPTH = 128;

export type Parsed =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly fault: Fault };

/** Parses JSON text; a fault names line, column and what was found there. */
export function parseJson(text: string): Parsed {
  try {
    const value: Json = JSON.parse(text) as Json;
    return { ok: true, value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, fault: syntaxFault(text, message) };
  }
}

/**
 * The first fault of a parsed value: U+0000 in a string or a member's name, a number too large to be kept, or nesting
 * beyond `MAX_JSON_DEPTH`. Null when there is none. `pointer` is the JSON pointer (RFC 6901) of the value itself.
 */
export function valueFault(value: unknown, pointer: string, depth = 0): Fault | null {
  if (typeof value === 'string') {
    return value.includes('\u0000') ? { at: pointer, message: 'holds U+0000' } : null;
  }
  // JSON knows no infinity: written again, it would be null.
  if (typeof value === 'number' && !Number.isFinite(value))
    return { at: pointer, message: 'is a number beyond what a double holds' };
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_JSON_DEPTH) {
    return { at: pointer, message: `is nested deeper than ${MAX_JSON_DEPTH} levels` };
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      const fault = valueFault(
        item,
        depth < POINTER_DEPTH ? `${pointer}/${i}` : pointer,
        depth + 1,
      );
      if (fault) return fault;
    }
    return null;
  }
  for (const [name, member] of Object.entries(value)) {
    if (name.includes('\u0000'))
      return { at: pointer, message: 'has a member whose name holds U+0000' };
    if (typeof member === 'boolean' || (typeof member === 'number' && Number.isFinite(member)))
      continue;
    const fault = valueFault(
      member,
      depth < POINTER_DEPTH ? `${pointer}/${escapePointer(name)}` : pointer,
      depth + 1,
    );
    if (fault) return fault;
  }
  return null;
}

/** Pointers stop growing here: a fault deep inside names its ancestor, and stays readable. */
const POINTER_DEPTH = 16;

/** One reference token of a JSON pointer (RFC 6901 §3). */
export function escapePointer(name: string): string {
  return name.includes('~') || name.includes('/')
    ? name.replaceAll('~', '~0').replaceAll('/', '~1')
    : name;
}

function syntaxFault(text: string, message: string): Fault {
  const offset = /at position (\d+)/.exec(message)?.[1];
  const position = offset === undefined ? syntaxOffset(text) : Number(offset);
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  const found =
    text.length <= position ? 'the text ends' : `found ${JSON.stringify(text[position])}`;
  return { at: `line ${line}, column ${column}`, message: `not JSON: ${found}` };
}

// A complete token after white space. No backtracking: each alternative starts with a character of its own.
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])))/y;

/** What a JSON text may go on with: a value, a value or the array's end, a member's name or the object's end… */
type Expected = 'value' | 'first-item' | 'first-name' | 'name' | 'colon' | 'after' | 'end';

/**
 * Where a text that `JSON.parse` refused stops being JSON. The engine's own message gives the offset for most faults
 * and leaves it out for an unexpected token; only then is the text scanned again.
 */
function syntaxOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  while (true) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    if (!match) return offset + (/^[ \t\n\r]*/.exec(text.slice(offset))?.[0].length ?? 0);
    const next = step(expected, match, open);
    if (next === null) return TOKEN.lastIndex - match[0].trimStart().length;
    expected = next;
    offset = TOKEN.lastIndex;
  }
}

/** The state after one token; null when the token may not stand there. Keeps `open`, the brackets not yet closed. */
function step(expected: Expected, match: RegExpExecArray, open: ('{' | '[')[]): Expected | null {
  const [, mark, text] = match;
  const after = (): Expected => (open.length === 0 ? 'end' : 'after');
  if (mark === undefined) {
    if (expected === 'value' || expected === 'first-item') return after();
    const isName = expected === 'name' || expected === 'first-name';
    return isName && text !== undefined ? 'colon' : null;
  }
  const inside = open.at(-1);
  if (mark === '{' || mark === '[') {
    if (expected !== 'value' && expected !== 'first-item') return null;
    open.push(mark);
    return mark === '{' ? 'first-name' : 'first-item';
  }
  if (mark === ':') return expected === 'colon' ? 'value' : null;
  if (mark === ',') return expected === 'after' ? (inside === '{' ? 'name' : 'value') : null;
  const closes = mark === '}' ? '{' : '[';
  const empty = mark === '}' ? 'first-name' : 'first-item';
  if (inside !== closes || (expected !== 'after' && expected !== empty)) return null;
  open.pop();
  return after();
}
