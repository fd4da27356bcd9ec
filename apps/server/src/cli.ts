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

process.exitCode = await runCli({
  args: process.argv.slice(2),
  around: realSurroundings(),
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
});
