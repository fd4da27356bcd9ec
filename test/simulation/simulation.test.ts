/** A short form of `npm run simulate`: a few seeds of the engine as it is, and every mutant until it is found. */
import { afterAll, describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { Violation } from './violation.ts';
import { cleanUp } from './process.ts';
import { World } from './world.ts';

const SEEDS = 24;
/** Within which each mutant is found with room to spare: none takes more than thirty. */
const MUTANT_SEEDS = 80;

afterAll(cleanUp);

async function outcomeOf(seed: number, mutant: string | null): Promise<Violation | null> {
  try {
    await new World({ seed, mutant }).run();
    return null;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}

test(`the engine keeps its promises in ${SEEDS} simulated runs`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const violation = await outcomeOf(seed, null);
    expect(violation, `seed ${seed}: npm run simulate -- --seed ${seed}`).toBeNull();
  }
});

test('the same seed gives the same run', async () => {
  const traces: string[][] = [];
  for (let i = 0; i < 2; i++) {
    const lines: string[] = [];
    const report = await new World({ seed: 77, trace: (line) => lines.push(line) }).run();
    traces.push([...lines, JSON.stringify(report)]);
  }
  expect(traces[0]).toEqual(traces[1]);
});

describe('a mutant is found', () => {
  test.each(Object.entries(MUTANTS))('%s', async (name, { breaks, what }) => {
    for (let seed = 1; seed <= MUTANT_SEEDS; seed++) {
      const violation = await outcomeOf(seed, name);
      if (violation === null) continue;
      expect(breaks, `${what}: found by ${violation.message}`).toContain(violation.invariant);
      return;
    }
    expect.fail(`not found in ${MUTANT_SEEDS} seeds: ${what}`);
  });
});
