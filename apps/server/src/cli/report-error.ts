/**
 * How a command's failure reads: what, cause, next step; as one JSON document with `--json`.
 *
 * @module
 */
import { HoldfastError, toErrorRecord } from '@holdfast/core';
import type { Fault } from '@holdfast/core';
import type { Output } from './output.ts';
import { plainJson, plainLines, plainText } from './plain-text.ts';
import { UsageError } from './usage-error.ts';

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly operation?: string;
  readonly cause?: string;
  readonly hint?: string;
  readonly faults?: readonly Fault[];
}

/** Messages of the chain of causes, the nearest first, without repeating what is said already. */
function causeOf(error: unknown): string | undefined {
  const messages: string[] = [];
  let said = error instanceof Error ? error.message : '';
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && cause !== null && messages.length < 5) {
    const message = messageOf(cause);
    if (!said.includes(message)) messages.push(message);
    said = message;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages.length === 0 ? undefined : messages.join(': ');
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // A refused connection to a name with two addresses is an AggregateError with an empty message.
  if (cause.message === '' && cause instanceof AggregateError)
    return cause.errors.map(messageOf).join(', ');
  return cause.message;
}

export function errorDocument(error: unknown): ErrorDocument {
  const cause = causeOf(error);
  return { ...toErrorRecord(error), ...(cause === undefined ? {} : { cause }) };
}

/** @param named whether the code helps: that a command line is wrong is seen without it */
function errorLines(
  document: ErrorDocument,
  { bad, dim }: Output['paintError'],
  named: boolean,
): readonly string[] {
  const { message, code, cause, hint, faults = [] } = document;
  const width = Math.max(0, ...faults.map(({ at }) => at.length));
  return [
    `${bad('error:')} ${plainLines(message)}${named ? dim(` (${code})`) : ''}`,
    ...faults.map((fault) => `  ${plainText(fault.at).padEnd(width)}  ${plainText(fault.message)}`),
    ...(cause === undefined ? [] : [`  ${dim('cause:')} ${plainText(cause)}`]),
    ...(hint === undefined ? [] : [`  ${dim('next:')}  ${plainText(hint)}`]),
  ];
}

/** Writes the error to stderr. Returns the exit code it stands for. */
export function reportError(error: unknown, out: Output): number {
  const document = errorDocument(error);
  if (out.json) {
    out.error(`${plainJson(JSON.stringify({ error: document }))}\n`);
  } else {
    out.error(
      `${errorLines(document, out.paintError, !(error instanceof UsageError)).join('\n')}\n`,
    );
    // Not an operational error: whoever mends it needs to know where it came from.
    if (!(error instanceof HoldfastError) && error instanceof Error)
      out.error(`${out.paintError.dim(plainLines(error.stack ?? ''))}\n`);
  }
  return error instanceof HoldfastError ? error.exitCode : 1;
}
