/**
 * From an operation to what history records of it and what the decision asks for.
 *
 * @module
 */
import { type Json, type JsonText, type Micros, MICROS_PER_MILLI } from '@holdfast/core';
import { type Draft, itemText, toJsonText } from './draft.ts';
import type { Asked } from './fiber.ts';
import type { Operation, Request } from './operation.ts';

/** Requests that become steps of their own. */
export type StepRequest = Exclude<Request, { kind: 'all' | 'race' | 'continue' }>;

/** What history records of a request, as JSON: all that decides what is asked, and nothing that time decides. */
export function recordOf(
  step: string,
  request: StepRequest,
  operation: Operation<unknown>,
): JsonText {
  return toJsonText(recorded(request), `what ${request.kind} ${step} is given`, operation);
}

function recorded(request: StepRequest): unknown {
  switch (request.kind) {
    case 'effect':
      return request.input;
    case 'wait':
      return { definition: request.definition, timeout: request.timeout };
    case 'sleep':
      return request.duration;
    case 'child':
      return { key: request.key, input: request.input };
    case 'publish':
      return { subject: request.subject, data: request.data };
  }
}

/** Adds a step to the decision. `record`: see `recordOf`. `undoes`: the step it helps to undo. */
export function askFor(
  draft: Draft,
  step: string,
  record: JsonText,
  request: StepRequest,
  at: { readonly now: Micros; readonly key: string; readonly undoes: string | undefined },
): void {
  switch (request.kind) {
    case 'effect':
      draft.items.push(itemText(step, request.name, record, at.undoes));
      return;
    case 'wait': {
      const { name, definition, timeout } = request;
      const expiresAt = timeout === null ? null : at.now + timeout * MICROS_PER_MILLI;
      draft.waits.push({ step, name, definition, expiresAt });
      return;
    }
    case 'sleep':
      draft.schedules.push({ name: step, dueAt: at.now + request.duration * MICROS_PER_MILLI });
      return;
    case 'child':
      draft.children.push({
        step,
        saga: request.name,
        key: childKey(request.key, at.key, step),
        input: member(record, 'input'),
      });
      return;
    case 'publish':
      draft.publishes.push({
        step,
        type: request.name,
        ...(request.subject === undefined ? {} : { subject: request.subject }),
        data: member(record, 'data'),
      });
      return;
  }
}

/** Takes back a step that this decision asked for, as if it had not been. */
export function withdraw(draft: Draft, step: string): void {
  draft.items = draft.items.filter((item) => item.step !== step);
  draft.schedules = draft.schedules.filter(({ name }) => name !== step);
  draft.waits = draft.waits.filter((wait) => wait.step !== step);
  draft.children = draft.children.filter((each) => each.step !== step);
}

/** Tells the host that nobody waits for a step any more. An effect in flight cannot be called back. */
export function letGo(draft: Draft, { id, operation: { request } }: Asked, key: string): void {
  if (request.kind === 'wait') draft.closeWaits.push(id);
  if (request.kind === 'sleep') draft.cancelSchedules.push(id);
  if (request.kind === 'child') {
    const { name, key: own } = request;
    draft.cancelChildren.push({ step: id, saga: name, key: childKey(own, key, id) });
  }
}

/** A child without a key of its own is named after its parent and the step. */
function childKey(own: string | undefined, parent: string, step: string): string {
  return own ?? `${parent}/${step}`;
}

function member(text: JsonText, name: string): Json {
  const record = JSON.parse(text) as Readonly<Record<string, Json>>;
  return record[name] ?? null;
}
