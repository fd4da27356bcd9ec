/**
 * Profiles and heap snapshots of the server's threads, as files below `<data-dir>/logs/`.
 *
 * 1. One at a time, of all threads: a second is refused, for it would measure the first.
 * 2. The files are their owner's alone, from their first byte on. Nothing removes them but a person.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError, type Millis, type Recording } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import type { Recorder, ThreadName } from '@holdfast/gateway';
import type { ThreadProbeApi } from '../threads/thread-probe.ts';

const OWNER_ONLY = 0o700;

export interface RecorderDeps {
  readonly dataDir: string;
  readonly probes: Readonly<Record<ThreadName, ThreadProbeApi>>;
  readonly log: Log;
  readonly now: () => Date;
}

export function createRecorder({ dataDir, probes, log, now }: RecorderDeps): Recorder {
  let isRecording = false;
  const write = async (
    thread: ThreadName,
    extension: string,
    make: (probe: ThreadProbeApi, file: string) => Promise<number>,
    line: string,
  ): Promise<Recording> => {
    const folder = join(dataDir, 'logs');
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
    const at = now().toISOString().replaceAll(/[-:.]/g, '');
    const file = join(folder, `${at}-${thread}.${extension}`);
    const bytes = await make(probes[thread], file);
    log.info({ thread, file, bytes }, line);
    return { thread, file, bytes };
  };
  return {
    record: async (make) => {
      if (isRecording) {
        throw new HoldfastError('conflict', 'another profile or heap snapshot is being made', {
          hint: 'Ask again when it is done.',
        });
      }
      isRecording = true;
      try {
        return await make();
      } finally {
        isRecording = false;
      }
    },
    cpu: (thread, duration: Millis) =>
      write(
        thread,
        'cpuprofile',
        (probe, file) => probe.cpuProfile(file, duration),
        'cpu profile recorded',
      ),
    heap: (thread) =>
      write(
        thread,
        'heapsnapshot',
        (probe, file) => probe.heapSnapshot(file),
        'heap snapshot taken',
      ),
  };
}
