/**
 * Text from outside (event types, keys, error messages) as a terminal may safely show it.
 *
 * @module
 */

import { stripVTControlCharacters } from 'node:util';

/**
 * C0 and C1 controls and DEL (ECMA-48), the marks that reorder a line (Unicode bidirectional controls), and what some take
 * for the end of one (U+2028, U+2029).
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON escapes C0 controls by itself; the others stand in its strings only. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** One line that moves no cursor, sets no colour and hides nothing: control characters are shown escaped. */
export function plainText(text: string): string {
  return text.replaceAll(UNSAFE, escaped);
}

/** Whether a terminal may be shown the text as it stands. */
export function isPlain(text: string): boolean {
  return text.search(UNSAFE) === -1;
}

/** JSON text as a terminal may safely show it: the same document, since escapes stand for the characters themselves. */
export function plainJson(json: string): string {
  return json.replaceAll(UNSAFE_IN_JSON, escaped);
}

/** As `plainText`, for text that may have several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

/** Colours that `palette.ts` sets and takes back (ECMA-48 SGR): nothing else of ours is in a line. */
const OWN_COLOUR = /\u001b\[(?:1|2|22|31|32|33|36|39)m/;
const UNSAFE_OR_COLOUR = new RegExp(`${OWN_COLOUR.source}|${UNSAFE.source}`, 'g');
const OUR_COLOUR = new RegExp(`^${OWN_COLOUR.source}$`);

/**
 * What may go out as it is: our own colours, and what moves and hides nothing. All else is shown escaped. Line breaks stay,
 * since a text may have several lines; whoever puts a value from outside into a line escapes those by `plainText`.
 *
 * @param coloured whether there are colours of ours in it; where there are none, none is let through
 */
export function shownText(text: string, coloured: boolean): string {
  return text.replaceAll(UNSAFE_OR_COLOUR, (found) =>
    found === '\n' || (coloured && OUR_COLOUR.test(found))
      ? found
      : Array.from(found, (char) => (/[^\u0020-\u007e]/.test(char) ? escaped(char) : char)).join(
          '',
        ),
  );
}

const ELLIPSIS = '…';
const ASCII = /^[\u0020-\u007e]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader counts as characters. */
function charactersOf(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Characters that text takes on a line; wide ones (CJK, emoji) count as one. */
export function widthOf(text: string): number {
  const bare = stripVTControlCharacters(text);
  return ASCII.test(bare) ? bare.length : charactersOf(bare).length;
}

/** Cuts text to so many characters, saying so by an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return charactersOf(text)
    .slice(0, Math.max(0, width - 1))
    .join('')
    .concat(ELLIPSIS);
}

/** Lines of at most so many characters, but of one at least, broken at spaces where there are any. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > room) {
    const chars = charactersOf(rest);
    const space = chars.slice(0, room + 1).lastIndexOf(' ');
    const at = space > 0 ? space : room;
    lines.push(chars.slice(0, at).join(''));
    rest = chars.slice(space > 0 ? at + 1 : at).join('');
  }
  return [...lines, rest];
}
