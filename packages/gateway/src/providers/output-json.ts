/** What an outside answer becomes as an effect's output: JSON text that the journal can hold. */
import type { JsonText } from '@holdfast/core';

/** Largest output of an effect, in bytes. */
export const MAX_OUTPUT_BYTES = 1024 * 1024;

/** An escaped U+0000 that is not itself the tail of an escaped backslash. */
const ESCAPED_NUL = /(?<!\\)((?:\\\\)*)\\u0000/g;

/** Payloads hold no U+0000 (DESIGN, Decided); an answer's becomes U+FFFD rather than losing a call that was made. */
export function withoutNul(json: JsonText): JsonText {
  return json.includes('\\u0000') ? json.replace(ESCAPED_NUL, '$1\\ufffd') : json;
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

/**
 * The output in an HTTP answer's body: its JSON where it says that it is JSON and is, else its text as a JSON string;
 * null for none.
 */
export function outputOfBody(body: string, contentType: string | undefined): JsonText {
  if (body === '') return 'null';
  if (contentType !== undefined && JSON_TYPE.test(contentType) && isJson(body)) {
    return withoutNul(body);
  }
  return withoutNul(JSON.stringify(body));
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
