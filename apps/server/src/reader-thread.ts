/**
 * Entry of the reader's thread: the read model, off the socket thread and off the writer's (DESIGN, One event's way).
 *
 * @module
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorRecord } from '@holdfast/core';
import { openReadModel } from '@holdfast/store';
import { serveReadModel } from './threads/read-model-client.ts';
import type { ThreadNews } from './threads/thread-start.ts';

const data = workerData as { readonly dataDir: string; readonly port: MessagePort };

function tell(news: ThreadNews): void {
  parentPort?.postMessage(news);
}

async function start(): Promise<void> {
  serveReadModel(data.port, await openReadModel({ dir: data.dataDir }));
  tell({ news: 'ready', detail: null });
}

start().catch((error: unknown) => tell({ news: 'failed', error: toErrorRecord(error) }));
