/**
 * One run of `explore`.
 *
 * @module
 */
import {
  canonicalJson,
  type Decision,
  type Json,
  MICROS_PER_MILLI,
  WORKFLOW_TYPES,
  type WorkItemSpec,
} from '@holdfast/core';
import { Refused } from '../authoring/effect-outcome.ts';
import type { AnySaga } from '../runtime/definitions.ts';
import { seededRandom } from '../runtime/random.ts';
import { throughJson } from './assertions.ts';
import { type ExploreOptions, MISHAPS, type Mishaps, type Model } from './explore-options.ts';
import { Instance, type SentEvent } from './instance.ts';

const DEFAULT_MAX_EVENTS = 500;
const ENDED: ReadonlySet<string> = new Set(['completed', 'compensated', 'cancelled', 'continued']);

export class Exploration<World, Input> {
  readonly instance: Instance;
  readonly #options: ExploreOptions<World, Input>;
  readonly #mishaps: Mishaps;
  readonly #models: ReadonlyMap<string, Model<World>>;
  readonly #world: World;
  readonly #random: () => number;
  readonly #story: string[] = [];
  /** Events that come late, or again: they must be ignored. */
  readonly #echoes: SentEvent[] = [];
  #cancelled = false;

  constructor(saga: AnySaga, options: ExploreOptions<World, Input>, seed: number, no: number) {
    this.#options = options;
    this.#mishaps = { ...MISHAPS, ...options.mishaps };
    this.#models = new Map(options.effects.map((model) => [model.effect, model]));
    this.#world = options.world();
    const word = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    this.#random = seededRandom(word(seed) + word(no) + word(seed ^ no) + word(no * 2_654_435_769));
    this.instance = new Instance(saga, { seed: seed + no, twice: true });
  }

  /** What happened, one line each. */
  story(): string {
    return this.#story.map((line, i) => `${String(i + 1).padStart(4)}  ${line}`).join('\n');
  }

