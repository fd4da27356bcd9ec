/**
 * A sandbox thread: takes calls in batches, runs them in order, answers in batches. Before each call it notes the call's
 * id where the pool can see it, so that a call which never ends can be told from a thread with much to do. Once a
 * program's call has failed at a cost, its others in the batch are handed back: the pool has them made where they hold up
 * nobody.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isCostlyFailure } from './costly-failure.ts';
import { Machine } from './machine.ts';
import { ProgramRunner } from './program-runner.ts';
import { ProgramShelf } from './program-shelf.ts';
import type { Answer, FromThread, ProgramNumber, ThreadStart, ToThread } from './protocol.ts';
import { PROGRESS_CALL } from './protocol.ts';

/** Answers sent together at most, so that the first of many need not wait for the last. */
const ANSWERS_PER_MESSAGE = 16;

if (parentPort === null) throw new Error('sandbox-thread.ts is the entry of a worker thread');
const port = parentPort;
const start = workerData as ThreadStart;
const progress = new Int32Array(start.progress);
const shelf = new ProgramShelf();
const inbox: ToThread[] = [];
let isRunning = true;

port.on('message', (message: ToThread) => {
  inbox.push(message);
  if (!isRunning) void drain();
});

const runner = new ProgramRunner(await Machine.create(start), shelf);
port.postMessage({ ids: [], answers: [], costs: [] } satisfies FromThread); // it is up
await drain();

async function drain(): Promise<void> {
  isRunning = true;
  for (let message = inbox.shift(); message !== undefined; message = inbox.shift())
    await take(message);
  isRunning = false;
}

async function take({ programs, forget, ids, calls }: ToThread): Promise<void> {
  for (const program of programs) shelf.add(program);
  let answered = 0;
  /** Programs whose further calls are handed back, so that others need not wait for them. */
  const suspects = new Set<ProgramNumber>();
  let answers: (Answer | null)[] = [];
  let costs: number[] = [];
  const flush = (): void => {
    const message: FromThread = {
      ids: ids.slice(answered, answered + answers.length),
      answers,
      costs,
    };
    port.postMessage(message);
    answered += answers.length;
    answers = [];
    costs = [];
  };
  for (const [at, call] of calls.entries()) {
    Atomics.store(progress, PROGRESS_CALL, ids[at] ?? 0);
    const began = performance.now();
    const answer = suspects.has(call.program) ? null : await runner.run(call);
    const cost = performance.now() - began;
    Atomics.store(progress, PROGRESS_CALL, 0);
    if (answer !== null && isCostlyFailure(answer, cost)) suspects.add(call.program);
    answers.push(answer);
    costs.push(cost);
    if (answers.length === ANSWERS_PER_MESSAGE) flush();
  }
  if (answers.length > 0) flush();
  for (const program of forget) shelf.forget(program); // last: calls before may still use it
}
