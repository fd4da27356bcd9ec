import type { Json } from '@holdfast/core';
import { plainLines, plainText } from './plain-text.ts';

/** JSON on one line, for a cell. */
export function jsonLine(value: Json): string {
  return plainText(JSON.stringify(value));
}

/** JSON for reading, each line indented by so many spaces. */
export function jsonBlock(value: Json, indent: number): string {
  return plainLines(JSON.stringify(value, null, 2))
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join('\n');
}

/** The first digits of a digest or an id: enough to tell it apart, and what commands take. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

/** Why a saga was undone, or failed: its message where it has one. */
export function failureText(failure: Json): string {
  if (failure === null || typeof failure !== 'object' || Array.isArray(failure))
    return jsonLine(failure);
  const message = Object.entries(failure).find(([name]) => name === 'message')?.[1];
  return typeof message === 'string' ? plainText(message) : jsonLine(failure);
}
