/**
 * What pool and thread say to each other. One message may hold many calls, and one many answers.
 *
 * @module
 */
import type { JsonText, Millis } from '@holdfast/core';
import type { DecideAnswer, RouteAnswer, TraceAnswer } from '../sandbox-port.ts';

/** What a thread is started with. */
export interface ThreadStart {
  readonly wasm: WebAssembly.Module;
  /** `PROGRESS_SLOTS` 32-bit integers; see `PROGRESS_CALL`. */
  readonly progress: SharedArrayBuffer;
  readonly memoryLimit: number;
  readonly stackLimit: number;
}

/** Slot that holds the id of the call in progress; 0 between calls. */
export const PROGRESS_CALL = 0;
export const PROGRESS_SLOTS = 1;

/** Number of a program within one pool. */
export type ProgramNumber = number;

/** Script and map as UTF-8 in shared memory, held once for all threads. */
export interface ProgramPost {
  readonly program: ProgramNumber;
  readonly saga: string;
  readonly script: SharedArrayBuffer;
  readonly sourceMap: SharedArrayBuffer | null;
}

export interface DecideCall {
  readonly kind: 'decide';
  readonly program: ProgramNumber;
  readonly gas: number;
  /** See `inputText`. */
  readonly input: JsonText;
}

export interface RouteCall {
  readonly kind: 'route';
  readonly program: ProgramNumber;
  readonly gas: number;
  readonly tenant: string;
  readonly type: string;
  readonly eventId: string;
  readonly data: JsonText;
  readonly now: number;
  readonly decide: boolean;
}

/** See `TraceRequest`; its input asks for the trace. */
export interface TraceCall {
  readonly kind: 'trace';
  readonly program: ProgramNumber;
  readonly gas: number;
  readonly input: JsonText | null;
  readonly places: readonly string[];
}

export type Call = DecideCall | RouteCall | TraceCall;
export type Answer = DecideAnswer | RouteAnswer | TraceAnswer;

/** To be taken in this order: programs, calls, what is to be forgotten. `ids[i]` is the id of `calls[i]`. */
export interface ToThread {
  /** Messages of the thread that had been heard when this was sent. */
  readonly heard: number;
  readonly programs: readonly ProgramPost[];
  readonly ids: readonly number[];
  readonly calls: readonly Call[];
  readonly forget: readonly ProgramNumber[];
}

/**
 * `ids[i]` is the call that `answers[i]` answers, after `costs[i]` milliseconds of running. Null: it was not made, because
 * one of its program's before it failed at a cost.
 */
export interface FromThread {
  readonly ids: readonly number[];
  readonly answers: readonly (Answer | null)[];
  readonly costs: readonly Millis[];
}
