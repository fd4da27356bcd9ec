/** Projects of releases in folders of their own, to be changed, saved and deployed as their authors would. */
import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { ROOT } from './checkout.ts';
import type { HoldfastServer } from './holdfast-server.ts';
import { TempFolder } from './temp-folder.ts';

const TEMPLATE = 'apps/server/templates/parcel';
const LEFT_OUT = new Set(['node_modules', 'dist', 'tests']);

const deployed = z.looseObject({ app: z.string(), digest: z.string() });

export class Project implements Disposable {
  readonly #folder = new TempFolder('project');

  /** An empty folder, or a copy of a project in this checkout. What it imports resolves as in the checkout. */
  constructor(source?: string) {
    if (source !== undefined) {
      cpSync(join(ROOT, source), this.path, {
        recursive: true,
        filter: (from) => !LEFT_OUT.has(basename(from)),
      });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.path, 'node_modules'), 'dir');
  }

  /** As `holdfast init` makes it, with this checkout's dependencies instead of npm's. */
  static fromTemplate(): Project {
    const project = new Project(TEMPLATE);
    project.replace('holdfast.release.yaml', 'app-name', 'parcel');
    return project;
  }

  get path(): string {
    return this.#folder.path;
  }

  write(file: string, text: string): void {
    const path = join(this.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8');
  }

  /** Changes a text that must be there. */
  replace(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    this.write(file, text.replaceAll(from, to));
  }

  /** The same, saved as careful editors do: whole beside, then renamed over. */
  replaceByRename(file: string, from: string, to: string): void {
    const beside = `${file}.swp`;
    cpSync(join(this.path, file), join(this.path, beside));
    this.replace(beside, from, to);
    renameSync(join(this.path, beside), join(this.path, file));
  }

  /** @returns the digest of the release that is now active */
  async deploy(server: HoldfastServer): Promise<string> {
    return deployed.parse(await server.cliJson('deploy', this.path)).digest;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
