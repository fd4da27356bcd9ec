/**
 * Entry of the `holdfast` command.
 *
 * @module
 */
import { realSurroundings } from './config/data-dir.ts';
import { runCli } from './cli/run-cli.ts';

// Whoever reads our output may stop before its end (`| head`): nothing more to say then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 74);
});

/** What a finished command left open may take this long to close. */
const CLOSE_WITHIN_MS = 5000;

process.exitCode = await runCli({
  args: process.argv.slice(2),
  around: realSurroundings(),
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
});

// Does not keep the process: it fires only where something else still does, and nobody waits for that any more.
setTimeout(() => {
  // A slow reader of our output is waited for.
  if (process.stdout.writableLength > 0) return;
  const left = process.getActiveResourcesInfo().join(', ');
  process.stderr.write(`holdfast: ended, though this was still open: ${left}\n`);
  process.exit();
}, CLOSE_WITHIN_MS).unref();
