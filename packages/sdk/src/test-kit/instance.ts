/**
 * An instance as the engine keeps one, without the engine: what it asked for and what of it is open. Events go in, one
 * decision at a time; the program is the one that the sandbox runs.
 *
 * @module
 */
import {
  type ChildSpec,
  type Decision,
  EMPTY_DECISION,
  type Ending,
  type Json,
  type LogLine,
  type Micros,
  type ProgramFailure,
  type ProgramTable,
  type PublishSpec,
  type SearchValues,
  type UndoLine,
  type WaitSpec,
  WORKFLOW_TYPES,
  type WorkItemSpec,
} from '@holdfast/core';
import type { AnySaga } from '../runtime/definitions.ts';
import { programOf } from '../runtime/program.ts';
import { seededRandom } from '../runtime/random.ts';
import type { AnyReducer } from '../runtime/reducer-definition.ts';
import { checkDecision, checkEvent, type SentEvent } from './schemas.ts';

export type Definition = AnySaga | AnyReducer;
export type { SentEvent };

export type Status =
  | 'new'
  | 'running'
  | 'waiting'
  | 'compensating'
  | 'blocked'
  | 'completed'
  | 'compensated'
  | 'cancelled'
  | 'continued';

export interface InstanceOptions {
  /** Default: what the definition's `key` says of the first event, else `key-1`. */
  readonly key?: string;
  readonly tenant?: string;
  readonly run?: number;
  /** Recorded time of the first event, in milliseconds since 1970. Default 2027-01-15T08:00:00Z. */
  readonly now?: number;
  /** What randomness grows from. Default 1. */
  readonly seed?: number;
  /** Makes every decision twice and compares them. Default false. */
  readonly twice?: boolean;
}

const MICROS = 1000;
const DEFAULT_NOW_MS = 1_800_000_000_000;

export class Instance {
  readonly definition: Definition;
  readonly #program: ProgramTable;
  readonly #options: InstanceOptions;
  readonly #random: () => number;
  #key: string | undefined;
  #state: string | null = null;

  now: Micros;
  status: Status = 'new';
  ending: Ending | null = null;
  failure: ProgramFailure | null = null;
  blocked: ProgramFailure | null = null;
  undo: readonly UndoLine[] = [];
  /** Effects without an outcome, by step. */
  readonly calls = new Map<string, WorkItemSpec>();
  readonly waits = new Map<string, WaitSpec>();
  /** When timers are due, by name. */
  readonly timers = new Map<string, Micros>();
  readonly children = new Map<string, ChildSpec>();
  readonly published: PublishSpec[] = [];
  readonly logs: LogLine[] = [];
  /** What operators find it by; empty where the definition names no fields. */
  search: SearchValues = {};
  readonly decisions: Decision[] = [];
  /** Every event in order, with its recorded time and seed. */
  readonly sent: (SentEvent & { readonly now: Micros; readonly seed: string })[] = [];
  /** Every step that was ever asked for. */
  readonly steps = new Set<string>();

  constructor(definition: Definition, options: InstanceOptions = {}) {
    this.definition = definition;
    this.#program = programOf(definition);
    this.#options = options;
    this.#key = options.key;
    this.now = (options.now ?? DEFAULT_NOW_MS) * MICROS;
    this.#random = seededRandom(hex(options.seed ?? 1).repeat(4));
  }

  get key(): string {
    return this.#key ?? 'key-1';
  }

  /** State as JSON; null before the first event. */
  get state(): Json {
    return this.#state === null ? null : (JSON.parse(this.#state) as Json);
  }

  get last(): Decision | undefined {
    return this.decisions.at(-1);
  }

  /** The types that may be its first event, the first of them its default. */
  get startTypes(): readonly string[] {
    const { definition } = this;
    if (definition.kind === 'reducer') {
      const { on, starts = Object.keys(on) } = definition.options;
      return starts.flatMap((name) => on[name]?.type ?? []);
    }
    const types = [definition.options.on ?? []].flat().map(({ type }) => type);
    return types.length === 0 ? [WORKFLOW_TYPES.childStart] : types;
  }

  /** Decides on one event, and takes over what that asks for. */
  send(event: SentEvent): Decision {
    checkEvent(this, event);
    if (this.#key === undefined && this.#state === null) {
      this.#key = this.#program.key(event.type, JSON.stringify(event.data)) ?? undefined;
    }
    const { tenant = '', run = 1 } = this.#options;
    const seed = Array.from({ length: 4 }, () => hex(this.#random() * 2 ** 32)).join('');
    const input = {
      saga: this.definition.name,
      tenant,
      key: this.key,
      run,
      state: this.state,
      event: { ...event, id: `event-${this.sent.length + 1}` },
      now: this.now,
      seed,
    };
    const text = JSON.stringify(input);
    const answer = this.#program.decide(text);
    if (this.#options.twice === true) {
      const again = this.#program.decide(text);
      if (again.decision !== answer.decision || again.state !== answer.state) {
        throw new Error(
          `the same event was decided in two ways:\n${answer.decision}\n${again.decision}`,
        );
      }
    }
    const decision = { ...EMPTY_DECISION, ...(JSON.parse(answer.decision) as Decision) };
    checkDecision(this, decision, answer.state);
    this.#state = answer.state;
    this.sent.push({ ...event, now: this.now, seed });
    if (!decision.ignored) this.#settle(event);
    this.#apply(decision);
    return decision;
  }

  #settle({ kind, step }: SentEvent): void {
    if (step === null) return;
    if (kind === 'effect') this.calls.delete(step);
    if (kind === 'wait') this.waits.delete(step);
    if (kind === 'timer') this.timers.delete(step);
    if (kind === 'child') this.children.delete(step);
  }

  #apply(decision: Decision): void {
    this.decisions.push(decision);
    for (const step of decision.closeWaits) this.waits.delete(step);
    for (const name of decision.cancelSchedules) this.timers.delete(name);
    for (const item of decision.items) this.#ask(item.step, () => this.calls.set(item.step, item));
    for (const wait of decision.waits) this.#ask(wait.step, () => this.waits.set(wait.step, wait));
    for (const each of decision.children) {
      this.#ask(each.step, () => this.children.set(each.step, each));
    }
    for (const each of decision.publishes) this.#ask(each.step, () => this.published.push(each));
    for (const { name, dueAt } of decision.schedules) this.timers.set(name, dueAt);
    this.logs.push(...decision.logs);
    this.undo = decision.undo;
    this.search = decision.search ?? {};
    this.failure = decision.failure;
    this.blocked = decision.blocked;
    this.ending = decision.ending;
    this.status = decision.ending?.as ?? (decision.blocked === null ? decision.status : 'blocked');
  }

  #ask(step: string, add: () => unknown): void {
    if (this.steps.has(step)) throw new Error(`step ${step} was asked for twice`);
    this.steps.add(step);
    add();
  }
}

function hex(value: number): string {
  return Math.floor(value).toString(16).padStart(8, '0').slice(-8);
}
