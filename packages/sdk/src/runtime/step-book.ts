/**
 * The steps of a run: those that history has, those asked for so far, and which of them are open.
 *
 * @module
 */
import type { JsonText } from '@holdfast/core';
import type { Made } from './active.ts';
import { ProgramError } from './failures.ts';
import type { Asked } from './fiber.ts';
import { describeStep, sameStep, type StepKind, type StepRecord } from './history.ts';
import type { HistoryText } from './history-text.ts';

export class StepBook {
  readonly asked = new Map<string, Asked>();
  /** Steps of the segments that are being repeated; null once they are, and new ones may be asked for. */
  #history: readonly StepRecord[] | null;
  readonly #past: HistoryText;
  /** Steps asked for so far. */
  #count = 0;
  /** Text of each new one. */
  readonly #written: JsonText[] = [];

  constructor(history: readonly StepRecord[], past: HistoryText) {
    this.#history = history;
    this.#past = past;
  }

  get repeating(): boolean {
    return this.#history !== null;
  }

  /** Texts of the steps that history did not have. */
  get written(): readonly JsonText[] {
    return this.#written;
  }

  /** @throws ProgramError `program.history` when history has a step that was not asked for again. */
  endHistory(): void {
    const left = this.#history?.[this.#count];
    if (left !== undefined) {
      const message = `the program does not follow its history: history has ${describeStep(left)} next, which the program does not ask for`;
      throw new ProgramError('program.history', message);
    }
    this.#history = null;
  }

  /** @param request see `recordOf` @throws ProgramError `program.history` when history has another step here. */
  record(step: string, kind: StepKind, request: JsonText, operation: Made): void {
    const text = `{"step":${JSON.stringify(step)},"kind":"${kind}","request":${request}}`;
    if (this.#history === null) this.#written.push(text);
    else if (!this.#past.goesOnWith(text)) this.#compare(text, operation);
    this.#count += 1;
  }

  /** The texts differ, which does not yet mean that the steps do. */
  #compare(text: JsonText, operation: Made): void {
    const was = this.#history?.[this.#count];
    const record = JSON.parse(text) as StepRecord;
    if (was === undefined || !sameStep(was, record)) {
      const has = was === undefined ? 'no further step' : describeStep(was);
      const message = `the program does not follow its history: history has ${has} here, and the program now asks for ${describeStep(record)}`;
      throw new ProgramError('program.history', message, operation);
    }
    this.#past.pass(JSON.stringify(was));
  }

  /** @throws ProgramError when a wait of that name is open: whoever completes it could not tell them apart. */
  refuseSameWait(name: string, operation: Made): void {
    for (const { kind, open, operation: other } of this.asked.values()) {
      if (kind === 'wait' && open && other.request.name === name) {
        const message = `a wait named ${name} is open already; give this one another name`;
        throw new ProgramError('program.failed', message, operation);
      }
    }
  }

  /** Whether a call, or a child too when `children`, has not ended whose id starts with `path`. */
  inFlight(path: string, children: boolean): boolean {
    for (const { id, kind, open } of this.asked.values()) {
      if (open && (kind === 'effect' || (children && kind === 'child')) && id.startsWith(path)) {
        return true;
      }
    }
    return false;
  }
}
