/**
 * The MQTT sources of active releases: which topics other than `hf/events/…` are events, and where in topic or payload
 * their identity is.
 */
import type { Fault, Json, SourceSettings } from '@holdfast/core';
import { MAX_ID_LENGTH } from '../ingest/cloud-events.ts';
import { matchesFilter, topicLevel } from './topic-filter.ts';

/** Finds a text in a message; null when it is not there. */
type Extract = (topic: string, payload: Json) => string | null;

export interface TopicSource {
  readonly settings: SourceSettings;
  readonly id: Extract | null;
  readonly correlation: Extract | null;
  readonly subject: Extract | null;
}

/** What a source makes of one message. */
export interface Identity {
  readonly id: string | null;
  readonly correlationId: string | null;
  readonly subject: string | null;
}

/** Compiles what `read` gives, again whenever it gives something else. */
export class SourceMap {
  readonly #read: () => readonly SourceSettings[];
  #settings: readonly SourceSettings[] = [];
  #sources: readonly TopicSource[] = [];
  /** Changes when the sources do: what was derived from them is then stale. */
  #version = 0;

  constructor(read: () => readonly SourceSettings[]) {
    this.#read = read;
  }

  get version(): number {
    this.#refresh();
    return this.#version;
  }

  /** The sources that take a topic, each once. */
  of(topic: string): readonly TopicSource[] {
    this.#refresh();
    return this.#sources.filter((source) => matchesFilter(source.settings.mqtt, topic));
  }

  #refresh(): void {
    const settings = this.#read();
    const same =
      settings === this.#settings ||
      (settings.length === this.#settings.length &&
        settings.every((one, i) => one === this.#settings[i]));
    if (same) return;
    this.#settings = settings;
    this.#version += 1;
    // Two apps may name the same source: that is one event, not two.
    const distinct = new Map(settings.map((one) => [JSON.stringify(one), one]));
    this.#sources = Array.from(distinct.values(), compile);
  }
}

/** @returns the fault when the source names an id and the message has none */
export function identify(source: TopicSource, topic: string, payload: Json): Identity | Fault {
  const id = source.id?.(topic, payload) ?? null;
  if (source.id !== null && id === null) {
    return { at: source.settings.id ?? '', message: 'holds no text or number to take the id from' };
  }
  return {
    id,
    correlationId: source.correlation?.(topic, payload) ?? null,
    subject: source.subject?.(topic, payload) ?? null,
  };
}

function compile(settings: SourceSettings): TopicSource {
  return {
    settings,
    id: extractor(settings.id),
    correlation: extractor(settings.correlation),
    subject: extractor(settings.subject),
  };
}

/** `{n}` is the topic's n-th level, from 1; anything else a JSON pointer into the payload (RFC 6901). */
function extractor(expression: string | undefined): Extract | null {
  if (expression === undefined) return null;
  const level = /^\{(\d+)\}$/.exec(expression)?.[1];
  if (level !== undefined) return (topic) => textOf(topicLevel(topic, Number(level)));
  const tokens = expression
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (_, payload) => textOf(atPointer(payload, tokens));
}

function atPointer(value: Json, tokens: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const token of tokens) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, token)) return undefined;
    at = (at as { readonly [name: string]: Json })[token];
  }
  return at;
}

function textOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value : null;
}
