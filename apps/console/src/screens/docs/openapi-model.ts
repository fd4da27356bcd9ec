/**
 * The API's description (OpenAPI 3.1) as the page shows it: operations in groups, schemas as lines of type.
 *
 * @module
 */
import type { Json } from '@holdfast/core';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly format?: string;
  readonly default?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: Json;
  readonly examples?: Readonly<
    Record<string, { readonly summary?: string; readonly value?: Json }>
  >;
}

export interface Content {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

interface RawOperation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly 'x-scope'?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses?: Readonly<Record<string, Content>>;
}

export interface Description {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Whether an answer is a description at all, as far as this page leans on it. */
export function isDescription(answer: unknown): answer is Description {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'info' in answer &&
    'paths' in answer &&
    typeof answer.paths === 'object'
  );
}

export interface Operation {
  /** Names it in the address. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly description: string | undefined;
  /** Scope of the key that it needs; null for one that is open to all. */
  readonly scope: string | null;
  readonly parameters: readonly Parameter[];
  readonly body: (Content & { readonly required?: boolean }) | undefined;
  readonly responses: readonly { readonly status: string; readonly answer: Content }[];
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);

/** In the order of the description. */
export function operationsOf({ paths }: Description): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.has(method))
      .map(([method, raw]) => operationOf(method, path, raw)),
  );
}

function operationOf(method: string, path: string, raw: RawOperation): Operation {
  const isOpen = raw.security !== undefined && raw.security.length === 0;
  return {
    id: raw.operationId ?? `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    group: raw.tags?.[0] ?? 'other',
    summary: raw.summary ?? '',
    description: raw.description,
    scope: isOpen ? null : (raw['x-scope'] ?? null),
    parameters: raw.parameters ?? [],
    body: raw.requestBody,
    responses: Object.entries(raw.responses ?? {}).map(([status, answer]) => ({ status, answer })),
  };
}

/** Groups in the order of their first operation. */
export function grouped(
  operations: readonly Operation[],
): ReadonlyMap<string, readonly Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const group = groups.get(operation.group);
    if (group === undefined) groups.set(operation.group, [operation]);
    else group.push(operation);
  }
  return groups;
}

/** Whether every word is in the operation's path, name, method or summary. */
export function isLike(operation: Operation, typed: string): boolean {
  const text =
    `${operation.method} ${operation.path} ${operation.id} ${operation.summary}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What a `$ref` names, and its name. One that leads nowhere is an empty schema. */
export function resolved(
  schema: Schema,
  description: Description,
): { readonly schema: Schema; readonly name: string | undefined } {
  const name = schema.$ref === undefined ? undefined : schema.$ref.split('/').at(-1);
  if (name === undefined) return { schema, name };
  return { schema: description.components?.schemas?.[name] ?? {}, name };
}

/** The type in one line: `string, at most 1000 characters`, `array of Wait`, `"a" or "b"`. */
export function typeLine(
  schema: Schema,
  description: Description,
  within: readonly string[] = [],
): string {
  const { schema: found, name } = resolved(schema, description);
  if (name !== undefined && within.includes(name)) return name;
  const path = name === undefined ? within : [...within, name];
  const options = found.anyOf ?? found.oneOf;
  if (options !== undefined) {
    if (name !== undefined && options.length > 3) return name;
    return [...new Set(options.map((option) => typeLine(option, description, path)))].join(' or ');
  }
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum !== undefined)
    return found.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (isType(found, 'array')) {
    return `array of ${found.items === undefined ? 'anything' : typeLine(found.items, description, path)}`;
  }
  if (isType(found, 'object') || found.properties !== undefined) {
    if (name !== undefined) return name;
    const rest = found.additionalProperties;
    if (found.properties === undefined && typeof rest === 'object') {
      return `object of ${typeLine(rest, description, path)}`;
    }
    return 'object';
  }
  const type = typeof found.type === 'string' ? found.type : found.type?.join(' or ');
  return [type ?? name ?? 'anything', ...bounds(found)].join(', ');
}

function isType({ type }: Schema, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

/** Bounds of numbers that only say that it is a safe integer. */
const SAFE = Number.MAX_SAFE_INTEGER;

function bounds(schema: Schema): readonly string[] {
  const { format, minimum, maximum, minLength, maxLength } = schema;
  return [
    ...(format === undefined ? [] : [format]),
    ...(minimum === undefined || minimum === -SAFE ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined || maximum === SAFE ? [] : [`at most ${maximum}`]),
    ...(minLength === undefined || minLength < 2 ? [] : [`at least ${minLength} characters`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

/** What of a schema can be opened: its fields, those of its items, or its alternatives. */
export function insideOf(
  schema: Schema,
  description: Description,
  within: readonly string[] = [],
): { readonly fields: readonly Field[]; readonly alternatives: readonly Schema[] } {
  const { schema: found, name } = resolved(schema, description);
  // One that holds itself, as any JSON does, has nothing more inside.
  if (name !== undefined && within.includes(name)) return { fields: [], alternatives: [] };
  const path = name === undefined ? within : [...within, name];
  if (isType(found, 'array') && found.items !== undefined)
    return insideOf(found.items, description, path);
  const options = (found.anyOf ?? found.oneOf)?.filter((option) => !isType(option, 'null'));
  const only = options?.length === 1 ? options[0] : undefined;
  if (only !== undefined) return insideOf(only, description, path);
  if (options !== undefined) {
    const alternatives = options.filter((option) => hasInside(option, description, path));
    return { fields: [], alternatives };
  }
  const parts = [found, ...(found.allOf ?? []).map((part) => resolved(part, description).schema)];
  return {
    fields: parts.flatMap(({ properties = {}, required = [] }) =>
      Object.entries(properties).map(([member, field]) => ({
        name: member,
        schema: field,
        required: required.includes(member),
      })),
    ),
    alternatives: [],
  };
}

export interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

export function hasInside(
  schema: Schema,
  description: Description,
  within: readonly string[] = [],
): boolean {
  const { fields, alternatives } = insideOf(schema, description, within);
  return fields.length > 0 || alternatives.length > 0;
}

/** A call to paste. Path parameters are left to fill in. */
export function curlOf({ method, path, body, scope }: Operation, origin: string): string {
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${origin}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}`,
  ];
  if (scope !== null) lines.push('  -H "authorization: Bearer $HOLDFAST_KEY"');
  const media = Object.entries(body?.content ?? {})[0];
  if (media !== undefined) {
    lines.push(`  -H 'content-type: ${media[0]}'`);
    lines.push(
      `  -d '${JSON.stringify(exampleOf(media[1]) ?? {}).replaceAll("'", String.raw`'\''`)}'`,
    );
  }
  return lines.join(' \\\n');
}

/** The first example of a media type. */
export function exampleOf({ example, examples }: Media): Json | undefined {
  if (example !== undefined) return example;
  return Object.values(examples ?? {})[0]?.value;
}
