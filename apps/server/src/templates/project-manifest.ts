/**
 * `package.json` of a project that `init` makes. Versions are those this repository is tested with.
 *
 * @module
 */
import root from '../../../../package.json' with { type: 'json' };

export interface ProjectManifestInput {
  readonly name: string;
  /** Path of the packed SDK, from the project. */
  readonly sdkTarball: string;
}

export function projectManifest({
  name,
  sdkTarball,
}: ProjectManifestInput): Readonly<Record<string, unknown>> {
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: {
      test: 'node --test "tests/**/*.test.ts"',
      check: 'tsc',
      dev: 'node scripts/holdfast.mjs dev',
      build: 'node scripts/holdfast.mjs release build',
      deploy: 'node scripts/holdfast.mjs deploy',
      holdfast: 'node scripts/holdfast.mjs',
    },
    dependencies: {
      '@holdfast/sdk': `file:${sdkTarball}`,
      zod: root.devDependencies.zod,
    },
    devDependencies: {
      '@types/node': root.devDependencies['@types/node'],
      typescript: root.devDependencies.typescript,
    },
    // Node itself, pinned: npm scripts find it in node_modules/.bin. There is no such package for macOS.
    optionalDependencies: root.optionalDependencies,
    engines: { node: '>=20' },
  };
}
