/**
 * The restaurant's outside services as a process of their own.
 *
 *     node services-main.js --calls FILE [--port 0] [--control] [--lifeline]
 *
 * Prints `{"event":"ready","url":…,"pid":…}` once it listens, on loopback alone.
 * `--lifeline`: it ends when its stdin does, and leaves signals to who started it.
 *
 * @module
 */
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createOutsideServer } from './outside/outside-server.ts';

const EXIT_USAGE = 2;
const EXIT_UNAVAILABLE = 69;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { values } = parseArgs({
  options: {
    calls: { type: 'string' },
    port: { type: 'string', default: '0' },
    control: { type: 'boolean', default: false },
    lifeline: { type: 'boolean', default: false },
  },
});
if (values.calls === undefined) {
  console.error('usage: services-main --calls FILE [--port N] [--control] [--lifeline]');
  process.exit(EXIT_USAGE);
}

if (values.lifeline) {
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  const end = (): void => process.exit(0);
  process.stdin.on('end', end).on('error', end).resume();
}

const server = createOutsideServer({ callsFile: values.calls, control: values.control });
server.once('error', (error) => {
  console.error(`the restaurant's services cannot listen on port ${values.port}: ${error.message}`);
  process.exit(EXIT_UNAVAILABLE);
});
server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const ready = { event: 'ready', url: `http://127.0.0.1:${port}`, pid: process.pid };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
});
