/** A project of an author, as `holdfast init` makes it, whose dependencies are this checkout's instead of npm's. */
import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';
import type { TempFolder } from './temp-folder.ts';

const TEMPLATE = join(ROOT, 'apps/server/templates/parcel');

export class Project {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static make(folder: TempFolder): Project {
    const project = new Project(folder.at('project'));
    cpSync(TEMPLATE, project.dir, { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(project.dir, 'node_modules'), 'dir');
    project.edit('holdfast.release.yaml', (text) => text.replace('app-name', 'parcel'));
    return project;
  }

  /** A folder that is no project yet. */
  static empty(folder: TempFolder): Project {
    const project = new Project(folder.at('empty'));
    mkdirSync(project.dir);
    return project;
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.dir, path), text);
  }

  edit(path: string, change: (text: string) => string): void {
    this.write(path, change(this.read(path)));
  }

  /** Saves as careful editors do: whole beside, then renamed over. */
  replace(path: string, change: (text: string) => string): void {
    const beside = `${path}.swp`;
    this.write(beside, change(this.read(path)));
    renameSync(join(this.dir, beside), join(this.dir, path));
  }
}
