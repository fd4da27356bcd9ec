/**
 * Copies of a sample run under keys of their own, as the batches that the engine would have committed: every id, digest,
 * seed and hash is the copy's own, so that the server takes them for runs it has made, and replays them to the same
 * decisions.
 *
 * A copy is written step by step: its first event with what was decided on it, then each outcome with the next decision.
 */
import {
  canonicalJson,
  commandId,
  decisionSeed,
  dedupeMark,
  derivedEventId,
  type JournalEvent,
  type Micros,
} from '@holdfast/core';
import type { InstanceStatus, StoreCounters, StoreOp, TransitionRow } from '@holdfast/store';
import { z } from 'zod';
import { requestDigest } from '../../../packages/engine/src/decided.ts';
import { contentHash } from '../../../packages/engine/src/event-content.ts';
import { sha256 } from '../../../packages/engine/src/sha256.ts';
import type { SampleRun } from './sample.ts';
import { Template } from './template.ts';

const LEASE_MICROS = 45_000_000;

/** What a transition makes of its instance, as its decision says. */
const decided = z.looseObject({
  status: z.enum(['running', 'waiting', 'retrying', 'compensating']),
  ending: z.looseObject({ as: z.enum(['completed', 'compensated', 'cancelled']) }).nullable(),
  undo: z.array(z.unknown()),
});

/** Where numbering stands while copies are made. */
export interface Numbers {
  seq: number;
  instance: number;
  item: number;
  schedule: number;
  readonly epoch: number;
}

export function numbersAfter({ seq, instance, item, schedule, epoch }: StoreCounters): Numbers {
  return { seq, instance, item, schedule, epoch };
}

/** One copy, as far as it has been written. */
interface Copy {
  readonly key: string;
  readonly instanceId: number;
  /** What stands in the templates' places. */
  readonly values: string[];
  /** Ids of its items so far. */
  readonly itemIds: number[];
  step: number;
}

interface EventTemplate {
  readonly plain: JournalEvent;
  readonly texts: Readonly<Record<keyof typeof EVENT_TEXTS, Template | null>>;
}
const EVENT_TEXTS = {
  id: 0,
  subject: 0,
  data: 0,
  correlationId: 0,
  causationId: 0,
  extensions: 0,
} as const;

interface TransitionTemplate {
  readonly plain: TransitionRow;
  readonly decision: Template;
  readonly state: Template;
  readonly status: InstanceStatus;
  readonly undo: string;
}

/** Makes copies of a run. Its decisions may ask for one effect each, or for timers. */
export class Copies {
  readonly #sample: SampleRun;
  readonly #events: readonly EventTemplate[];
  readonly #transitions: readonly TransitionTemplate[];
  readonly #inputs: readonly Template[];
  /** Length of the sample's sleep in milliseconds, as its data says it; null where it does not sleep. */
  readonly #sleepPlace: number | null;
  readonly #places: readonly string[];

