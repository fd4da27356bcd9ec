/**
 * The list of settings, read from the schema by way of its JSON Schema: dotted name, environment name, type, default,
 * description.
 *
 * @module
 */
import { z } from 'zod';
import { settingsSchema } from './settings.ts';
import type { SettingUnit } from './setting-fields.ts';

type SettingType =
  | 'list'
  | 'text'
  | 'integer'
  | 'boolean'
  | 'map'
  | 'groups'
  | 'duration'
  | 'bytes'
  | 'path';

export interface Setting {
  /** Dotted, as in `http.port`. */
  readonly name: string;
  /** For a map one variable for each member: `HOLDFAST_CONFIG_NAME`. Empty for groups, which stand in a file alone. */
  readonly env: string;
  readonly type: SettingType;
  /** Words it is limited to; null for none. */
  readonly values: readonly string[] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** As one would write it in the file; null where there is none. */
  readonly default: string | number | boolean | null;
  readonly description: string;
  /** Of `groups`: the settings of each, below `bridges.NAME`. */
  readonly members?: readonly Setting[];
  /** Its value is shown to nobody. */
  readonly secret: boolean;
}

/** What we read of JSON Schema. Parsed rather than trusted: the shape is zod's to change. */
interface SchemaNode {
  readonly type?: string | readonly string[] | undefined;
  readonly unit?: SettingUnit | undefined;
  readonly secret?: boolean | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly additionalProperties?: SchemaNode | boolean | undefined;
}

const nodeSchema: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    unit: z.enum(['duration', 'bytes', 'path']).optional(),
    secret: z.boolean().optional(),
    enum: z.array(z.string()).optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    properties: z.record(z.string(), nodeSchema).optional(),
    additionalProperties: z.union([z.boolean(), nodeSchema]).optional(),
  }),
);

/** `limits.maxEventBytes` is `HOLDFAST_LIMITS_MAX_EVENT_BYTES`. */
function envNameOf(name: string): string {
  return `HOLDFAST_${name.replaceAll(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`;
}

function typeOf(node: SchemaNode): SettingType {
  if (node.unit !== undefined) return node.unit;
  if (node.type === 'integer' || node.type === 'boolean') return node.type;
  if (node.type === 'array') return 'list';
  if (groupOf(node) !== null) return 'groups';
  return node.type === 'object' ? 'map' : 'text';
}

/** What each member of a map of groups holds; null for anything else. */
function groupOf({ additionalProperties: member }: SchemaNode): SchemaNode | null {
  return typeof member === 'object' && member.properties !== undefined ? member : null;
}

function plainDefault(value: unknown): Setting['default'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null;
}

function* leavesOf(node: SchemaNode, name: string): Generator<Setting> {
  if (node.properties !== undefined) {
    for (const [key, child] of Object.entries(node.properties)) {
      yield* leavesOf(child, name === '' ? key : `${name}.${key}`);
    }
    return;
  }
  const type = typeOf(node);
  const group = groupOf(node);
  yield {
    name,
    env: type === 'groups' ? '' : envNameOf(name) + (type === 'map' ? '_NAME' : ''),
    type,
    values: node.enum ?? null,
    min: node.minimum ?? null,
    max: node.maximum ?? null,
    default: plainDefault(node.default),
    description: node.description ?? '',
    ...(group === null
      ? {}
      : { members: [...leavesOf(group, `${name}.NAME`)].map((one) => ({ ...one, env: '' })) }),
    secret: node.secret === true,
  };
}

/** All settings, in the schema's order. */
export const SETTINGS: readonly Setting[] = [
  ...leavesOf(nodeSchema.parse(z.toJSONSchema(settingsSchema, { io: 'input' })), ''),
];

const byName = new Map(SETTINGS.map((setting) => [setting.name, setting]));

export function findSetting(name: string): Setting | undefined {
  return byName.get(name);
}

/** Names of everything that may stand at a place of the file: settings and the groups that hold them. */
export function childrenOf(group: string): readonly string[] {
  const prefix = group === '' ? '' : `${group}.`;
  const names = SETTINGS.filter(({ name }) => name.startsWith(prefix)).map(
    ({ name }) => name.slice(prefix.length).split('.')[0] ?? '',
  );
  return [...new Set(names)];
}
