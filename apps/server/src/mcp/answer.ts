/**
 * What a tool answers: JSON on one line and as structured content, bounded, so that one answer never floods an assistant's
 * context.
 *
 * @module
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { toErrorRecord } from '@holdfast/core';

/** Longest JSON of one `state`, `data` or `manifest`. */
const MAX_VALUE = 6_000;
/** Longest answer, in UTF-16 code units. */
const MAX_ANSWER = 30_000;
/** Of it, what stands around a list. */
const AROUND = 1_000;

interface Cut {
  /** Longest text of one value; what is beyond is counted. */
  readonly text: number;
  /** Most items of one list. */
  readonly items: number;
}

/** How much is cut, the least first: the first that fits is answered. */
const CUTS: readonly [Cut, ...Cut[]] = [
  { text: 600, items: Number.POSITIVE_INFINITY },
  { text: 300, items: 100 },
  { text: 150, items: 30 },
  { text: 100, items: 8 },
];

export function answer(value: object): CallToolResult {
  for (const cut of CUTS) {
    const shown = { ...shortened(value, cut), ...(cut === CUTS[0] ? {} : { cut: cutText(cut) }) };
    const text = JSON.stringify(shown);
    if (text.length <= MAX_ANSWER)
      return { content: [{ type: 'text', text }], structuredContent: shown };
  }
  return refused({
    code: 'request.invalid',
    message: 'the answer is too long to be told',
    hint: 'ask for less: by "limit", by a filter, or for one thing of it',
  });
}

function cutText({ text, items }: Cut): string {
  return `the whole would be too long: texts are cut at ${text} characters and lists at ${items} items`;
}

/** Whether so much of a list can be told without cutting it. */
export function fits(value: readonly unknown[]): boolean {
  const [least] = CUTS;
  return (
    JSON.stringify(value.map((item) => shortenedValue(item, least))).length <= MAX_ANSWER - AROUND
  );
}

/** A failure in the words of the API: what, its stable code, what to do. Never a stack. */
export function refusal(error: unknown): CallToolResult {
  const { code, message, hint, faults } = toErrorRecord(error);
  return refused({ code, message, hint, faults });
}

function refused(error: {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly faults?: unknown;
}): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify({ error }) }], isError: true };
}

function shortened(value: object, cut: Cut): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]: readonly [string, unknown]) =>
      member === undefined ? [] : [[name, shortenedValue(member, cut)]],
    ),
  );
}

/** Long texts cut, each saying how much there is. */
function shortenedValue(value: unknown, cut: Cut): unknown {
  if (typeof value === 'string')
    return value.length <= cut.text
      ? value
      : `${value.slice(0, cut.text)}… (${value.length - cut.text} more characters)`;
  if (Array.isArray(value))
    return value.slice(0, cut.items).map((item) => shortenedValue(item, cut));
  return typeof value === 'object' && value !== null ? shortened(value, cut) : value;
}

/** A value of any size from outside (state, data), whole where it is small, else its head. */
export function bounded(value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null';
  const [least] = CUTS;
  return text.length <= MAX_VALUE
    ? value
    : { cut: true, chars: text.length, head: `${text.slice(0, least.text)}…` };
}
