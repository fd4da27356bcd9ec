import type { Output } from './output.ts';

/** Nothing moves before this, so that quick things stay quiet. */
const QUIET_MS = 1000;
const FRAME_MS = 100;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * Shows that something is under way, with the seconds it has taken, once it takes over a second. On a terminal only.
 *
 * @param what in the present tense: `Building the release`; asked for each frame where it changes
 */
export async function withProgress<T>(
  out: Output,
  what: string | (() => string),
  work: Promise<T>,
): Promise<T> {
  if (!out.lively) return work;
  const started = performance.now();
  let frame = 0;
  let drawn = false;
  const timer = setInterval(() => {
    const millis = performance.now() - started;
    if (millis < QUIET_MS) return;
    drawn = true;
    out.redraw(
      `${FRAMES[frame++ % FRAMES.length]} ${typeof what === 'string' ? what : what()} ${out.paintError.dim(`${Math.floor(millis / 1000)} s`)}`,
    );
  }, FRAME_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (drawn) out.redraw('');
  }
}
