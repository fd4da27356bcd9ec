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
import type {
  DecisionTrace,
  Ending,
  JsonText,
  LogLine,
  Micros,
  ProgramFailure,
} from '@holdfast/core';
import { active, type ActiveRun, type Made, type RunIdentity } from './active.ts';
import { decisionText, type Draft, emptyDraft, toJson } from './draft.ts';
import { Failure, ProgramError, recordedFailure } from './failures.ts';
import { type Asked, type Fiber, newFiber, nextStepId, type Resumption } from './fiber.ts';
import { type FiberHost, Fibers } from './fibers.ts';
import type { Arrival, Moment, StepRecord } from './history.ts';
import { HistoryText } from './history-text.ts';
import type { Operation } from './operation.ts';
import { outcomeOf } from './outcome.ts';
import { seededRandom } from './random.ts';
import type { SearchBook } from './search-book.ts';
import { StepBook } from './step-book.ts';
import { askFor, letGo, recordOf, type StepRequest, withdraw } from './step-request.ts';
import { bodySteps, undoSteps } from './strand.ts';
import { UndoLedger } from './undo-ledger.ts';

interface RunMode {
  readonly tracing?: boolean;
  readonly searching?: SearchBook | null;
}

/** Steps that a trace tells of, the latest. */
const MOST_TRACED = 300;
/** Longest stack in a trace, in characters. */
const TRACED_STACK = 2000;

export class GeneratorRun implements ActiveRun, FiberHost {
  readonly identity: RunIdentity;
  readonly operations: Made[] = [];
  readonly tracing: boolean;
  now: Micros = 0;

  readonly #fibers = new Fibers(this);
  readonly #book: StepBook;
  readonly #ledger = new UndoLedger();
  readonly #searching: SearchBook | null;
  #segment = 0;
  #draft: Draft = emptyDraft();
  #seed: string | undefined;
  #random: (() => number) | null = null;
  #main: Fiber | null = null;
  #undoing: Fiber | null = null;
  /** How the run will end once all is undone; null while it does not compensate. */
  #compensating: Extract<Ending, { error: ProgramFailure }> | null = null;
  #blocked: ProgramFailure | null = null;
  /** Where the failure was thrown that it compensates for, when places are being looked for. */
  #failedAt: string | null = null;
  /** How the body ended, while given up branches are still being undone. */
  #finished: Ending | null = null;
  #ending: Ending | null = null;

  /**
   * `history`: steps of the segments that are to be repeated before `goLive`; `past`: its text. `searching`: its search
   * fields, if the saga names any.
   */
  constructor(
    identity: RunIdentity,
    history: readonly StepRecord[],
    past: HistoryText = new HistoryText(''),
    { tracing = false, searching = null }: RunMode = {},
  ) {
    this.identity = identity;
    this.#book = new StepBook(history, past);
    this.tracing = tracing;
    this.#searching = searching;
  }

  get owner(): Fiber | null {
    return this.#fibers.current;
  }

