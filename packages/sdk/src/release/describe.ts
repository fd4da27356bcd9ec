/**
 * What the release builder reads from a project: it evaluates the project's entry in a process of its own, then asks
 * here for all that was defined.
 *
 * @module
 */
import { DEFAULT_GAS, type ReleaseDescription } from '@holdfast/core';
import type { z } from 'zod';
import { registered, type Source } from '../authoring/registry.ts';
import type { SagaSource } from '../authoring/sources.ts';
import { SDK_VERSION } from '../version.ts';
import { toJsonSchema } from './json-schema.ts';

type JsonSchema = Record<string, unknown>;

/** Describes every definition made so far. `exports`: what the project's entry exports. */
export function describeRelease(exports: Readonly<Record<string, unknown>>): ReleaseDescription {
  const faults: string[] = [];
  const all = sortedUnique(registered(), faults);
  const schemaOf = (what: string, schema: z.ZodType | undefined): JsonSchema | undefined => {
    try {
      return schema === undefined ? undefined : toJsonSchema(schema);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      faults.push(`${what}: the schema says what JSON Schema cannot: ${why}`);
      return undefined;
    }
  };
  const description: ReleaseDescription = {
    sdk: SDK_VERSION,
    events: [],
    waits: [],
    effects: [],
    sagas: [],
    faults,
  };
  for (const source of all) {
    const what = labelOf(source);
    switch (source.kind) {
      case 'event': {
        const schema = schemaOf(what, source.schema);
        description.events.push({ type: source.type, ...(schema && { schema }) });
        break;
      }
      case 'wait': {
        const { name, title } = source;
        const schema = schemaOf(what, source.schema);
        description.waits.push({ name, ...(title && { title }), ...(schema && { schema }) });
        break;
      }
      case 'effect': {
        const { name, options, secrets, run, check } = source;
        const input = schemaOf(`${what}, input`, source.input);
        const output = schemaOf(`${what}, output`, source.output);
        description.effects.push({
          name,
          options,
          hasFunction: run !== undefined,
          hasCheck: check !== undefined,
          secrets: [...secrets],
          ...(input && { input }),
          ...(output && { output }),
        });
        break;
      }
      case 'saga':
        description.sagas.push(sagaLine(source, exports));
        break;
    }
  }
  return description;
}

function sagaLine(
  { name, style, definition, on, starts }: SagaSource,
  exports: Readonly<Record<string, unknown>>,
): ReleaseDescription['sagas'][number] {
  const {
    pin = 'compatible',
    restart = 'refuse',
    tries = 1,
    gas = DEFAULT_GAS,
    key,
    search,
  } = definition.options;
  const exported = Object.entries(exports).find(([, value]) => value === definition);
  return {
    name,
    style,
    on: [...on],
    starts: [...starts],
    pin,
    restart,
    tries,
    gas,
    exportName: exported?.[0] ?? null,
    ...(search !== undefined && { search: Object.keys(search).toSorted() }),
    ...(key !== undefined && { keySource: Function.prototype.toString.call(key) }),
  };
}

/** In order of kind and name; the same name twice within a kind is a fault. */
function sortedUnique(sources: readonly Source[], faults: string[]): Source[] {
  const byLabel = new Map<string, Source>();
  for (const source of sources) {
    const label = labelOf(source);
    if (byLabel.has(label)) faults.push(`${label} is defined twice`);
    byLabel.set(label, source);
  }
  return [...byLabel].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
}

function labelOf(source: Source): string {
  return `${source.kind} ${source.kind === 'event' ? source.type : source.name}`;
}
