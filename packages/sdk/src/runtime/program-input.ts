/**
 * What a program is called with, as its JSON text has it.
 *
 * @module
 */
import type { Json, Micros, ProgramEventKind } from '@holdfast/core';
import type { InstanceKey } from './definitions.ts';

/** `ProgramInput` as its text has it: state and data nested. */
export interface ParsedInput {
  readonly saga: string;
  readonly tenant: string;
  readonly key: string;
  readonly run: number;
  readonly state: Json | null;
  /** Length of the state's text, where that stands at the end of the input's. */
  readonly stateLength?: number;
  readonly event: {
    readonly kind: ProgramEventKind;
    readonly type: string;
    readonly id: string;
    readonly step: string | null;
    readonly data: Json;
  };
  readonly now: Micros;
  readonly seed: string;
  /** Whether the answer is to hold a `DecisionTrace` in place of the state. */
  readonly trace?: true;
}

/** The instance key that a definition gives an event; null for none. */
export function keyOf(
  name: string,
  key: ((data: never, type: string) => InstanceKey) | undefined,
  type: string,
  data: string,
): string | null {
  const found: unknown = key?.(JSON.parse(data) as never, type);
  if (found === undefined || found === null || found === '') return null;
  if (typeof found === 'string' || typeof found === 'number') return String(found);
  throw new TypeError(`the key of ${name} must be text or a number, not ${typeof found}`);
}
