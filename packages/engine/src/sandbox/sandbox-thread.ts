/**
 * A sandbox thread: takes calls in batches, runs them in order, answers in batches. Before each call it notes the call's
 * id where the pool can see it, so that a call which never ends can be told from a thread with much to do. Once a
 * program's call has failed at a cost, the others of it that were sent before the pool knew are handed back: it has them
 * made where they hold up nobody.
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

/** Programs whose call has failed at a cost, by the number of the message that tells of it. */
const suspects = new Map<ProgramNumber, number>();
/** Messages sent. */
let sent = 0;

port.on('message', (message: ToThread) => {
  inbox.push(message);
  if (!isRunning) void drain();
});

const runner = new ProgramRunner(await Machine.create(start), shelf);
send({ ids: [], answers: [], costs: [] }); // it is up
await drain();

function send(message: FromThread): void {
  port.postMessage(message);
  sent += 1;
}

async function drain(): Promise<void> {
  isRunning = true;
  for (let message = inbox.shift(); message !== undefined; message = inbox.shift())
    await take(message);
  isRunning = false;
}

async function take({ heard, programs, forget, ids, calls }: ToThread): Promise<void> {
  for (const program of programs) shelf.add(program);
  for (const [program, told] of suspects) if (heard >= told) suspects.delete(program);
  let answered = 0;
  let answers: (Answer | null)[] = [];
  let costs: number[] = [];
  const flush = (): void => {
    send({ ids: ids.slice(answered, answered + answers.length), answers, costs });
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
    answers.push(answer);
    costs.push(cost);
    const isBad = answer !== null && isCostlyFailure(answer, cost);
    if (isBad) suspects.set(call.program, sent + 1);
    if (isBad || answers.length === ANSWERS_PER_MESSAGE) flush();
  }
  if (answers.length > 0) flush();
  for (const program of forget) shelf.forget(program); // last: calls before may still use it
}
