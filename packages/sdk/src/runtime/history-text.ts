/**
 * The text of a run's history, so that what has not changed is not written anew: JSON is most of what a decision costs.
 *
 * 1. The text is `{"v":1,"steps":[…],"start":…,"arrivals":[…]}`. Steps stand first, so that repeating them one by one
 *    leads to where new ones go; arrivals stand last, so that the newest is put before the end.
 * 2. It is taken as it came, before the program runs: a saga may do what it likes with the values it was given.
 *
 * @module
 */
import type { JsonText } from '@holdfast/core';
import { type GeneratorState, STATE_VERSION } from './history.ts';

const HEAD = `{"v":${STATE_VERSION},"steps":[`;
const MIDDLE = '],"start":';
const ARRIVALS = ',"arrivals":[';
const TAIL = ']}';

export class HistoryText {
  readonly #text: JsonText;
  /** Where the repeated steps end; -1 when the text is not as written here. */
  #at: number;

  /** @param text of the state; empty for a run that only starts */
  constructor(text: JsonText) {
    this.#text = text;
    this.#at = text.startsWith(HEAD) ? HEAD.length : -1;
  }

  /** Goes past the next step if it has exactly this text. */
  goesOnWith(step: JsonText): boolean {
    const from = this.#next;
    if (from === -1 || !this.#text.startsWith(step, from)) return false;
    this.#at = from + step.length;
    return true;
  }

  /** Goes past a step whose text should be this. */
  pass(step: JsonText): void {
    if (!this.goesOnWith(step)) this.#at = -1;
  }

  /** The text with more steps, and with an arrival when one was taken. */
  extended(steps: readonly JsonText[], arrival: JsonText | null): JsonText {
    if (this.#at === -1 || !this.#text.startsWith(MIDDLE, this.#at))
      return this.#rewritten(steps, arrival);
    let text = this.#text;
    if (steps.length > 0) {
      const comma = this.#at === HEAD.length ? '' : ',';
      text = text.slice(0, this.#at) + comma + steps.join() + text.slice(this.#at);
    }
    if (arrival === null) return text;
    const comma = text.endsWith(`${ARRIVALS}${TAIL}`) ? '' : ',';
    return text.slice(0, -TAIL.length) + comma + arrival + TAIL;
  }

  #rewritten(steps: readonly JsonText[], arrival: JsonText | null): JsonText {
    const state = JSON.parse(this.#text) as GeneratorState;
    return stateText(
      [...state.steps.map((step) => JSON.stringify(step)), ...steps],
      JSON.stringify(state.start),
      [
        ...state.arrivals.map((each) => JSON.stringify(each)),
        ...(arrival === null ? [] : [arrival]),
      ],
    );
  }

  get #next(): number {
    const at = this.#at;
    if (at <= HEAD.length) return at;
    return this.#text[at] === ',' ? at + 1 : -1;
  }
}

/** The state of a run, of the texts of its parts. */
export function stateText(
  steps: readonly JsonText[],
  start: JsonText,
  arrivals: readonly JsonText[],
): JsonText {
  return HEAD + steps.join() + MIDDLE + start + ARRIVALS + arrivals.join() + TAIL;
}
