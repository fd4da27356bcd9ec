/**
 * The first of `expected` that no line after the one before fits; null when the lines tell all of them in this order,
 * whatever stands between.
 */
export function missingFromStory(
  lines: readonly string[],
  expected: readonly RegExp[],
): string | null {
  let from = 0;
  for (const wanted of expected) {
    const at = lines.findIndex((line, index) => index >= from && wanted.test(line));
    if (at < 0)
      return `${wanted} after line ${from} of\n${lines.map((line, i) => `${i} ${line}`).join('\n')}`;
    from = at + 1;
  }
  return null;
}
