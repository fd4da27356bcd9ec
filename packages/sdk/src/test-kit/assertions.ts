import { AssertionError, deepStrictEqual } from 'node:assert';
import type { Json } from '@holdfast/core';

/** The step of the one open thing of that name or step id. */
export function only(
  what: string,
  named: string,
  open: readonly { readonly step: string; readonly name: string }[],
): string {
  const exact = open.find(({ step }) => step === named);
  if (exact !== undefined) return exact.step;
  const [found, another] = open.filter(({ name }) => name === named);
  const list = open.map(({ step }) => step).join(', ') || 'none';
  if (found === undefined) throw assertion(`no ${what} ${named} is open; open are: ${list}`);
  if (another !== undefined) {
    throw assertion(`several calls of ${named} are open; name one by its step: ${list}`);
  }
  return found.step;
}

function assertion(message: string): AssertionError {
  return new AssertionError({ message });
}

/** @throws AssertionError with the difference. */
export function same(actual: unknown, expected: unknown, message: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new AssertionError({
      message: `${message}\n${detail}`,
      actual,
      expected,
      operator: 'deepStrictEqual',
    });
  }
}

/** What is left of a value that went through JSON; undefined is null. */
export function throughJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
