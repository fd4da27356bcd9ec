/**
 * Reads a configuration file (YAML, TOML or JSON) into settings with the place each one stands at.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Fault } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import { parse as parseToml, TomlError } from 'smol-toml';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { nearest } from './nearest.ts';
import { childrenOf, findSetting } from './setting-catalogue.ts';

/** A setting as a file gives it. */
export interface FileSetting {
  /** Dotted; below a map its key follows: `config.kitchen.url` has the path `['config', 'kitchen.url']`. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** `file:line:column`, or `file` where the format gives no places (TOML). */
  readonly at: string;
}

export interface ConfigFile {
  readonly settings: readonly FileSetting[];
  readonly faults: readonly Fault[];
}

export const CONFIG_FILE_NAMES = [
  'holdfast.yaml',
  'holdfast.yml',
  'holdfast.toml',
  'holdfast.json',
] as const;

/** A parsed value with its place, whatever the format. `members`: set for a mapping. */
interface Placed {
  readonly value: unknown;
  readonly at: string;
  readonly members?: readonly {
    readonly key: string;
    readonly keyAt: string;
    readonly value: Placed;
  }[];
}

function yamlTree(
  doc: Document.Parsed,
  node: Node | null,
  file: string,
  lines: LineCounter,
  outer: string,
): Placed {
  const placeOf = (item: Node): string => {
    const { line, col } = lines.linePos(item.range?.[0] ?? 0);
    return `${file}:${line}:${col}`;
  };
  if (node === null) return { value: null, at: outer };
  const at = placeOf(node);
  if (!isMap<Node, Node | null>(node)) return { value: node.toJS(doc), at };
  const members = node.items.map((pair) => {
    const keyAt = placeOf(pair.key);
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    return { key, keyAt, value: yamlTree(doc, pair.value, file, lines, keyAt) };
  });
  return { value: {}, at, members };
}

/** YAML 1.2; JSON is a part of it, so both formats get places. */
function parseYaml(text: string, file: string, faults: Fault[]): Placed | null {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const problem of [...doc.errors, ...doc.warnings]) {
    const { line, col } = lines.linePos(problem.pos[0]);
    faults.push({ at: `${file}:${line}:${col}`, message: problem.message });
  }
  if (faults.length > 0) return null;
  return yamlTree(doc, doc.contents, file, lines, `${file}:1:1`);
}

function tomlTree(value: unknown, file: string): Placed {
  if (
    value === null ||
    typeof value !== 'object' ||
    Array.isArray(value) ||
    value instanceof Date
  ) {
    return { value, at: file };
  }
  const members = Object.entries(value).map(([key, member]) => ({
    key,
    keyAt: file,
    value: tomlTree(member, file),
  }));
  return { value, at: file, members };
}

function parseTomlText(text: string, file: string, faults: Fault[]): Placed | null {
  try {
    return tomlTree(parseToml(text), file);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    faults.push({ at: `${file}:${error.line}:${error.column}`, message });
    return null;
  }
}

/** Walks a tree down to settings; whatever is not one is a fault that says what was probably meant. */
function collect(
  tree: Placed,
  path: readonly string[],
  settings: FileSetting[],
  faults: Fault[],
): void {
  const name = path.join('.');
  const setting = findSetting(name);
  if (setting?.type === 'groups') {
    collectGroups(tree, path, settings);
    return;
  }
  if (setting !== undefined && setting.type !== 'map') {
    settings.push({ path, value: tree.members === undefined ? tree.value : {}, at: tree.at });
    return;
  }
  // `http:` with nothing under it says nothing.
  if (tree.value === null && tree.members === undefined) return;
  if (tree.members === undefined) {
    const expected =
      setting === undefined ? `settings (${childrenOf(name).join(', ')})` : 'names with values';
    faults.push({
      at: tree.at,
      message: `${name === '' ? 'the file' : name} must hold ${expected}`,
    });
    return;
  }
  for (const { key, keyAt, value } of tree.members) {
    if (setting !== undefined) {
      settings.push({
        path: [...path, key],
        value: value.members === undefined ? value.value : {},
        at: value.at,
      });
    } else if (childrenOf(name).includes(key)) {
      collect(value, [...path, key], settings, faults);
    } else {
      faults.push({ at: keyAt, message: unknownKey(name, key) });
    }
  }
}

/** Everything below, groups before what they hold: what is missing in one is then told with its place. */
function collectGroups(tree: Placed, path: readonly string[], settings: FileSetting[]): void {
  if (tree.members === undefined) {
    if (tree.value !== null || findSetting(path.join('.')) === undefined)
      settings.push({ path, value: tree.value, at: tree.at });
    return;
  }
  settings.push({ path, value: {}, at: tree.at });
  for (const { key, value } of tree.members) collectGroups(value, [...path, key], settings);
}

function unknownKey(group: string, key: string): string {
  const known = childrenOf(group);
  const full = group === '' ? key : `${group}.${key}`;
  const meant = nearest(key, known);
  const prefix = group === '' ? '' : `${group}.`;
  return meant === null
    ? `there is no setting ${full}; here stand ${known.map((name) => prefix + name).join(', ')}`
    : `there is no setting ${full}; did you mean ${prefix}${meant}?`;
}

/** Parses a file's text. `file` is how faults name it; its ending chooses the format. */
function parseConfigFile(text: string, file: string): ConfigFile {
  const faults: Fault[] = [];
  const settings: FileSetting[] = [];
  const tree =
    extname(file) === '.toml' ? parseTomlText(text, file, faults) : parseYaml(text, file, faults);
  if (tree !== null) collect(tree, [], settings, faults);
  return { settings, faults };
}

/** @throws HoldfastError `config.invalid` when it cannot be read or its ending names no format. */
export function readConfigFile(path: string, shown: string): ConfigFile {
  if (!['.yaml', '.yml', '.toml', '.json'].includes(extname(path))) {
    throw new HoldfastError(
      'config.invalid',
      `${shown} is not a configuration file: its name must end in .yaml, .yml, .toml or .json`,
    );
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HoldfastError('config.invalid', `cannot read the configuration file ${shown}`, {
      cause,
    });
  }
  return parseConfigFile(text, shown);
}
