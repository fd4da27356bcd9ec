/**
 * A decision while it is being made.
 *
 * @module
 */
import type {
  ChildRef,
  ChildSpec,
  Decision,
  Json,
  LogLine,
  PublishSpec,
  ScheduleSpec,
  WaitSpec,
  WorkItemSpec,
} from '@holdfast/core';
import type { Made } from './active.ts';
import { ProgramError } from './failures.ts';

/** What one segment of a run asks for. */
export interface Draft {
  items: WorkItemSpec[];
  schedules: ScheduleSpec[];
  cancelSchedules: string[];
  waits: WaitSpec[];
  readonly closeWaits: string[];
  children: ChildSpec[];
  readonly cancelChildren: ChildRef[];
  readonly publishes: PublishSpec[];
  readonly logs: LogLine[];
}

export function emptyDraft(): Draft {
  return {
    items: [],
    schedules: [],
    cancelSchedules: [],
    waits: [],
    closeWaits: [],
    children: [],
    cancelChildren: [],
    publishes: [],
    logs: [],
  };
}

/** The parts of a decision that are not asked for but stand. */
export type Standing = Pick<
  Decision,
  'status' | 'undo' | 'failure' | 'blocked' | 'ending' | 'ignored'
>;

/**
 * A copy of a value as JSON has it, which later changes to the value do not reach. `undefined` becomes null.
 *
 * @throws ProgramError where JSON cannot carry it, naming `what`.
 */
export function toJson(value: unknown, what: string, operation?: Made): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value ?? null);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ProgramError('program.failed', `${what} is not JSON: ${why}`, operation);
  }
  if (text === undefined) {
    throw new ProgramError('program.failed', `${what} is not JSON: a ${typeof value}`, operation);
  }
  return JSON.parse(text) as Json;
}
