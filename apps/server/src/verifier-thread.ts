/**
 * Entry of the verifier's thread: takes the digest of every commit again, beside the server, on a connection of its own
 * that cannot write. It lives for one verification.
 *
 * @module
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toErrorRecord } from '@holdfast/core';
import { verifyChain } from '@holdfast/store';
import type { ThreadNews } from './threads/thread-start.ts';

export type VerifierNews =
  | { readonly is: 'progress'; readonly progress: Progress }
  | { readonly is: 'report'; readonly report: Awaited<ReturnType<typeof verifyChain>> }
  | { readonly is: 'failed'; readonly error: ReturnType<typeof toErrorRecord> };

type Progress = Parameters<NonNullable<Parameters<typeof verifyChain>[0]['progress']>>[0];

const data = workerData as { readonly dataDir: string; readonly port: MessagePort };

function tell(news: VerifierNews): void {
  data.port.postMessage(news);
}

const ready: ThreadNews = { news: 'ready', detail: null };
parentPort?.postMessage(ready);
verifyChain({ dir: data.dataDir, progress: (progress) => tell({ is: 'progress', progress }) })
  .then(
    (report) => tell({ is: 'report', report }),
    (error: unknown) => tell({ is: 'failed', error: toErrorRecord(error) }),
  )
  // Else it would keep the thread.
  .finally(() => data.port.close());
