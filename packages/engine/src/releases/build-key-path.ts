/**
 * Reads a saga's `key` function: one that only looks a member of its event up need not be run to name the instance.
 *
 * Nothing but the function's own text is looked at, so it may refer to nothing but its first parameter:
 * `(o) => o.orderId`, `({ order }) => order.id`. Where such a path leads through own members of the data to a text, that
 * text is what the function returns; everywhere else the program is asked.
 *
 * @module
 */
import { type Expression, parseSync } from 'oxc-parser';
import type { ArrowFunctionExpression, Function as FunctionNode, ParamPattern } from 'oxc-parser';

type Path = readonly string[];
type KeyFunction = FunctionNode | ArrowFunctionExpression;

/**
 * The members that lead from an event's data to its key; null where the text does not prove it.
 *
 * @param source what `Function.prototype.toString` gives for the saga's `key`
 */
export function keyPathOf(source: string): Path | null {
  const found = keyFunction(source);
  if (found === null || found.async || found.generator) return null;
  const [event, type, ...others] = found.params;
  if (event === undefined || others.length > 0) return null;
  const returned = returnedBy(found);
  const read = returned === null ? null : readPath(returned);
  if (read === null) return null;
  // The second parameter must not take the first one's name.
  if (type !== undefined && (type.type !== 'Identifier' || type.name === read.root)) return null;
  const bound = boundPath(event, read.root);
  const path = bound === null ? [] : [...bound, ...read.members];
  return path.length === 0 ? null : path;
}

/** As an expression, or as the method `key(o) { … }`. */
function keyFunction(source: string): KeyFunction | null {
  const made = parsed(`(${source})`);
  if (made?.type === 'ArrowFunctionExpression' || made?.type === 'FunctionExpression') return made;
  const holder = parsed(`({ ${source} })`);
  if (holder?.type !== 'ObjectExpression' || holder.properties.length !== 1) return null;
  const [method] = holder.properties;
  if (method?.type !== 'Property' || !method.method) return null;
  return method.value.type === 'FunctionExpression' ? method.value : null;
}

function parsed(text: string): Expression | null {
  const { program, errors } = parseSync('key.js', text, { preserveParens: false });
  const [statement, ...more] = program.body;
  if (errors.length > 0 || more.length > 0) return null;
  return statement?.type === 'ExpressionStatement' ? statement.expression : null;
}

/** What the function returns, if it does nothing else. */
function returnedBy({ body }: KeyFunction): Expression | null {
  if (body === null) return null;
  if (body.type !== 'BlockStatement') return body;
  const [statement, ...more] = body.body;
  return statement?.type === 'ReturnStatement' && more.length === 0 ? statement.argument : null;
}

/** `a.b['c']` and `a?.b`: where something in between is missing, the path leads nowhere either way. */
function readPath(node: Expression): { readonly root: string; readonly members: Path } | null {
  if (node.type === 'Identifier') return { root: node.name, members: [] };
  if (node.type === 'ChainExpression') return readPath(node.expression);
  if (node.type !== 'MemberExpression') return null;
  const name = memberName(node);
  const read = name === null ? null : readPath(node.object);
  return read === null || name === null
    ? null
    : { root: read.root, members: [...read.members, name] };
}

function memberName({ property, computed }: Extract<Expression, { type: 'MemberExpression' }>) {
  if (!computed) return property.type === 'Identifier' ? property.name : null;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null;
}

/** Where in the first parameter a name stands; null when it is not one of its names, or may get another value. */
function boundPath(param: ParamPattern, name: string): Path | null {
  if (param.type === 'Identifier') return param.name === name ? [] : null;
  if (param.type !== 'ObjectPattern') return null;
  let path: Path | null = null;
  for (const property of param.properties) {
    if (property.type !== 'Property' || property.computed) return null;
    const { key, value } = property;
    if (key.type !== 'Identifier') return null;
    // Taking a nested member apart throws where it is missing: allowed on the path itself only.
    if (value.type === 'Identifier') {
      if (value.name === name) path = [key.name];
      continue;
    }
    if (value.type !== 'ObjectPattern' || path !== null) return null;
    const inner = boundPath(value, name);
    if (inner === null) return null;
    path = [key.name, ...inner];
  }
  return path;
}
