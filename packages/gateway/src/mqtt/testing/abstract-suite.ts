/** Runs aedes-persistence's own abstract tests, each as a test of ours, so that each is counted and named. */
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import type { MqttPersistence } from '../persistence.ts';

type Assertion = 'equal' | 'notEqual' | 'deepEqual' | 'ok';

/** As much of node:test's context as those tests use. */
interface Context {
  plan(count: number): void;
  diagnostic(message: string): void;
  readonly assert: Readonly<Record<Assertion, (...args: unknown[]) => void>>;
}

interface AbstractOptions {
  readonly test: (name: string, run: (context: Context) => Promise<void>) => void;
  readonly persistence: () => Promise<MqttPersistence>;
  readonly testAsync: true;
}

const suite = createRequire(import.meta.url)('aedes-persistence/abstract.js') as (
  options: AbstractOptions,
) => void;

/** Its node:test assertions are those of node:assert, loose ones included. */
const LOOSE: Readonly<Record<Assertion, (...args: [never, never, never]) => void>> = {
  equal: assert.equal,
  notEqual: assert.notEqual,
  deepEqual: assert.deepEqual,
  ok: assert.ok,
};

/** @param open makes a persistence over an empty store, and what closes it */
export function runAbstractSuite(
  open: () => Promise<{
    readonly persistence: MqttPersistence;
    readonly close: () => Promise<void>;
  }>,
): void {
  suite({
    testAsync: true,
    persistence: async () => {
      const { persistence, close } = await open();
      onTestFinished(close);
      return persistence;
    },
    test: (name, run) => {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are the suite's own
      test(name, async () => {
        let planned: number | null = null;
        let made = 0;
        const count =
          (kind: Assertion) =>
          (...args: unknown[]): void => {
            made += 1;
            LOOSE[kind](...(args as [never, never, never]));
          };
        await run({
          plan: (expected) => {
            planned = expected;
          },
          diagnostic: () => undefined,
          assert: {
            equal: count('equal'),
            notEqual: count('notEqual'),
            deepEqual: count('deepEqual'),
            ok: count('ok'),
          },
        });
        if (planned !== null) expect(made, 'assertions planned').toBe(planned);
      });
    },
  });
}
