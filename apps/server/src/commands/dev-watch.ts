/**
 * Tells when the sources of a project change.
 *
 * Folders are watched one by one rather than recursively: that leaves out `node_modules`, and works the same on every
 * platform. Editors save by writing, by renaming over, or both; a short pause makes one change of it.
 *
 * @module
 */
import { existsSync, readdirSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from '../cli/server-file.ts';

/** How long nothing may happen before a change is told. */
const SETTLE_MS = 40;
const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage', 'vendor']);

/** Whether a file or folder of this name could be a source. */
function mayMatter(name: string): boolean {
  return !name.startsWith('.') && !LEFT_OUT.has(name) && !name.endsWith('~');
}

export class SourceWatcher {
  readonly #root: string;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(root: string, onChange: () => void) {
    this.#root = root;
    this.#onChange = onChange;
    this.#scan(root);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const folder of this.#watchers.keys()) this.#forget(folder);
  }

  /** Watches a folder and those below it, as they are now. */
  #scan(folder: string): void {
    if (!this.#watchers.has(folder)) {
      const watcher = watch(folder, (_kind, name) => {
        if (name === null || mayMatter(name)) this.#changed();
      });
      // A watched folder that is removed says so by an error on some platforms.
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    }
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && mayMatter(entry.name)) this.#scan(join(folder, entry.name));
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settled(), SETTLE_MS);
  }

  /** Folders come and go with changes. What goes while we look makes another change of its own. */
  #settled(): void {
    for (const folder of this.#watchers.keys()) if (!existsSync(folder)) this.#forget(folder);
    try {
      this.#scan(this.#root);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    this.#onChange();
  }
}
