/**
 * The table that `effects.mjs` of a release exports to the effect host.
 *
 * @module
 */
import { DoneAnswer, NotDone } from '../authoring/effect-outcome.ts';
import { registered } from '../authoring/registry.ts';
import type { EffectContext } from '../authoring/sources.ts';

/**
 * One effect of the table. What a function throws, the host reads by name: `Refused`, `NotDone`, anything else is in
 * doubt. `check` gives the output of an earlier try that took effect, and throws `NotDone` where none did.
 */
export interface TableEntry {
  readonly run: (input: unknown, context: EffectContext) => unknown;
  readonly check?: (input: unknown, context: EffectContext) => Promise<unknown>;
}

/** Every effect defined so far that has a function, by name. */
export function effectTable(): Readonly<Record<string, TableEntry>> {
  const table: Record<string, TableEntry> = {};
  for (const source of registered()) {
    if (source.kind !== 'effect' || source.run === undefined) continue;
    const { run, check } = source;
    table[source.name] = {
      run: (input, context) => run(input as never, context),
      ...(check !== undefined && {
        check: async (input: unknown, context: EffectContext) =>
          outputOf(await check(input as never, context)),
      }),
    };
  }
  return table;
}

/** @throws NotDone when no earlier try took effect; TypeError for what is no answer. */
function outputOf(answer: unknown): unknown {
  if (answer instanceof DoneAnswer) return answer.output;
  if (answer instanceof NotDone) throw answer;
  if (answer === NotDone) throw new NotDone();
  throw new TypeError('`check` must answer Done(output) or NotDone');
}
