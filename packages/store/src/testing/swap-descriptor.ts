import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Makes every open descriptor of `path` in this process stand for `replacement` instead, behind the back of whoever
 * holds it, and returns what puts it back. With `/dev/null` writes succeed and a sync fails (EINVAL); with `/dev/full`
 * writes fail for want of room (ENOSPC). So SQLite meets a real fault of the system call, not one that a test made up.
 * Linux only.
 */
export function swapDescriptor(path: string, replacement: string): () => void {
  const descriptors = readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => targetOf(fd) === path);
  if (descriptors.length === 0) throw new Error(`${path} is not open`);
  for (const fd of descriptors) replace(fd, replacement);
  return () => {
    for (const fd of descriptors) replace(fd, path);
  };
}

function targetOf(fd: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // Closed since the directory was read: the listing's own descriptor is.
    return null;
  }
}

/** The lowest free number is given to whoever opens next: open until it is ours, then give back the others. */
function replace(fd: number, path: string): void {
  closeSync(fd);
  const others: number[] = [];
  for (;;) {
    const opened = openSync(path, 'r+');
    if (opened === fd) break;
    others.push(opened);
    if (others.length > 1000) throw new Error(`descriptor ${fd} was taken by somebody else`);
  }
  for (const other of others) closeSync(other);
}
