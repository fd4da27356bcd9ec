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
import { type Arrival, type GeneratorState, type Start, STATE_VERSION } from './history.ts';
import { keyOf, type ParsedInput } from './program-input.ts';

export function generatorProgram(saga: AnySaga): ProgramTable {
  return {
    key: (type, data) => keyOf(saga.name, saga.options.key, type, data),
    decide: (text) => {
      try {
        return decide(saga, text, false);
      } catch (error) {
        throw placed(error, () => decide(saga, text, true));
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

function decide(saga: AnySaga, text: string, tracing: boolean): ProgramOutput {
  const { state, event, now, seed, ...identity } = JSON.parse(text) as ParsedInput;
  const isStart = state === null;
  const history = isStart ? null : readState(state);
  const start: Start = history?.start ?? {
    type: event.type,
    id: event.id,
    data: event.data,
    t: now,
  };
  const startText = JSON.stringify(start);
  const arrivalsText = (history?.arrivals ?? []).map((each) => JSON.stringify(each));
  const arrival: Arrival = {
    type: event.kind === 'cancel' || event.kind === 'redrive' ? event.kind : event.type,
    step: event.step,
    data: event.data,
    t: now,
  };
  const arrivalText = isStart ? '' : JSON.stringify(arrival);

  const run = new GeneratorRun(
    { ...identity, event: { type: start.type, id: start.id } },
    history?.steps ?? [],
    tracing,
  );
  const body = (): unknown => saga.body(start.data as never, ctx);
  if (isStart) {
    run.goLive();
    run.start(body, { ...start, s: seed });
    return output(run, false, withSeed(startText, run, seed), arrivalsText);
  }
  run.start(body, start);
  for (const each of history?.arrivals ?? []) run.deliver(each);
  run.goLive();
  const answers = event.kind !== 'start' && event.kind !== 'event';
  const taken = answers && run.deliver({ ...arrival, s: seed });
  if (taken) arrivalsText.push(withSeed(arrivalText, run, seed));
  return output(run, !taken, startText, arrivalsText);
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

function output(
  run: GeneratorRun,
  ignored: boolean,
  start: string,
  arrivals: readonly string[],
): ProgramOutput {
  return {
    decision: JSON.stringify(run.decision(ignored)),
    state: `{"v":${STATE_VERSION},"start":${start},"arrivals":[${arrivals.join()}],"steps":${JSON.stringify(run.steps)}}`,
  };
}