  /** @param sleepMs what the sample's data asks its timer for; each copy is given another. Null for none */
  constructor(sample: SampleRun, sleepMs: number | null) {
    this.#sample = sample;
    const { instance, transitions, items, schedules } = sample;
    if (schedules.length !== (sleepMs === null ? 0 : 1))
      throw new Error(`${instance.saga} has ${schedules.length} schedules, which are not copied`);
    const times = transitions.map(({ recordedAt }) => String(recordedAt));
    const own = [
      instance.key,
      derivedEventId.ended(sha256, instance),
      ...items.map((item) => item.commandId),
    ];
    const sleep = [String(sleepMs), ...schedules.map(({ dueAt }) => String(dueAt))];
    this.#sleepPlace = sleepMs === null ? null : own.length + times.length;
    this.#places = [...own, ...times, ...(sleepMs === null ? [] : sleep)];
    this.#events = sample.events.map((event) => ({
      plain: event,
      texts: {
        id: this.#template(event.id),
        subject: this.#template(event.subject),
        data: this.#template(event.data),
        correlationId: this.#template(event.correlationId),
        causationId: this.#template(event.causationId),
        extensions: this.#template(event.extensions),
      },
    }));
    this.#transitions = transitions.map((row) => {
      const { status, ending, undo } = decided.parse(JSON.parse(row.decision));
      return {
        plain: row,
        decision: this.#required(row.decision),
        state: this.#required(row.state),
        status: ending?.as ?? status,
        undo: canonicalJson(undo),
      };
    });
    this.#inputs = items.map(({ input }) => this.#required(input));
  }

  /** Steps until a copy is all written. */
  get steps(): number {
    return this.#transitions.length;
  }

  /** Events that a copy is. */
  get events(): number {
    return this.#events.length;
  }

  /** A copy of which nothing is written yet. `sleepMs`: how long it sleeps, where the sample does. */
  begin(key: string, numbers: Numbers, sleepMs: number | null = null): Copy {
    const { instance, items, transitions } = this.#sample;
    const of = { ...instance, key };
    const commands = items.map(({ step }) => commandId(sha256, { ...of, step }));
    const values = [
      key,
      derivedEventId.ended(sha256, of),
      ...commands,
      ...transitions.map(() => ''),
    ];
    if (sleepMs !== null) values.push(String(sleepMs), '');
    numbers.instance += 1;
    return { key, instanceId: numbers.instance, values, itemIds: [], step: 0 };
  }

  /** Writes the next step of a copy, at that time. */
  write(copy: Copy, into: StoreOp[], numbers: Numbers, at: Micros): void {
    const { instance } = this.#sample;
    const { step, values, instanceId, key } = copy;
    const made = this.#transitions[step];
    if (made === undefined) throw new Error(`copy ${key} is all written`);
    values[this.#timePlace(step)] = String(at);
    if (step === 0) this.#due(values, at);
    const event = this.#event(step, copy, numbers, at);
    if (step === 0) into.push(outsideEvent(event));
    else this.#settle(copy, event, into, at);
    const run = {
      ...instance,
      id: instanceId,
      key,
      correlationId: instance.correlationId === null ? null : key,
    };
    if (step === 0) {
      into.push({
        op: 'instance.create',
        row: {
          ...run,
          status: made.status,
          version: 0,
          result: null,
          undo: made.undo,
          startedAt: at,
          updatedAt: at,
        },
      });
    }
    const state = made.state.fill(values);
    into.push({
      op: 'transition',
      row: {
        ...made.plain,
        instanceId,
        seq: event.seq,
        decision: made.decision.fill(values),
        state,
        stateHash: sha256(state),
        recordedAt: at,
        seed: decisionSeed(sha256, { ...run, eventId: event.id }),
      },
      saga: instance.saga,
      status: made.status,
      result: made.status === instance.status ? instance.result : null,
      failure: null,
      undo: made.undo,
    });
    this.#ask(copy, into, numbers, at);
    copy.step += 1;
    if (copy.step === this.#transitions.length && this.#events.length > copy.step) {
      const ended = this.#event(copy.step, copy, numbers, at);
      into.push({ op: 'event', event: ended, mark: null, content: null, target: null });
    }
  }

  /** The outcome that a copy's item was waiting for (I3). */
  #settle(copy: Copy, event: JournalEvent, into: StoreOp[], at: Micros): void {
    const itemId = copy.itemIds.at(-1);
    if (itemId === undefined) throw new Error(`${event.type} answers nothing`);
    const { instanceId: target } = copy;
    into.push(
      { op: 'event', event, mark: null, content: null, target },
      { op: 'attempt.end', itemId, no: 1, at, outcome: 'succeeded', error: null },
      { op: 'item.settle', itemId, outcome: 'succeeded', outcomeSeq: event.seq },
    );
  }

  /** What the step's decision asks for. */
  #ask(copy: Copy, into: StoreOp[], numbers: Numbers, at: Micros): void {
    const { instance, items, schedules } = this.#sample;
    const { instanceId, key, step, values } = copy;
    const item = items[step];
    if (item !== undefined) {
      numbers.item += 1;
      const input = this.#inputs[step]?.fill(values) ?? '';
      into.push({
        op: 'item.add',
        row: {
          ...item,
          id: numbers.item,
          commandId: commandId(sha256, { ...instance, key, step: item.step }),
          instanceId,
          key,
          correlationId: item.correlationId === null ? null : key,
          input,
          digest: requestDigest(item.effect, input),
          createdAt: at,
          dueAt: at,
          state: 'pending',
          attempts: 0,
          firstAttemptAt: null,
        },
      });
      into.push({
        op: 'attempt.start',
        itemId: numbers.item,
        no: 1,
        mode: 'call',
        at,
        leaseUntil: at + LEASE_MICROS,
        epoch: numbers.epoch,
        release: instance.release,
        worker: null,
      });
      copy.itemIds.push(numbers.item);
    }
    if (step > 0) return;
    for (const schedule of schedules) {
      numbers.schedule += 1;
      const dueAt = Number(values.at(-1));
      into.push({
        op: 'schedule.set',
        row: { ...schedule, id: numbers.schedule, instanceId, key, dueAt },
      });
    }
  }

  /** When its timer is due is known with its first event. */
  #due(values: string[], at: Micros): void {
    if (this.#sleepPlace === null) return;
    const sleepMs = Number(values[this.#sleepPlace]);
    values[this.#sleepPlace + 1] = String(at + sleepMs * 1000);
  }

  #event(step: number, { values }: Copy, numbers: Numbers, at: Micros): JournalEvent {
    const template = this.#events[step];
    if (template === undefined) throw new Error(`the sample has no event for step ${step}`);
    const { plain, texts } = template;
    numbers.seq += 1;
    const filled = (name: keyof typeof EVENT_TEXTS): string | null =>
      texts[name]?.fill(values) ?? null;
    return {
      ...plain,
      seq: numbers.seq,
      id: filled('id') ?? '',
      subject: filled('subject'),
      data: filled('data') ?? '',
      correlationId: filled('correlationId'),
      causationId: filled('causationId'),
      extensions: filled('extensions'),
      receivedAt: at,
    };
  }

  /** Behind key, ended id and commands stand the times of the events. */
  #timePlace(step: number): number {
    return 2 + this.#sample.items.length + step;
  }

  #template(text: string | null): Template | null {
    return text === null ? null : this.#required(text);
  }

  #required(text: string): Template {
    return new Template(text, this.#places);
  }
}

/** As intake journals one that brought its id. */
function outsideEvent(event: JournalEvent): StoreOp {
  return {
    op: 'event',
    event,
    mark: dedupeMark(sha256, event.tenant, event.source, event.id),
    content: contentHash(event),
    target: null,
  };
}
