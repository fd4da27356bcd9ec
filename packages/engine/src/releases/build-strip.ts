/**
 * Takes out of a module what one saga's script must not carry: settings, schemas and functions of effects, schemas of
 * events and waits, zod expressions, and the bodies of all other sagas. What is taken out becomes blanks, so every
 * position stays and source maps hold.
 *
 * @module
 */
import {
  type Argument,
  type CallExpression,
  type Expression,
  type ImportDeclaration,
  type ObjectPropertyKind,
  parseSync,
  type Program,
  type Super,
  Visitor,
} from 'oxc-parser';

const SDK = '@holdfast/sdk';
/** Definitions of which the sandbox needs the first argument only. */
const NAMED_ONLY = new Set(['effect', 'command', 'event', 'wait']);
const DEFINITIONS = new Set([...NAMED_ONLY, 'saga', 'reducer']);
const ZOD = /^zod(\/|$)/;
/** Methods that run a schema: the sandbox has none, and says so when one is called. */
const USES = /^(safe)?(parse|encode|decode)(Async)?$/;

/** Which local names stand for what. */
interface Imports {
  /** Local name to the SDK's, for the definitions above. */
  readonly definitions: ReadonlyMap<string, string>;
  /** Local names of the SDK's namespace. */
  readonly namespaces: ReadonlySet<string>;
  /** Local names that zod gives, and constants made of them. */
  readonly schemas: Set<string>;
}

/**
 * The module without what the script of `saga` must not carry. A module that does not parse is left for esbuild to
 * refuse.
 */
export function stripModule(saga: string, path: string, text: string): string {
  if (!text.includes(SDK) && !text.includes('zod')) return text;
  const { program, errors } = parseSync(path, text, { lang: langOf(path) });
  if (errors.length > 0) return text;
  const imports = importsOf(program);
  const cuts: Cut[] = [];
  for (const node of program.body) {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    if (declared?.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declared.declarations) {
      const root = init === null ? null : schemaRoot(init);
      if (init === null || root === null || !imports.schemas.has(root)) continue;
      if (id.type === 'Identifier') imports.schemas.add(id.name);
      // The name that zod came under stands for the whole expression: it is the stub, which absorbs any use.
      cuts.push({ start: init.start, end: init.end, by: root });
    }
  }
  new Visitor({
    CallExpression(call) {
      const defined = definitionOf(call, imports);
      if (defined !== undefined) cuts.push(...definitionCuts(defined, call.arguments, saga));
    },
  }).visit(program);
  return blank(text, cuts);
}

/** A stretch of text to blank, but for `by` at its start. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function langOf(path: string): 'ts' | 'tsx' {
  return path.endsWith('x') ? 'tsx' : 'ts';
}

function importsOf(program: Program): Imports {
  const definitions = new Map<string, string>();
  const namespaces = new Set<string>();
  const schemas = new Set<string>();
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration' || node.importKind === 'type') continue;
    const from = node.source.value;
    if (ZOD.test(from)) for (const { local } of node.specifiers) schemas.add(local.name);
    if (from === SDK) addDefinitions(node, definitions, namespaces);
  }
  return { definitions, namespaces, schemas };
}

function addDefinitions(
  node: ImportDeclaration,
  definitions: Map<string, string>,
  namespaces: Set<string>,
): void {
  for (const specifier of node.specifiers) {
    if (specifier.type === 'ImportNamespaceSpecifier') namespaces.add(specifier.local.name);
    if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue;
    const { name } = specifier.imported;
    if (DEFINITIONS.has(name)) definitions.set(specifier.local.name, name);
  }
}

/** Which of the SDK's definitions is called; undefined for anything else. */
function definitionOf({ callee }: CallExpression, imports: Imports): string | undefined {
  if (callee.type === 'Identifier') return imports.definitions.get(callee.name);
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined;
  if (!imports.namespaces.has(callee.object.name)) return undefined;
  if (callee.property.type !== 'Identifier') return undefined;
  const { name } = callee.property;
  return DEFINITIONS.has(name) ? name : undefined;
}

/** What a definition can do without in the script of `saga`. */
function definitionCuts(
  defined: string,
  [name, ...rest]: readonly Argument[],
  saga: string,
): Cut[] {
  const [options, body] = rest;
  const last = rest.at(-1);
  if (name === undefined || options === undefined || last === undefined) return [];
  const other = name.type === 'Literal' && name.value !== saga;
  if (NAMED_ONLY.has(defined) || (defined === 'reducer' && other)) {
    return [{ start: name.end, end: last.end, by: '' }];
  }
  if (defined === 'reducer') {
    return options.type === 'ObjectExpression' ? options.properties.flatMap(stateCut) : [];
  }
  // Another saga may be this one's child, which takes its name and its key.
  return other && body !== undefined ? [{ start: options.end, end: body.end, by: '' }] : [];
}

/** A reducer's schema of its state is for the test kit. */
function stateCut(property: ObjectPropertyKind): Cut[] {
  if (property.type !== 'Property' || property.key.type !== 'Identifier') return [];
  if (property.key.name !== 'state' || property.shorthand || property.computed) return [];
  const { start, end } = property.value;
  return [{ start, end, by: '0' }];
}

/** The name at the left end of `a.b(c).d`; null for anything else, and where a schema is put to use. */
function schemaRoot(node: Expression | Super): string | null {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'CallExpression':
      return schemaRoot(node.callee);
    case 'MemberExpression': {
      const used = node.property.type === 'Identifier' && USES.test(node.property.name);
      return used ? null : schemaRoot(node.object);
    }
    default:
      return null;
  }
}

/** Blanks the cuts; one inside another is covered by it. Line breaks stay where they are. */
function blank(text: string, cuts: readonly Cut[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, by } of [...cuts].toSorted(
    (a, b) => a.start - b.start || b.end - a.end,
  )) {
    if (start < at) continue;
    const cut = text.slice(start, end);
    out += text.slice(at, start) + by + cut.slice(by.length).replace(/[^\n\r\u2028\u2029]/g, ' ');
    at = end;
  }
  return out + text.slice(at);
}
