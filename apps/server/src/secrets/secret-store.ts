/**
 * Secrets by name, encrypted at rest in `<data-dir>/secrets/` (DESIGN, Store).
 *
 * Invariants:
 * 1. A value is never written in the clear, never logged, and never part of an error.
 * 2. Each value is sealed by AES-256-GCM with its name as associated data: one cannot be passed off as another.
 * 3. The file is replaced whole (written beside, synced, renamed, folder synced): a crash leaves the old or the new one.
 * 4. `HOLDFAST_SECRET_NAME`, and `HOLDFAST_SECRET_NAME_FILE`, win over what is stored and are never stored. Empty, they
 *    count as not set: a file that is being written anew is no empty secret.
 *
 * The key lies beside the values, so this guards a copied file or a careless look, not against whoever may read the
 * whole data directory; its permissions (0700, files 0600) do that.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { ensureDirectory } from '@holdfast/store';
import { z } from 'zod';
import { createPrivateFile, replacePrivateFile } from './private-file.ts';

const KEY_BYTES = 32;
/** NIST SP 800-38D §8.2: 96 bits, here random for every sealing. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Longest value, in bytes of UTF-8: a certificate chain fits. */
export const MAX_SECRET_BYTES = 64 * 1024;
/** Most values that are remembered as handed out. */
const MAX_GIVEN = 10_000;
const ENV_PREFIX = 'HOLDFAST_SECRET_';
/** What `secret://NAME` may name; core's REFERENCE_PATTERN. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

const entrySchema = z.object({ sealed: z.base64(), updatedAt: z.string() });
const fileSchema = z.object({ format: z.literal(1), secrets: z.record(z.string(), entrySchema) });

type Entry = z.infer<typeof entrySchema>;

export interface SecretStoreOptions {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wall time, for `updatedAt`. */
  readonly now: () => Date;
}

interface Held extends Entry {
  readonly value: string;
}

/** Says whether it changed anything. */
type Edit = (next: Map<string, Held>) => boolean;

export class SecretStore {
  readonly #folder: string;
  readonly #env: SecretStoreOptions['env'];
  readonly #now: () => Date;
  readonly #held: Map<string, Held>;
  readonly #given = new Set<string>();
  /** Changes are made one after the other: each writes the whole file. */
  #last: Promise<void> = Promise.resolve();

  /** @throws HoldfastError `store.corrupt` when what is stored cannot be read back. */
  constructor({ dataDir, env, now }: SecretStoreOptions) {
    this.#folder = join(dataDir, 'secrets');
    this.#env = env;
    this.#now = now;
    this.#held = this.#open();
  }

