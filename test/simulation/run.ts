/**
 * Simulated runs, by seed. Run by `npm run simulate`:
 *
 *     npm run simulate -- [--seeds N] [--first SEED] [--seed SEED] [--mutant NAME] [--mutants] [--steps N] [--keep]
 *
 * `--seed` runs one, and says each step; with `--keep` its data directory is left. `--mutants` runs every mutant until it is caught.
 */
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.ts';
import { Violation } from './violation.ts';
import { cleanUp } from './process.ts';
import { type RunReport, World } from './world.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '500' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    steps: { type: 'string', default: '250' },
    mutant: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const PROGRESS_EVERY = 500;

async function runOne(seed: number, mutant: string | null): Promise<RunReport | Violation> {
  try {
    return await new World({ seed, mutant, steps }).run();
  } catch (error) {
    if (error instanceof Violation) return error;
    throw new Error(`seed ${seed} ended in an error of the simulation itself`, { cause: error });
  }
}

const first = Number(values.first);
const count = Number(values.seeds);
if (values.seed !== undefined) {
  const seed = Number(values.seed);
  const world = new World({
    seed,
    mutant: values.mutant ?? null,
    steps,
    keep: values.keep,
    trace: (line) => console.log(line),
  });
  console.log(await world.run());
} else if (values.mutants || values.mutant !== undefined) {
  for (const name of values.mutant === undefined ? Object.keys(MUTANTS) : [values.mutant]) {
    let found: string | null = null;
    for (let seed = first; seed < first + count && found === null; seed++) {
      const outcome = await runOne(seed, name);
      if (outcome instanceof Violation) found = `${seed - first + 1} seeds: ${outcome.message}`;
    }
    console.log(`${name.padEnd(22)} ${found ?? `NOT CAUGHT in ${count} seeds`}`);
    if (found === null) process.exitCode = 1;
  }
} else {
  const totals = { seeds: 0, steps: 0, crashes: 0, events: 0, calls: 0, swaps: 0, moves: 0 };
  const began = performance.now();
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await runOne(seed, null);
    if (outcome instanceof Violation) {
      console.log(`seed ${seed}: ${outcome.message}`);
      console.log(`  again: npm run simulate -- --seed ${seed} --steps ${steps}`);
      process.exitCode = 1;
      break;
    }
    totals.seeds += 1;
    totals.steps += outcome.steps;
    totals.crashes += outcome.crashes;
    totals.events += outcome.events;
    totals.calls += outcome.calls;
    totals.swaps += outcome.swaps;
    totals.moves += outcome.moves;
    if ((seed - first + 1) % PROGRESS_EVERY === 0 && process.stderr.isTTY)
      process.stderr.write(`${seed - first + 1} of ${count} seeds\n`);
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${totals.seeds} seeds held in ${seconds.toFixed(0)} s: ${totals.steps} steps, ${totals.crashes} crashes, ${totals.events} events, ${totals.calls} calls, ${totals.swaps} swaps, ${totals.moves} moves`,
  );
}
cleanUp();
