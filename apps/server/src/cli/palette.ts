import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** What colours mean here; every one is the identity where colour is off. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  /** Done, as wished. */
  readonly good: Paint;
  /** Wants attention. */
  readonly warn: Paint;
  /** Went wrong. */
  readonly bad: Paint;
  /** Names things: keys, types, commands to paste. */
  readonly name: Paint;
}

type Style = Parameters<typeof styleText>[0];

export function palette(coloured: boolean): Palette {
  const paint = (style: Style): Paint =>
    coloured ? (text) => styleText(style, text, { validateStream: false }) : (text) => text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    warn: paint('yellow'),
    bad: paint('red'),
    name: paint('cyan'),
  };
}
