/**
 * What a tool answers: JSON on one line, bounded, so that one answer never floods an assistant's context.
 *
 * @module
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { toErrorRecord } from '@holdfast/core';

/** Longest text of one value, in UTF-16 code units; what is beyond is counted. */
export const MAX_TEXT = 600;
/** Longest JSON of one `state`, `data` or `manifest`. */
const MAX_VALUE = 6_000;
/** Longest answer. */
export const MAX_ANSWER = 30_000;

export function answer(value: unknown): CallToolResult {
  const text = JSON.stringify(shortened(value));
  if (text.length <= MAX_ANSWER) return { content: [{ type: 'text', text }] };
  return {
    content: [
      {
        type: 'text',
        text: JSON.stringify({
          cut: true,
          chars: text.length,
          hint: 'The answer is too long: ask for fewer by "limit", or filter.',
          head: text.slice(0, MAX_ANSWER),
        }),
      },
    ],
  };
}

/** A failure in the words of the API: what, its stable code, what to do. Never a stack. */
export function refusal(error: unknown): CallToolResult {
  const { code, message, hint, faults } = toErrorRecord(error);
  const text = JSON.stringify({ error: { code, message, hint, faults } });
  return { content: [{ type: 'text', text }], isError: true };
}

/** Long texts cut, each saying how much there is. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= MAX_TEXT
      ? value
      : `${value.slice(0, MAX_TEXT)}… (${value.length - MAX_TEXT} more characters)`;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]: readonly [string, unknown]) =>
      member === undefined ? [] : [[name, shortened(member)]],
    ),
  );
}

/** A value of any size from outside (state, data), whole where it is small, else its head. */
export function bounded(value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null';
  return text.length <= MAX_VALUE
    ? value
    : { cut: true, chars: text.length, head: `${text.slice(0, MAX_TEXT)}…` };
}
