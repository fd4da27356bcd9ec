/** What `npm test` runs, in order. A static check counts as one; a test project as many as it has tests. */

/** @typedef {{ kind: 'check', name: string, args: string[] }} StaticCheck */
/** @typedef {{ kind: 'tests', name: string, limitMinutes: number }} TestProject */

/** @type {readonly StaticCheck[]} */
export const CHECKS = [
  { kind: 'check', name: 'format', args: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'] },
  { kind: 'check', name: 'lint', args: ['node_modules/oxlint/bin/oxlint', '--quiet'] },
  {
    kind: 'check',
    name: 'types',
    args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  },
  {
    kind: 'check',
    name: 'types of the console',
    args: ['node_modules/typescript/bin/tsc', '-p', 'apps/console'],
  },
  { kind: 'check', name: 'knip', args: ['node_modules/knip/bin/knip.js', '--no-config-hints'] },
];

/** The projects of vitest.config.ts. One that has not ended by its limit is ended, and has failed.
 *  @type {readonly TestProject[]} */
export const TEST_PROJECTS = [
  { kind: 'tests', name: 'unit', limitMinutes: 10 },
  { kind: 'tests', name: 'integration', limitMinutes: 10 },
  { kind: 'tests', name: 'e2e', limitMinutes: 25 },
];
