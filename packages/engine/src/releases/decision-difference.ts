/**
 * Where two decisions on the same event part, in words for the person who activates a release.
 *
 * @module
 */
import {
  canonicalJson,
  type Decision,
  formatMicros,
  type Json,
  type JsonText,
} from '@holdfast/core';

/** The first thing that another release would have decided otherwise. */
export interface Difference {
  /** The decision it is in, counted from 1. */
  readonly version: number;
  /** Id of the step; null where it is in none. */
  readonly step: string | null;
  /** What history has there. */
  readonly history: string;
  /** What the other release asks for instead. */
  readonly asks: string;
}

/** Longest piece of data that is quoted, in characters. */
const QUOTED = 200;
const NOTHING = 'nothing more';

/** One thing that a decision asks for or says. */
interface Part {
  readonly step: string | null;
  readonly words: string;
  /** All of it, for comparing. */
  readonly whole: string;
}

/**
 * Null when both decisions are the same. Search fields are not compared: what an instance is found by has no part in what
 * it does, and its next decision on the other release says them anew.
 */
export function differenceOf(version: number, was: JsonText, now: JsonText): Difference | null {
  if (was === now) return null;
  const { search: _had, ...recorded } = JSON.parse(was) as Decision;
  const { search: _has, ...decided } = JSON.parse(now) as Decision;
  if (canonicalJson(recorded) === canonicalJson(decided)) return null;
  const before = partsOf(recorded);
  const after = partsOf(decided);
  for (const [kind, had] of before.entries()) {
    const has = after[kind] ?? [];
    for (let at = 0; at < Math.max(had.length, has.length); at++) {
      const one = had[at];
      const other = has[at];
      if (one?.whole === other?.whole) continue;
      return {
        version,
        step: (one ?? other)?.step ?? null,
        history: one?.words ?? NOTHING,
        asks: other?.words ?? NOTHING,
      };
    }
  }
  return { version, step: null, history: 'another decision', asks: 'one that differs from it' };
}

/** What a decision did first; for one that another release cannot make at all. */
export function firstPartOf(decision: JsonText): { step: string | null; words: string } {
  const [first] = partsOf(JSON.parse(decision) as Decision).flat();
  return first ?? { step: null, words: NOTHING };
}

/** By kind, in the order in which a person looks for what matters. */
function partsOf(decision: Decision): readonly (readonly Part[])[] {
  const { failure, blocked, ending } = decision;
  return [
    decision.items.map((each) =>
      part(
        each,
        each.step,
        `calls ${each.effect} with ${quoted(each.input)}${each.undoes === undefined ? '' : ` to undo ${each.undoes}`}`,
      ),
    ),
    decision.waits.map((each) =>
      part(each, each.step, `waits for ${each.name}${until(each.expiresAt)}`),
    ),
    decision.children.map((each) =>
      part(each, each.step, `starts ${each.saga}/${each.key} with ${quoted(each.input)}`),
    ),
    decision.publishes.map((each) =>
      part(each, each.step, `publishes ${each.type} with ${quoted(each.data)}`),
    ),
    decision.schedules.map((each) =>
      part(each, each.name, `sets the timer ${each.name}${until(each.dueAt)}`),
    ),
    decision.cancelSchedules.map((name) => part(name, name, `cancels the timer ${name}`)),
    decision.closeWaits.map((step) => part(step, step, `closes the wait ${step}`)),
    decision.cancelChildren.map((each) =>
      part(each, each.step, `cancels ${each.saga}/${each.key}`),
    ),
    ending === null ? [] : [part(ending, null, endingWords(ending))],
    failure === null
      ? []
      : [part(failure, failure.step ?? null, `fails with ${failure.code}: ${failure.message}`)],
    blocked === null ? [] : [part(blocked, blocked.step ?? null, `blocks: ${blocked.message}`)],
    decision.undo.map((each) =>
      part(each, each.step, `keeps an undo for ${each.step} (${each.effect}, ${each.state})`),
    ),
    decision.logs.map((each) => part(each, null, `logs ${each.level} ${quoted(each.message)}`)),
    [part(decision.status, null, `is ${decision.status}`)],
    [part(decision.ignored, null, decision.ignored ? 'ignores the event' : 'takes the event')],
  ];
}

function part(whole: unknown, step: string | null, words: string): Part {
  return { step, words, whole: canonicalJson(whole) };
}

function endingWords(ending: NonNullable<Decision['ending']>): string {
  switch (ending.as) {
    case 'completed':
      return `completes with ${quoted(ending.result)}`;
    case 'continued':
      return `goes on as another run with ${quoted(ending.input)}`;
    case 'compensated':
    case 'cancelled':
      return `ends ${ending.as}: ${ending.error.message}`;
  }
}

function until(time: number | null): string {
  return time === null ? '' : ` until ${formatMicros(time)}`;
}

function quoted(data: Json): string {
  const text = JSON.stringify(data);
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}
