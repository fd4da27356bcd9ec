/**
 * Releases that a worker has fetched, in its data directory by their digest.
 *
 * 1. What is run has the digest that the command named: checked when it is fetched, and once more in each process.
 * 2. Each release is fetched once, however many commands wait for it.
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { HoldfastError } from '@holdfast/core';
import type { ReleaseBundle, ReleaseDigest } from '@holdfast/core';
import { bundleDigest } from '@holdfast/engine';
import type { ReleaseFiles } from '@holdfast/engine';

export class ReleaseCache {
  readonly #files: ReleaseFiles;
  readonly #fetch: (digest: ReleaseDigest) => Promise<ReleaseBundle>;
  readonly #checked = new Set<ReleaseDigest>();
  readonly #fetching = new Map<ReleaseDigest, Promise<void>>();

  /** @param fetch asks the server for a release */
  constructor(files: ReleaseFiles, fetch: (digest: ReleaseDigest) => Promise<ReleaseBundle>) {
    this.#files = files;
    this.#fetch = fetch;
  }

  /**
   * Resolves once the release is here.
   *
   * @throws HoldfastError `release.invalid` when what the server sent has another digest; whatever the fetch threw
   */
  async ensure(digest: ReleaseDigest): Promise<void> {
    if (this.#checked.has(digest)) return;
    let fetching = this.#fetching.get(digest);
    if (fetching === undefined) {
      fetching = this.#bring(digest).finally(() => this.#fetching.delete(digest));
      this.#fetching.set(digest, fetching);
    }
    await fetching;
  }

  async #bring(digest: ReleaseDigest): Promise<void> {
    if (this.#files.has(digest, 'release.json')) {
      if (bundleDigest(this.#files.bundle(digest)) === digest) {
        this.#checked.add(digest);
        return;
      }
      rmSync(this.#files.directory(digest), { recursive: true, force: true });
    }
    const bundle = await this.#fetch(digest);
    const sent = bundleDigest(bundle);
    if (sent !== digest)
      throw new HoldfastError('release.invalid', `asked for release ${digest}, was sent ${sent}`);
    this.#files.keep(digest, bundle);
    this.#checked.add(digest);
  }
}
