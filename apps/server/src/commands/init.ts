/** `holdfast init`: makes a small working project, complete with a copy of the SDK. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { HoldfastError, shellWord } from '@holdfast/core';
import { PACKED_SDK_DIR, TEMPLATES_DIR } from '../asset-paths.ts';
import type { CliContext } from '../cli/context.ts';
import { UsageError } from '../cli/usage-error.ts';
import { VERSION } from '../cli/version.ts';
import { nearest } from '../config/nearest.ts';
import { projectManifest } from '../templates/project-manifest.ts';

interface InitOptions {
  readonly template: string;
  readonly force?: boolean;
}

/** Where the project finds this very command again; ignored by git, since it names a path of this machine. */
const LOCAL_FILE = '.holdfast.local.json';
const SDK_TARBALL = `holdfast-sdk-${VERSION}.tgz`;
/** What may lie in a folder that counts as empty. */
const HARMLESS = ['.git', '.DS_Store'];
const APP_NAME = /^[a-zA-Z][a-zA-Z0-9._-]{0,127}$/;

export async function init(
  context: CliContext,
  { template, force }: InitOptions,
  [dir = '.']: readonly string[],
): Promise<number> {
  const { out, around } = context;
  const target = resolve(around.cwd, dir);
  refuseUnlessEmpty(target, force === true);
  const name = appNameOf(target, template);
  const files = new Map<string, string | Uint8Array>([
    ...(await templateFiles(template, name)),
    [
      'package.json',
      `${JSON.stringify(projectManifest({ name, sdkTarball: `vendor/${SDK_TARBALL}` }), null, 2)}\n`,
    ],
    [`vendor/${SDK_TARBALL}`, await packedSdk()],
    [LOCAL_FILE, localFile(context)],
  ]);
  for (const [path, content] of files) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), content);
  }
  const written = [...files.keys()].toSorted();
  if (out.json) {
    out.document({ dir: target, app: name, template, files: written });
    return 0;
  }
  sayWhatNext(context, target, name, written);
  return 0;
}

function refuseUnlessEmpty(target: string, force: boolean): void {
  if (!existsSync(target) || force) return;
  const found = readdirSync(target).filter((entry) => !HARMLESS.includes(entry));
  if (found.length === 0) return;
  throw new HoldfastError(
    'conflict',
    `${target} is not empty (${found.slice(0, 3).join(', ')}${found.length > 3 ? ', …' : ''})`,
    {
      hint: 'name another folder, or say --force to write into this one and replace files of the same name',
    },
  );
}

/** The folder's name where it can name an app, else the template's. */
function appNameOf(target: string, template: string): string {
  const name = basename(target)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-');
  return APP_NAME.test(name) ? name : template;
}

async function templateFiles(
  template: string,
  app: string,
): Promise<readonly (readonly [string, string])[]> {
  const known = readdirSync(TEMPLATES_DIR);
  if (!known.includes(template)) {
    const meant = nearest(template, known);
    throw new UsageError(
      `there is no template ${JSON.stringify(template)}`,
      meant === null ? `templates: ${known.join(', ')}` : `did you mean ${meant}?`,
    );
  }
  const root = join(TEMPLATES_DIR, template);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Promise.all(
    entries.map(async (entry) => {
      const source = join(entry.parentPath, entry.name);
      const path = relative(root, source).replaceAll('\\', '/');
      const text = await readFile(source, 'utf8');
      // A real `.gitignore` in the template would hide files of the template from our own git.
      return [
        path === 'gitignore' ? '.gitignore' : path,
        text.replaceAll(APP_PLACEHOLDER, app),
      ] as const;
    }),
  );
}

/** Stands in a template for the app's name; plain words, since a template is also formatted as what it is. */
const APP_PLACEHOLDER = 'app-name';

async function packedSdk(): Promise<Uint8Array> {
  const path = join(PACKED_SDK_DIR, SDK_TARBALL);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new HoldfastError('unavailable', `the packed SDK ${path} is missing`, {
      cause,
      hint: 'build it: npm run build',
    });
  }
}

function localFile({ around, globals }: CliContext): string {
  const dataDir = globals.dataDir ?? around.env['HOLDFAST_DATA_DIR'];
  const command = [process.execPath, process.argv[1] ?? ''];
  const local = {
    command,
    ...(dataDir === undefined || dataDir === '' ? {} : { dataDir: resolve(around.cwd, dataDir) }),
  };
  return `${JSON.stringify(local, null, 2)}\n`;
}

function sayWhatNext(
  { out, around }: CliContext,
  target: string,
  name: string,
  written: readonly string[],
): void {
  const { bold, dim, name: paste } = out.paint;
  const path = relative(around.cwd, target);
  out.line(
    `${bold(name)} is ready in ${path === '' ? 'this folder' : target} ${dim(`(${written.length} files)`)}`,
  );
  out.line();
  out.line('Next:');
  const steps = [
    ...(path === '' ? [] : [[`cd ${shellWord(path)}`, '']]),
    ['npm install', 'the SDK comes from vendor/, the rest from npm'],
    ['npm test', 'runs the saga without a server'],
    ['npm run dev', 'starts Holdfast, activates the app, again after every save'],
  ] as const;
  for (const [command = '', why = ''] of steps)
    out.line(`  ${paste(command.padEnd(16))}${dim(why)}`.trimEnd());
}
