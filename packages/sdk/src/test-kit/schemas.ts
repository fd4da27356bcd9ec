/**
 * Checks what goes in and out of a program against the schemas of its definitions, as the host does.
 *
 * @module
 */
import {
  type Decision,
  type Json,
  MAX_ITEMS_PER_DECISION,
  MAX_STATE_BYTES,
  type ProgramEventKind,
  type WaitSpec,
  WORKFLOW_TYPES,
  type WorkItemSpec,
} from '@holdfast/core';
import type { z } from 'zod';
import { registered, type Source } from '../authoring/registry.ts';

/** An event on its way to a program. */
export interface SentEvent {
  readonly kind: ProgramEventKind;
  readonly type: string;
  readonly step: string | null;
  readonly data: Json;
}

/** What a check needs to know of an instance. */
interface Asking {
  readonly definition: { readonly kind: 'saga' | 'reducer'; readonly name: string };
  readonly calls: ReadonlyMap<string, WorkItemSpec>;
  readonly waits: ReadonlyMap<string, WaitSpec>;
}

/** @throws Error when a test hands in what the host would refuse. */
export function checkEvent(instance: Asking, { kind, type, step, data }: SentEvent): void {
  if (kind === 'start' || kind === 'event') {
    check(`the data of ${type}`, source('event', type)?.schema, data);
  }
  if (type === WORKFLOW_TYPES.effectSucceeded && step !== null) {
    const effect = instance.calls.get(step)?.effect;
    if (effect !== undefined)
      check(`the output of ${effect}`, source('effect', effect)?.output, data);
  }
  if (type === WORKFLOW_TYPES.waitCompleted && step !== null) {
    const definition = instance.waits.get(step)?.definition ?? null;
    if (definition !== null) {
      check(`the payload of ${definition}`, source('wait', definition)?.schema, data);
    }
  }
}

/** @throws Error when the program asks for what the host would refuse. */
export function checkDecision(instance: Asking, decision: Decision, state: string): void {
  for (const { step, effect, input } of decision.items) {
    check(`the input of ${step}`, source('effect', effect)?.input, input);
  }
  for (const { step, type, data } of decision.publishes) {
    check(`what ${step} publishes`, source('event', type)?.schema, data);
  }
  const { definition } = instance;
  if (definition.kind === 'reducer') {
    const { state: own } = JSON.parse(state) as { state: unknown };
    check(`the state of ${definition.name}`, source('saga', definition.name)?.state, own);
  }
  const { items, schedules, waits, children, publishes } = decision;
  const asked = [items, schedules, waits, children, publishes].reduce(
    (sum, { length }) => sum + length,
    0,
  );
  if (asked > MAX_ITEMS_PER_DECISION) {
    throw new Error(
      `a decision asks for ${asked} things; at most ${MAX_ITEMS_PER_DECISION} are allowed`,
    );
  }
  if (state.length > MAX_STATE_BYTES) {
    throw new Error(
      `the state has ${state.length} bytes; at most ${MAX_STATE_BYTES} are allowed: use continueAs`,
    );
  }
}

/** The latest definition of a name; a test file may define one again. */
function source<K extends Source['kind']>(
  kind: K,
  name: string,
): Extract<Source, { kind: K }> | undefined {
  const isIt = (each: Source): each is Extract<Source, { kind: K }> =>
    each.kind === kind && (each.kind === 'event' ? each.type : each.name) === name;
  return registered().findLast(isIt);
}

function check(what: string, schema: z.ZodType | undefined, value: unknown): void {
  const read = schema?.safeParse(value);
  if (read === undefined || read.success) return;
  const faults = read.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`,
  );
  throw new Error(
    `${what} does not fit its schema: ${faults.join('; ')}\n${JSON.stringify(value)}`,
  );
}
