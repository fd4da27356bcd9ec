import { defineConfig } from 'vitest/config';

const SECOND = 1_000;

/** Shared by every project: processes, not threads, so that native modules and signals behave as in production. */
const shared = {
  pool: 'forks' as const,
  maxWorkers: 2,
  environment: 'node' as const,
  restoreMocks: true,
  // A second, as it is by default, would be a limit on the speed of the machine.
  expect: { poll: { timeout: 25 * SECOND, interval: 10 } },
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
          testTimeout: 30 * SECOND,
          hookTimeout: 30 * SECOND,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/drills/**', 'test/bench/**', '**/node_modules/**'],
          testTimeout: 60 * SECOND,
          hookTimeout: 60 * SECOND,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/drills/**/*.test.ts'],
          testTimeout: 180 * SECOND,
          hookTimeout: 120 * SECOND,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
