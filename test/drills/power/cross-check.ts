/**
 * Whether the preloaded library sees what a process asks of the disk: the same server under it and under strace at once, and
 * the bytes and syncs of each file by both.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { order, orderPlaced } from '../../support/orders.ts';
import { buildPreload } from '../../support/preload.ts';
import { TempFolder } from '../../support/temp-folder.ts';
import { StraceReader } from '../trace/strace-lines.ts';
import { readPowerLog } from './power-log.ts';

const WRITES = ['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'];
const SYNCS = ['fsync', 'fdatasync'];
/** They change files too, and the library either follows them or ends the process: none may be seen. */
const UNKNOWN = ['fallocate', 'copy_file_range', 'sendfile', 'msync', 'io_uring_enter'];
const STRING_LIMIT = 65_536;
const EVENTS = 40;

interface Seen {
  readonly bytes: number;
  readonly syncs: number;
}

export interface CrossCheck {
  readonly files: number;
  readonly bytes: number;
  readonly syncs: number;
  /** Where the two witnesses differ. Empty when they tell the same. */
  readonly faults: readonly string[];
}

export async function crossCheck(): Promise<CrossCheck> {
  using folder = new TempFolder('witness');
  const root = folder.at('root');
  mkdirSync(root);
  const trace = folder.at('trace.txt');
  const log = folder.at('power.log');
  const launcher = [
    'strace',
    '--follow-forks',
    '--seccomp-bpf',
    '--quiet=attach,personality',
    `--output=${trace}`,
    '--decode-fds=all',
    '--strings-in-hex=all',
    `--string-limit=${STRING_LIMIT}`,
    `--trace=${[...WRITES, ...SYNCS, ...UNKNOWN].join(',')}`,
    '--signal=none',
    '--env=UV_USE_IO_URING=0',
    `--env=LD_PRELOAD=${buildPreload('power-log', folder)}`,
    `--env=HOLDFAST_TEST_POWER_DIR=${root}`,
    `--env=HOLDFAST_TEST_POWER_LOG=${log}`,
    process.execPath,
  ];
  {
    await using server = await HoldfastServer.start({
      dataDir: join(root, 'data'),
      restaurant: false,
      launcher,
    });
    const user = await MqttUser.connect(server.ready.mqtt, { key: server.adminKey });
    for (let i = 0; i < EVENTS; i++) {
      if (i % 2 === 0) await server.api.publish(orderPlaced(order()));
      else await user.publish('hf/events/order.placed', orderPlaced(order()));
    }
    await user.end();
    await server.stop();
  }
  return compare(byLibrary(log), byStrace(trace, root));
}

function compare(
  library: ReadonlyMap<string, Seen>,
  strace: ReadonlyMap<string, Seen>,
): CrossCheck {
  const faults: string[] = [];
  let [bytes, syncs] = [0, 0];
  for (const name of new Set([...library.keys(), ...strace.keys()])) {
    const [mine, other] = [seenOf(library, name), seenOf(strace, name)];
    bytes += mine.bytes;
    syncs += mine.syncs;
    if (mine.bytes !== other.bytes)
      faults.push(`${name}: ${mine.bytes} bytes by the library, ${other.bytes} by strace`);
    if (mine.syncs !== other.syncs)
      faults.push(`${name}: ${mine.syncs} syncs by the library, ${other.syncs} by strace`);
  }
  return { files: library.size, bytes, syncs, faults };
}

const NOTHING: Seen = { bytes: 0, syncs: 0 };

function seenOf(from: ReadonlyMap<string, Seen>, name: string): Seen {
  return from.get(name) ?? NOTHING;
}

/** By the last part of the path, as it was when the call was made. Syncs of folders are counted together. */
function byLibrary(log: string): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  const names = new Map<number, string>();
  const inodes = new Map<string, number>();
  for (const { type, id, a, b } of readPowerLog(log)) {
    const path = a.toString('utf8');
    if (type === 'create') {
      names.set(id, basename(path));
      inodes.set(path, id);
    }
    if (type === 'mkdir') names.set(id, FOLDERS);
    const moved = inodes.get(path);
    if (type === 'rename' && moved !== undefined) {
      names.set(moved, basename(b.toString('utf8')));
      inodes.set(b.toString('utf8'), moved);
    }
    // The watched folder itself was there before.
    const name = names.get(id) ?? FOLDERS;
    if (type === 'write') add(seen, name, a.length, 0);
    if (type === 'sync') add(seen, name, 0, 1);
  }
  return seen;
}

const FOLDERS = '(folders)';

function byStrace(trace: string, root: string): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  const isWanted = (fd: string): boolean =>
    fd.startsWith(root) && !/-shm$|\/ballast$/.test(fd.replace(/ ?\(deleted\)$/, ''));
  const reader = new StraceReader([...WRITES, ...SYNCS, ...UNKNOWN], isWanted);
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (line === '') continue;
    const call = reader.read(line);
    if (call === null || call.result < 0) continue;
    if (UNKNOWN.includes(call.name))
      throw new Error(`${call.name} at ${call.fd}: nobody follows it`);
    const path = call.fd.replace(/ ?\(deleted\)$/, '');
    const name = isFolder(path, root) ? FOLDERS : basename(path);
    if (WRITES.includes(call.name)) add(seen, name, call.result, 0);
    else add(seen, name, 0, 1);
  }
  return seen;
}

/** Folders of a data directory; all else in it are files. */
function isFolder(path: string, root: string): boolean {
  return /^(\/data(\/(releases|secrets|receipts|generations(\/\d{6}(\.partial)?)?))?)?$/.test(
    path.slice(root.length),
  );
}

function add(seen: Map<string, Seen>, name: string, bytes: number, syncs: number): void {
  const before = seenOf(seen, name);
  seen.set(name, { bytes: before.bytes + bytes, syncs: before.syncs + syncs });
}
