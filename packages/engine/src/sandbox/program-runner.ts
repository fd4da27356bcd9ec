import { decisionSeed, type DecisionTrace, unreachable } from '@holdfast/core';
import type { DecideAnswer, ProgramFault, RouteAnswer, TraceAnswer } from '../sandbox-port.ts';
import { sha256 } from '../sha256.ts';
import { Nonsense } from './field-reader.ts';
import { inputText } from './input-text.ts';
import { LOAD_GAS } from './limits.ts';
import type { Machine, RunResult } from './machine.ts';
import { readKey, readOutput } from './program-output.ts';
import type { LoadedProgram, ProgramShelf, ShelvedProgram } from './program-shelf.ts';
import type { Answer, Call, DecideCall, RouteCall, TraceCall } from './protocol.ts';

/** What the prelude tells of something thrown. */
interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string;
  /** `stack` or `memory` when QuickJS threw it because there was no more; else empty. */
  readonly limit: string;
}

type Text = Extract<RunResult, { kind: 'text' }>;
type Ran = { readonly ok: true; readonly run: Text } | Refusal;
interface Refusal {
  readonly ok: false;
  readonly failure: ProgramFault;
}

/** Codes a program may give its own errors. The others are verdicts of the sandbox, and not a program's to give. */
const OWN_CODES = [
  'program.failed',
  'program.history',
  'program.input',
  'program.nonsense',
] as const;

const PROMISES =
  'it started a promise, and nothing in a saga waits for one: use yield* with an effect, sleep or waitFor';

/** Runs calls one after the other on one machine, and tells their results apart. */
export class ProgramRunner {
  readonly #shelf: ProgramShelf;
  #machine: Machine;

  constructor(machine: Machine, shelf: ProgramShelf) {
    this.#machine = machine;
    this.#shelf = shelf;
  }

  async run(call: Call): Promise<Answer> {
    const shelved = this.#shelf.get(call.program);
    if (call.kind === 'trace' && call.input === null) return traced(shelved, call, null);
    const loaded = await this.#load(shelved);
    if ('code' in loaded) return { ok: false, failure: loaded };
    switch (call.kind) {
      case 'decide':
        return this.#decide(shelved, loaded, call);
      case 'route':
        return this.#route(shelved, loaded, call);
      case 'trace': {
        const { gas, input } = call;
        const made = await this.#decide(shelved, loaded, { gas, input: input ?? '' });
        return made.ok ? traced(shelved, call, made) : made;
      }
      default:
        return unreachable(call);
    }
  }

