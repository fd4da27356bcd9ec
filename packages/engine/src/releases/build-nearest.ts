/** Longest edit distance at which one name is taken for another misspelt. */
const MAX_DISTANCE = 3;

/** `; did you mean x?` for the known name nearest to a wrong one, else what there is, else nothing. */
export function nearest(wrong: string, known: readonly string[]): string {
  let best: string | undefined;
  let least = Math.min(MAX_DISTANCE, Math.ceil(wrong.length / 2)) + 1;
  for (const name of known) {
    const [a, b] = [wrong.toLowerCase(), name.toLowerCase()];
    // The beginning of a name is near to it, however much is missing.
    const far = a !== '' && (a.startsWith(b) || b.startsWith(a)) ? 1 : distance(a, b);
    if (far < least) [best, least] = [name, far];
  }
  if (best !== undefined) return `; did you mean ${best}?`;
  return known.length === 0 ? '' : `; known are ${known.join(', ')}`;
}

/** Levenshtein distance, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
