/**
 * Plays a saga many times with outcomes shuffled, duplicated, delayed and doubtful, and checks after each run what must
 * hold however things went.
 *
 * ```ts
 * explore(order, {
 *   world: () => ({ charged: 0 }),
 *   start: () => ({ orderId: 'o1', amount: 10 }),
 *   effects: [
 *     models(charge, (input, world) => { world.charged += input.amount; return { chargeId: 'c1' } }),
 *     models(refund, (_input, world) => { world.charged = 0; return null }),
 *   ],
 *   waits: { 'kitchen.ready': () => ({ shelf: '3' }) },
 *   check: ({ status, world }) => {
 *     if (status === 'compensated') assert.equal(world.charged, 0);
 *   },
 * });
 * ```
 *
 * What it checks in every run besides: it ends; a decision made twice is the same, to the byte; what answers nothing is
 * ignored and changes nothing; no step is asked twice; a run that was undone has nothing left to undo.
 *
 * @module
 */
import { AssertionError } from 'node:assert';
import type { SagaDefinition } from '../runtime/definitions.ts';
import { Exploration } from './exploration.ts';
import type { ExploreOptions } from './explore-options.ts';
import type { Status } from './instance.ts';

/** How the runs ended, by status: to see that a test met what it should have. */
export type ExploreReport = Readonly<Partial<Record<Status, number>>>;

/**
 * Plays the runs.
 *
 * @throws AssertionError for the first run that breaks something: which, how to repeat it, and its story.
 */
export function explore<World, Input>(
  definition: SagaDefinition<Input, unknown>,
  options: ExploreOptions<World, Input>,
): ExploreReport {
  const { runs = 200, seed = 1, only } = options;
  const report: Partial<Record<Status, number>> = {};
  for (let no = only ?? 0; no < (only === undefined ? runs : only + 1); no++) {
    const run = new Exploration(definition, options, seed, no);
    try {
      run.play();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new AssertionError({
        message: `run ${no} of seed ${seed} (repeat it with \`only: ${no}\`): ${message}\n${run.story()}`,
      });
    }
    report[run.instance.status] = (report[run.instance.status] ?? 0) + 1;
  }
  return report;
}
