/**
 * Every definition made in this process, in order: where the release builder and the test kit find those that nobody
 * exports, and what only Node needs of them.
 *
 * @module
 */
import type { EffectSource, EventSource, SagaSource, WaitSource } from './sources.ts';

/** A definition with settings, schemas and effect functions. */
export type Source = EventSource | WaitSource | EffectSource | SagaSource;

const sources: Source[] = [];

export function register(source: Source): void {
  sources.push(source);
}

export function registered(): readonly Source[] {
  return sources;
}