  /** The value as of now; undefined when nobody gave one. */
  get(name: string): string | undefined {
    const value = this.#fromEnv(name) ?? this.#held.get(name)?.value;
    if (value !== undefined && this.#given.size < MAX_GIVEN) this.#given.add(value);
    return value;
  }

  /** Every value that was handed out since the start, an earlier one too: none may come to light. */
  get given(): ReadonlySet<string> {
    return this.#given;
  }

  /** Names, never values, in order. One that only the environment has stands in upper case. */
  list(): Promise<readonly string[]> {
    const stored = [...this.#held.keys()];
    const spelled = new Set(stored.map((name) => name.toUpperCase()));
    const given = this.#namesInEnv().filter((name) => !spelled.has(name));
    return Promise.resolve([...stored, ...given].toSorted());
  }

  #namesInEnv(): readonly string[] {
    const names = Object.keys(this.#env)
      .filter((variable) => variable.startsWith(ENV_PREFIX) && this.#env[variable] !== '')
      .map((variable) => variable.slice(ENV_PREFIX.length).replace(/_FILE$/, ''));
    return [...new Set(names)].filter((name) => NAME.test(name));
  }

  /**
   * Stores a value, durably once this resolves.
   *
   * @throws HoldfastError `request.invalid` for a name that no reference can have, an empty value, or one too long.
   */
  async set(name: string, value: string): Promise<void> {
    if (!NAME.test(name)) {
      throw new HoldfastError('request.invalid', `${JSON.stringify(name)} cannot name a secret`, {
        hint: 'letters, digits and "_", no digit first',
      });
    }
    const size = Buffer.byteLength(value);
    if (size === 0 || size > MAX_SECRET_BYTES) {
      throw new HoldfastError(
        'request.invalid',
        `the value of a secret has 1 to ${MAX_SECRET_BYTES} bytes, not ${size}`,
      );
    }
    await this.#change((next) => {
      next.set(name, {
        value,
        sealed: seal(this.#key(), name, value),
        updatedAt: this.#now().toISOString(),
      });
      return true;
    });
  }

  /** Forgets a stored value, durably once this resolves. Removing one that is not there is no error. */
  async remove(name: string): Promise<void> {
    await this.#change((next) => next.delete(name));
  }

  async #change(edit: Edit): Promise<void> {
    const mine = this.#apply(edit, this.#last);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Makes a change on disk first, then here. */
  async #apply(edit: Edit, earlier: Promise<void>): Promise<void> {
    await earlier;
    const next = new Map(this.#held);
    if (!edit(next)) return;
    const secrets = Object.fromEntries(
      [...next].map(([name, { sealed, updatedAt }]) => [name, { sealed, updatedAt }]),
    );
    await replacePrivateFile(this.#file, `${JSON.stringify({ format: 1, secrets }, null, 2)}\n`);
    this.#held.clear();
    for (const [name, held] of next) this.#held.set(name, held);
  }

  get #file(): string {
    return join(this.#folder, 'secrets.json');
  }

  #fromEnv(name: string): string | undefined {
    const variable = ENV_PREFIX + name.toUpperCase();
    const direct = this.#env[variable];
    if (direct !== undefined && direct !== '') return direct;
    const file = this.#env[`${variable}_FILE`];
    if (file === undefined || file === '') return undefined;
    try {
      const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      return value === '' ? undefined : value;
    } catch (cause) {
      throw new HoldfastError(
        'config.invalid',
        `cannot read the file that ${variable}_FILE names`,
        { cause },
      );
    }
  }

  #open(): Map<string, Held> {
    const held = new Map<string, Held>();
    if (!existsSync(this.#file)) return held;
    for (const [name, entry] of Object.entries(this.#read().secrets)) {
      held.set(name, { ...entry, value: open(this.#key(), name, entry.sealed, this.#file) });
    }
    return held;
  }

  #read(): z.infer<typeof fileSchema> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (cause) {
      throw corrupt(`${this.#file} is not a file of secrets`, cause);
    }
  }

  /** The sealing key, made at first use. Never made anew beside values that an older one sealed. */
  #key(): Buffer {
    const path = join(this.#folder, 'key');
    if (!existsSync(path) && !existsSync(this.#file)) {
      ensureDirectory(this.#folder);
      createPrivateFile(path, randomBytes(KEY_BYTES));
    }
    let key: Buffer;
    try {
      key = readFileSync(path);
    } catch (cause) {
      throw corrupt(`the key of the stored secrets, ${path}, cannot be read`, cause);
    }
    if (key.length !== KEY_BYTES) throw corrupt(`${path} is not a key of ${KEY_BYTES} bytes`);
    return key;
  }
}

function corrupt(message: string, cause?: unknown): HoldfastError {
  return new HoldfastError('store.corrupt', message, {
    cause,
    operation: 'open secrets',
    hint: 'restore the folder "secrets" from a backup, or move it away and set the secrets again',
  });
}

function seal(key: Buffer, name: string, value: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

function open(key: Buffer, name: string, sealed: string, file: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const iv = bytes.subarray(0, IV_BYTES);
  const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(name))
      .setAuthTag(tag);
    return Buffer.concat([
      decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  } catch (cause) {
    throw corrupt(
      `secret ${JSON.stringify(name)} of ${file} cannot be opened with the key beside it`,
      cause,
    );
  }
}
