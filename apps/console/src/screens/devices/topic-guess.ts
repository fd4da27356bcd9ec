/**
 * What a topic and one of its messages suggest: which levels vary, and where identity is. Only a beginning: the person
 * chooses.
 *
 * @module
 */
import type { Json } from '@holdfast/core';
import type { SourceChoice } from './source-lines.ts';

/** Whether a level of the filter stands for any. */
export type Levels = readonly boolean[];

/** MQTT 3.1.1 §4.7.1. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  // [MQTT-4.7.2-1]: a wildcard at the first level takes no topic that begins with `$`.
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= given.length || (level !== '+' && level !== given[i])) return false;
  }
  return wanted.length === given.length;
}

export interface Sample {
  readonly topic: string;
  /** undefined: no JSON. */
  readonly payload: Json | undefined;
}

/** Levels in which topics differ that are else the same, and carry the like, are those of the single device. */
export function guessLevels({ topic, payload }: Sample, others: readonly Sample[]): Levels {
  const levels = topic.split('/');
  const varies = levels.map(() => false);
  const shape = shapeOf(payload);
  for (const other of others) {
    const given = other.topic.split('/');
    if (given.length !== levels.length || shapeOf(other.payload) !== shape) continue;
    const different = levels.flatMap((level, i) => (level === given[i] ? [] : [i]));
    const [only] = different;
    if (different.length === 1 && only !== undefined) varies[only] = true;
  }
  // All of them would take everything that has as many levels.
  return varies.every(Boolean) ? varies.map((_, i) => i > 0) : varies;
}

function shapeOf(payload: Json | undefined): string {
  if (typeof payload !== 'object' || payload === null) return typeof payload;
  return Array.isArray(payload) ? 'list' : JSON.stringify(Object.keys(payload).toSorted());
}

export function filterOf(topic: string, levels: Levels): string {
  return topic
    .split('/')
    .map((level, i) => (levels[i] === true ? '+' : level))
    .join('/');
}

export interface Extraction {
  /** As the manifest writes it. */
  readonly written: string;
  /** What it takes of this message. */
  readonly value: string;
}

/** How deep into a payload identity is looked for. */
const MAX_DEPTH = 3;

/** Every place that a source could take a text from: levels of the topic, then texts and numbers of the payload. */
export function extractions(topic: string, payload: Json | undefined): readonly Extraction[] {
  const levels = topic.split('/').map((value, i) => ({ written: `{${i + 1}}`, value }));
  return [...levels, ...(payload === undefined ? [] : pointersOf(payload, '', 1))];
}

function pointersOf(payload: Json, at: string, depth: number): readonly Extraction[] {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return [];
  return Object.entries(payload).flatMap(([name, value]) => {
    const written = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') {
      return [{ written, value: String(value) }];
    }
    return depth < MAX_DEPTH ? pointersOf(value, written, depth + 1) : [];
  });
}

const ID_NAME = /^\/(?:id|uuid|guid|(?:message|msg|event|reading)_?id)$/i;

/** What stands in the form at first. */
export function guessSource(
  sample: Sample,
  others: readonly Sample[],
): { readonly levels: Levels; readonly choice: Omit<SourceChoice, 'mqtt'> } {
  const { topic, payload } = sample;
  const levels = guessLevels(sample, others);
  const names = topic.split('/');
  const word = names.findLast((name, i) => levels[i] !== true && /[A-Za-z]/.test(name)) ?? 'device';
  const varying = levels.indexOf(true);
  return {
    levels,
    choice: {
      type: `${word.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}.reported`,
      id: extractions(topic, payload).find(({ written }) => ID_NAME.test(written))?.written ?? null,
      correlation: varying < 0 ? null : `{${varying + 1}}`,
      subject: null,
    },
  };
}

/** Why a topic is not one for a source; null where it is. */
export function notForSources(topic: string): string | null {
  if (topic.startsWith('hf/events/')) {
    return 'What is published here is an event already: its type is the rest of the topic.';
  }
  if (topic.startsWith('hf/') || topic.startsWith('$')) return "This topic is the house's own.";
  return null;
}

/** The payload as JSON; undefined where it is none, or only its head was kept. */
export function jsonOf({
  payload,
  encoding,
}: {
  readonly payload: string;
  readonly encoding: 'utf8' | 'base64';
}): Json | undefined {
  if (encoding !== 'utf8') return undefined;
  try {
    return JSON.parse(payload) as Json;
  } catch {
    return undefined;
  }
}
