import { isUtf8 } from 'node:buffer';
import type { Json, JsonText } from '@holdfast/core';
import { MAX_STATE_BYTES } from '@holdfast/core';
import { checkDecision } from './decision-check.ts';
import { decisionText } from './decision-text.ts';
import { Nonsense } from './field-reader.ts';
import { holdsNul, isTooDeep } from './json-text.ts';
import { MAX_DECISION_BYTES, MAX_JSON_DEPTH } from './limits.ts';
import { DECISION_END, STATE_END } from './prelude.ts';

/**
 * Decision and state out of the prelude's answer, `D` included: the decision in canonical form, the state as it came.
 *
 * @throws Nonsense naming the field that is wrong
 */
export function readOutput(text: Buffer): {
  readonly decision: JsonText;
  readonly state: JsonText;
} {
  const middle = text.indexOf(DECISION_END, 1);
  const end = text.length - 1;
  if (text[end] !== STATE_END || text.indexOf(STATE_END, 1) !== end)
    throw new Nonsense('decision or state: is not JSON text');
  if (!isUtf8(text)) throw new Nonsense('decision or state: holds half of a surrogate pair');
  const decision = readJson('decision', text, 1, middle, MAX_DECISION_BYTES);
  const state = readJson('state', text, middle + 1, end, MAX_STATE_BYTES);
  return { decision: decisionText(checkDecision(decision.json)), state: state.text };
}

/** @throws Nonsense when the key cannot be written as UTF-8 */
export function readKey(text: Buffer): string {
  const key = JSON.parse(text.toString('utf8', 1)) as string;
  if (!key.isWellFormed()) throw new Nonsense('key: holds half of a surrogate pair');
  return key;
}

function readJson(
  field: string,
  bytes: Buffer,
  from: number,
  to: number,
  limit: number,
): { text: JsonText; json: Json } {
  if (to - from > limit) throw new Nonsense(`${field}: ${to - from} bytes, more than ${limit}`);
  const text = bytes.toString('utf8', from, to);
  if (isTooDeep(text)) throw new Nonsense(`${field}: nested deeper than ${MAX_JSON_DEPTH} levels`);
  if (holdsNul(text)) throw new Nonsense(`${field}: holds U+0000`);
  return { text, json: parse(field, text) };
}

function parse(field: string, text: JsonText): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new Nonsense(
      `${field}: is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
