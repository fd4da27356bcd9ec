/**
 * Sizes and durations as people write them.
 *
 * @module
 */

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/**
 * Bytes of a size: `"1 MiB"`, `"512KiB"`, `"10 MB"`, or a number of bytes.
 *
 * @throws RangeError naming the text, when it is not a size.
 */
export function parseBytes(size: string | number): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(size).trim());
  const unit = BYTES[(match?.[2] ?? 'none').toLowerCase()];
  const bytes = match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
  if (!Number.isSafeInteger(Math.round(bytes))) {
    throw new RangeError(
      `not a size: ${JSON.stringify(size)}; write for example "512 KiB" or "1 MiB"`,
    );
  }
  return Math.round(bytes);
}

const BYTE_STEPS = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** Shortest exact text of a size: `1 MiB`, `1536 B`. `parseBytes` reads it back. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of BYTE_STEPS) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${unit}`;
  }
  return `${bytes} B`;
}

const DURATION_STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Shortest exact text of a duration in milliseconds: `30s`, `250ms`. `parseDuration` reads it back. */
export function formatDuration(millis: number): string {
  for (const [unit, size] of DURATION_STEPS) {
    if (millis >= size && millis % size === 0) return `${millis / size}${unit}`;
  }
  return `${millis}ms`;
}
