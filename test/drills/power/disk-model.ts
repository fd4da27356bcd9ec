/**
 * What a disk holds after a loss of power, from the calls that were made of it.
 *
 * 1. What was written to a file before a sync of that file is there. What came after it is there, or not, or in part, torn
 *    at 512 bytes, in any order; the file's new size may be there without the data (zeros), or not be there.
 * 2. A name is there, gone or moved once its folder has been synced. Before, each such change is there or not.
 * 3. `ordered` is the kinder disk of a journaling file system: names change in order, and any sync makes all earlier
 *    changes of names last.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimRandom } from '../../simulation/random.ts';
import type { PowerRecord } from './power-log.ts';

const SECTOR_BYTES = 512;

/** What becomes of what is not synced. */
export type Loss = 'lost' | 'kept' | 'prefix' | 'sectors';

export interface DiskRules {
  /** Names as a journaling file system keeps them. */
  readonly ordered: boolean;
  /** A fault: a sync of a folder does nothing. */
  readonly deafFolders?: boolean;
}

type FileChange =
  | { readonly write: Buffer; readonly offset: number }
  | { readonly write: null; readonly size: number };

class FileNode {
  readonly kind = 'file';
  #bytes: Buffer = Buffer.alloc(0);
  #size = 0;
  pending: FileChange[] = [];

  sync(): void {
    for (const change of this.pending) this.#apply(change);
    this.pending = [];
  }

  /** Its bytes after the loss. */
  after(loss: Loss, random: SimRandom): Buffer {
    if (this.pending.length === 0 || loss === 'lost') return this.#copy();
    const copy = new FileNode();
    copy.#bytes = this.#copy();
    copy.#size = this.#size;
    const { pending } = this;
    const kept = loss === 'kept' ? pending.length : random.below(pending.length + 1);
    const share = random.pick([0.1, 0.5, 0.9]);
    let whole = this.#size;
    pending.forEach((change, i) => {
      whole =
        change.write === null ? change.size : Math.max(whole, change.offset + change.write.length);
      if (loss === 'sectors') copy.#applySectors(change, random, share);
      else if (i < kept) copy.#apply(change);
      else if (i === kept && change.write !== null)
        copy.#applyTorn(change.write, change.offset, random);
    });
    if (loss === 'sectors') copy.#resize(random.pick([copy.#size, whole, this.#size]));
    return copy.#copy();
  }

