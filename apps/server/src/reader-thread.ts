/**
 * Entry of the reader's thread: the read model, off the socket thread and off the writer's (DESIGN, One event's way).
 *
 * @module
 */
import { once } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorRecord } from '@holdfast/core';
import { openReadModel, openWalMover } from '@holdfast/store';
import { MemoryAtRest } from './threads/memory-at-rest.ts';
import { serveReader } from './threads/read-model-client.ts';
import { systemClock } from './threads/system-clock.ts';
import { ThreadProbe } from './threads/thread-probe.ts';
import type { ThreadNews } from './threads/thread-start.ts';

const data = workerData as { readonly dataDir: string; readonly port: MessagePort };

function tell(news: ThreadNews): void {
  parentPort?.postMessage(news);
}

async function start(): Promise<void> {
  // The engine makes, recovers and migrates the database first; our code is loaded meanwhile.
  if (parentPort !== null) await once(parentPort, 'message');
  const dir = data.dataDir;
  const probe = new ThreadProbe(systemClock);
  serveReader(
    data.port,
    await openReadModel({ dir, clock: systemClock }),
    openWalMover({ dir }),
    probe,
  );
  const memory = new MemoryAtRest({ clock: systemClock });
  memory.watch(data.port);
  probe.watch(data.port);
  data.port.on('close', () => {
    memory.end();
    probe.end();
  });
  tell({ news: 'ready', detail: null });
}

start().catch((error: unknown) => tell({ news: 'failed', error: toErrorRecord(error) }));
