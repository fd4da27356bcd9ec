/**
 * One run of a generator saga, from its first event to its end.
 *
 * Invariants
 * 1. The run is a function of its start and of its arrivals in their order (I6): repeated from those it asks for the same
 *    steps under the same ids, whatever order `all`, `race` and undos interleave in.
 * 2. A step's id is its name, its occurrence within its branch, and the branch's path; never a position in time (I4).
 * 3. While history is repeated nothing is asked for anew: a step that differs from the recorded one is a fault.
 * 4. Compensation first settles what is in flight, then undoes confirmed and doubtful calls in reverse order of asking,
 *    one after the other (DESIGN, Decided). At most one undo runs at a time.
 * 5. A branch that is given up is undone, since its own code no longer can be; a run ends only after that.
 *
 * @module
 */
import type { Decision, Ending, LogLine, Micros, ProgramFailure } from '@holdfast/core';
import { active, type ActiveRun, type Made, nameOf, type RunIdentity } from './active.ts';
import { type Draft, emptyDraft, toJson } from './draft.ts';
import { Failure, ProgramError, recordedFailure } from './failures.ts';
import { type Asked, type Fiber, isJoin, type Join, type Resumption } from './fiber.ts';
import type { Arrival, StepRecord } from './history.ts';
import { Operation, type Step } from './operation.ts';
import { outcomeOf } from './outcome.ts';
import { seededRandom } from './random.ts';
import { StepBook } from './step-book.ts';
import { askFor, letGo, recordOf, type StepRequest, withdraw } from './step-request.ts';
import { bodySteps, branchSteps, operationOf, undoSteps } from './strand.ts';
import { type Entry, UndoLedger } from './undo-ledger.ts';

/** Time and randomness of a segment: what the event that woke the run brought. */
export interface Moment {
  readonly t: Micros;
  /** Absent for an event whose segment used no randomness when it was first decided. */
  readonly s?: string;
}

export class GeneratorRun implements ActiveRun {
  readonly identity: RunIdentity;
  readonly operations: Made[] = [];
  readonly tracing: boolean;
  owner: Fiber | null = null;
  now: Micros = 0;

