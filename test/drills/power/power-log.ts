/** The log that `support/preload/power-log.c` writes, read back. */
import { readFileSync } from 'node:fs';

const TYPES = [
  null,
  'create',
  'write',
  'truncate',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
  'sync',
  'accept',
  'sent',
  'received',
  'process',
] as const;

type PowerRecordType = NonNullable<(typeof TYPES)[number]>;

export interface PowerRecord {
  readonly type: PowerRecordType;
  /** Inode of what a call is about, or number of a connection. */
  readonly id: number;
  /** Of a write; of a truncation the new size; of an accepted connection the port. */
  readonly offset: number;
  /** What was written or said; or a path below the watched folder. */
  readonly a: Buffer;
  /** The other path of a rename or link. */
  readonly b: Buffer;
}

const HEAD_BYTES = 32;

/** In the order of the calls. @throws Error where it is not such a log */
export function readPowerLog(path: string): readonly PowerRecord[] {
  const bytes = readFileSync(path);
  const records: PowerRecord[] = [];
  // A process that was killed may have left a part of its last record.
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const type = TYPES[bytes.readUInt32LE(at)];
    if (type === undefined || type === null) throw new Error(`no record at ${at} of ${path}`);
    const aEnd = at + HEAD_BYTES + bytes.readUInt32LE(at + 4);
    const bEnd = aEnd + bytes.readUInt32LE(at + 8);
    if (bEnd > bytes.length) break;
    records.push({
      type,
      id: Number(bytes.readBigUInt64LE(at + 16)),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      a: bytes.subarray(at + HEAD_BYTES, aEnd),
      b: bytes.subarray(aEnd, bEnd),
    });
    at = bEnd;
  }
  return records;
}
