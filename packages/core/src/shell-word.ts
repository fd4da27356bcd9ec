/**
 * Words of a command line that a person is shown to paste. What they name may have been chosen by a stranger: a key such
 * as `x; rm -r ~` or `--url=https://elsewhere` must arrive as the key that it is.
 *
 * @module
 */

/** What no POSIX shell takes for anything but itself, wherever it stands. */
const PLAIN = /^[\w./:@+,][\w./:=@%+,-]*$/;

/** Text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A command with operands, and flags where it needs any. Of operands that begin like an option `--` says that they are
 * none.
 *
 * @param flags as they are to stand there, for example `--dry-run`
 */
export function shellCommand(
  verb: string,
  operands: readonly string[],
  ...flags: readonly string[]
): string {
  const words = operands.map(shellWord);
  const parts = operands.some((operand) => operand.startsWith('-'))
    ? [...flags, '--', ...words]
    : [...words, ...flags];
  return [verb, ...parts].join(' ');
}
