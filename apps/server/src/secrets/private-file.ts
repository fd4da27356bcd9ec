/**
 * Files that only their owner may read, written so that a crash leaves the old or the new content, never a part.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { syncName } from '@holdfast/store';

const OWNER_ONLY = 0o600;

const temporaryBeside = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.tmp`;

/** Makes the rename or link itself durable; and the folder's name, whose maker may have died before it was. */
function syncFolder(path: string): void {
  syncName(path);
  syncName(dirname(path));
}

/**
 * Creates a file that must not be there yet, whole or not at all.
 *
 * @throws Error `EEXIST` when it is there.
 */
export function createPrivateFile(path: string, content: string | Uint8Array): void {
  const temporary = temporaryBeside(path);
  const file = openSync(temporary, 'wx', OWNER_ONLY);
  try {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // A link, unlike a rename, refuses to replace what another process made meanwhile.
    linkSync(temporary, path);
  } finally {
    unlinkSync(temporary);
  }
  syncFolder(path);
}

/** Writes a file, replacing what is there, whole or not at all. @throws HoldfastError `store.full` */
export async function replacePrivateFile(path: string, content: string): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    throw new HoldfastError('store.full', `no room to write ${path}`, {
      hint: 'Free disk space, then try again; the file is as it was.',
      cause: error,
    });
  }
  syncFolder(path);
}
