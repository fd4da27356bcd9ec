import { canonicalJson, type Decision, type JsonText } from '@holdfast/core';

/** `canonicalJson` of a decision, of which most is empty: its fields in their order, and only what they hold is looked at. */
export function decisionText(decision: Decision): JsonText {
  return (
    `{"blocked":${held(decision.blocked)}` +
    `,"cancelChildren":${list(decision.cancelChildren)}` +
    `,"cancelSchedules":${list(decision.cancelSchedules)}` +
    `,"children":${list(decision.children)}` +
    `,"closeWaits":${list(decision.closeWaits)}` +
    `,"ending":${held(decision.ending)}` +
    `,"failure":${held(decision.failure)}` +
    `,"ignored":${decision.ignored}` +
    `,"items":${list(decision.items)}` +
    `,"logs":${list(decision.logs)}` +
    `,"publishes":${list(decision.publishes)}` +
    `,"schedules":${list(decision.schedules)}` +
    // Not there where the saga names none: what was recorded before there were any stays the same.
    (decision.search === undefined ? '' : `,"search":${canonicalJson(decision.search)}`) +
    `,"status":"${decision.status}"` +
    `,"undo":${list(decision.undo)}` +
    `,"waits":${list(decision.waits)}}`
  );
}

function list(values: readonly unknown[]): JsonText {
  return values.length === 0 ? '[]' : canonicalJson(values);
}

function held(value: object | null): JsonText {
  return value === null ? 'null' : canonicalJson(value);
}
