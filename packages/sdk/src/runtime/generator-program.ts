/**
 * A generator saga as the engine sees it: `on_event(state, event) -> decision`, JSON text in and out (I6).
 *
 * The state is the run's history. Each call repeats the body from it, then hands it the new event; nothing else is
 * remembered. History is turned into text before the program runs, so a saga may do what it likes with the values that
 * it was given.
 *
 * @module
 */
import type { Json, ProgramOutput, ProgramTable } from '@holdfast/core';
import { ctx } from './context.ts';
import type { AnySaga } from './definitions.ts';
import { ProgramError } from './failures.ts';
import { GeneratorRun } from './generator-run.ts';
import { type Arrival, type GeneratorState, STATE_VERSION } from './history.ts';
import { HistoryText, stateText } from './history-text.ts';
import { keyOf, type ParsedInput } from './program-input.ts';
import { SearchBook } from './search-book.ts';

export function generatorProgram(saga: AnySaga): ProgramTable {
  return {
    key: (type, data) => keyOf(saga.name, saga.options.key, type, data),
    decide: (text) => {
      try {
        return decide(saga, JSON.parse(text) as ParsedInput, text, false);
      } catch (error) {
        throw placed(error, () => decide(saga, JSON.parse(text) as ParsedInput, text, true));
      }
    },
  };
}

/**
 * The error with the place of what it is about. Places cost time, so they are looked for only once something is wrong:
 * a second run, which goes wrong in the same way, notes where each operation was made.
 */
function placed(error: unknown, again: () => unknown): unknown {
  if (!(error instanceof ProgramError) || error.operation === undefined) return error;
  try {
    again();
  } catch (second) {
    if (second instanceof ProgramError && second.operation?.madeAt !== undefined) {
      second.stack = second.operation.madeAt;
      return second;
    }
  }
  return error;
}

function decide(
  saga: AnySaga,
  { state, stateLength, event, now, seed, trace, ...identity }: ParsedInput,
  text: string,
  placing: boolean,
): ProgramOutput {
  const tracing = placing || trace === true;
  const data = JSON.stringify(event.data);
  const { type, id } = event;
  if (state === null) {
    const start = `{"type":${JSON.stringify(type)},"id":${JSON.stringify(id)},"data":${data},"t":${now}}`;
    const searching = searchOf(saga, event.data);
    const opening = { ...identity, event: { type, id } };
    const run = new GeneratorRun(opening, [], undefined, { tracing, searching });
    run.goLive();
    run.start(() => saga.body(event.data as never, ctx), { t: now, s: seed });
    const decision = run.decision(false);
    if (trace === true) return { decision, state: JSON.stringify(run.trace) };
    return { decision, state: stateText(run.newSteps, withSeed(start, run, seed), []) };
  }
  const { start, arrivals, steps } = readState(state);
  const past = new HistoryText(
    stateLength === undefined ? JSON.stringify(state) : text.slice(-1 - stateLength, -1),
  );
  const opened = { ...identity, event: { type: start.type, id: start.id } };
  const searching = searchOf(saga, start.data);
  const run = new GeneratorRun(opened, steps, past, { tracing, searching });
  run.start(() => saga.body(start.data as never, ctx), start);
  for (const each of arrivals) run.deliver(each);
  run.goLive();
  const name = event.kind === 'cancel' || event.kind === 'redrive' ? event.kind : type;
  const arrival = `{"type":${JSON.stringify(name)},"step":${JSON.stringify(event.step)},"data":${data},"t":${now}}`;
  const answers = event.kind !== 'start' && event.kind !== 'event';
  const newest: Arrival = { type: name, step: event.step, data: event.data, t: now, s: seed };
  const taken = answers && run.deliver(newest);
  const decision = run.decision(!taken);
  if (trace === true) return { decision, state: JSON.stringify(run.trace) };
  const added = taken ? withSeed(arrival, run, seed) : null;
  return { decision, state: past.extended(run.newSteps, added) };
}

/** Before the body runs: it may do what it likes with the data that it was given. */
function searchOf({ name, options }: AnySaga, input: Json): SearchBook | null {
  return options.search === undefined
    ? null
    : new SearchBook(`saga ${name}`, options.search, input);
}

function readState(state: Json): GeneratorState {
  const read = state as Partial<GeneratorState> | null;
  if (read?.v !== STATE_VERSION || !read.start || !read.arrivals || !read.steps) {
    const message = `the state was not written by a generator saga of this SDK (version ${STATE_VERSION})`;
    throw new ProgramError('program.history', message);
  }
  return { v: read.v, start: read.start, arrivals: read.arrivals, steps: read.steps };
}

/** Keeps the seed of a segment that used it. */
function withSeed(text: string, run: GeneratorRun, seed: string): string {
  return run.usedSeed ? `${text.slice(0, -1)},"s":"${seed}"}` : text;
}
