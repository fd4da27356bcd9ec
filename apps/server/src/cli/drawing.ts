/**
 * Characters that we draw with, where the locale cannot show them: an ASCII one in the place of each.
 *
 * @module
 */

/** One column each, so that nothing moves. */
const ASCII: Readonly<Record<string, string>> = {
  '●': 'o',
  '◆': '*',
  '▶': '>',
  '·': '.',
  '◌': '~',
  '◷': '@',
  '■': '#',
  '█': '#',
  '▁': '_',
  '▂': '.',
  '▃': ':',
  '▄': '-',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '┄': '.',
  '╌': '-',
  '┈': '~',
  '▒': '=',
  '↶': '<',
  '›': '>',
  '✓': '+',
  '✗': 'x',
  '…': '~',
  '→': '>',
  '─': '-',
};
const DRAWN = new RegExp(`[${Object.keys(ASCII).join('')}⠀-⣿]`, 'gu');
/** Frames of progress are braille patterns. */
const OTHER = '*';

/** The same text in ASCII, as far as we drew it; what came from outside stays as it is. */
export function asciiDrawing(text: string): string {
  return text.replaceAll(DRAWN, (glyph) => ASCII[glyph] ?? OTHER);
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether the terminal shows more than ASCII: unless the locale names another encoding than UTF-8 (POSIX: LC_ALL over
 * LC_CTYPE over LANG; `C` and `POSIX` are ASCII). Where none is set, as in most containers, the terminal is taken for one
 * of today's.
 */
export function showsUnicode(env: Env): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((text) => (text ?? '') !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}
