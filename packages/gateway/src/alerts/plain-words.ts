/** Numbers as alerts say them. */
import type { Millis } from '@holdfast/core';

const SPANS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `3 h`, `12 min`: in the greatest unit that fits, cut. */
export function spanText(millis: Millis): string {
  for (const [unit, size] of SPANS)
    if (millis >= size) return `${Math.floor(millis / size)} ${unit}`;
  return `${Math.max(0, Math.floor(millis))} ms`;
}

const SIZES = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

export function bytesText(bytes: number): string {
  for (const [unit, size] of SIZES)
    if (bytes >= size) return `${(bytes / size).toFixed(bytes < 10 * size ? 1 : 0)} ${unit}`;
  return `${bytes} bytes`;
}
