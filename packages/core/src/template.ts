/**
 * Texts with holes, as an `http` or `mqtt` effect's settings write them:
 *
 * - `{field}`, `{a.b}`, `{items.0.sku}`: a value of the effect's input
 * - `{$idempotencyKey}`, `{$tenant}`, `{$correlationId}`, `{$saga}`, `{$key}`: of the call
 * - `config://NAME`, `secret://NAME`: resolved for each attempt
 * - `{{` and `}}`: a brace
 *
 * Anything else stands for itself. What fills a hole is never read as a template again.
 *
 * @module
 */
import type { Json } from './json.ts';
import { REFERENCE_PATTERN } from './references.ts';
import type { Reference } from './references.ts';

/** What `{$name}` may name. */
export const CALL_VARIABLES = ['idempotencyKey', 'tenant', 'correlationId', 'saga', 'key'] as const;
export type CallVariable = (typeof CALL_VARIABLES)[number];

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly source: string }
  | { readonly kind: 'variable'; readonly name: CallVariable; readonly source: string }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly source: string };

const FIELD = /\{(\$?[A-Za-z_][\w-]*(?:\.[\w-]+)*)\}/;
const TOKEN = new RegExp(`\\{\\{|\\}\\}|${FIELD.source}|${REFERENCE_PATTERN.source}`, 'g');

/**
 * The parts of a template.
 *
 * @throws RangeError naming the hole, when `{$name}` names nothing that a call has.
 */
export function parseTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    literal += text.slice(at, match.index);
    at = match.index + match[0].length;
    const hole = holeOf(match);
    if (hole === null) {
      literal += match[0].charAt(0);
      continue;
    }
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push(hole);
  }
  literal += text.slice(at);
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return parts;
}

function holeOf(match: RegExpExecArray): TemplatePart | null {
  const [source, field, scheme, name] = match;
  if (field !== undefined) {
    if (!field.startsWith('$')) return { kind: 'field', path: field.split('.'), source };
    const variable = CALL_VARIABLES.find((known) => `$${known}` === field);
    if (variable === undefined) {
      throw new RangeError(`${source} names nothing; known are {$${CALL_VARIABLES.join('}, {$')}}`);
    }
    return { kind: 'variable', name: variable, source };
  }
  if (scheme === undefined || name === undefined) return null;
  return {
    kind: 'reference',
    reference: { scheme: scheme === 'secret' ? 'secret' : 'config', name },
    source,
  };
}

/** Why a text cannot be a template; null when it can. */
export function templateFault(text: string): string | null {
  try {
    parseTemplate(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Why a text cannot be the URL of an `http` effect; null when it can. Scheme and host come from the release and its
 * configuration, or the whole base from the input: `{callback}`.
 */
export function urlTemplateFault(text: string): string | null {
  const fault = templateFault(text);
  if (fault !== null) return fault;
  const parts = parseTemplate(text);
  const [first, second] = parts;
  if (first?.kind === 'reference' || first?.kind === 'field') {
    const base = `${first.source} gives the base`;
    if (second === undefined) return null;
    return second.kind === 'text' && /^[/?]/.test(second.text)
      ? null
      : `${base}: "/" or "?" must follow it`;
  }
  if (first?.kind !== 'text' || !/^https?:\/\//.test(first.text)) {
    return 'starts with http://, https://, config://NAME or {field}';
  }
  return authorityFault(parts);
}

/** Why a text cannot be the URL of a gateway, which no input may choose; null when it can. */
export function gatewayUrlFault(text: string): string | null {
  return urlTemplateFault(text) ?? settingFault(text);
}

/** Whether the input chooses whom to call. */
export function isUrlOfInput(template: string): boolean {
  return parseTemplate(template)[0]?.kind === 'field';
}

function authorityFault(parts: readonly TemplatePart[]): string | null {
  let before = '';
  for (const part of parts) {
    if (part.kind === 'text') before += part.text;
    else if (part.kind === 'reference') before += 'x';
    else if (!/^https?:\/\/[^/?#]+[/?]/.test(before)) {
      return `${part.source} may stand only after the host`;
    }
  }
  return /^https?:\/\/[^/?#]+/.test(before) ? null : 'names no host';
}

/** RFC 9110 §5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Set for every call, or by the connection. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'idempotency-key',
  'x-tenant-id',
  'x-correlation-id',
  'traceparent',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
]);

/** Why a header cannot stand in an `http` effect's settings; null when it can. */
export function headerFault(name: string, value: string): string | null {
  if (!HEADER_NAME.test(name)) return `${JSON.stringify(name)} is no name of a header`;
  if (OWN_HEADERS.has(name.toLowerCase())) return `${name} is set by Holdfast`;
  return templateFault(value);
}

/** The first fault in the strings of a body template; null for none. */
export function bodyFault(body: Json): string | null {
  if (typeof body === 'string') return templateFault(body);
  if (typeof body !== 'object' || body === null) return null;
  for (const part of Object.values(body)) {
    const fault = bodyFault(part);
    if (fault !== null) return fault;
  }
  return null;
}

/** Why a text cannot be a setting that no input may choose, for one the host of a mail server; null when it can. */
export function settingFault(text: string): string | null {
  const fault = templateFault(text);
  if (fault !== null) return fault;
  const hole = parseTemplate(text).find(({ kind }) => kind === 'field' || kind === 'variable');
  return hole === undefined || hole.kind === 'text'
    ? null
    : `${hole.source} cannot stand here: it is for the release and its configuration to say`;
}

/** A mail address in two parts: `name <address>`, or the address alone. */
export function splitMailAddress(text: string): {
  readonly name: string;
  readonly address: string;
} {
  const [, name = '', bracketed] = /^([^<>]*)<([^<>]*)>\s*$/.exec(text) ?? [];
  return bracketed === undefined
    ? { name: '', address: text.trim() }
    : { name: name.trim(), address: bracketed.trim() };
}

/** Why a text cannot be the template of one mail address; null when it can. */
export function mailAddressFault(text: string): string | null {
  const fault = templateFault(text);
  if (fault !== null) return fault;
  const { address } = splitMailAddress(text);
  const parts = parseTemplate(address);
  const literal = parts.map((part) => (part.kind === 'text' ? part.text : 'x')).join('');
  if (/[\s,;<>"()]/.test(literal) || literal === '') {
    return 'is not one address: write {email}, name@host.example, or Name <address>';
  }
  const isPlain = parts.every(({ kind }) => kind === 'text');
  return isPlain && !/^[^@]+@[^@]+$/.test(address) ? 'is no mail address' : null;
}
