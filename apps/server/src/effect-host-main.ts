/**
 * The effect host: a process that runs the effect functions of one release, and nothing of the server's (I4).
 *
 * Started as `node effect-host-main.js <effects.mjs>`, with the pipes of `effect-host/frames.ts`. It ends with the
 * server: at the end of its frames, and, should the code it runs hold the event loop at that moment, by a watch in a
 * thread of its own.
 *
 * @module
 */
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionValues } from '@holdfast/gateway';
import { CallRunner } from './effect-host/call-runner.ts';
import type { EffectFunctions } from './effect-host/call-runner.ts';
import { FRAMES_FD, FROM_HOST, LIFELINE_FD, line, TO_HOST } from './effect-host/frames.ts';
import type { HostCall } from './effect-host/frames.ts';
import { LineWriter, readLines } from './effect-host/line-stream.ts';

/** SIGKILL, not `process.exit`: exit handlers of effect code may not keep it alive. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Reads the lifeline in a thread that effect code cannot hold up. */
const WATCH = `
const { Socket } = require('node:net');
const lifeline = new Socket({ fd: ${LIFELINE_FD}, readable: true, writable: false });
const end = () => process.kill(process.pid, 'SIGKILL');
lifeline.on('end', end).on('error', end).on('close', end).resume();
`;

async function load(file: string): Promise<Readonly<Record<string, EffectFunctions>>> {
  const module = (await import(pathToFileURL(file).href)) as { readonly effects?: unknown };
  if (typeof module.effects !== 'object' || module.effects === null) {
    throw new TypeError(`${file} exports no "effects"`);
  }
  return module.effects as Readonly<Record<string, EffectFunctions>>;
}

function serve(frames: Socket, writer: LineWriter, runner: CallRunner): void {
  const onLine = (text: string): void => {
    const rest = text.slice(1);
    switch (text[0]) {
      case TO_HOST.call:
        void runner.run(JSON.parse(rest) as HostCall);
        break;
      case TO_HOST.values:
        runner.setValues(JSON.parse(rest) as FunctionValues);
        break;
      case TO_HOST.abort:
        runner.abort(Number(rest));
        break;
      case TO_HOST.ping:
        writer.write(line(FROM_HOST.pong, process.memoryUsage.rss()));
        break;
      default:
        throw new Error(`the server sent a frame of unknown kind ${JSON.stringify(text[0])}`);
    }
  };
  readLines(frames, onLine, Number.MAX_SAFE_INTEGER, end);
}

async function main(): Promise<void> {
  const file = process.argv[2];
  if (file === undefined) throw new Error('usage: effect-host-main <effects.mjs>');
  const frames = new Socket({ fd: FRAMES_FD, readable: true, writable: true });
  frames.on('end', end).on('error', end).on('close', end);
  const watch = new Worker(WATCH, { eval: true, stdin: false });
  watch.unref();
  const writer = new LineWriter(frames);
  // A terminal and a service manager signal whole groups. The server drains first, and ends this when it is done.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  // A promise that effect code forgot is no reason to leave its other calls in doubt.
  process.on('unhandledRejection', (reason) => console.error('unhandled rejection:', reason));
  try {
    const effects = await load(file);
    serve(frames, writer, new CallRunner(effects, (text) => writer.write(text)));
    writer.write(line(FROM_HOST.ready, JSON.stringify(Object.keys(effects))));
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    writer.write(line(FROM_HOST.unloadable, JSON.stringify(message.slice(0, 4000))));
    // The server ends the process once it has read why.
    frames.resume();
  }
}

await main();
