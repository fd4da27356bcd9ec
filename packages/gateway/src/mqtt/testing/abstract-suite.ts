/** Runs aedes-persistence's own abstract tests, each as a test of ours, so that each is counted and named. */
import assert from 'node:assert';
import abstractPersistence from 'aedes-persistence/abstract.js';
import { expect, onTestFinished, test } from 'vitest';
import type { MqttPersistence } from '../persistence.ts';

type Assertion = 'equal' | 'notEqual' | 'deepEqual' | 'ok';

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
  abstractPersistence({
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