  /** @throws Error for the first thing that does not hold. */
  play(): void {
    const { instance } = this;
    const data = throughJson(this.#options.start(this.#random));
    this.#send({ kind: 'start', type: instance.startTypes[0] ?? '', step: null, data });
    const { maxEvents = DEFAULT_MAX_EVENTS } = this.#options;
    while (!ENDED.has(instance.status)) {
      if (instance.sent.length > maxEvents)
        throw new Error(`it did not end within ${maxEvents} events`);
      this.#next();
    }
    const { status, undo, ending } = instance;
    const left = undo.find(({ state }) => state !== 'undone');
    if ((status === 'compensated' || status === 'cancelled') && left !== undefined) {
      throw new Error(`it ended ${status}, and ${left.step} is ${left.state}`);
    }
    const result = ending?.as === 'completed' ? ending.result : undefined;
    this.#options.check?.({ world: this.#world, status, result, undo, instance });
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }

  #next(): void {
    if (this.#chance(this.#mishaps.duplicate)) this.#echo();
    // A blocked instance takes nothing but a redrive: everything else is parked.
    if (this.instance.status === 'blocked') return this.#redrive();
    if (!this.#cancelled && this.#chance(this.#mishaps.cancel)) return this.#cancel();
    const happenings = this.#happenings();
    if (happenings.length === 0 || this.#chance(this.#mishaps.late)) {
      if (this.#passTime()) return;
      if (happenings.length === 0)
        throw new Error('nothing can happen any more, and it has not ended');
    }
    const happening = this.#pick(happenings);
    if (happening !== undefined) this.#send(happening());
  }

  #happenings(): (() => SentEvent)[] {
    const { calls, waits, children } = this.instance;
    const { waits: payloads = {}, children: results = {} } = this.#options;
    const happenings = [...calls.values()].map((item) => (): SentEvent => this.#outcome(item));
    for (const { step, name } of waits.values()) {
      const payload = payloads[name];
      if (payload === undefined) continue;
      happenings.push(() => ({
        kind: 'wait',
        type: WORKFLOW_TYPES.waitCompleted,
        step,
        data: throughJson(payload(this.#world)),
      }));
    }
    for (const { step, saga, input } of children.values()) {
      happenings.push(() => {
        const result = throughJson(results[saga]?.(input as never, this.#world));
        const data = { status: 'completed', result, error: null };
        return { kind: 'child', type: WORKFLOW_TYPES.childEnded, step, data };
      });
    }
    return happenings;
  }

  #outcome({ step, effect, input, undoes }: WorkItemSpec): SentEvent {
    const event = (type: string, data: Json): SentEvent => ({ kind: 'effect', type, step, data });
    const refusal = (code: string, message: string): SentEvent =>
      event(WORKFLOW_TYPES.effectFailed, { code, message });
    const { refused, undoRefused, unknown } = this.#mishaps;
    if (this.#chance(undoes === undefined ? refused : undoRefused))
      return refusal('explored', 'refused');
    const doubt = undoes === undefined && this.#chance(unknown);
    if (doubt && this.#chance(0.5)) {
      return event(WORKFLOW_TYPES.effectUnknown, { code: 'explored', message: 'not done' });
    }
    const model = this.#models.get(effect);
    if (model === undefined)
      throw new Error(`effect ${effect} has no model: add models(${effect}, …)`);
    try {
      const output = throughJson(model.act(input as never, this.#world));
      if (!doubt) return event(WORKFLOW_TYPES.effectSucceeded, output);
      return event(WORKFLOW_TYPES.effectUnknown, { code: 'explored', message: 'done' });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return refusal(error.code, error.message);
    }
  }

  #cancel(): void {
    this.#cancelled = true;
    const data = { reason: 'explored' };
    this.#send({ kind: 'cancel', type: WORKFLOW_TYPES.cancelAsked, step: null, data });
  }

  #redrive(): void {
    const data = { reason: null };
    this.#send({ kind: 'redrive', type: WORKFLOW_TYPES.redriveAsked, step: null, data });
  }

  /** Lets the next timer fire or wait expire. False when there is none. */
  #passTime(): boolean {
    const { timers, waits } = this.instance;
    const due: { at: number; event: SentEvent }[] = [];
    const add = (at: number, kind: 'timer' | 'wait', type: string, step: string): unknown =>
      due.push({ at, event: { kind, type, step, data: null } });
    for (const [name, at] of timers) add(at, 'timer', WORKFLOW_TYPES.timerFired, name);
    for (const { step, expiresAt } of waits.values()) {
      if (expiresAt !== null) add(expiresAt, 'wait', WORKFLOW_TYPES.waitExpired, step);
    }
    const [first] = due.toSorted((a, b) => a.at - b.at);
    if (first === undefined) return false;
    this.instance.now = Math.max(this.instance.now, first.at);
    this.#send(first.event);
    return true;
  }

  #send(event: SentEvent): void {
    this.instance.now += Math.floor(this.#random() * 1000) * MICROS_PER_MILLI;
    this.#story.push(lineOf(event));
    const decision = this.instance.send(event);
    this.#story.push(...asksOf(decision));
    if (event.step !== null) this.#echoes.push(event);
    for (const step of decision.cancelSchedules) {
      this.#echoes.push({ kind: 'timer', type: WORKFLOW_TYPES.timerFired, step, data: null });
    }
    for (const step of decision.closeWaits) {
      this.#echoes.push({ kind: 'wait', type: WORKFLOW_TYPES.waitExpired, step, data: null });
    }
  }

  /** Something that was answered or let go comes once more. */
  #echo(): void {
    const event = this.#pick(this.#echoes);
    if (event === undefined) return;
    this.#story.push(`${lineOf(event)} (again)`);
    const before = canonicalJson(this.instance.state);
    const { ignored, items, ending } = this.instance.send(event);
    if (
      !ignored ||
      items.length > 0 ||
      ending !== null ||
      canonicalJson(this.instance.state) !== before
    ) {
      throw new Error(`${event.type} of ${event.step ?? ''} came again and was not ignored`);
    }
  }
}

function lineOf({ type, step, data }: SentEvent): string {
  return `${type}${step === null ? '' : ` of ${step}`} ${JSON.stringify(data)}`;
}

function asksOf(decision: Decision): string[] {
  const asked = [
    ...decision.items.map(({ step, input }) => `${step} ${JSON.stringify(input)}`),
    ...decision.waits.map(({ step }) => `wait ${step}`),
    ...decision.schedules.map(({ name }) => `timer ${name}`),
    ...decision.children.map(({ step }) => `child ${step}`),
  ];
  const lines = asked.map((each) => `   asks ${each}`);
  if (decision.blocked !== null) lines.push(`   blocked: ${decision.blocked.message}`);
  if (decision.ending !== null) lines.push(`   ends ${decision.ending.as}`);
  return lines;
}
