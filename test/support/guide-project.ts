/** The project that a guide's code blocks make: those with a file name, ```` ```ts file=src/job.ts ````. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './checkout.ts';
import { TempFolder } from './temp-folder.ts';

/** What the project has installed, linked from this repository. */
const INSTALLED = ['@holdfast/sdk', 'zod', 'typescript', '@types/node', 'undici-types'];
const BLOCK = /^```\w+ file=(\S+)\n(.*?)^```$/gms;

export class GuideProject implements Disposable {
  readonly #folder = new TempFolder('guide');
  readonly files: readonly string[];

  /** @param guide path from the root */
  constructor(guide: string) {
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
      const link = this.#folder.at('node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
    }
  }

  get path(): string {
    return this.#folder.path;
  }

  /** Runs Node in the project. */
  node(...args: readonly string[]): { readonly code: number | null; readonly out: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.path,
      encoding: 'utf8',
    });
    return { code: status, out: stdout + stderr };
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }

  #write(path: string, text: string): void {
    const file = this.#folder.at(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
