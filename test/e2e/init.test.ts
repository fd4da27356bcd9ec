/**
 * `holdfast init`, and what a newcomer does next in what it made: `npm install`, `npm test`, `npm run dev`. Outside the
 * repository, with the system's Node and npm; asks the npm registry for zod, TypeScript, types and the pinned Node.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI, cleanEnv, requireBuild, ROOT } from '../support/checkout.ts';
import { Child, runToEnd } from '../support/child.ts';
import type { Ended } from '../support/child.ts';
import { eventually, within } from '../support/eventually.ts';
import { TempFolder } from '../support/temp-folder.ts';

const USAGE = 2;
const UNAVAILABLE = 69;
/** A registry has slow minutes, which say nothing about what is tested here. */
const INSTALL_WITHIN_MS = 280_000;
const HOOK_WITHIN_MS = INSTALL_WITHIN_MS + 10_000;

const FILES = [
  '.gitignore',
  '.holdfast.local.json',
  'README.md',
  'holdfast.release.yaml',
  'package.json',
  'scripts/holdfast.mjs',
  'src/boxes.ts',
  'src/events.ts',
  'src/index.ts',
  'src/notices.ts',
  'src/parcel.ts',
  'tests/parcel.test.ts',
  'tsconfig.json',
];

const manifest = z.object({
  name: z.string(),
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

let folder: TempFolder;
beforeAll(() => {
  requireBuild();
  folder = new TempFolder('init');
});
afterAll(() => folder[Symbol.dispose]());

function holdfast(...args: readonly string[]): Promise<Ended> {
  return runToEnd(process.execPath, [CLI, ...args], { cwd: folder.path });
}

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();

function readManifest(dir: string): z.infer<typeof manifest> {
  return manifest.parse(JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')));
}

describe('init', () => {
  test('makes a project named after its folder, and says what to do next', async () => {
    const { code, stdout, stderr } = await holdfast('init', 'Corner Shop');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const dir = folder.at('Corner Shop');
    const { dependencies } = readManifest(dir);
    const tarball = dependencies['@holdfast/sdk']?.replace('file:', '') ?? '';
    expect(tarball).toMatch(/^vendor\/holdfast-sdk-\d+\.\d+\.\d+\.tgz$/);
    expect(filesIn(dir)).toEqual([...FILES, tarball].toSorted());
    expect(readFileSync(join(dir, 'holdfast.release.yaml'), 'utf8')).toMatch(/^app: corner-shop$/m);
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).toMatch(/^# corner-shop$/m);
    for (const next of ["cd 'Corner Shop'", 'npm install', 'npm test', 'npm run dev'])
      expect(stdout).toContain(next);
  });

  test('pins what this repository is tested with', async () => {
    await holdfast('init', 'pins');
    const own = z
      .object({
        devDependencies: z.record(z.string(), z.string()),
        optionalDependencies: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const made = readManifest(folder.at('pins'));
    expect(made.optionalDependencies).toEqual(own.optionalDependencies);
    expect(made.dependencies['zod']).toBe(own.devDependencies['zod']);
    expect(made.devDependencies).toEqual({
      '@types/node': own.devDependencies['@types/node'],
      typescript: own.devDependencies['typescript'],
    });
  });

  test('leaves a folder alone that is not empty, unless told', async () => {
    mkdirSync(folder.at('full'));
    writeFileSync(folder.at('full', 'notes.txt'), 'mine');
    writeFileSync(folder.at('full', 'README.md'), 'mine');
    const refused = await holdfast('init', 'full');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('is not empty (README.md, notes.txt)');
    expect(refused.stderr).toContain('--force');
    expect(filesIn(folder.at('full'))).toEqual(['README.md', 'notes.txt']);
    expect(await holdfast('init', 'full', '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(folder.at('full', 'notes.txt'), 'utf8')).toBe('mine');
    expect(readFileSync(folder.at('full', 'README.md'), 'utf8')).toMatch(/^# full/);
  });

  test('takes a folder that is only a git repository for empty', async () => {
    mkdirSync(folder.at('fresh', '.git'), { recursive: true });
    expect(await holdfast('init', 'fresh')).toMatchObject({ code: 0 });
  });

  test('an unknown template is named, with the one that was meant', async () => {
    const { code, stderr } = await holdfast('init', 'other', '--template', 'parcels');
    expect({ code, stderr }).toEqual({
      code: USAGE,
      stderr: 'error: there is no template "parcels"\n  next:  did you mean parcel?\n',
    });
    expect(() => statSync(folder.at('other'))).toThrow('ENOENT');
  });

  test('what it makes is the same every time, but for this machine', async () => {
    await holdfast('init', 'same-a/app');
    await holdfast('init', 'same-b/app');
    for (const file of filesIn(folder.at('same-a/app'))) {
      expect(
        readFileSync(folder.at('same-a/app', file)).equals(
          readFileSync(folder.at('same-b/app', file)),
        ),
        file,
      ).toBe(true);
    }
  });
});

describe('what a newcomer does next', () => {
  /** Without this checkout's tools: the system's Node and npm, and the person's npm settings. */
  const env = {
    ...cleanEnv(),
    PATH: (process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((part) => !part.startsWith(ROOT))
      .join(delimiter),
    ...Object.fromEntries(
      Object.entries(process.env)
        .filter(([name]) => /^npm_config_registry$/i.test(name))
        .map(([name, value]) => [name, value ?? '']),
    ),
  };
  let dir: string;

  function npm(...args: readonly string[]): Promise<Ended> {
    return runToEnd('npm', args, { cwd: dir, env, withinMs: INSTALL_WITHIN_MS });
  }

  beforeAll(async () => {
    dir = folder.at('newcomer');
    await holdfast('init', 'newcomer');
    const installed = await npm('install', '--prefer-offline', '--no-audit', '--no-fund');
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
  }, HOOK_WITHIN_MS);

  test('npm test runs the saga without a server, on the pinned Node', async () => {
    const ended = await npm('test');
    expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/^ℹ pass 5$/m);
    expect(ended.stdout).toMatch(/^ℹ fail 0$/m);
  });

  test('npm test fails when the saga is wrong', async () => {
    const path = join(dir, 'src/parcel.ts');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace("timeout: '3d'", "timeout: '4d'"));
    try {
      const ended = await npm('test');
      expect(ended.code).not.toBe(0);
      expect(ended.stdout).toMatch(/✖ after three days the box is taken back/);
    } finally {
      writeFileSync(path, before);
    }
  });

  test('its types check, and a mistake in one is found', async () => {
    const good = await npm('run', 'check');
    expect(good, good.stdout).toMatchObject({ code: 0 });
    writeFileSync(
      join(dir, 'src/wrong.ts'),
      "import { assignBox } from './boxes.ts';\nassignBox({ parcelId: 7, kilos: 1 });\n",
    );
    try {
      const wrong = await npm('run', 'check');
      expect(wrong.code).not.toBe(0);
      expect(wrong.stdout).toContain('src/wrong.ts(2,13)');
    } finally {
      writeFileSync(join(dir, 'src/wrong.ts'), '');
    }
  });

  test('npm run build finds the command that made the project', async () => {
    const ended = await npm('run', '--silent', 'build');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/^built {2}newcomer [0-9a-f]{12}$/m);
    expect(statSync(join(dir, 'dist/release.json')).size).toBeGreaterThan(1000);
  });

  test('npm run dev starts a server; a parcel runs there to its end; Ctrl-C ends it', async () => {
    const data = folder.at('data');
    const own = {
      ...env,
      HOLDFAST_DATA_DIR: data,
      HOLDFAST_HTTP_PORT: '0',
      HOLDFAST_MQTT_PORT: '0',
    };
    await using dev = new Child('npm', ['run', '--silent', 'dev'], { cwd: dir, env: own });
    await eventually(
      'dev activates the app',
      () => (/active {2}newcomer/.test(dev.stdout) ? true : undefined),
      { seen: () => dev.stdout + dev.stderr },
    );
    const command = (...args: readonly string[]): Promise<Ended> =>
      runToEnd('npm', ['run', '--silent', 'holdfast', '--', ...args], { cwd: dir, env: own });
    const arrived = JSON.stringify({ parcelId: 'P-1', recipient: 'Ada', kilos: 2 });
    expect(await command('events', 'publish', 'parcel.arrived', arrived)).toMatchObject({
      code: 0,
    });
    await eventually('the parcel waits', async () => {
      const { stdout } = await command('sagas', 'list', '--status', 'waiting');
      return stdout.includes('P-1') ? true : undefined;
    });
    expect(
      await command('waits', 'complete', 'parcel', 'P-1', 'pickup', '{"by":"Ada"}'),
    ).toMatchObject({ code: 0 });
    expect((await command('sagas', 'show', 'parcel', 'P-1', '--wait', '30s')).stdout).toMatch(
      /^parcel P-1 {2}completed$/m,
    );
    // npm itself ends by the signal; what counts is that nothing it started is left.
    dev.signalGroup('SIGINT');
    await within('npm ends', INSTALL_WITHIN_MS, dev.ended);
    await eventually('the server has stopped', async () =>
      (await command('status')).code === UNAVAILABLE ? true : undefined,
    );
    // It says so last, when it no longer answers.
    await eventually('the server says that it has stopped', () =>
      /\bstopped\b/.test(dev.stderr) ? true : undefined,
    );
  });
});
