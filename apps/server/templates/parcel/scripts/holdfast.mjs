/**
 * Finds the holdfast command and becomes it. In this order:
 *
 * 1. the environment variable HOLDFAST: a path, or a name on the PATH
 * 2. .holdfast.local.json: the command that made this project, on this machine; git ignores it
 * 3. holdfast on the PATH
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCAL = fileURLToPath(new URL('../.holdfast.local.json', import.meta.url));

function findCommand() {
  if (process.env.HOLDFAST) return { command: [process.env.HOLDFAST] };
  const local = existsSync(LOCAL) ? JSON.parse(readFileSync(LOCAL, 'utf8')) : { command: [] };
  const there = local.command.length > 0 && local.command.every((path) => existsSync(path));
  return there ? local : { command: ['holdfast'] };
}

const { command, dataDir } = findCommand();
const [file, ...first] = command;
const env = dataDir ? { HOLDFAST_DATA_DIR: dataDir, ...process.env } : process.env;
const child = spawn(file, [...first, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
  shell: process.platform === 'win32' && first.length === 0,
});

// On a terminal Ctrl-C reaches the child by itself; either way wait for it to end in order.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) child.kill('SIGINT');
});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
child.once('error', (error) => {
  console.error(`cannot run ${file}: ${error.message}`);
  console.error('Put holdfast on the PATH, or set HOLDFAST to its path.');
  process.exitCode = 69;
});
