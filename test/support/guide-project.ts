/** The project that a guide's code blocks make: those with a file name, ```` ```ts file=src/job.ts ````. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './lint-sandbox.ts';

/** What the project has installed, linked from this repository. */
const INSTALLED = ['@holdfast/sdk', 'zod', 'typescript', '@types/node', 'undici-types'];
const BLOCK = /^```\w+ file=(\S+)\n(.*?)^```$/gms;

export class GuideProject implements Disposable {
  readonly dir: string;
  readonly files: readonly string[];

  /** @param guide path from the root */
  constructor(guide: string) {
    this.dir = mkdtempSync(join(tmpdir(), 'holdfast-guide-'));
    const files: string[] = [];
    for (const [, path = '', text = ''] of readFileSync(join(ROOT, guide), 'utf8').matchAll(
      BLOCK,
    )) {
      files.push(path);
      this.#write(path, text);
    }
    this.files = files;
    this.#write('package.json', '{ "name": "guide", "type": "module" }\n');
    const tsconfig = join(ROOT, 'apps', 'server', 'templates', 'parcel', 'tsconfig.json');
    this.#write('tsconfig.json', readFileSync(tsconfig, 'utf8'));
    for (const name of INSTALLED) {
      const link = join(this.dir, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
    }
  }

  /** Runs Node in the project. */
  node(...args: readonly string[]): { readonly code: number | null; readonly out: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.dir,
      encoding: 'utf8',
    });
    return { code: status, out: stdout + stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #write(path: string, text: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
