/**
 * What a run has been through, as its state keeps it: the event that started it, every arrival since in order, and
 * every step it asked for. A run is repeated from this, so nothing else need be remembered.
 *
 * @module
 */
import { canonicalJson, type Json, type Micros } from '@holdfast/core';

/** Raised when the shape of the state changes; older shapes must stay readable. */
export const STATE_VERSION = 1;

/** Time and randomness of a segment: what the event that woke the run brought. */
export interface Moment {
  /** Recorded time. */
  readonly t: Micros;
  /** Seed; kept only where randomness was used. */
  readonly s?: string;
}

/** Something that happened to the run: the outcome of a step, a cancel, a redrive. */
export interface Arrival extends Moment {
  /** Type of the event, for example `effect.succeeded`. */
  readonly type: string;
  /** The step it answers; null for cancel and redrive. */
  readonly step: string | null;
  readonly data: Json;
}

/** The event that opened the run. */
interface Start extends Moment {
  readonly type: string;
  readonly id: string;
  readonly data: Json;
}

export type StepKind = 'effect' | 'wait' | 'sleep' | 'child' | 'publish';

/** A step as the run asked for it, in the order of asking. */
export interface StepRecord {
  readonly step: string;
  readonly kind: StepKind;
  readonly request: Json;
}

/** State of a generator saga, as JSON. */
export interface GeneratorState {
  readonly v: number;
  readonly start: Start;
  readonly arrivals: readonly Arrival[];
  readonly steps: readonly StepRecord[];
}

/** Whether two steps ask for the same. Key order does not matter; it may change between releases. */
export function sameStep(a: StepRecord, b: StepRecord): boolean {
  if (a.step !== b.step || a.kind !== b.kind) return false;
  if (JSON.stringify(a.request) === JSON.stringify(b.request)) return true;
  return canonicalJson(a.request) === canonicalJson(b.request);
}

/** Longest request that a message quotes, in characters. */
const QUOTED = 300;

export function describeStep({ step, kind, request }: StepRecord): string {
  const text = JSON.stringify(request);
  return `${kind} ${step} with ${text.length > QUOTED ? text.slice(0, QUOTED) + '…' : text}`;
}
