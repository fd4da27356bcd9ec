/**
 * The fields of a form, made of a JSON Schema as releases hold them (2020-12, written by zod). What has no good field of
 * its own becomes a field of raw JSON: a form is never a reason why something cannot be sent. The server alone judges
 * what is sent; fields only help to write it.
 *
 * @module
 */
import type { Json } from '@holdfast/core';

interface About {
  /** `title` of the schema. */
  readonly title?: string;
  /** `description` of the schema. */
  readonly hint?: string;
  /** null is taken too. */
  readonly nullable: boolean;
  /** What it holds at first. */
  readonly preset?: Json;
}

export interface TextField extends About {
  readonly kind: 'text';
  readonly format: 'plain' | 'long' | 'email' | 'uri' | 'date' | 'date-time';
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface NumberField extends About {
  readonly kind: 'number';
  readonly whole: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface FlagField extends About {
  readonly kind: 'flag';
}

/** One of a few values. A constant is a choice of one. */
export interface ChoiceField extends About {
  readonly kind: 'choice';
  readonly choices: readonly Json[];
}

export interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly field: Field;
}

export interface GroupField extends About {
  readonly kind: 'group';
  readonly members: readonly Member[];
}

export interface ListField extends About {
  readonly kind: 'list';
  readonly item: Field;
  readonly min: number;
  readonly max: number;
}

/** One of several shapes, as a union has them. */
export interface VariantsField extends About {
  readonly kind: 'variants';
  readonly variants: readonly { readonly name: string; readonly field: Field }[];
}

/** Raw JSON. */
export interface JsonField extends About {
  readonly kind: 'json';
}

export type Field =
  | TextField
  | NumberField
  | FlagField
  | ChoiceField
  | GroupField
  | ListField
  | VariantsField
  | JsonField;

type Schema = Readonly<Record<string, unknown>>;

/** Deeper, and in a schema that holds itself, raw JSON is what a person can still read. */
const MAX_DEPTH = 6;
/** A text that may be longer gets several lines. */
const LONG_TEXT = 200;

/** @param schema as the API gives it; null: anything goes */
export function fieldOf(schema: unknown): Field {
  return read(schema, { root: schema, depth: 0 });
}

interface Reading {
  readonly root: unknown;
  readonly depth: number;
}

function read(schema: unknown, reading: Reading): Field {
  const found = resolve(schema, reading);
  if (found === null || reading.depth > MAX_DEPTH) return { kind: 'json', nullable: false };
  const deeper = { root: reading.root, depth: reading.depth + 1 };
  const about = aboutOf(found);
  const union = found['anyOf'] ?? found['oneOf'];
  if (Array.isArray(union)) return readUnion(union, about, deeper);
  if (found['allOf'] !== undefined) return { kind: 'json', ...about };
  if (Object.hasOwn(found, 'const')) {
    return { kind: 'choice', choices: [found['const'] as Json], ...about };
  }
  if (Array.isArray(found['enum'])) {
    const choices = (found['enum'] as readonly Json[]).filter((choice) => choice !== null);
    return { kind: 'choice', ...about, choices, nullable: choices.length < found['enum'].length };
  }
  const { type, nullable } = typeOf(found);
  return readType(type, found, { ...about, nullable }, deeper);
}

function readType(type: string | null, schema: Schema, about: About, deeper: Reading): Field {
  switch (type) {
    case 'string':
      return { kind: 'text', ...about, ...textOf(schema) };
    case 'number':
    case 'integer':
      return { kind: 'number', ...about, whole: type === 'integer', ...boundsOf(schema) };
    case 'boolean':
      return { kind: 'flag', ...about };
    case 'array': {
      if (Array.isArray(schema['prefixItems'])) return { kind: 'json', ...about };
      return {
        kind: 'list',
        ...about,
        item: read(schema['items'], deeper),
        min: numberIn(schema, 'minItems') ?? 0,
        max: numberIn(schema, 'maxItems') ?? Infinity,
      };
    }
    case 'object': {
      const { properties, required } = schema;
      if (!isSchema(properties) || Object.keys(properties).length === 0) {
        return { kind: 'json', ...about };
      }
      const needed: readonly unknown[] = Array.isArray(required) ? required : [];
      return {
        kind: 'group',
        ...about,
        members: Object.entries(properties).map(([name, property]) => ({
          name,
          required: needed.includes(name),
          field: read(property, deeper),
        })),
      };
    }
    default:
      return { kind: 'json', ...about };
  }
}

/** `X or null` is X that may be null, a union of constants a choice, one of objects a choice of shapes. */
function readUnion(union: readonly unknown[], about: About, deeper: Reading): Field {
  const real = union.filter((one) => !(isSchema(one) && one['type'] === 'null'));
  const nullable = real.length < union.length;
  const fields = real.map((one) => read(one, deeper));
  const [only] = fields;
  if (only !== undefined && fields.length === 1) {
    return { ...only, ...about, nullable: nullable || only.nullable };
  }
  const choices: Json[] = [];
  for (const field of fields) if (field.kind === 'choice') choices.push(...field.choices);
  if (fields.every(({ kind }) => kind === 'choice')) {
    return { kind: 'choice', ...about, choices, nullable };
  }
  const variants = fields.map((field, i) => ({ name: variantName(field, i), field }));
  return { kind: 'variants', ...about, variants, nullable };
}

/** By its title, by the constant that tells it from the others, or by its kind. */
function variantName(field: Field, index: number): string {
  if (field.title !== undefined) return field.title;
  if (field.kind === 'group') {
    for (const { name, field: member } of field.members) {
      if (member.kind === 'choice' && member.choices.length === 1) {
        const [constant] = member.choices;
        return `${name}: ${typeof constant === 'string' ? constant : JSON.stringify(constant)}`;
      }
    }
    return `Shape ${index + 1}: ${field.members.map(({ name }) => name).join(', ')}`;
  }
  return KIND_NAMES[field.kind];
}

const KIND_NAMES: Readonly<Record<Field['kind'], string>> = {
  text: 'Text',
  number: 'Number',
  flag: 'Yes or no',
  choice: 'Choice',
  group: 'Fields',
  list: 'List',
  variants: 'One of several',
  json: 'JSON',
};

function textOf(schema: Schema): Pick<TextField, 'format' | 'minLength' | 'maxLength'> {
  const minLength = numberIn(schema, 'minLength');
  const maxLength = numberIn(schema, 'maxLength');
  const { format } = schema;
  const known =
    format === 'email' || format === 'uri' || format === 'date' || format === 'date-time';
  const plain = (maxLength ?? 0) > LONG_TEXT ? 'long' : 'plain';
  return {
    format: known ? format : plain,
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
  };
}

/** Bounds that a person should know of: those of the number type itself are none. */
function boundsOf(schema: Schema): Pick<NumberField, 'min' | 'max'> {
  const min = numberIn(schema, 'minimum');
  const max = numberIn(schema, 'maximum');
  return {
    ...(min === undefined || min <= Number.MIN_SAFE_INTEGER ? {} : { min }),
    ...(max === undefined || max >= Number.MAX_SAFE_INTEGER ? {} : { max }),
  };
}

function aboutOf(schema: Schema): About {
  const { title, description } = schema;
  return {
    nullable: false,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { hint: description } : {}),
    ...(schema['default'] === undefined ? {} : { preset: schema['default'] as Json }),
  };
}

function typeOf(schema: Schema): { readonly type: string | null; readonly nullable: boolean } {
  const { type } = schema;
  if (typeof type === 'string') return { type, nullable: false };
  const types: readonly unknown[] = Array.isArray(type) ? type : [];
  const real = types.filter((one) => one !== 'null');
  const [only] = real;
  const single = real.length === 1 && typeof only === 'string' ? only : null;
  return { type: single, nullable: real.length < types.length };
}

/** Follows `$ref` inside the schema. null where it leads nowhere, or there is nothing to read. */
function resolve(schema: unknown, { root, depth }: Reading): Schema | null {
  let found = schema;
  for (let hops = 0; hops <= MAX_DEPTH - depth; hops += 1) {
    if (!isSchema(found)) return null;
    const reference = found['$ref'];
    if (typeof reference !== 'string') return found;
    if (!reference.startsWith('#')) return null;
    let target = root;
    for (const part of reference.split('/').slice(1)) {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      target = isSchema(target) && Object.hasOwn(target, name) ? target[name] : undefined;
    }
    found = target;
  }
  return null;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberIn(schema: Schema, name: string): number | undefined {
  const value = schema[name];
  return typeof value === 'number' ? value : undefined;
}
