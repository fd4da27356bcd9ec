/** What each exit code of the CLI means (DESIGN, CLI). */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed: not found, refused, or a fault of its own',
  2: 'the command line or the request is wrong',
  65: 'the data is corrupt, missing, or newer than this program',
  69: 'no server answers, or it cannot now',
  73: 'no space left',
  74: 'reading or writing failed',
  75: 'locked or overloaded: try again',
  77: 'not allowed',
  78: 'the configuration or the release is wrong',
};
