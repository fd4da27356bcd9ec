/** Manifest faults: refused at build or register, each with its place, and nothing is changed. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { problemOf } from '../support/http-api.ts';
import { order, orderPlaced } from '../support/orders.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';

const bundleSchema = z.object({ format: z.literal(1), files: z.record(z.string(), z.string()) });
type Bundle = z.infer<typeof bundleSchema>;

const RELEASE_FILE = 'holdfast.release.yaml';

let server: HoldfastServer;
let bundle: Bundle;
beforeAll(async () => {
  server = await HoldfastServer.start();
  using folder = new TempFolder('bundle');
  using project = new Project('apps/restaurant');
  const file = folder.at('release.json');
  const built = await server.cli('release', 'build', project.path, '--out', file);
  expect(built.code, built.stderr).toBe(0);
  bundle = bundleSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
});
afterAll(() => server[Symbol.asyncDispose]());

async function releases(): Promise<unknown> {
  return (await server.api.get('/v1/releases')).json;
}

/** I9 and "nothing changed": the same releases as before, and orders run. */
async function unchanged(before: unknown): Promise<void> {
  expect(await releases()).toEqual(before);
  const placed = order();
  await server.api.publish(orderPlaced(placed));
  await server.api.waitForStatus('order', placed.orderId, 'waiting');
}

function withManifest(change: (manifest: Record<string, unknown>) => void): Bundle {
  const manifest = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(bundle.files['release.json'] ?? ''));
  change(manifest);
  return { ...bundle, files: { ...bundle.files, 'release.json': JSON.stringify(manifest) } };
}

describe('a bundle with faults is refused at register', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['no bundle at all', () => ({ some: 'thing' }), /format|files/],
    ['no manifest', () => ({ ...bundle, files: {} }), /release\.json/],
    [
      'a manifest that is no JSON',
      () => ({ ...bundle, files: { ...bundle.files, 'release.json': '{' } }),
      /release\.json/,
    ],
    ['a newer format', () => withManifest((m) => (m['format'] = 2)), /format/],
    [
      'a saga without its program',
      () => ({
        ...bundle,
        files: Object.fromEntries(
          Object.entries(bundle.files).filter(([name]) => !name.endsWith('.js')),
        ),
      }),
      /order/,
    ],
    [
      'a program that does not parse',
      () => ({ ...bundle, files: { ...bundle.files, 'sagas/order.js': 'function (' } }),
      /order/,
    ],
    [
      'an effect of no known provider',
      () => withManifest((m) => (m['effects'] = [{ name: 'x', provider: { kind: 'fax' } }])),
      /effects/,
    ],
    [
      'two sagas of one name',
      () =>
        withManifest(
          (m) =>
            (m['sagas'] = [
              ...z.array(z.unknown()).parse(m['sagas']),
              ...z.array(z.unknown()).parse(m['sagas']),
            ]),
        ),
      /order/,
    ],
    [
      'the secret of an effect that is not declared',
      () => withManifest((m) => (m['app'] = 'not a name')),
      /app/,
    ],
  ])('%s', async (_, make, place) => {
    const before = await releases();
    const answer = await server.api.post('/v1/releases', make());
    expect(answer.status).toBe(422);
    const problem = problemOf(answer);
    expect(problem.code).toBe('release.invalid');
    expect(`${problem.detail} ${JSON.stringify(problem.faults)}`).toMatch(place);
    await unchanged(before);
  });

  test('a release that nobody registered cannot be activated', async () => {
    const before = await releases();
    const answer = await server.api.post(`/v1/releases/${'0'.repeat(64)}/activate`, {});
    expect(answer.status).toBe(404);
    expect(problemOf(answer)).toMatchObject({ code: 'release.unknown' });
    await unchanged(before);
  });
});

describe('a project with faults is refused at build, with file, line and column', () => {
  test.each<[string, (project: Project) => void, RegExp]>([
    [
      'an unknown key',
      (project) => project.write(RELEASE_FILE, `${project.read(RELEASE_FILE)}\nefects: {}\n`),
      /holdfast\.release\.yaml:\d+:\d+.*efects/s,
    ],
    [
      'settings of an effect that there is not',
      (project) =>
        project.write(
          RELEASE_FILE,
          `${project.read(RELEASE_FILE)}\neffects:\n  payment.chrage: { timeout: 1s }\n`,
        ),
      /holdfast\.release\.yaml:\d+:\d+.*payment\.chrage/s,
    ],
    [
      'a duration that is none',
      (project) =>
        project.write(
          RELEASE_FILE,
          `${project.read(RELEASE_FILE)}\neffects:\n  payment.charge: { timeout: soon }\n`,
        ),
      /holdfast\.release\.yaml:\d+:\d+.*soon|timeout/s,
    ],
    [
      'a retry in doubt that nothing promises to be safe',
      (project) => project.replace('src/effects.ts', "idempotency: { window: '24h' },", ''),
      /idempotency/,
    ],
    [
      'a reference that does not resolve',
      (project) =>
        project.write(
          RELEASE_FILE,
          `${project.read(RELEASE_FILE)}\neffects:\n  payment.charge:\n    provider: { kind: http, url: 'config://NOWHERE/pay' }\n`,
        ),
      /NOWHERE/,
    ],
    [
      'no entry',
      (project) => project.write(RELEASE_FILE, 'app: restaurant\nentry: src/nothing.ts\n'),
      /holdfast\.release\.yaml:\d+:\d+.*src\/nothing\.ts/s,
    ],
    [
      'YAML that is none',
      (project) => project.write(RELEASE_FILE, 'app: [\n'),
      /holdfast\.release\.yaml:\d+:\d+/,
    ],
    [
      'code that does not parse',
      (project) => project.write('src/order.ts', 'export const ;'),
      /src\/order\.ts:\d+:\d+/,
    ],
  ])('%s', async (_, spoil, words) => {
    const before = await releases();
    using project = new Project('apps/restaurant');
    spoil(project);
    const ended = await server.cli('deploy', project.path, '--json');
    expect(ended.code).toBe(78);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(words);
    await unchanged(before);
  });
});
