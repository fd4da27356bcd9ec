/**
 * Sentences of the server, taken apart for the eye: times, which are shown in the person's zone, and command lines,
 * which are shown as such.
 *
 * @module
 */

export interface ProsePart {
  readonly kind: 'text' | 'time' | 'command';
  readonly text: string;
}

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;
/** As the server writes them: up to the end of the sentence, or to what is said of it. */
const COMMAND = String.raw`holdfast [a-z]+ (?:'[^']*'|[^'])+?(?=\.? says |\.(?: |$)|$)`;
const SPECIAL = new RegExp(`(?<time>${TIME})|(?<command>${COMMAND})`, 'g');

export function prosePartsOf(sentence: string): readonly ProsePart[] {
  const parts: ProsePart[] = [];
  let end = 0;
  for (const match of sentence.matchAll(SPECIAL)) {
    if (match.index > end) parts.push({ kind: 'text', text: sentence.slice(end, match.index) });
    const kind = match.groups?.['time'] === undefined ? 'command' : 'time';
    parts.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < sentence.length) parts.push({ kind: 'text', text: sentence.slice(end) });
  return parts;
}
