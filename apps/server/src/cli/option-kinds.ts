/**
 * Kinds of option values, checked while the command line is read.
 *
 * @module
 */
import { parseDuration } from '@holdfast/core';
import { InvalidArgumentError } from 'commander';

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `Not a whole number of ${min} or more.`
        : `Not a whole number from ${min} to ${max}.`,
    );
  };
}

/** Kept as text, since that is how the API takes it. */
export function durationText(text: string): string {
  try {
    parseDuration(text);
  } catch {
    throw new InvalidArgumentError('Not a duration; write for example 30s, 15m or 1h30m.');
  }
  return text;
}

/** An option that may be given more than once. */
export function eachOf(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** An option that may be given more than once, and may hold several values separated by commas. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter((part) => part !== '')];
}