  #copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#size));
  }

  #apply(change: FileChange): void {
    if (change.write === null) this.#resize(change.size);
    else this.#write(change.write, change.offset);
  }

  /** The front of a write, up to the border of a sector. */
  #applyTorn(bytes: Buffer, offset: number, random: SimRandom): void {
    const end = offset + random.below(bytes.length);
    const border = end - (end % SECTOR_BYTES);
    if (border > offset) this.#write(bytes.subarray(0, border - offset), offset);
  }

  #applySectors(change: FileChange, random: SimRandom, share: number): void {
    if (change.write === null) {
      if (random.chance(share)) this.#resize(change.size);
      return;
    }
    const { write, offset } = change;
    for (let at = 0; at < write.length;) {
      const end = Math.min(write.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
      if (random.chance(share)) this.#write(write.subarray(at, end), offset + at);
      at = end;
    }
  }

  #write(bytes: Buffer, offset: number): void {
    const end = offset + bytes.length;
    if (end > this.#size) this.#resize(end);
    bytes.copy(this.#bytes, offset);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(size, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    // What is cut off is zeros should the file grow again.
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}

class FolderNode {
  readonly kind = 'folder';
  /** As programs see it. */
  readonly now = new Map<string, Node>();
  /** As it is sure to be after a loss of power. */
  readonly lasting = new Map<string, Node>();
}

type Node = FileNode | FolderNode;

interface NameChange {
  readonly folder: FolderNode;
  readonly gone: string | null;
  readonly set: readonly [name: string, node: Node] | null;
}

export class DiskModel {
  readonly #rules: DiskRules;
  readonly #root = new FolderNode();
  readonly #byInode = new Map<number, Node>();
  #names: NameChange[] = [];

  /** @param root inode of the watched folder */
  constructor(root: number, rules: DiskRules) {
    this.#rules = rules;
    this.#byInode.set(root, this.#root);
  }

  apply(record: PowerRecord): void {
    switch (record.type) {
      case 'create':
        this.#add(record, new FileNode());
        return;
      case 'mkdir':
        this.#add(record, new FolderNode());
        return;
      case 'write':
        this.#file(record.id).pending.push({ write: record.a, offset: record.offset });
        return;
      case 'truncate':
        this.#file(record.id).pending.push({ write: null, size: record.offset });
        return;
      case 'rename':
        this.#move(text(record.a), text(record.b));
        return;
      case 'link': {
        const node = this.#find(text(record.a));
        const [folder, name] = this.#place(text(record.b));
        this.#change({ folder, gone: null, set: [name, node] });
        return;
      }
      case 'unlink':
      case 'rmdir': {
        const [folder, name] = this.#place(text(record.a));
        this.#change({ folder, gone: name, set: null });
        return;
      }
      case 'sync':
        this.#sync(record.id);
        return;
      case 'accept':
      case 'sent':
      case 'received':
      case 'process':
        return;
    }
  }

  /** Whether a file by this name holds what is not synced. */
  isUnsynced(name: string): boolean {
    return this.#some(this.#root, name);
  }

  /** Whether a name has changed and is not sure to last. */
  get hasPendingNames(): boolean {
    return this.#names.length > 0;
  }

  /** Writes what is left into an empty folder. */
  writeTo(target: string, loss: Loss, random: SimRandom): void {
    const names = this.#namesAfter(loss, random);
    this.#writeFolder(this.#root, names, target, loss, random);
  }

  /** Folders as they are after the loss, those whose names are not sure. */
  #namesAfter(loss: Loss, random: SimRandom): ReadonlyMap<FolderNode, ReadonlyMap<string, Node>> {
    const after = new Map<FolderNode, Map<string, Node>>();
    const prefix = random.below(this.#names.length + 1);
    this.#names.forEach((change, i) => {
      const { folder } = change;
      const names = after.get(folder) ?? new Map(folder.lasting);
      after.set(folder, names);
      const inOrder = this.#rules.ordered || loss === 'prefix' ? i < prefix : random.chance(0.5);
      if (loss === 'kept' || (loss !== 'lost' && inOrder)) applyNames(names, change);
    });
    return after;
  }

  #writeFolder(
    folder: FolderNode,
    after: ReadonlyMap<FolderNode, ReadonlyMap<string, Node>>,
    target: string,
    loss: Loss,
    random: SimRandom,
  ): void {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    for (const [name, node] of after.get(folder) ?? folder.lasting) {
      const path = join(target, name);
      if (node.kind === 'folder') this.#writeFolder(node, after, path, loss, random);
      else writeFileSync(path, node.after(loss, random), { mode: 0o600 });
    }
  }

  #add(record: PowerRecord, node: Node): void {
    this.#byInode.set(record.id, node);
    const [folder, name] = this.#place(text(record.a));
    this.#change({ folder, gone: null, set: [name, node] });
  }

  #move(from: string, to: string): void {
    const node = this.#find(from);
    const [source, gone] = this.#place(from);
    const [folder, name] = this.#place(to);
    if (source !== folder) throw new Error(`${from} was moved to another folder, ${to}`);
    this.#change({ folder, gone, set: [name, node] });
  }

  #change(change: NameChange): void {
    applyNames(change.folder.now, change);
    this.#names.push(change);
  }

  #sync(inode: number): void {
    const node = this.#byInode.get(inode);
    if (node === undefined) throw new Error(`a sync of inode ${inode}, which nobody made`);
    if (node.kind === 'file') node.sync();
    else if (this.#rules.deafFolders === true) return;
    const all = this.#rules.ordered;
    if (node.kind === 'file' && !all) return;
    const waiting: NameChange[] = [];
    for (const change of this.#names) {
      if (all || change.folder === node) applyNames(change.folder.lasting, change);
      else waiting.push(change);
    }
    this.#names = waiting;
  }

  #file(inode: number): FileNode {
    const node = this.#byInode.get(inode);
    if (node?.kind !== 'file') throw new Error(`inode ${inode} is no file that was made here`);
    return node;
  }

  #find(path: string): Node {
    const [folder, name] = this.#place(path);
    const node = folder.now.get(name);
    if (node === undefined) throw new Error(`there is no ${path}`);
    return node;
  }

  #place(path: string): readonly [folder: FolderNode, name: string] {
    let folder = this.#root;
    for (const part of dirname(path).split('/')) {
      if (part === '') continue;
      const next = folder.now.get(part);
      if (next?.kind !== 'folder') throw new Error(`there is no folder for ${path}`);
      folder = next;
    }
    return [folder, path.slice(path.lastIndexOf('/') + 1)];
  }

  #some(folder: FolderNode, name: string): boolean {
    for (const [own, node] of folder.now) {
      if (node.kind === 'folder' ? this.#some(node, name) : own === name && node.pending.length > 0)
        return true;
    }
    return false;
  }
}

function applyNames(names: Map<string, Node>, { gone, set }: NameChange): void {
  if (gone !== null) names.delete(gone);
  if (set !== null) names.set(set[0], set[1]);
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8');
}
