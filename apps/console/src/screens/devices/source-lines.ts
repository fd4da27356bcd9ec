/**
 * The lines of `holdfast.release.yaml` that make a topic's messages events, and the code that defines the event.
 *
 * @module
 */
import type { Json } from '@holdfast/core';

export interface SourceChoice {
  /** Topic filter. */
  readonly mqtt: string;
  readonly type: string;
  /** A JSON pointer into the payload, or `{n}` for the topic's n-th level; null: none. */
  readonly id: string | null;
  readonly correlation: string | null;
  readonly subject: string | null;
}

/** An entry of `sources:`, with the key it stands under. */
export function sourceLines({ mqtt, type, id, correlation, subject }: SourceChoice): string {
  const lines = [`sources:`, `  - mqtt: ${yamlText(mqtt)}`, `    type: ${yamlText(type)}`];
  if (id !== null) lines.push(`    id: ${yamlText(id)}`);
  if (correlation !== null) lines.push(`    correlation: ${yamlText(correlation)}`);
  if (subject !== null) lines.push(`    subject: ${yamlText(subject)}`);
  return `${lines.join('\n')}\n`;
}

/** Texts that need no quotes, whatever a parser of YAML 1.1 or 1.2 makes of numbers, times and yes. */
const PLAIN = /^(?:\/|[A-Za-z_])[\w./+-]*[\w/+]$|^[A-Za-z_]$/;
const AMBIGUOUS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML takes it. */
export function yamlText(text: string): string {
  if (PLAIN.test(text) && !AMBIGUOUS.test(text)) return text;
  // Line breaks and control characters only fit into double quotes, whose escapes are those of JSON.
  if (/[\p{Cc}\u2028\u2029\uFEFF]/u.test(text)) return JSON.stringify(text);
  return `'${text.replaceAll("'", "''")}'`;
}

/** The definition of the event, with a schema as wide as one message allows. */
export function eventCode(type: string, payload: Json): string {
  return `export const ${constantName(type)} = event(\n  ${JSON.stringify(type)},\n  ${zodOf(payload, 1)},\n);\n`;
}

function constantName(type: string): string {
  const words = type.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const name = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('');
  return /^\p{L}/u.test(name) ? name : `Event${name}`;
}

const MAX_DEPTH = 4;

function zodOf(value: Json, depth: number): string {
  if (value === null || depth > MAX_DEPTH) return 'z.unknown()';
  if (typeof value === 'string') return 'z.string()';
  if (typeof value === 'number') return 'z.number()';
  if (typeof value === 'boolean') return 'z.boolean()';
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    const [first] = items;
    const alike = new Set(items.map((item) => zodOf(item, depth)));
    return first !== undefined && alike.size === 1
      ? `z.array(${zodOf(first, depth)})`
      : 'z.array(z.unknown())';
  }
  const indent = '  '.repeat(depth + 1);
  const lines = Object.entries(value).map(
    ([name, member]) => `${indent}${memberName(name)}: ${zodOf(member, depth + 1)},`,
  );
  return lines.length === 0
    ? 'z.looseObject({})'
    : `z.object({\n${lines.join('\n')}\n${'  '.repeat(depth)}})`;
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
