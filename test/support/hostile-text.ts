/** Texts as strangers may choose them for whatever they may name, each for another reader that would do more than show it. */

/** What moves a terminal's cursor, colours it, sets its title or clipboard, reorders a line or ends one. */
export const TERMINAL_TRICKS = {
  'clears the screen': '\u001b[2J\u001b[H',
  'colours what follows': '\u001b[41mred',
  'sets the title': '\u001b]0;owned\u0007',
  'writes the clipboard': '\u001b]52;c;cm0gLXJm\u0007',
  'a link that lies': '\u001b]8;;http://evil.example\u0007here\u001b]8;;\u0007',
  'the same by C1': '\u009b2J\u009d0;owned\u009c',
  'goes back over the line': 'gone\r\u0008\u0008\u007f',
  'begins another line': 'x\nforged line',
  'ends one for some': 'x\u2028forged\u2029line\u0085',
  'turns the line around': 'user\u202etxt.exe\u2066\u061c\u200f',
} as const;

/** Any of it, but for the end of a line that we wrote ourselves. */
export const UNSAFE_ON_A_TERMINAL =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Markup that a page which took text for markup would run, load, or make an element of. `window.owned` tells. */
export const MARKUP = {
  script: '<script>window.owned=1</script>',
  image: '<img src=x onerror="window.owned=1">',
  vector: '<svg onload="window.owned=1"><animate onbegin="window.owned=1"></svg>',
  frame: '<iframe srcdoc="<script>parent.owned=1</script>"></iframe>',
  link: '[x](javascript:window.owned=1)<a href="javascript:window.owned=1">x</a>',
  breakout: `'"></title></textarea></style></script><b data-owned=1>x</b>`,
  template: '{{constructor.constructor("window.owned=1")()}}${window.owned=1}',
} as const;

/** All of it in one text. */
export const ALL_MARKUP = Object.values(MARKUP).join(' ');
