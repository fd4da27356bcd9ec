/**
 * `config://NAME` and `secret://NAME` in a manifest's texts (R8.2). They are resolved for each attempt, so a rotated
 * secret needs no release; a resolved value is never read as a template or as another reference.
 *
 * @module
 */
export interface Reference {
  readonly scheme: 'config' | 'secret';
  readonly name: string;
}

/** Matches one reference. A name is letters, digits and `_`, and does not start with a digit. */
export const REFERENCE_PATTERN = /(config|secret):\/\/([A-Za-z_][A-Za-z0-9_]*)/;

/** Every reference in a text, in order, repeats included. */
export function findReferences(text: string): Reference[] {
  const found: Reference[] = [];
  for (const match of text.matchAll(new RegExp(REFERENCE_PATTERN, 'g'))) {
    found.push({
      scheme: match[1] === 'secret' ? 'secret' : 'config',
      name: match[2] ?? '',
    });
  }
  return found;
}