  /** Texts of the new steps. */
  get newSteps(): readonly JsonText[] {
    return this.#book.written;
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

  search(values: Readonly<Record<string, unknown>>): void {
    if (this.#searching === null) {
      throw new TypeError(
        `saga ${this.identity.saga} names no search fields: name them in its option \`search\``,
      );
    }
    this.#searching.set(values);
  }

  /** Where its steps were made; only of a run that traces. */
  get trace(): DecisionTrace {
    const steps = [...this.#book.asked.values()].slice(-MOST_TRACED);
    return {
      trace: 1,
      steps: steps.map(({ id, operation }) => ({
        step: id,
        stack: (operation.madeAt ?? '').slice(0, TRACED_STACK),
      })),
      failedAt: this.#failedAt,
    };
  }

  /** History has been repeated: what is asked for from here on is new. Call it before the newest event's segment. */
  goLive(): void {
    this.#book.endHistory();
    this.#draft = emptyDraft();
  }

  /** Runs the body to its first unanswered steps. */
  start(body: () => unknown, moment: Moment): void {
    this.#within(moment, () => {
      this.#main = newFiber(bodySteps(body()), '', null, null);
      this.#fibers.resume(this.#main, { value: undefined });
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
  decision(ignored: boolean): JsonText {
    const out = this.#book.inFlight('', false);
    return decisionText(this.#draft, {
      status: this.#compensating !== null ? 'compensating' : out ? 'running' : 'waiting',
      undo: this.#ledger.lines(),
      failure: this.#compensating?.error ?? null,
      blocked: this.#blocked,
      ending: this.#ending,
      ignored,
      ...(this.#searching !== null && { search: this.#searching.values }),
    });
  }

  #within<T>(moment: Moment, work: () => T): T {
    this.#segment += 1;
    // What repeated segments ask for was decided long ago: one draft does for all of them.
    if (!this.#book.repeating) this.#draft = emptyDraft();
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
    if (asked.fiber !== null) this.#fibers.resume(asked.fiber, outcome.resumption);
    return true;
  }

  /** An operator's cancel or redrive. */
  #command({ type, data }: Arrival): boolean {
    if (type === 'cancel') {
      // To cancel unblocks an instance: where an undo has failed it has to be blocked anew, not ignored.
      if (this.#compensating !== null) return this.#blocked !== null;
      const { reason } = (data ?? {}) as { reason?: string | null };
      this.#compensate({ code: 'cancel', message: reason ?? 'cancelled' }, 'cancelled');
      return true;
    }
    if (type !== 'redrive' || this.#blocked === null) return false;
    this.#blocked = null;
    this.#ledger.rearm();
    return true;
  }

  request(fiber: Fiber, operation: Operation<unknown>): Resumption | null {
    const { request } = operation;
    switch (request.kind) {
      case 'continue':
        this.#continue(fiber, operation, request.input);
        return null;
      case 'publish':
        this.#ask(fiber, operation, request);
        return { value: undefined };
      case 'effect':
      case 'wait':
      case 'sleep':
      case 'child':
        fiber.waiting = this.#ask(fiber, operation, request);
        return null;
      case 'all':
      case 'race':
        return null;
    }
  }

  ended(fiber: Fiber, how: Resumption): void {
    const { undoes } = fiber;
    if ('error' in how) {
      if (!(how.error instanceof Failure)) throw how.error;
      const failure = recordedFailure(how.error);
      if (this.tracing) this.#failedAt = how.error.stack?.slice(0, TRACED_STACK) ?? null;
      if (undoes === null) return this.#compensate(failure, 'compensated');
      this.#undoing = null;
      const message = `the undo of ${undoes.step} failed: ${failure.message}`;
      this.#blocked = { code: 'undo', message, step: failure.step ?? undoes.step };
    } else if (undoes === null) {
      this.#finished = { as: 'completed', result: toJson(how.value, 'the result of the saga') };
    } else {
      undoes.state = 'undone';
      this.#undoing = null;
    }
  }

  letGo(asked: Asked): void {
    asked.fiber = null;
    const { kind } = asked;
    if (asked.segment === this.#segment) {
      withdraw(this.#draft, asked.id);
      if (asked.entry !== null) asked.entry.state = 'void';
      asked.open = false;
    } else {
      letGo(this.#draft, asked, this.identity.key);
      // An effect or child under way still ends, and must be settled before it can be undone.
      if (kind === 'wait' || kind === 'sleep') asked.open = false;
    }
  }

  abandoned(path: string): void {
    this.#ledger.abandon(path);
  }

  #continue(fiber: Fiber, operation: Operation<unknown>, input: unknown): void {
    if (fiber.join !== null || fiber.undoes !== null) {
      const message = 'continueAs belongs in the body of the saga, not in a branch or an undo';
      throw new ProgramError('program.failed', message, operation);
    }
    fiber.alive = false;
    this.#fibers.refuseForgotten(fiber);
    const next = toJson(input, 'the input of continueAs', operation);
    this.#finished = { as: 'continued', input: next };
  }

  #ask(fiber: Fiber, operation: Operation<unknown>, request: StepRequest): Asked {
    const { kind, name } = request;
    const id = nextStepId(fiber, name);
    const record = recordOf(id, request, operation);
    this.#book.record(id, kind, record, operation);
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
      const undoes = fiber.undoes?.step;
      askFor(this.#draft, id, record, request, { now, key: identity.key, undoes });
    }
    return asked;
  }

  #compensate(error: ProgramFailure, as: 'compensated' | 'cancelled'): void {
    this.#compensating = { error, as };
    this.#finished = null;
    if (this.#main?.alive === true) this.#fibers.giveUp(this.#main);
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
      this.#fibers.resume(this.#undoing, { value: undefined });
    }
  }

  #end(): void {
    if (this.#compensating !== null) {
      if (!this.#book.inFlight('', true)) this.#ending = this.#compensating;
    } else if (this.#finished !== null && !this.#ledger.owes) {
      this.#ending = this.#finished;
    }
  }
}
