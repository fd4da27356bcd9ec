/**
 * Reads `holdfast.release.yaml`, and says for each fault the line and column it is at.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Fault,
  HoldfastError,
  type ReleaseFile,
  releaseFileJsonSchema,
  releaseFileSchema,
} from '@holdfast/core';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { nearest } from './build-nearest.ts';

const RELEASE_FILE = 'holdfast.release.yaml';

type Path = readonly PropertyKey[];

/** The file's content, and where in it things are. */
export interface ReadReleaseFile {
  readonly file: ReleaseFile;
  /** `file:line:column` of a value, or of the nearest thing around it that is there. */
  readonly at: (path: Path) => string;
}

/** @throws HoldfastError `release.invalid` with every fault of the file. */
export function readReleaseFile(projectDir: string): ReadReleaseFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(projectDir), { lineCounter: lines });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${RELEASE_FILE}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map(({ pos, message }) => ({
        at: place(pos[0]),
        message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message,
      })),
    );
  }
  const at = (path: Path): string => place(offsetOf(document, path));
  const read = releaseFileSchema.safeParse(document.toJS() ?? {});
  if (read.success) return { file: read.data, at };
  const faults: Fault[] = [];
  for (const issue of read.error.issues) {
    const name = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const known = knownKeys(issue.path);
        faults.push({
          at: place(offsetOfKey(document, [...issue.path, key])),
          message: `unknown key ${name === '' ? '' : `${name}.`}${key}${nearest(key, known)}`,
        });
      }
      continue;
    }
    if (issue.code === 'invalid_key') {
      const why = issue.issues.map(({ message }) => message).join('; ');
      faults.push({ at: place(offsetOfKey(document, issue.path)), message: `${name}: ${why}` });
      continue;
    }
    faults.push({ at: at(issue.path), message: `${name}: ${issue.message}` });
  }
  throw invalid(faults);
}

function invalid(faults: readonly Fault[]): HoldfastError {
  return new HoldfastError('release.invalid', `${RELEASE_FILE} has ${count(faults)}`, {
    operation: 'build release',
    faults,
  });
}

function count({ length }: readonly Fault[]): string {
  return length === 1 ? 'a fault' : `${length} faults`;
}

function readText(projectDir: string): string {
  try {
    return readFileSync(join(projectDir, RELEASE_FILE), 'utf8');
  } catch (error) {
    throw new HoldfastError('release.invalid', `${projectDir} has no ${RELEASE_FILE}`, {
      operation: 'build release',
      hint: 'run it in a project, or make one: holdfast init',
      cause: error,
    });
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Offset of the key itself, where the value is not what is wrong. */
function offsetOfKey(document: Document, path: Path): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const name = String(path.at(-1));
  if (isMap(parent)) {
    for (const pair of parent.items) {
      if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === name && pair.key.range) {
        return pair.key.range[0];
      }
    }
  }
  return offsetOf(document, path);
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** Keys that may stand where the path leads. */
function knownKeys(path: Path): string[] {
  let nodes: SchemaNode[] = [releaseFileJsonSchema()];
  for (const key of path) {
    nodes = flatten(nodes).flatMap((node) => {
      const child =
        typeof key === 'number'
          ? node.items
          : (node.properties?.[String(key)] ?? node.additionalProperties);
      return typeof child === 'object' ? [child] : [];
    });
  }
  return flatten(nodes).flatMap(({ properties }) => Object.keys(properties ?? {}));
}

function flatten(nodes: readonly SchemaNode[]): SchemaNode[] {
  return nodes.flatMap((node) => [
    node,
    ...flatten([...(node.anyOf ?? []), ...(node.oneOf ?? [])]),
  ]);
}
