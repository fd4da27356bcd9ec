/**
 * The two threads of a server's data: the engine's, and the reader's.
 *
 * @module
 */
import { HoldfastError, type SpanSink } from '@holdfast/core';
import type { ServerSettings } from '../config/settings.ts';
import type { EngineReady, EngineThreadData } from '../engine-thread.ts';
import { type EngineClient, engineClient } from '../threads/engine-client.ts';
import { ended, startThread, type ThreadHandle } from '../threads/thread-start.ts';
import type { Effects } from './effects.ts';

/** Heap ceilings, in megabytes: they bound a fault, and leave room for the caches that are bounded by count. */
const ENGINE_HEAP_MB = 2048;
const READER_HEAP_MB = 512;

export interface StartedEngine {
  readonly engine: EngineClient;
  readonly engineThread: ThreadHandle<EngineReady>;
}

export async function startEngine(
  settings: ServerSettings,
  effects: Effects,
  moveWal: () => Promise<void>,
  fatal: (error: HoldfastError) => void,
  spans: SpanSink | null,
): Promise<StartedEngine> {
  const data: EngineThreadData = {
    dataDir: settings.dataDir,
    log: settings.log,
    sandbox: settings.sandbox,
    consumers: settings.consumers,
    relay: settings.relay,
    workers: { local: settings.mode === 'combined', ackWait: settings.worker.ackWait },
    scheduler: settings.scheduler,
    tracing: spans === null ? null : { sample: settings.tracing.sample },
  };
  let engine: EngineClient | null = null;
  const engineThread = await startThread<EngineReady>({
    name: 'engine-thread',
    data,
    maxHeapMb: ENGINE_HEAP_MB,
    fatal: (error) => {
      engine?.fail(error);
      fatal(error);
    },
    connect: (port) => {
      engine = engineClient(port, effects.executor, moveWal, spans ?? undefined);
    },
  });
  if (engine === null) throw new HoldfastError('internal', 'the engine thread was not connected');
  return { engine, engineThread };
}

/** The reader reads what the engine has opened. */
export function startReader(
  dataDir: string,
  after: Promise<StartedEngine>,
  fatal: (error: HoldfastError) => void,
): Promise<ThreadHandle<null>> {
  return startThread<null>({
    name: 'reader-thread',
    data: { dataDir },
    maxHeapMb: READER_HEAP_MB,
    fatal,
    after,
  });
}

/** Ends those of the two that have started, or still start. */
export async function endThreads(
  engineStart: Promise<StartedEngine>,
  readerStart: Promise<ThreadHandle<null>>,
): Promise<void> {
  const [engine, reader] = await Promise.allSettled([engineStart, readerStart]);
  if (reader.status === 'fulfilled') {
    await reader.value.worker.terminate();
    // Its other end goes with the thread, but not at once, and until then it would keep the process.
    reader.value.port.close();
  }
  if (engine.status === 'rejected') return;
  const { worker, port } = engine.value.engineThread;
  try {
    // In order, for it lets go of the data directory.
    await engine.value.engine.close();
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  port.close();
  await ended(worker);
}
