/**
 * How the main thread starts the others, and what they first say.
 *
 * @module
 */
import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { type ErrorRecord, fromErrorRecord, HoldfastError } from '@holdfast/core';

/** First message of a thread on its lifecycle channel. */
export type ThreadNews =
  | { readonly news: 'ready'; readonly detail: unknown }
  | { readonly news: 'failed'; readonly error: ErrorRecord }
  /** It can no longer be trusted, and the process must end (I1). */
  | { readonly news: 'fatal'; readonly error: ErrorRecord };

export interface ThreadHandle<Detail> {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly detail: Detail;
}

/** The entry of a thread: beside the bundle in production, the source in a checkout's tests. */
export function entryUrl(name: string): URL {
  const fromSource = import.meta.url.endsWith('.ts');
  return new URL(fromSource ? `../${name}.ts` : `./${name}.js`, import.meta.url);
}

export interface ThreadOptions {
  readonly name: string;
  readonly data: object;
  /** Megabytes of old generation; guards the process, not the data. */
  readonly maxHeapMb: number;
  /** Called when the thread says so, or dies, after it was ready. */
  readonly fatal: (error: HoldfastError) => void;
  /** The port is usable before the thread is ready: calls wait there. */
  readonly connect?: (port: MessagePort) => void;
  /**
   * What the thread needs before it may begin. It loads its code meanwhile, and waits for a message of its parent's;
   * when this fails, it is ended.
   */
  readonly after?: Promise<unknown>;
}

/**
 * Starts a thread and waits until it is ready.
 *
 * @throws HoldfastError as the thread's start failed
 */
export async function startThread<Detail>(options: ThreadOptions): Promise<ThreadHandle<Detail>> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(entryUrl(options.name), {
    name: options.name,
    workerData: { ...options.data, port: port2 },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: options.maxHeapMb },
  });
  options.connect?.(port1);
  options.after?.then(
    () => worker.postMessage('begin'),
    () => void worker.terminate(),
  );
  const detail = await new Promise<Detail>((resolve, reject) => {
    worker.on('message', (message: ThreadNews) => {
      if (message.news === 'ready') resolve(message.detail as Detail);
      else if (message.news === 'failed') {
        reject(fromErrorRecord(message.error));
        // Its port would keep it, and it the process.
        void worker.terminate();
      } else options.fatal(fromErrorRecord(message.error));
    });
    worker.on('error', (error: Error) => {
      const wrapped = new HoldfastError(
        'internal',
        `thread ${options.name} broke: ${error.message}`,
        { cause: error },
      );
      reject(wrapped);
      options.fatal(wrapped);
    });
    worker.on('exit', (code) => {
      reject(
        new HoldfastError(
          'internal',
          `thread ${options.name} ended with ${code} before it was ready`,
        ),
      );
    });
  });
  return { worker, port: port1, detail };
}

/** Resolves when the thread has ended. */
export async function ended(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return;
  await once(worker, 'exit');
}