  async #decide(
    shelved: ShelvedProgram,
    loaded: LoadedProgram,
    { input, gas }: Pick<DecideCall, 'input' | 'gas'>,
  ): Promise<DecideAnswer> {
    const ran = await this.#call(shelved, loaded, 'decide', [input], gas);
    if (!ran.ok) return ran;
    try {
      return { ok: true, ...readOutput(ran.run.text), gasUsed: ran.run.gasUsed };
    } catch (error) {
      return nonsense(error);
    }
  }

  async #route(
    shelved: ShelvedProgram,
    loaded: LoadedProgram,
    call: RouteCall,
  ): Promise<RouteAnswer> {
    const { tenant, type, eventId, data, now, gas } = call;
    const ran = await this.#call(shelved, loaded, 'key', [type, data], gas);
    if (!ran.ok) return ran;
    let key: string | null;
    try {
      key = ran.run.text[0] === letter('N') ? null : readKey(ran.run.text);
    } catch (error) {
      return nonsense(error);
    }
    // A key that no instance can have is for the engine to refuse: there is nothing to decide.
    if (key === null || key === '' || key.includes('\u0000') || !call.decide) {
      return { ok: true, key, seed: null, decided: null };
    }
    const { saga } = shelved;
    const seed = decisionSeed(sha256, { tenant, saga, key, run: 1, eventId });
    const event = { kind: 'start', type, id: eventId, step: null, data } as const;
    const input = inputText({ saga, tenant, key, run: 1, state: null, event, now, seed });
    return { ok: true, key, seed, decided: await this.#decide(shelved, loaded, { input, gas }) };
  }

  async #call(
    shelved: ShelvedProgram,
    loaded: LoadedProgram,
    entry: 'key' | 'decide',
    texts: readonly string[],
    gas: number,
  ): Promise<Ran> {
    await this.#renewMachine();
    const ran = verdict(shelved, this.#machine.call(loaded.image, entry, texts, gas), gas);
    if (ran.ok && !loaded.hasPromiseJobs && this.#machine.hasPromiseJobs)
      return refusal('program.failed', PROMISES);
    return ran;
  }

  async #load(shelved: ShelvedProgram): Promise<LoadedProgram | ProgramFault> {
    this.#shelf.touch(shelved);
    if (shelved.loaded !== null) return shelved.loaded;
    await this.#renewMachine();
    const { result, image } = this.#machine.load(shelved.script, LOAD_GAS);
    const ran = verdict(shelved, result, LOAD_GAS);
    if (!ran.ok) shelved.loaded = ran.failure;
    else if (image !== null)
      shelved.loaded = { image, hasPromiseJobs: this.#machine.hasPromiseJobs };
    else
      shelved.loaded = fault(
        'program.memory',
        'the program alone takes more memory than a machine starts with',
      );
    return shelved.loaded;
  }

  async #renewMachine(): Promise<void> {
    if (this.#machine.isSpent) this.#machine = await this.#machine.renew();
  }
}

function traced(
  { places }: ShelvedProgram,
  call: TraceCall,
  made: Extract<DecideAnswer, { ok: true }> | null,
): TraceAnswer {
  const trace = made === null ? null : readTrace(made.state);
  return {
    ok: true,
    decision: made?.decision ?? null,
    steps: trace?.steps.map(({ step, stack }) => ({ step, at: places.placeIn(stack) })) ?? null,
    failedAt: typeof trace?.failedAt === 'string' ? places.placeIn(trace.failedAt) : null,
    places: call.places.map((at) => places.placeAt(at)),
  };
}

/** The trace that was asked for; null where the program's SDK knows of none, and has answered its state as ever. */
function readTrace(text: string): DecisionTrace | null {
  const read = JSON.parse(text) as Partial<DecisionTrace> | null;
  return read?.trace === 1 && Array.isArray(read.steps) ? (read as DecisionTrace) : null;
}

function verdict(shelved: ShelvedProgram, result: RunResult, gas: number): Ran {
  switch (result.kind) {
    case 'gas':
      return refusal('program.gas', `it ran longer than its gas of ${gas} ticks allows`);
    case 'memory':
      return refusal('program.memory', result.message);
    case 'text':
      break;
  }
  if (result.text[0] === letter('X'))
    return refusal('program.nonsense', result.text.toString('utf8', 1));
  if (result.text[0] === letter('E')) {
    return {
      ok: false,
      failure: thrown(shelved, JSON.parse(result.text.toString('utf8', 1)) as Thrown),
    };
  }
  return { ok: true, run: result };
}

function thrown(shelved: ShelvedProgram, error: Thrown): ProgramFault {
  const { at, stack } = shelved.places.locate(error.stack);
  const message = error.message === '' ? error.name : error.message;
  const code =
    error.limit === ''
      ? (OWN_CODES.find((own) => own === error.code) ?? 'program.failed')
      : 'program.memory';
  return { code, message, at, stack };
}

function nonsense(error: unknown): Refusal {
  if (error instanceof Nonsense) return refusal('program.nonsense', error.message);
  throw error;
}

function refusal(code: ProgramFault['code'], message: string): Refusal {
  return { ok: false, failure: fault(code, message) };
}

function fault(code: ProgramFault['code'], message: string): ProgramFault {
  return { code, message, at: null, stack: null };
}

function letter(text: string): number {
  return text.charCodeAt(0);
}
