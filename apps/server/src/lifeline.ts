/**
 * Ends the server when whoever started it has gone without saying so.
 *
 * A launcher (`npm start`, a test) that runs the server in a process group of its own hands it one end of
 * a pipe and names the descriptor in HOLDFAST_LIFELINE_FD. The launcher never writes to it: the end of the
 * stream means that the launcher is dead, even by SIGKILL.
 */
import { Socket } from 'node:net';

const LIFELINE_VARIABLE = 'HOLDFAST_LIFELINE_FD';

/**
 * Calls `onLost` once when the launcher has gone. Does nothing where no launcher gave a lifeline.
 * Does not keep the process alive. Takes the variable out of `env`, so that no child takes it for its own.
 *
 * @throws RangeError when the variable holds no descriptor number
 */
export function watchLifeline(env: NodeJS.ProcessEnv, onLost: () => void): void {
  const value = env[LIFELINE_VARIABLE];
  if (value === undefined) return;
  delete env[LIFELINE_VARIABLE];
  const fd = Number(value);
  if (!Number.isInteger(fd) || fd < 3) {
    throw new RangeError(
      `${LIFELINE_VARIABLE} must be a descriptor number of 3 or more, not "${value}"`,
    );
  }
  const pipe = new Socket({ fd, readable: true, writable: false });
  // An error (a reset by a dying launcher) says the same as the end; 'close' follows either.
  pipe.on('error', () => undefined);
  pipe.once('close', onLost);
  pipe.resume();
  pipe.unref();
}
