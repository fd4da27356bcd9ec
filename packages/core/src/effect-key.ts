/**
 * The key of an effect's calls: what those have in common that share a limit, for example the account that is charged.
 * A template over the input, `{account}` or `{shop.id}/{currency}`, with `{$saga}` and `{$key}` of the instance.
 *
 * A hole that the input has no text, number or boolean for is empty, so that every call has a key.
 *
 * @module
 */
import { parseTemplate } from './template.ts';
import type { TemplatePart } from './template.ts';
import type { JsonText } from './json.ts';

/** What a key is made from. */
export interface KeyedCall {
  readonly saga: string;
  readonly key: string;
  readonly input: JsonText;
}

type Hole = Exclude<TemplatePart, { kind: 'text' }>;

/** Why a text cannot be a key; null when it can. */
export function keyTemplateFault(text: string): string | null {
  try {
    const parts = parseTemplate(text);
    for (const part of parts) {
      if (part.kind === 'reference' || (part.kind === 'variable' && !isKnown(part.name))) {
        return `${part.source} cannot stand in a key; {field} of the input, {$saga} and {$key} can`;
      }
    }
    return parts.some(({ kind }) => kind !== 'text')
      ? null
      : 'has no {field} of the input: all calls would have one key';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isKnown(name: string): boolean {
  return name === 'saga' || name === 'key';
}

/** @throws RangeError for what `keyTemplateFault` refuses. */
export function compileKey(template: string): (call: KeyedCall) => string {
  const fault = keyTemplateFault(template);
  if (fault !== null) throw new RangeError(`key ${JSON.stringify(template)}: ${fault}`);
  const parts = parseTemplate(template);
  const readsInput = parts.some(({ kind }) => kind === 'field');
  return (call) => {
    const input: unknown = readsInput ? JSON.parse(call.input) : null;
    let key = '';
    for (const part of parts) key += part.kind === 'text' ? part.text : valueOf(part, call, input);
    return key;
  };
}

function valueOf(part: Hole, call: KeyedCall, input: unknown): string {
  if (part.kind === 'variable') return part.name === 'saga' ? call.saga : call.key;
  if (part.kind === 'reference') return '';
  let value = input;
  for (const name of part.path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}
