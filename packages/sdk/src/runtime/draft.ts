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
  JsonText,
  LogLine,
  PublishSpec,
  ScheduleSpec,
  WaitSpec,
} from '@holdfast/core';
import type { Made } from './active.ts';
import { ProgramError } from './failures.ts';

/** A `WorkItemSpec` as it will stand in the decision. Its input was text already, and is not written twice. */
export interface ItemText {
  readonly step: string;
  readonly text: JsonText;
}

/** What one segment of a run asks for. */
export interface Draft {
  items: ItemText[];
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
  'status' | 'undo' | 'failure' | 'blocked' | 'ending' | 'ignored' | 'search'
>;

/** @param input JSON text @param undoes the step it helps to undo */
export function itemText(step: string, effect: string, input: JsonText, undoes?: string): ItemText {
  const end = undoes === undefined ? '}' : `,"undoes":${JSON.stringify(undoes)}}`;
  const names = `{"step":${JSON.stringify(step)},"effect":${JSON.stringify(effect)}`;
  return { step, text: `${names},"input":${input}${end}` };
}

/** The decision, without what it says nothing of: writing JSON is most of what a decision costs. */
export function decisionText(draft: Draft, standing: Standing): JsonText {
  let text = `{"status":"${standing.status}"`;
  if (draft.items.length > 0) text += `,"items":[${draft.items.map((item) => item.text).join()}]`;
  text +=
    listText('schedules', draft.schedules) +
    listText('cancelSchedules', draft.cancelSchedules) +
    listText('waits', draft.waits) +
    listText('closeWaits', draft.closeWaits) +
    listText('children', draft.children) +
    listText('cancelChildren', draft.cancelChildren) +
    listText('publishes', draft.publishes) +
    listText('logs', draft.logs) +
    listText('undo', standing.undo);
  if (standing.failure !== null) text += `,"failure":${JSON.stringify(standing.failure)}`;
  if (standing.blocked !== null) text += `,"blocked":${JSON.stringify(standing.blocked)}`;
  if (standing.search !== undefined) text += `,"search":${JSON.stringify(standing.search)}`;
  if (standing.ending !== null) text += `,"ending":${JSON.stringify(standing.ending)}`;
  return text + (standing.ignored ? ',"ignored":true}' : '}');
}

function listText(name: string, list: readonly unknown[]): string {
  return list.length === 0 ? '' : `,"${name}":${JSON.stringify(list)}`;
}

/**
 * A copy of a value as JSON has it, which later changes to the value do not reach. `undefined` becomes null.
 *
 * @throws ProgramError where JSON cannot carry it, naming `what`.
 */
export function toJson(value: unknown, what: string, operation?: Made): Json {
  return JSON.parse(toJsonText(value, what, operation)) as Json;
}

/** As `toJson`, as text. */
export function toJsonText(value: unknown, what: string, operation?: Made): JsonText {
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
  return text;
}
