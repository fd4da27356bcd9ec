import type { Json } from '@holdfast/core';

/** What a person typed as JSON. */
export type ReadJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string };

export function readJson(text: string): ReadJson {
  if (text.trim() === '') return { ok: false, message: 'nothing yet' };
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
