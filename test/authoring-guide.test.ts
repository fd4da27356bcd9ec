/** The guide to writing sagas is true: its files type-check, its tests pass, its release is built. */
import { buildRelease } from '@holdfast/engine/build';
import { afterAll, describe, expect, test } from 'vitest';
import { GuideProject } from './support/guide-project.ts';

describe('docs/guide/authoring.md', () => {
  const project = new GuideProject('docs/guide/authoring.md');
  afterAll(() => project[Symbol.dispose]());

  test('has a whole project', () => {
    expect(project.files.toSorted()).toEqual([
      'holdfast.release.yaml',
      'src/batch.ts',
      'src/effects.ts',
      'src/events.ts',
      'src/index.ts',
      'src/job.ts',
      'src/printer.ts',
      'tests/job.test.ts',
      'tests/others.test.ts',
    ]);
  });

  test('type-checks', () => {
    const { code, out } = project.node('node_modules/typescript/bin/tsc');
    expect(code, out).toBe(0);
  });

  test('passes its own tests', () => {
    const { code, out } = project.node('--test', 'tests/job.test.ts', 'tests/others.test.ts');
    expect(code, out).toBe(0);
    expect(out).toContain('pass 6');
  });

  test('is built', async () => {
    const { manifest } = await buildRelease(project.path);
    expect(manifest.sagas.map(({ name }) => name)).toEqual([
      'batch',
      'job',
      'printer',
      'proofread',
    ]);
    expect(manifest.effects.find(({ name }) => name === 'press.book')?.concurrency).toBe(4);
  });
});