  readonly #book: StepBook;
  readonly #ledger = new UndoLedger();
  #segment = 0;
  #draft: Draft = emptyDraft();
  #seed: string | undefined;
  #random: (() => number) | null = null;
  #main: Fiber | null = null;
  #undoing: Fiber | null = null;
  #compensating: {
    readonly error: ProgramFailure;
    readonly as: 'compensated' | 'cancelled';
  } | null = null;
  #blocked: ProgramFailure | null = null;
  /** How the body ended, while given up branches are still being undone. */
  #finished: Ending | null = null;
  #ending: Ending | null = null;

  /** `history`: steps of the segments that are to be repeated before `goLive`. */
  constructor(identity: RunIdentity, history: readonly StepRecord[], tracing = false) {
    this.identity = identity;
    this.#book = new StepBook(history);
    this.tracing = tracing;
  }

  /** Steps asked for so far, as history keeps them. */
  get steps(): readonly StepRecord[] {
    return this.#book.records;
  }

  /** Whether the segment used randomness, so that its seed must be kept. */
  get usedSeed(): boolean {
    return this.#random !== null;
  }

  random(): number {
    if (this.#random === null) {
      if (this.#seed === undefined) {
        const message = 'the program uses randomness where, by its history, it did not before';
        throw new ProgramError('program.history', message);
      }
      this.#random = seededRandom(this.#seed);
    }
    return this.#random();
  }

  log(level: LogLine['level'], message: string, data: unknown): void {
    if (this.#book.repeating) return;
    this.#draft.logs.push({
      level,
      message,
      ...(data === undefined ? {} : { data: toJson(data, 'data of a log line') }),
    });
  }

  /** History has been repeated: what is asked for from here on is new. Call it before the newest event's segment. */
  goLive(): void {
    this.#book.endHistory();
  }

  /** Runs the body to its first unanswered steps. */
  start(body: () => unknown, moment: Moment): void {
    this.#within(moment, () => {
      this.#main = newFiber(bodySteps(body()), '', null, null);
      this.#resume(this.#main, { value: undefined });
      this.#advance();
    });
  }

  /** Hands the run something that happened. False when it answers nothing that is still asked. */
  deliver(arrival: Arrival): boolean {
    return this.#within(arrival, () => {
      const taken = this.#ending === null && this.#take(arrival);
      if (taken) this.#advance();
      return taken;
    });
  }

  /** The decision of the latest segment. */
  decision(ignored: boolean): Decision {
    const out = this.#book.inFlight('', false);
    return {
      ...this.#draft,
      status: this.#compensating !== null ? 'compensating' : out ? 'running' : 'waiting',
      undo: this.#ledger.lines(),
      failure: this.#compensating?.error ?? null,
      blocked: this.#blocked,
      ending: this.#ending,
      ignored,
    };
  }

  #within<T>(moment: Moment, work: () => T): T {
    this.#segment += 1;
    this.#draft = emptyDraft();
    this.now = moment.t;
    this.#seed = moment.s;
    this.#random = null;
    const before = active.run;
    active.run = this;
    try {
      return work();
    } finally {
      active.run = before;
    }
  }

  #take(arrival: Arrival): boolean {
    if (arrival.step === null) return this.#command(arrival);
    const asked = this.#book.asked.get(arrival.step);
    if (asked === undefined || !asked.open) return false;
    const outcome = outcomeOf(asked, arrival);
    if (outcome === null) return false;
    asked.open = false;
    if (asked.entry !== null) {
      asked.entry.state = outcome.took === 'no' ? 'void' : 'armed';
      asked.entry.doubtful = outcome.took === 'doubtful';
      if ('value' in outcome.resumption) asked.entry.output = outcome.resumption.value;
    }
    if (asked.fiber !== null) this.#resume(asked.fiber, outcome.resumption);
    return true;
  }

  /** An operator's cancel or redrive. */
  #command({ type, data }: Arrival): boolean {
    if (type === 'cancel') {
      if (this.#compensating !== null) return false;
      const { reason } = (data ?? {}) as { reason?: string | null };
      this.#compensate({ code: 'cancel', message: reason ?? 'cancelled' }, 'cancelled');
      return true;
    }
    if (type !== 'redrive' || this.#blocked === null) return false;
    this.#blocked = null;
    this.#ledger.rearm();
    return true;
  }

  #resume(fiber: Fiber, first: Resumption): void {
    let next: Resumption | null = first;
    while (next !== null) {
      fiber.waiting = null;
      let result: IteratorResult<Step, unknown>;
      const before = this.owner;
      this.owner = fiber;
      try {
        result =
          'error' in next ? throwInto(fiber.steps, next.error) : fiber.steps.next(next.value);
      } catch (error) {
        if (error instanceof ProgramError) throw error;
        return this.#failed(fiber, error);
      } finally {
        this.owner = before;
      }
      if (result.done === true) return this.#done(fiber, result.value);
      next = this.#ask(fiber, operationOf(result.value));
    }
  }

  /** What the fiber gets at once; null when it must wait, or has ended. */
  #ask(fiber: Fiber, operation: Operation<unknown>): Resumption | null {
    const { request } = operation;
    switch (request.kind) {
      case 'all':
      case 'race':
        return this.#fork(fiber, operation);
      case 'continue':
        if (fiber !== this.#main) {
          const message = 'continueAs belongs in the body of the saga, not in a branch or an undo';
          throw new ProgramError('program.failed', message, operation);
        }
        fiber.alive = false;
        this.#refuseForgotten(fiber);
        this.#finished = {
          as: 'continued',
          input: toJson(request.input, 'the input of continueAs', operation),
        };
        return null;
      case 'publish':
        this.#request(fiber, operation, request);
        return { value: undefined };
      case 'effect':
      case 'wait':
      case 'sleep':
      case 'child':
        fiber.waiting = this.#request(fiber, operation, request);
        return null;
    }
  }

  #request(fiber: Fiber, operation: Operation<unknown>, request: StepRequest): Asked {
    const { kind, name } = request;
    const id = nextStepId(fiber, name);
    const record = recordOf(id, request, operation);
    this.#book.record(record, operation);
    if (kind === 'wait') this.#book.refuseSameWait(name, operation);
    const undo = kind === 'effect' || kind === 'child' ? request.undo : undefined;
    // An undo is not itself undone.
    const entry =
      undo === undefined || fiber.undoes !== null ? null : this.#ledger.add(id, name, undo);
    const open = kind !== 'publish';
    const asked: Asked = { id, kind, operation, segment: this.#segment, fiber, open, entry };
    this.#book.asked.set(id, asked);
    if (!this.#book.repeating) {
      const { now, identity } = this;
      askFor(this.#draft, record, request, { now, key: identity.key, undoes: fiber.undoes?.step });
    }
    return asked;
  }

  #fork(parent: Fiber, operation: Operation<unknown>): Resumption | null {
    const { request } = operation;
    if (request.kind !== 'all' && request.kind !== 'race') return null;
    const { kind, keys, branches, listed } = request;
    const left = branches.length;
    const join: Join = {
      kind,
      parent,
      keys,
      listed,
      fibers: [],
      results: [],
      left,
      settled: null,
      starting: true,
    };
    const id = nextStepId(parent, kind);
    if (left === 0) return { value: resultsOf(join) };
    parent.waiting = join;
    branches.forEach((branch, i) => {
      const path = `${id}/${keys[i] ?? i}`;
      if (join.settled !== null) return markUsed(branch);
      const fiber = newFiber(branchSteps(branch, path), `${path}/`, join, parent.undoes);
      join.fibers.push(fiber);
      this.#resume(fiber, { value: undefined });
    });
    join.starting = false;
    return join.settled;
  }

  #done(fiber: Fiber, value: unknown): void {
    fiber.alive = false;
    this.#refuseForgotten(fiber);
    const { join } = fiber;
    if (join !== null) {
      const slot = join.fibers.indexOf(fiber);
      join.results[slot] = value;
      join.left -= 1;
      if (join.kind === 'race') {
        this.#settle(join, { value: { winner: join.listed ? slot : join.keys[slot], value } });
      } else if (join.left === 0) {
        this.#settle(join, { value: resultsOf(join) });
      }
      return;
    }
    if (fiber.undoes !== null) {
      fiber.undoes.state = 'undone';
      this.#undoing = null;
    } else {
      this.#finished = { as: 'completed', result: toJson(value, 'the result of the saga') };
    }
  }

  #failed(fiber: Fiber, error: unknown): void {
    fiber.alive = false;
    if (fiber.join !== null) return this.#settle(fiber.join, { error });
    if (!(error instanceof Failure)) throw error;
    const failure = recordedFailure(error);
    if (fiber.undoes === null) return this.#compensate(failure, 'compensated');
    this.#undoing = null;
    const { step } = fiber.undoes;
    this.#blocked = {
      code: 'undo',
      message: `the undo of ${step} failed: ${failure.message}`,
      step: failure.step ?? step,
    };
  }

  /** Ends an `all` or `race`, giving up the branches that still run. */
  #settle(join: Join, resumption: Resumption): void {
    join.settled = resumption;
    for (const fiber of join.fibers) {
      if (!fiber.alive) continue;
      this.#giveUp(fiber);
      this.#ledger.abandon(fiber.path);
    }
    if (!join.starting) this.#resume(join.parent, resumption);
  }

  #giveUp(fiber: Fiber): void {
    fiber.alive = false;
    const { waiting } = fiber;
    if (waiting === null) return;
    if (isJoin(waiting)) {
      for (const branch of waiting.fibers) if (branch.alive) this.#giveUp(branch);
      return;
    }
    waiting.fiber = null;
    const fresh = waiting.segment === this.#segment;
    if (fresh) {
      withdraw(this.#draft, waiting.id);
      if (waiting.entry !== null) waiting.entry.state = 'void';
    } else {
      letGo(this.#draft, waiting, this.identity.key);
    }
    // An effect or child under way still ends, and must be settled before it can be undone.
    if (fresh || waiting.kind === 'wait' || waiting.kind === 'sleep') waiting.open = false;
  }

  #compensate(error: ProgramFailure, as: 'compensated' | 'cancelled'): void {
    this.#compensating = { error, as };
    this.#finished = null;
    if (this.#main?.alive === true) this.#giveUp(this.#main);
  }

  /** Starts undos that are due, and ends the run once nothing is left to do. */
  #advance(): void {
    while (this.#ending === null && this.#blocked === null && this.#undoing === null) {
      const entry = this.#ledger.next(this.#compensating !== null, (path) =>
        this.#book.inFlight(path, true),
      );
      if (entry === undefined) return this.#end();
      entry.state = 'undoing';
      entry.tries += 1;
      const path = `undo/${entry.step}${entry.tries === 1 ? '' : `@${entry.tries}`}/`;
      this.#undoing = newFiber(undoSteps(entry), path, null, entry);
      this.#resume(this.#undoing, { value: undefined });
    }
  }

  #end(): void {
    if (this.#compensating !== null) {
      if (!this.#book.inFlight('', true)) this.#ending = { ...this.#compensating };
    } else if (this.#finished !== null && !this.#ledger.owes) {
      this.#ending = this.#finished;
    }
  }

  #refuseForgotten(fiber: Fiber): void {
    const forgotten = this.operations.find(({ used, owner }) => !used && owner === fiber);
    if (forgotten === undefined) return;
    const message = `${nameOf(forgotten)} was made but never run: \`yield*\` is missing in front of it`;
    throw new ProgramError('program.failed', message, forgotten);
  }
}

function newFiber(
  steps: Iterator<Step, unknown, unknown>,
  path: string,
  join: Join | null,
  undoes: Entry | null,
): Fiber {
  return { steps, path, counts: new Map(), join, undoes, waiting: null, alive: true };
}

function nextStepId(fiber: Fiber, name: string): string {
  const count = (fiber.counts.get(name) ?? 0) + 1;
  fiber.counts.set(name, count);
  return `${fiber.path}${name}#${count}`;
}

function resultsOf({ listed, keys, results }: Join): unknown {
  return listed ? results : Object.fromEntries(keys.map((key, i) => [key, results[i]]));
}

function throwInto(
  steps: Iterator<Step, unknown, unknown>,
  error: unknown,
): IteratorResult<Step, unknown> {
  if (steps.throw === undefined) throw error;
  return steps.throw(error);
}

function markUsed(branch: unknown): void {
  if (branch instanceof Operation) branch.used = true;
}
