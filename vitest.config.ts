import { defineConfig } from 'vitest/config';

const SECOND = 1_000;
/**
 * Limits are there for what hangs, and say nothing of how fast it must be: a machine that does ten things at once takes
 * ten times as long. What is waited for in a test (`eventually`, `expect.poll`) is given up before these, and is named.
 */
const UNIT_LIMIT = 120 * SECOND;
const INTEGRATION_LIMIT = 180 * SECOND;
const E2E_LIMIT = 400 * SECOND;

/** Shared by every project: processes, not threads, so that native modules and signals behave as in production. */
const shared = {
  pool: 'forks' as const,
  maxWorkers: 2,
  environment: 'node' as const,
  restoreMocks: true,
  expect: { poll: { timeout: 60 * SECOND, interval: 10 } },
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: [
            'packages/**/src/**/*.test.ts',
            'apps/**/src/**/*.test.ts',
            'apps/restaurant/tests/**/*.test.ts',
          ],
          testTimeout: UNIT_LIMIT,
          hookTimeout: UNIT_LIMIT,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/drills/**', 'test/bench/**', '**/node_modules/**'],
          testTimeout: INTEGRATION_LIMIT,
          hookTimeout: INTEGRATION_LIMIT,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/drills/**/*.test.ts'],
          testTimeout: E2E_LIMIT,
          hookTimeout: E2E_LIMIT,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
