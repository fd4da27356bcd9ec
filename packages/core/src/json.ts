/** A JSON value, as it stands in event data, saga state and effect payloads. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** JSON as text. Payloads travel and rest as text, so that nobody pays for parsing twice. */
export type JsonText = string;

/**
 * JSON with object keys in code unit order, no white space: equal values give equal bytes.
 * After RFC 8785 (JCS), whose number and string forms are those of ECMAScript's JSON.stringify.
 * Properties that are `undefined` are left out, as JSON.stringify does.
 *
 * @throws TypeError when the value holds something JSON cannot carry (a function, a bigint, a cycle).
 */
export function canonicalJson(value: unknown): JsonText {
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`not a JSON value: ${typeof value}`);
    return text;
  }
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) {
      if (i > 0) text += ',';
      text += canonicalJson(value[i] ?? null);
    }
    return text + ']';
  }
  const record = value as Record<string, unknown>;
  let text = '{';
  let first = true;
  for (const key of Object.keys(record).toSorted()) {
    const member = record[key];
    if (member === undefined) continue;
    text += (first ? '' : ',') + JSON.stringify(key) + ':' + canonicalJson(member);
    first = false;
  }
  return text + '}';
}
